use std::io;
use std::sync::Arc;
use std::time::Duration;

use kartotek_formats::cpr_direkte::{Advice, AnswerError, ErrorNumber, Who};

use super::PasswordsError;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum ErrorKind {
    /// The name of the host cannot be resolved.
    #[error("the host name cannot be resolved: {0}")]
    Resolve(io::Error),
    /// No connection.
    #[error("no connection: {0}")]
    Connect(io::Error),
    /// The host is no name that a certificate could be for.
    #[error("the host is neither a name nor an address; correct `host`")]
    HostName,
    /// TLS failed before anything was sent; the certificate is the usual reason.
    #[error("TLS: {0}")]
    Tls(String),
    /// The server ended TLS by an alert after the request had left.
    #[error("TLS, after the request was sent: {0}")]
    Alert(String),
    /// Nothing, or not all, within the time allowed.
    #[error("no answer within {} s, {received} bytes of it came", .after.as_secs_f32())]
    TimeOut {
        /// The time allowed.
        after: Duration,
        /// Bytes that had come.
        received: usize,
    },
    /// The connection ended too early.
    #[error("the connection was closed after {received} bytes, expected {expected}")]
    Closed {
        /// Bytes that had come.
        received: usize,
        /// How many should have.
        expected: usize,
    },
    /// The connection broke.
    #[error("the connection broke: {0}")]
    Io(io::Error),
    /// What came is no answer of CPR Direkte.
    #[error("{0}")]
    Answer(#[from] AnswerError),
    /// The answer belongs to another customer or user.
    #[error("the answer is for another customer or user")]
    AnotherCustomer,
    /// The answer is to a request with other types.
    #[error(
        "the answer is to another kind of request: its subscription type or data type, positions 5-6, is not the one asked for"
    )]
    AnotherRequest,
    /// CPR Direkte answered with an error number.
    #[error("error {0}: {cause}; {next}", cause = .0.explain().cause_en, next = .0.explain().next_step_en)]
    Refused(ErrorNumber),
    /// An earlier answer stopped all requests, so this one was not sent.
    #[error("not sent, because error {0} came before: {cause}; {next}", cause = .0.explain().cause_en, next = .0.explain().next_step_en)]
    Stopped(ErrorNumber),
    /// Sign-ons before had no answer, or none that could be understood, so this one was not sent.
    #[error(
        "not sent, because sign-ons before it had no answer that could be understood, and another one could lock the user \
         out; it is tried again after some minutes"
    )]
    SignOnRests,
    /// The passwords cannot be had.
    #[error(transparent)]
    Passwords(#[from] PasswordsError),
    /// A sign-on is asked of a local proxy, which does that itself.
    #[error("a local proxy signs on itself")]
    SignsOnItself,
}

/// What a sign-on is called in errors and logs.
pub(super) const SIGN_ON: &str = "sign-on";

/// Whether an error number stands in the way of every request. That a person is locked concerns only those who ask for it.
pub(super) fn concerns_all(number: ErrorNumber) -> bool {
    number.advice() == Advice::BackOff && number != ErrorNumber::DEADLOCK
}

/// An error of CPR Direkte or of the way to it. Holds no person number, no password and no token.
#[derive(Debug, thiserror::Error)]
#[error("{operation} at {endpoint}: {kind}")]
pub struct Error {
    /// What was being done.
    pub operation: &'static str,
    /// Host and port.
    pub endpoint: Arc<str>,
    /// What went wrong.
    pub kind: ErrorKind,
}

/// Whose fault an error is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The other side's, or the network's.
    Peer,
    /// The configuration's: address, certificate, customer number, password.
    Configuration,
    /// The data's: the person number asked for.
    Data,
    /// Ours.
    Kartotek,
}

impl Error {
    /// The error number that CPR Direkte gave, now or before.
    pub fn number(&self) -> Option<ErrorNumber> {
        match self.kind {
            ErrorKind::Refused(number) | ErrorKind::Stopped(number) => Some(number),
            _ => None,
        }
    }

