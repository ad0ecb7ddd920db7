use std::time::{Duration, Instant};

use super::{TransferError, TransferErrorKind};

/// Far more than a hundred thousand entries take in any form.
const MOST_BYTES: u64 = 64 << 20;

/// A listing may take so many times as long as one answer.
const ANSWERS: u32 = 10;

/// Bytes of the longest name that the usual file systems hold.
const LONGEST_NAME: usize = 255;

/// Where the reading of a listing ends at the latest, whatever the server sends and however slowly.
pub(super) struct Bounds {
    within: Duration,
    began: Instant,
    left: u64,
}

impl Bounds {
    /// For a listing that begins now.
    pub(super) fn new(answer_within: Duration) -> Self {
        Self { within: answer_within.saturating_mul(ANSWERS), began: Instant::now(), left: MOST_BYTES }
    }

    /// Counts what came, none included.
    pub(super) fn count(&mut self, bytes: usize, operation: &str) -> Result<(), TransferError> {
        let fewer = u64::try_from(bytes).ok().and_then(|bytes| self.left.checked_sub(bytes));
        self.left = fewer.ok_or_else(|| {
            let message =
                format!("expected a listing of at most {MOST_BYTES} bytes, found that it goes on behind them");
            TransferError::new(TransferErrorKind::Protocol, operation, message)
        })?;
        if self.began.elapsed() > self.within {
            let seconds = self.within.as_secs_f32();
            let message = format!("expected the end of the listing within {seconds} s, found that it still goes on");
            return Err(TransferError::new(TransferErrorKind::TimeOut, operation, message));
        }
        Ok(())
    }
}

/// Whether a name of so many bytes may be one of a file. No delivery has a longer one, and it could not be kept here.
pub(super) fn is_short_enough(bytes: usize) -> bool {
    bytes <= LONGEST_NAME
}

/// Says how many names were too long and passed over, so that it does not happen silently; one odd file is no reason to refuse
/// the directory. The names are not repeated.
pub(super) fn tell_passed_over(operation: &str, names: usize) {
    if names > 0 {
        tracing::warn!(operation, names, "names of more than {LONGEST_NAME} bytes in the listing are passed over");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_ends_at_so_many_bytes() {
        let mut bounds = Bounds::new(Duration::from_mins(1));
        for _ in 0..64 {
            bounds.count(1 << 20, "list").unwrap();
        }
        assert_eq!(bounds.count(1, "list").unwrap_err().kind, TransferErrorKind::Protocol);
    }

    #[test]
    fn a_listing_ends_in_time_and_may_be_tried_again_then() {
        let mut bounds = Bounds::new(Duration::ZERO);
        let error = bounds.count(0, "list").unwrap_err();
        assert!(error.kind == TransferErrorKind::TimeOut && error.may_be_retried(), "{error}");
    }
}
