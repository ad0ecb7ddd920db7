use kartotek_service::cpr_batch::{BatchError, SettingError, TransferError};

use crate::exit::{Exit, Failure};

/// How a command ends that a server kept from its end.
pub fn exit_of(error: &TransferError) -> Exit {
    if error.needs_somebody() { Exit::Refused } else { Exit::Unreachable }
}

impl From<SettingError> for Failure {
    fn from(error: SettingError) -> Self {
        Self::refused(error)
    }
}

impl From<BatchError> for Failure {
    fn from(error: BatchError) -> Self {
        match error {
            BatchError::Store(error) => error.into(),
            BatchError::Subscription(error) => error.into(),
            BatchError::Setting(_) | BatchError::BetweenSteps { .. } => Self::refused(error),
            BatchError::Held { .. }
            | BatchError::Interim { .. }
            | BatchError::Folder { .. }
            | BatchError::Import { .. } => Self::unreachable(error),
        }
    }
}
