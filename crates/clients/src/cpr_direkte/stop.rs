use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use kartotek_formats::cpr_direkte::ErrorNumber;
use tokio::time::Instant;

use super::locked;

/// How long requests stay stopped by what cannot be seen from here: whether the CPR Office has approved the address in the
/// meantime (error 16), and whether a local proxy has another password (01, 02). So it is tried again now and then.
const A_WHILE: Duration = Duration::from_mins(15);

/// Whether an answer has stopped all requests (cpr-direkte.md section 5: "stop; do not loop").
#[derive(Default)]
pub(super) struct Stop {
    // So that the usual case costs no lock.
    is_set: AtomicBool,
    stopped: Mutex<Option<Stopped>>,
}

/// What stopped them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stopped {
    pub(super) number: ErrorNumber,
    pub(super) lifted: Lifted,
}

/// What lets them go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lifted {
    /// Other passwords than those of this version; `None` when it is not known yet.
    ByVersion(Option<i64>),
    /// Time.
    At(Instant),
}

impl Lifted {
    /// By time, as it is where nothing else can be seen.
    pub(super) fn after_a_while() -> Self {
        Self::At(Instant::now() + A_WHILE)
    }
}

impl Stop {
    /// Stops all requests. Returns whether that is news. A wrong password is not covered up by a later error 16, which
    /// would be over sooner.
    pub(super) fn set(&self, number: ErrorNumber, lifted: Lifted) -> bool {
        let is_address = number == ErrorNumber::ADDRESS_NOT_APPROVED;
        let mut stopped = locked(&self.stopped);
        let before = *stopped;
        if !(is_address && before.is_some_and(|before| before.number != number)) {
            *stopped = Some(Stopped { number, lifted });
        }
        self.is_set.store(true, Ordering::Release);
        before.is_none_or(|before| before.number != number)
    }

    /// What stops requests now; time may have lifted it.
    pub(super) fn get(&self) -> Option<Stopped> {
        if !self.is_set.load(Ordering::Acquire) {
            return None;
        }
        let mut stopped = locked(&self.stopped);
        if let Some(Stopped { lifted: Lifted::At(time), .. }) = *stopped
            && time <= Instant::now()
        {
            *stopped = None;
            self.is_set.store(false, Ordering::Release);
        }
        *stopped
    }

    /// Compares the version of the passwords, and lifts what they stopped when it is another. The first version that is
    /// seen counts where none was known.
    pub(super) fn saw_version(&self, version: i64) -> Option<Stopped> {
        let mut stopped = locked(&self.stopped);
        if let Some(Stopped { lifted: Lifted::ByVersion(known), .. }) = stopped.as_mut() {
            if known.is_none_or(|known| known == version) {
                *known = Some(version);
            } else {
                *stopped = None;
                self.is_set.store(false, Ordering::Release);
            }
        }
        *stopped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_passwords_lift_what_a_password_stopped() {
        let stop = Stop::default();
        assert_eq!(stop.get(), None);
        assert!(stop.set(ErrorNumber::WRONG_PASSWORD, Lifted::ByVersion(Some(3))));
        assert!(!stop.set(ErrorNumber::WRONG_PASSWORD, Lifted::ByVersion(Some(3))), "one alarm is enough");
        assert_eq!(stop.saw_version(3).map(|stopped| stopped.number), Some(ErrorNumber::WRONG_PASSWORD));
        assert!(stop.get().is_some());
        assert_eq!(stop.saw_version(4), None);
        assert_eq!(stop.get(), None);
    }

    #[test]
    fn the_first_version_counts_where_none_was_known() {
        let stop = Stop::default();
        stop.set(ErrorNumber::PASSWORD_EXPIRED, Lifted::ByVersion(None));
        assert!(stop.saw_version(7).is_some());
        assert!(stop.saw_version(7).is_some());
        assert_eq!(stop.saw_version(8), None);
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_is_tried_again_after_a_quarter_of_an_hour() {
        let stop = Stop::default();
        stop.set(ErrorNumber::ADDRESS_NOT_APPROVED, Lifted::after_a_while());
        assert!(stop.saw_version(2).is_some(), "passwords have nothing to do with it");
        tokio::time::advance(Duration::from_secs(15 * 60 - 1)).await;
        assert!(stop.get().is_some());
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(stop.get(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_wrong_password_is_not_covered_up_by_an_address() {
        let stop = Stop::default();
        stop.set(ErrorNumber::WRONG_PASSWORD, Lifted::ByVersion(Some(1)));
        stop.set(ErrorNumber::ADDRESS_NOT_APPROVED, Lifted::after_a_while());
        tokio::time::advance(A_WHILE).await;
        assert_eq!(stop.get().map(|stopped| stopped.number), Some(ErrorNumber::WRONG_PASSWORD));
    }
}