    /// Whether it was signing on that failed, so that it is not about the person asked for.
    pub fn is_of_sign_on(&self) -> bool {
        self.operation == SIGN_ON
    }

    /// Whether the request may have left this machine, so that CPR may have done what it asks for.
    pub fn was_sent(&self) -> bool {
        self.kind.was_sent()
    }

    /// Whether the same request may succeed later without anybody doing something about it.
    pub fn may_be_retried(&self) -> bool {
        match &self.kind {
            ErrorKind::Refused(number) => matches!(number.advice(), Advice::BackOff | Advice::SignOn),
            ErrorKind::SignOnRests => true,
            kind => kind.is_passing(),
        }
    }

    /// Who has to act.
    pub fn fault(&self) -> Fault {
        match &self.kind {
            ErrorKind::Resolve(_)
            | ErrorKind::Connect(_)
            | ErrorKind::TimeOut { .. }
            | ErrorKind::Closed { .. }
            | ErrorKind::Io(_)
            | ErrorKind::Answer(_)
            | ErrorKind::AnotherCustomer
            | ErrorKind::AnotherRequest
            | ErrorKind::SignOnRests
            | ErrorKind::Passwords(PasswordsError::TooLate) => Fault::Peer,
            ErrorKind::HostName
            | ErrorKind::Tls(_)
            | ErrorKind::Alert(_)
            | ErrorKind::Passwords(_)
            | ErrorKind::SignsOnItself => Fault::Configuration,
            ErrorKind::Refused(number) | ErrorKind::Stopped(number) => match (number.advice(), number.explain().who) {
                (Advice::Success | Advice::BackOff | Advice::SignOn, _) => Fault::Peer,
                (Advice::Stop | Advice::Final, Who::CaseWorker) => Fault::Data,
                (Advice::Stop | Advice::Final, Who::Makers) => Fault::Kartotek,
                // Somebody has to do something about it before asking again helps: here, or at CPR on request.
                (Advice::Stop | Advice::Final, Who::Nobody | Who::Operator | Who::CprOffice) => Fault::Configuration,
            },
        }
    }

    /// The same error again, for each of those who waited for the same sign-on.
    pub(super) fn copy(&self) -> Self {
        Self { operation: self.operation, endpoint: Arc::clone(&self.endpoint), kind: self.kind.copy() }
    }
}

