//! What every request goes through: its turn, the stop, the exchange, the check of the answer.

use std::sync::Arc;

use kartotek_formats::cpr_direkte::{
    Advice, AnswerHeader, AnswerTo, DataType, ErrorNumber, Lookup, Password, SubscriptionType,
};
use kartotek_formats::identifiers::CprNumber;
use tokio::time::Instant;
use tracing::{debug, info};

use super::alarms::Alarms;
use super::caution::Caution;
use super::connection::exchange;
use super::error::concerns_all;
use super::pause::Pause;
use super::pool::{Pass, Pool};
use super::refusals::Refusals;
use super::reply::Expected;
use super::session::{Held, Session};
use super::stop::{Lifted, Stop, Stopped};
use super::{Endpoint, Error, ErrorKind, KnownPasswords, Passwords, PasswordsError, Reply, Settings};

const LOOK_UP: &str = "look-up";

/// What the clones of a client share.
pub(super) struct Requests {
    pub(super) settings: Settings,
    pub(super) passwords: Arc<dyn Passwords>,
    pub(super) session: Session,
    pub(super) stop: Stop,
    pub(super) refusals: Refusals,
    /// Held by whoever signs on, so that a change of the password and a sign-on do not overtake each other.
    pub(super) signing_on: tokio::sync::Mutex<()>,
    pub(super) pause: Pause,
    pool: Pool,
    caution: Caution,
    alarms: Alarms,
    endpoint: Arc<str>,
}

impl Requests {
    pub(super) fn new(settings: Settings, passwords: Arc<dyn Passwords>) -> Self {
        let (host, port) = settings.endpoint.address();
        Self {
            endpoint: format!("{host}:{port}").into(),
            pool: Pool::new(settings.connections, settings.per_second),
            settings,
            passwords,
            session: Session::default(),
            stop: Stop::default(),
            refusals: Refusals::default(),
            signing_on: tokio::sync::Mutex::default(),
            pause: Pause::default(),
            caution: Caution::default(),
            alarms: Alarms::default(),
        }
    }

    /// Asks once, signing on first where needed, and does not judge the answer. Also what was asked with.
    pub(super) async fn ask(
        self: &Arc<Self>,
        number: CprNumber,
        subscription: SubscriptionType,
        data: DataType,
    ) -> Result<(Reply, Option<Held>), Error> {
        let Settings { transaction, customer, user, .. } = self.settings;
        let (pass, held) = loop {
            self.go_on(LOOK_UP, None).await?;
            if !self.signs_on() {
                break (self.enter(LOOK_UP, None).await?, None);
            }
            self.have_token().await?;
            let pass = self.enter(LOOK_UP, None).await?;
            // The token may have expired, or been renewed, while this one waited for its turn.
            if let Some(held) = self.session.current() {
                break (pass, Some(held));
            }
        };
        let identity = held.as_ref().map(|held| (held.token.clone(), user));
        let request = Lookup { transaction, customer, subscription, data, identity, number }.encode();
        let expected =
            Expected { customer, types: Some((subscription.digit(), data.digit())), user: held.as_ref().map(|_| user) };
        let reply = self.exchange(LOOK_UP, pass, &request, &expected, AnswerTo::Lookup).await?;
        Ok((reply, held))
    }

    /// Asks once, signing on first where needed, and takes note of the answer's error number.
    pub(super) async fn attempt(
        self: &Arc<Self>,
        number: CprNumber,
        subscription: SubscriptionType,
        data: DataType,
    ) -> Result<Reply, Error> {
        let (reply, held) = self.ask(number, subscription, data).await?;
        let number = reply.header().error;
        if !number.is_success() {
            if let (Advice::SignOn, Some(held)) = (number.advice(), &held) {
                self.session.expire(held.generation);
            }
            self.take_note(number, held.map(|held| held.left));
        }
        Ok(reply)
    }

    /// The error of a request that was answered with an error number.
    pub(super) fn refused(&self, number: ErrorNumber) -> Error {
        self.error(LOOK_UP, ErrorKind::Refused(number))
    }

    /// Whether the other side wants to be signed on to.
    pub(super) fn signs_on(&self) -> bool {
        matches!(self.settings.endpoint, Endpoint::Direkte { .. })
    }

