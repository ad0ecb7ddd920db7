use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use kartotek_formats::cpr_direkte::{ErrorNumber, Password};
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stopped {
    pub(super) number: ErrorNumber,
    pub(super) lifted: Lifted,
}

/// What lets them go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lifted {
    /// That other passwords than these are left to try.
    ByOthers(Vec<Password>),
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
        let before = stopped.as_ref().map(|before| before.number);
        if !(is_address && before.is_some_and(|before| before != number)) {
            *stopped = Some(Stopped { number, lifted });
        }
        self.is_set.store(true, Ordering::Release);
        before.is_none_or(|before| before != number)
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
            self.clear(&mut stopped);
        }
        stopped.clone()
    }

    /// Compares the passwords that are left to try, and lifts what others stopped. Returns whether requests may go on.
    pub(super) fn is_lifted_by(&self, left: &[Password]) -> bool {
        let mut stopped = locked(&self.stopped);
        if stopped.as_ref().is_some_and(|stopped| matches!(&stopped.lifted, Lifted::ByOthers(known) if known != left)) {
            self.clear(&mut stopped);
        }
        stopped.is_none()
    }

    /// Lifts what error 02 stopped: a password that has not expired was found.
    pub(super) fn has_not_expired(&self) {
        let mut stopped = locked(&self.stopped);
        if stopped.as_ref().is_some_and(|stopped| stopped.number == ErrorNumber::PASSWORD_EXPIRED) {
            self.clear(&mut stopped);
        }
    }

    fn clear(&self, stopped: &mut Option<Stopped>) {
        *stopped = None;
        self.is_set.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passwords(texts: &[&str]) -> Vec<Password> {
        texts.iter().map(|text| Password::parse(text).unwrap()).collect()
    }

    fn by_others(texts: &[&str]) -> Lifted {
        Lifted::ByOthers(passwords(texts))
    }

    fn number(stop: &Stop) -> Option<ErrorNumber> {
        stop.get().map(|stopped| stopped.number)
    }

    #[test]
    fn other_passwords_lift_what_a_password_stopped() {
        let stop = Stop::default();
        assert_eq!(stop.get(), None);
        assert!(stop.set(ErrorNumber::WRONG_PASSWORD, by_others(&[])));
        assert!(!stop.set(ErrorNumber::WRONG_PASSWORD, by_others(&[])), "one alarm is enough");
        assert!(!stop.is_lifted_by(&[]));
        assert_eq!(number(&stop), Some(ErrorNumber::WRONG_PASSWORD));
        assert!(stop.is_lifted_by(&passwords(&["second-2"])));
        assert_eq!(stop.get(), None);
    }

    #[test]
    fn a_password_that_has_not_expired_lifts_error_02_alone() {
        let stop = Stop::default();
        stop.set(ErrorNumber::PASSWORD_EXPIRED, by_others(&["first--1"]));
        stop.has_not_expired();
        assert_eq!(stop.get(), None);
        stop.set(ErrorNumber::WRONG_PASSWORD, by_others(&[]));
        stop.has_not_expired();
        assert_eq!(number(&stop), Some(ErrorNumber::WRONG_PASSWORD));
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_is_tried_again_after_a_quarter_of_an_hour() {
        let stop = Stop::default();
        stop.set(ErrorNumber::ADDRESS_NOT_APPROVED, Lifted::after_a_while());
        assert!(!stop.is_lifted_by(&passwords(&["second-2"])), "passwords have nothing to do with it");
        tokio::time::advance(Duration::from_secs(15 * 60 - 1)).await;
        assert!(stop.get().is_some());
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(stop.get(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_wrong_password_is_not_covered_up_by_an_address() {
        let stop = Stop::default();
        stop.set(ErrorNumber::WRONG_PASSWORD, by_others(&[]));
        stop.set(ErrorNumber::ADDRESS_NOT_APPROVED, Lifted::after_a_while());
        tokio::time::advance(A_WHILE).await;
        assert_eq!(number(&stop), Some(ErrorNumber::WRONG_PASSWORD));
    }
}