impl ErrorKind {
    /// Whether the client repeats the request after a while. An answer that makes no sense, and a certificate that is not
    /// to be trusted, do not get better by asking again.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::Resolve(_)
            | Self::Connect(_)
            | Self::TimeOut { .. }
            | Self::Closed { .. }
            | Self::Io(_)
            | Self::Passwords(PasswordsError::Unavailable(_)) => true,
            Self::Refused(number) => number.advice() == Advice::BackOff,
            Self::HostName
            | Self::Tls(_)
            | Self::Alert(_)
            | Self::Answer(_)
            | Self::AnotherCustomer
            | Self::AnotherRequest
            | Self::Stopped(_)
            | Self::SignOnRests
            | Self::Passwords(PasswordsError::Missing | PasswordsError::Refused | PasswordsError::TooLate)
            | Self::SignsOnItself => false,
        }
    }

    /// Whether it stands in the way of every request and not of this one alone.
    pub(super) fn concerns_all(&self) -> bool {
        match self {
            Self::Resolve(_) | Self::Connect(_) => true,
            Self::Refused(number) => concerns_all(*number),
            _ => false,
        }
    }

    /// Whether something was answered that cannot be understood.
    pub(super) fn is_answer(&self) -> bool {
        matches!(self, Self::Answer(_) | Self::AnotherCustomer | Self::AnotherRequest)
    }

    /// Whether the request may have left.
    pub(super) fn was_sent(&self) -> bool {
        match self {
            Self::Resolve(_)
            | Self::Connect(_)
            | Self::HostName
            | Self::Tls(_)
            | Self::Stopped(_)
            | Self::SignOnRests
            | Self::Passwords(_)
            | Self::SignsOnItself => false,
            Self::Alert(_)
            | Self::TimeOut { .. }
            | Self::Closed { .. }
            | Self::Io(_)
            | Self::Answer(_)
            | Self::AnotherCustomer
            | Self::AnotherRequest
            | Self::Refused(_) => true,
        }
    }

    fn copy(&self) -> Self {
        let copied = |error: &io::Error| io::Error::new(error.kind(), error.to_string());
        match self {
            Self::Resolve(error) => Self::Resolve(copied(error)),
            Self::Connect(error) => Self::Connect(copied(error)),
            Self::Io(error) => Self::Io(copied(error)),
            Self::HostName => Self::HostName,
            Self::Tls(text) => Self::Tls(text.clone()),
            Self::Alert(text) => Self::Alert(text.clone()),
            Self::TimeOut { after, received } => Self::TimeOut { after: *after, received: *received },
            Self::Closed { received, expected } => Self::Closed { received: *received, expected: *expected },
            Self::Answer(error) => Self::Answer(*error),
            Self::AnotherCustomer => Self::AnotherCustomer,
            Self::AnotherRequest => Self::AnotherRequest,
            Self::SignOnRests => Self::SignOnRests,
            Self::Refused(number) => Self::Refused(*number),
            Self::Stopped(number) => Self::Stopped(*number),
            Self::Passwords(error) => Self::Passwords(error.clone()),
            Self::SignsOnItself => Self::SignsOnItself,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(kind: ErrorKind) -> Error {
        Error { operation: "look-up", endpoint: "direkte.cpr.dk:5000".into(), kind }
    }

    fn refused(number: u8) -> Error {
        error(ErrorKind::Refused(ErrorNumber::new(number).unwrap()))
    }

    #[test]
    fn an_error_number_says_who_must_act_and_how() {
        assert_eq!(
            refused(5).to_string(),
            "look-up at direkte.cpr.dk:5000: error 05: the person number is not known in CPR; check the person number"
        );
        for (number, fault) in [
            (1, Fault::Configuration),
            (4, Fault::Peer),
            (5, Fault::Data),
            (10, Fault::Kartotek),
            (18, Fault::Configuration),
            (24, Fault::Peer),
            (28, Fault::Configuration),
            (99, Fault::Configuration),
        ] {
            assert_eq!(refused(number).fault(), fault, "{number}");
        }
    }

    #[test]
    fn what_passes_by_itself_may_be_retried() {
        let may_be_retried: Vec<_> = (1..=99).filter(|number| refused(*number).may_be_retried()).collect();
        assert_eq!(may_be_retried, [4, 7, 8, 9, 14, 24]);
        let number = ErrorNumber::WRONG_PASSWORD;
        for (kind, expected) in [
            (ErrorKind::Resolve(io::ErrorKind::NotFound.into()), true),
            (ErrorKind::Connect(io::ErrorKind::ConnectionRefused.into()), true),
            (ErrorKind::Io(io::ErrorKind::ConnectionReset.into()), true),
            (ErrorKind::TimeOut { after: Duration::from_secs(30), received: 0 }, true),
            (ErrorKind::Closed { received: 10, expected: 28 }, true),
            (ErrorKind::Passwords(PasswordsError::Unavailable("locked".to_owned())), true),
            (ErrorKind::Passwords(PasswordsError::Missing), false),
            (ErrorKind::Passwords(PasswordsError::Refused), false),
            (ErrorKind::HostName, false),
            (ErrorKind::Passwords(PasswordsError::TooLate), false),
            (ErrorKind::Tls("expired".to_owned()), false),
            (ErrorKind::Alert("the server refused".to_owned()), false),
            (ErrorKind::Answer(AnswerError::TooShort { found: 3 }), false),
            (ErrorKind::AnotherCustomer, false),
            (ErrorKind::AnotherRequest, false),
            (ErrorKind::SignOnRests, true),
            (ErrorKind::Stopped(number), false),
            (ErrorKind::SignsOnItself, false),
        ] {
            let error = error(kind);
            assert_eq!(error.may_be_retried(), expected, "{error}");
            let copy = error.copy();
            assert_eq!((copy.to_string(), copy.may_be_retried()), (error.to_string(), expected));
        }
    }
}