    /// Waits until CPR may be asked, and for a connection and a slot.
    pub(super) async fn enter(
        &self,
        operation: &'static str,
        in_spite_of: Option<ErrorNumber>,
    ) -> Result<Pass<'_>, Error> {
        loop {
            self.pause.wait().await;
            let pass = self.pool.enter().await;
            // The answer to one that was before may have stopped all, or made all wait.
            self.go_on(operation, in_spite_of).await?;
            if !self.pause.is_on() {
                let closed = || self.error(operation, ErrorKind::Io(std::io::Error::other("the client is closed")));
                return pass.ok_or_else(closed);
            }
        }
    }

    /// Fails while requests are stopped.
    pub(super) async fn go_on(&self, operation: &'static str, in_spite_of: Option<ErrorNumber>) -> Result<(), Error> {
        let Some(Stopped { number, lifted }) = self.stop.get() else { return Ok(()) };
        if in_spite_of == Some(number) {
            return Ok(());
        }
        let is_lifted = match lifted {
            Lifted::At(_) => false,
            // Passwords that cannot be had are no reason to go on.
            Lifted::ByOthers(_) => self.left().await.is_ok_and(|(_, left)| self.stop.is_lifted_by(&left)),
        };
        if !is_lifted {
            return Err(self.error(operation, ErrorKind::Stopped(number)));
        }
        info!(%number, endpoint = &*self.endpoint, "the passwords have changed, CPR Direkte is asked again");
        Ok(())
    }

    /// Sends a request and checks that the answer is to it. The answer may have an error number.
    pub(super) async fn exchange(
        &self,
        operation: &'static str,
        pass: Pass<'_>,
        request: &[u8],
        expected: &Expected,
        to: AnswerTo,
    ) -> Result<Reply, Error> {
        if to == AnswerTo::Logon && !self.caution.allows() {
            return Err(self.error(operation, ErrorKind::SignOnRests));
        }
        let started = Instant::now();
        let result = exchange(&self.settings, request, to).await;
        drop(pass);
        let result = result.and_then(|bytes| Ok(Reply::new(bytes, to)?)).and_then(|reply| {
            expected.check(reply.header())?;
            Ok(reply)
        });
        self.watch(&result, started, to);
        let duration_ms = started.elapsed().as_millis();
        match result {
            Ok(reply) => {
                let AnswerHeader { error: number, .. } = reply.header();
                debug!(operation, duration_ms, %number, bytes = reply.bytes().len(), "answered");
                Ok(reply)
            }
            Err(kind) => {
                debug!(operation, duration_ms, error = %kind, "failed");
                Err(self.error(operation, kind))
            }
        }
    }

    /// Makes all wait when CPR cannot be had, and sign-ons rest when nobody knows what became of them.
    fn watch(&self, result: &Result<Reply, ErrorKind>, began: Instant, to: AnswerTo) {
        match result {
            Ok(reply) if concerns_all(reply.header().error) => self.pause.failed(began, self.settings.backoff),
            Ok(_) => self.pause.end(),
            Err(kind) if kind.concerns_all() => self.pause.failed(began, self.settings.backoff),
            Err(_) => {}
        }
        if to == AnswerTo::Lookup {
            return;
        }
        let rests = match result {
            Ok(_) => {
                self.caution.answered();
                false
            }
            Err(kind) if kind.is_answer() => self.caution.not_understood(),
            Err(kind) => kind.was_sent() && self.caution.unanswered(),
        };
        if rests {
            Alarms::sign_on_rests(&self.endpoint);
        }
    }

    /// Stops all requests, or raises an alarm, where an error number asks for it. `left` are the passwords that are left to
    /// try; a local proxy's are not known.
    pub(super) fn take_note(&self, number: ErrorNumber, left: Option<Vec<Password>>) {
        if number.advice() == Advice::Stop {
            self.session.forget();
            let lifted = match left {
                Some(left) if number != ErrorNumber::ADDRESS_NOT_APPROVED => Lifted::ByOthers(left),
                _ => Lifted::after_a_while(),
            };
            if self.stop.set(number, lifted) {
                Alarms::stopped(number, &self.endpoint);
            }
        } else if number.is_alarm() {
            self.alarms.raise(number, &self.endpoint);
        }
    }

    /// The passwords, and those of them that are left to try, in that order.
    pub(super) async fn left(&self) -> Result<(KnownPasswords, Vec<Password>), PasswordsError> {
        let known = self.of_passwords(|passwords| passwords.known()).await?;
        let left = self.refusals.left(&known);
        Ok((known, left))
    }

    /// Asks for passwords where blocking does no harm.
    pub(super) async fn of_passwords<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&dyn Passwords) -> Result<T, PasswordsError> + Send + 'static,
    ) -> Result<T, PasswordsError> {
        let passwords = Arc::clone(&self.passwords);
        tokio::task::spawn_blocking(move || ask(&*passwords))
            .await
            .unwrap_or_else(|_| Err(PasswordsError::Unavailable("asking for the passwords was broken off".to_owned())))
    }

    pub(super) fn error(&self, operation: &'static str, kind: ErrorKind) -> Error {
        Error { operation, endpoint: Arc::clone(&self.endpoint), kind }
    }
}
