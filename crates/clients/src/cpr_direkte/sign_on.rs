//! Signing on: once for all who need it, in a task of its own, with the passwords that CPR has not refused.

use std::sync::Arc;

use kartotek_formats::cpr_direkte::{AnswerTo, ErrorNumber, Logon, Password};
use tracing::{Instrument, warn};
use zeroize::Zeroizing;

use super::error::SIGN_ON;
use super::reply::Expected;
use super::requests::Requests;
use super::session::SignOn;
use super::{Error, ErrorKind, KnownPasswords, PasswordsError, Reply, Settings};

const CHANGE: &str = "change of the password";

/// Passwords that one sign-on tries: the current one, the next one, and one that somebody set meanwhile.
const TRIES: usize = 3;

impl Requests {
    /// Sees to it that there is a token. Of those who come at the same time one signs on, and all have its outcome.
    pub(super) async fn have_token(self: &Arc<Self>) -> Result<(), Error> {
        let mut waiting = match self.session.sign_on() {
            SignOn::Done => return Ok(()),
            SignOn::UnderWay(waiting) => waiting,
            SignOn::Yours(reporting, waiting) => {
                let this = Arc::clone(self);
                let task = async move {
                    let outcome = this.get_token().await;
                    this.session.report(&reporting, outcome);
                };
                tokio::spawn(task.in_current_span());
                waiting
            }
        };
        match waiting.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(Err(error))) => Err(error.copy()),
            Ok(_) => Ok(()),
            Err(_) => Err(self.broken_off(SIGN_ON)),
        }
    }

    async fn get_token(&self) -> Result<(), Error> {
        let _turn = self.signing_on.lock().await;
        // A change of the password has brought one meanwhile.
        if self.session.current().is_some() {
            return Ok(());
        }
        let number = self.sign_on_with_known(None).await?.header().error;
        if number.is_success() { Ok(()) } else { Err(self.error(SIGN_ON, ErrorKind::Refused(number))) }
    }

    pub(super) async fn sign_on(self: &Arc<Self>, in_spite_of: Option<ErrorNumber>) -> Result<Reply, Error> {
        if !self.signs_on() {
            return Err(self.error(SIGN_ON, ErrorKind::SignsOnItself));
        }
        let this = Arc::clone(self);
        let task = async move {
            let _turn = this.signing_on.lock().await;
            this.sign_on_with_known(in_spite_of).await
        };
        tokio::spawn(task.in_current_span()).await.unwrap_or_else(|_| Err(self.broken_off(SIGN_ON)))
    }

    pub(super) async fn change_password(self: &Arc<Self>, current: Password, new: Password) -> Result<Reply, Error> {
        if !self.signs_on() {
            return Err(self.error(CHANGE, ErrorKind::SignsOnItself));
        }
        let this = Arc::clone(self);
        let task = async move {
            let _turn = this.signing_on.lock().await;
            let reply = this.logon(CHANGE, &current, Some(&new), Some(ErrorNumber::PASSWORD_EXPIRED)).await?;
            let left = match reply.header().error {
                ErrorNumber::SUCCESS => vec![new],
                ErrorNumber::WRONG_PASSWORD => {
                    // Before whoever keeps it has forgotten it: CPR cannot have taken it.
                    this.refusals.add(&new);
                    this.note_refused(&current).await;
                    Vec::new()
                }
                _ => vec![current],
            };
            Ok(this.finish(reply, left))
        };
        tokio::spawn(task.in_current_span()).await.unwrap_or_else(|_| Err(self.broken_off(CHANGE)))
    }

    /// The current password, and after error 01 the next one, if there is one. What was refused is not tried again, not even
    /// when the other could not be tried. For whoever has the turn to sign on.
    async fn sign_on_with_known(&self, in_spite_of: Option<ErrorNumber>) -> Result<Reply, Error> {
        self.go_on(SIGN_ON, in_spite_of).await?;
        let mut now = self.left().await.map_err(|error| self.error(SIGN_ON, error.into()))?;
        let mut tried = 0;
        loop {
            let (known, left) = now;
            let Some(password) = left.first().cloned() else {
                return Err(self.error(SIGN_ON, PasswordsError::Refused.into()));
            };
            let reply = self.logon(SIGN_ON, &password, None, in_spite_of).await?;
            tried += 1;
            if reply.header().error != ErrorNumber::WRONG_PASSWORD {
                let reply = self.finish(reply, left);
                self.note_proven(&reply, password, known).await;
                return Ok(reply);
            }
            self.note_refused(&password).await;
            // Read again: somebody may have changed them while CPR was asked.
            match self.left().await {
                Ok(then) if tried < TRIES && !then.1.is_empty() => now = then,
                _ => return Ok(self.finish(reply, Vec::new())),
            }
        }
    }

    async fn logon(
        &self,
        operation: &'static str,
        password: &Password,
        new_password: Option<&Password>,
        in_spite_of: Option<ErrorNumber>,
    ) -> Result<Reply, Error> {
        let Settings { transaction, customer, user, .. } = self.settings;
        let expected = Expected { customer, types: None, user: Some(user) };
        let logon =
            Logon { transaction, customer, user, password: password.clone(), new_password: new_password.cloned() };
        let request: Zeroizing<Vec<u8>> = logon.encode();
        let pass = self.enter(operation, in_spite_of).await?;
        if let Some(new) = new_password.cloned() {
            let current = password.clone();
            let may_be_sent = self.of_passwords(move |passwords| passwords.may_be_sent(&current, &new)).await;
            may_be_sent.map_err(|error| self.error(operation, error.into()))?;
        }
        self.exchange(operation, pass, &request, &expected, AnswerTo::Logon).await
    }

    /// Passes on that a password is CPR's. Error 02 says so as well as 00: a wrong one is answered by 01.
    async fn note_proven(&self, reply: &Reply, password: Password, known: KnownPasswords) {
        if matches!(reply.header().error, ErrorNumber::SUCCESS | ErrorNumber::PASSWORD_EXPIRED)
            && let Err(error) = self.of_passwords(move |passwords| passwords.proven(&password, &known)).await
        {
            // The answer is good all the same, and the next sign-on comes to the same result.
            warn!(%error, "CPR Direkte knows the password, but that could not be noted");
        }
    }

    /// Remembers, and passes on, that a password was refused.
    async fn note_refused(&self, password: &Password) {
        self.refusals.add(password);
        let password = password.clone();
        if let Err(error) = self.of_passwords(move |passwords| passwords.refused(&password)).await {
            warn!(%error, "CPR Direkte refused the password, but that could not be noted");
        }
    }

    /// Keeps the token, or takes note of the error.
    fn finish(&self, reply: Reply, left: Vec<Password>) -> Reply {
        let header = reply.header();
        if header.error.is_success() {
            // The token first: nobody shall sign on anew as soon as they may.
            self.session.install(header.token.clone(), left);
            self.stop.has_not_expired();
        } else {
            self.take_note(header.error, Some(left));
        }
        reply
    }

    fn broken_off(&self, operation: &'static str) -> Error {
        self.error(operation, ErrorKind::Io(std::io::Error::other("broken off, because the program ends")))
    }
}
