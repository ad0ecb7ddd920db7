use std::sync::Arc;

use kartotek_formats::cpr_direkte::{Advice, DataType, ErrorNumber, Password, SubscriptionType};
use kartotek_formats::identifiers::CprNumber;
use tokio::time::Instant;
use tracing::debug;

use super::error::concerns_all;
use super::requests::Requests;
use super::{Error, ErrorKind, Passwords, Reply, Settings, random};

/// Asks CPR Direkte. Clones share token, pool, rate and stop.
///
/// Errors 01, 02 and 16 stop every request of all clones, since going on could lock the user out: what comes after them
/// fails with [`ErrorKind::Stopped`] and nothing is connected. Other passwords lift 01 and 02, a quarter of an hour lifts 16,
/// and a new client begins anew. Sign-ons that get no answer, or none that can be understood, are not repeated for some
/// minutes either ([`ErrorKind::SignOnRests`]).
///
/// While CPR is closed or cannot be reached all wait together, longer each time.
///
/// Futures may be dropped at any time. A sign-on that was begun runs to its end nevertheless: an answer that nobody saw
/// must not lead to another try with a wrong password.
#[derive(Clone)]
pub struct Client {
    requests: Arc<Requests>,
}

impl Client {
    /// A client; nothing is connected yet.
    pub fn new(settings: Settings, passwords: Arc<dyn Passwords>) -> Self {
        Self { requests: Arc::new(Requests::new(settings, passwords)) }
    }

    /// What it was made with.
    pub fn settings(&self) -> &Settings {
        &self.requests.settings
    }

    /// Whether CPR has said that the password has expired (error 02), and no other has been found since: nothing can be asked
    /// before it is changed.
    pub async fn has_expired_password(&self) -> bool {
        let going_on = self.requests.go_on("look at the password", None).await;
        matches!(going_on, Err(Error { kind: ErrorKind::Stopped(ErrorNumber::PASSWORD_EXPIRED), .. }))
    }

    /// What stops all requests at the moment. A change of the passwords is noticed by the next request, not here.
    pub fn stopped_by(&self) -> Option<ErrorNumber> {
        self.requests.stop.get().map(|stopped| stopped.number)
    }

    /// Asks about a person, signing on first where needed, and repeating what may be repeated. The reply has error number 00.
    pub async fn lookup(
        &self,
        number: CprNumber,
        subscription: SubscriptionType,
        data: DataType,
    ) -> Result<Reply, Error> {
        let reply = self.ask(number, subscription, data).await?;
        let error = reply.header().error;
        if error.is_success() { Ok(reply) } else { Err(self.requests.refused(error)) }
    }

    /// Asks about a person as [`Client::lookup`] does, and returns the last reply whatever error number it has.
    ///
    /// All requests may be repeated, since asking twice, subscribing twice and unsubscribing twice is like doing it once.
    pub async fn ask(&self, number: CprNumber, subscription: SubscriptionType, data: DataType) -> Result<Reply, Error> {
        let began = Instant::now();
        let mut failed = 0;
        let mut was_renewed = false;
        loop {
            let outcome = self.requests.attempt(number, subscription, data).await;
            let (number, is_passing, concerns_all) = match &outcome {
                Ok(reply) => {
                    let number = reply.header().error;
                    (Some(number), number.advice() == Advice::BackOff, concerns_all(number))
                }
                Err(error) => (error.number(), error.kind.is_passing(), error.kind.concerns_all()),
            };
            if number == Some(ErrorNumber::SIGN_ON_AGAIN) && !was_renewed {
                was_renewed = true;
                continue;
            }
            failed += 1;
            // Once CPR is known to be closed, those who come later are not each told so as often as the first one.
            let in_vain = if concerns_all { self.requests.pause.failures() } else { 0 };
            let Settings { backoff, repeat_for, .. } = *self.settings();
            let wait = backoff.after(failed.max(in_vain), random()).filter(|_| is_passing);
            let Some(wait) = wait.filter(|wait| began.elapsed() + *wait < repeat_for) else { return outcome };
            debug!(failed, wait_ms = wait.as_millis(), "repeats after a while");
            tokio::time::sleep(wait).await;
        }
    }

    /// Asks once, signing on first where needed, and returns the answer whatever error number it has.
    pub async fn ask_once(
        &self,
        number: CprNumber,
        subscription: SubscriptionType,
        data: DataType,
    ) -> Result<Reply, Error> {
        self.requests.ask(number, subscription, data).await.map(|(reply, _)| reply)
    }

    /// Signs on once, without repeating, and returns the answer whatever error number it has: for the connection test.
    ///
    /// While a change of the password is under way, both passwords are tried, as for any sign-on. The token is kept for the
    /// look-ups that follow. A client that is stopped does not sign on.
    pub async fn sign_on(&self) -> Result<Reply, Error> {
        Requests::sign_on(&self.requests, None).await
    }

    /// Signs on once as [`Client::sign_on`] does, to find out which of two passwords CPR has. Works on a client that error 02
    /// stopped, because a password that has expired cannot be changed before that is known.
    pub async fn settle(&self) -> Result<Reply, Error> {
        Requests::sign_on(&self.requests, Some(ErrorNumber::PASSWORD_EXPIRED)).await
    }

    /// Signs on with `current` and sets `new` as the password, once, without repeating. The answer's error number tells
    /// whether CPR took it; with no answer, nobody knows.
    ///
    /// Works on a client that error 02 stopped, because this is the way out of it. [`Passwords::may_be_sent`] is asked at the
    /// last moment, when a connection is free for it.
    pub async fn change_password(&self, current: &Password, new: &Password) -> Result<Reply, Error> {
        Requests::change_password(&self.requests, current.clone(), new.clone()).await
    }
}
