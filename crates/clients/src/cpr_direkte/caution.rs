use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

use super::locked;

/// Sign-ons in a row that are sent without an answer before nothing more is sent for a while: enough to get over a
/// connection that broke, and no more, since each may count towards locking the user out.
const UNANSWERED: u32 = 2;

/// How long nobody signs on then.
const QUIET: Duration = Duration::from_mins(5);

/// Restraint with sign-ons that nobody knows the outcome of. Each may have been one with a wrong password, or of a locked
/// user, and CPR counts them; so they are not repeated as look-ups are.
#[derive(Default)]
pub(super) struct Caution {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    unanswered: u32,
    until: Option<Instant>,
}

impl Caution {
    /// Whether a sign-on may be sent.
    pub(super) fn allows(&self) -> bool {
        locked(&self.state).until.is_none_or(|until| until <= Instant::now())
    }

    /// CPR has answered a sign-on, whatever it said.
    pub(super) fn answered(&self) {
        *locked(&self.state) = State::default();
    }

    /// A sign-on was sent, and no answer came. Returns whether it is news that nothing more is sent.
    pub(super) fn unanswered(&self) -> bool {
        let mut state = locked(&self.state);
        state.unanswered += 1;
        state.unanswered >= UNANSWERED && state.rest()
    }

    /// An answer came that makes no sense, and another one would make no more. Returns whether it is news that nothing more
    /// is sent.
    pub(super) fn not_understood(&self) -> bool {
        locked(&self.state).rest()
    }
}

impl State {
    fn rest(&mut self) -> bool {
        self.until.replace(Instant::now() + QUIET).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn two_without_an_answer_are_enough_for_a_while_and_then_one() {
        let caution = Caution::default();
        assert!(!caution.unanswered() && caution.allows());
        assert!(caution.unanswered() && !caution.allows());
        tokio::time::advance(QUIET).await;
        assert!(caution.allows());
        assert!(!caution.unanswered(), "it is no news");
        assert!(!caution.allows());
        caution.answered();
        assert!(caution.allows());
        assert!(!caution.unanswered() && caution.allows());
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_is_not_understood_is_enough() {
        let caution = Caution::default();
        assert!(caution.not_understood() && !caution.allows());
        tokio::time::advance(QUIET).await;
        assert!(caution.allows());
    }
}
