use std::sync::Mutex;

use kartotek_formats::cpr_direkte::{Password, Token};
use tokio::sync::watch;

use super::{Error, locked};

/// The one token that all clones of a client share, and the one sign-on that may be under way.
#[derive(Default)]
pub(super) struct Session {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    held: Option<Held>,
    generation: u64,
    under_way: Option<Waiting>,
}

/// A token, and which one it is.
#[derive(Clone)]
pub(super) struct Held {
    pub(super) token: Token,
    /// Counts sign-ons, so that many requests that saw the same token expire renew it once.
    pub(super) generation: u64,
    /// The passwords that were left to try when it was had.
    pub(super) left: Vec<Password>,
}

/// Where the outcome of a sign-on will be told.
pub(super) type Waiting = watch::Receiver<Option<Result<(), Error>>>;

/// What a sign-on that is under way reports to.
pub(super) type Reporting = watch::Sender<Option<Result<(), Error>>>;

/// How to come by a token.
pub(super) enum SignOn {
    /// It is there.
    Done,
    /// Somebody signs on; wait for them.
    UnderWay(Waiting),
    /// Nobody does: sign on, and tell the others.
    Yours(Reporting, Waiting),
}

impl Session {
    pub(super) fn current(&self) -> Option<Held> {
        locked(&self.state).held.clone()
    }

    pub(super) fn sign_on(&self) -> SignOn {
        let mut state = locked(&self.state);
        if state.held.is_some() {
            return SignOn::Done;
        }
        // A sender that is gone will tell nothing: its task was ended.
        if let Some(waiting) = state.under_way.as_ref().filter(|waiting| waiting.has_changed().is_ok()) {
            return SignOn::UnderWay(waiting.clone());
        }
        let (reporting, waiting) = watch::channel(None);
        state.under_way = Some(waiting.clone());
        SignOn::Yours(reporting, waiting)
    }

    /// Lets the next one who needs a token sign on, and tells those who waited.
    pub(super) fn report(&self, reporting: &Reporting, outcome: Result<(), Error>) {
        locked(&self.state).under_way = None;
        reporting.send_replace(Some(outcome));
    }

    pub(super) fn install(&self, token: Token, left: Vec<Password>) {
        let mut state = locked(&self.state);
        state.generation += 1;
        state.held = Some(Held { token, generation: state.generation, left });
    }

    /// Forgets a token, unless there is a newer one.
    pub(super) fn expire(&self, generation: u64) {
        let mut state = locked(&self.state);
        if state.held.as_ref().is_some_and(|held| held.generation == generation) {
            state.held = None;
        }
    }

    pub(super) fn forget(&self) {
        locked(&self.state).held = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_that_many_saw_expire_is_forgotten_once() {
        let session = Session::default();
        session.install(Token::new(*b"FIRST..."), Vec::new());
        let first = session.current().unwrap().generation;
        session.expire(first);
        assert!(session.current().is_none());
        session.install(Token::new(*b"SECOND.."), Vec::new());
        session.expire(first);
        assert_eq!(session.current().unwrap().token.as_bytes(), b"SECOND..");
    }

    #[test]
    fn one_signs_on_and_the_others_wait() {
        let session = Session::default();
        let SignOn::Yours(reporting, _) = session.sign_on() else { panic!("nobody else was there") };
        let SignOn::UnderWay(waiting) = session.sign_on() else { panic!("there was somebody") };
        session.install(Token::new(*b"TOKEN..."), Vec::new());
        session.report(&reporting, Ok(()));
        assert!(matches!(*waiting.borrow(), Some(Ok(()))));
        assert!(matches!(session.sign_on(), SignOn::Done));
    }

    #[test]
    fn a_sign_on_that_was_ended_does_not_leave_the_others_waiting() {
        let session = Session::default();
        let first = session.sign_on();
        assert!(matches!(session.sign_on(), SignOn::UnderWay(_)));
        drop(first);
        assert!(matches!(session.sign_on(), SignOn::Yours(..)));
    }
}
