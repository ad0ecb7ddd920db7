//! Signing on: once for all who need it, in a task of its own, with at most two passwords.

use std::sync::Arc;

use kartotek_formats::cpr_direkte::{AnswerTo, ErrorNumber, Logon, Password};
use tracing::{Instrument, warn};
use zeroize::Zeroizing;

use super::error::SIGN_ON;
use super::reply::Expected;
use super::requests::Requests;
use super::session::SignOn;
use super::{Error, ErrorKind, Reply, Settings, Which};

const CHANGE: &str = "change of the password";

impl Requests {
    /// Sees to it that there is a token. Of those who come at the same time one signs on, and all have its outcome.
    pub(super) async fn have_token(self: &Arc<Self>) -> Result<(), Error> {
        let mut waiting = match self.session.sign_on() {
            SignOn::Done => return Ok(()),
            SignOn::UnderWay(waiting) => waiting,
            SignOn::Yours(reporting, waiting) => {
                let this = Arc::clone(self);
                let task = async move {
                    let outcome = this.sign_on_with_stored().await.and_then(|reply| {
                        let number = reply.header().error;
                        let refused = || this.error(SIGN_ON, ErrorKind::Refused(number));
                        if number.is_success() { Ok(()) } else { Err(refused()) }
                    });
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

    pub(super) async fn sign_on(self: &Arc<Self>) -> Result<Reply, Error> {
        if !self.signs_on() {
            return Err(self.error(SIGN_ON, ErrorKind::SignsOnItself));
        }
        let this = Arc::clone(self);
        let task = async move { this.sign_on_with_stored().await };
        tokio::spawn(task.in_current_span()).await.unwrap_or_else(|_| Err(self.broken_off(SIGN_ON)))
    }

    pub(super) async fn change_password(self: &Arc<Self>, current: Password, new: Password) -> Result<Reply, Error> {
        if !self.signs_on() {
            return Err(self.error(CHANGE, ErrorKind::SignsOnItself));
        }
        let this = Arc::clone(self);
        let task = async move {
            let _turn = this.signing_on.lock().await;
            let version = this.version(CHANGE).await?;
            let reply = this.logon(CHANGE, &current, Some(&new), Some(ErrorNumber::PASSWORD_EXPIRED)).await?;
            Ok(this.finish(reply, version))
        };
        tokio::spawn(task.in_current_span()).await.unwrap_or_else(|_| Err(self.broken_off(CHANGE)))
    }

    /// The current password, and after error 01 the next one, if there is one. Neither is tried again once it was refused,
    /// not even when the other could not be tried.
    async fn sign_on_with_stored(&self) -> Result<Reply, Error> {
        let _turn = self.signing_on.lock().await;
        self.go_on(SIGN_ON, None).await?;
        // The version first: a change that comes between is then a later one, and is noticed.
        let version = self.version(SIGN_ON).await?;
        let passwords = self.of_passwords(|passwords| passwords.passwords()).await;
        let (current, next) = passwords.map_err(|error| self.error(SIGN_ON, error.into()))?;
        let Some(next) = next else {
            let reply = self.logon(SIGN_ON, &current, None, None).await?;
            let reply = self.finish(reply, version);
            self.tell_of_refusal(&reply, version).await;
            return Ok(reply);
        };
        if !self.session.was_current_refused(version) {
            let reply = self.logon(SIGN_ON, &current, None, None).await?;
            if reply.header().error != ErrorNumber::WRONG_PASSWORD {
                return self.finish_and_prove(reply, version, Which::Current).await;
            }
            self.session.current_was_refused(version);
        }
        let reply = self.logon(SIGN_ON, &next, None, None).await?;
        self.finish_and_prove(reply, version, Which::Next).await
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
        self.exchange(operation, pass, &request, &expected, AnswerTo::Logon).await
    }

    async fn finish_and_prove(&self, reply: Reply, version: i64, which: Which) -> Result<Reply, Error> {
        let reply = self.finish(reply, version);
        if reply.header().error.is_success()
            && let Err(error) = self.of_passwords(move |passwords| passwords.proven(which)).await
        {
            // The token is good all the same, and the next sign-on comes to the same result.
            warn!(%error, "CPR Direkte took a password, but that could not be noted");
        }
        self.tell_of_refusal(&reply, version).await;
        Ok(reply)
    }

    /// Passes on that all passwords there are were refused.
    async fn tell_of_refusal(&self, reply: &Reply, version: i64) {
        if reply.header().error == ErrorNumber::WRONG_PASSWORD
            && let Err(error) = self.of_passwords(move |passwords| passwords.refused(version)).await
        {
            warn!(%error, "CPR Direkte refused the password, but that could not be noted");
        }
    }

    /// Keeps the token, or takes note of the error.
    fn finish(&self, reply: Reply, version: i64) -> Reply {
        let header = reply.header();
        if header.error.is_success() {
            self.session.install(header.token.clone(), version);
        } else {
            self.take_note(header.error, Some(version));
        }
        reply
    }

    async fn version(&self, operation: &'static str) -> Result<i64, Error> {
        let version = self.of_passwords(|passwords| passwords.version()).await;
        version.map_err(|error| self.error(operation, error.into()))
    }

    fn broken_off(&self, operation: &'static str) -> Error {
        self.error(operation, ErrorKind::Io(std::io::Error::other("broken off, because the program ends")))
    }
}
