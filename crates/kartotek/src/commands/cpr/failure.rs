//! Errors of CPR Direkte, as a command ends with them.

use kartotek_formats::cpr_direkte::{Advice, ErrorNumber};
use kartotek_register::ports::Fault;
use kartotek_service::cpr_online::{FetchError, PasswordChangeError};

use crate::exit::{Exit, Failure};

/// How a command ends that an error ended.
pub(super) fn exit_of(error: &FetchError) -> Exit {
    match error.fault() {
        Fault::Configuration => Exit::Refused,
        Fault::Data => Exit::Rejected,
        Fault::Peer | Fault::Kartotek => Exit::Unreachable,
    }
}

impl From<FetchError> for Failure {
    fn from(error: FetchError) -> Self {
        Self { exit: exit_of(&error), error: error.into() }
    }
}

impl From<PasswordChangeError> for Failure {
    fn from(error: PasswordChangeError) -> Self {
        let exit = match error.fault() {
            Fault::Configuration | Fault::Data => Exit::Refused,
            Fault::Peer | Fault::Kartotek => Exit::Unreachable,
        };
        match error {
            PasswordChangeError::Secrets(error) => error.into(),
            error => Self { exit, error: error.into() },
        }
    }
}

/// How a command ends that got an answer with an error number.
pub(super) fn exit_of_number(number: ErrorNumber) -> Exit {
    match number.advice() {
        Advice::Success => Exit::Done,
        Advice::BackOff | Advice::SignOn => Exit::Unreachable,
        Advice::Stop | Advice::Final => Exit::Refused,
    }
}
