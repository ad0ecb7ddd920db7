use std::str::FromStr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kartotek_formats::cpr_direkte::{CustomerNumber, ErrorNumber};

use super::request::RequestKind;
use crate::times::Times;

/// Something that goes wrong.
///
/// One connection can have three at a time: one when it is made, one in the answer, and one in how the answer is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The connection is closed as soon as it is accepted, as for an address that is not approved.
    CloseAtAccept,
    /// The connection is closed in the midst of the TLS handshake, when the client has begun it.
    CloseInHandshake,
    /// The TLS handshake begins so much later.
    SlowHandshake(Duration),

    /// An error number instead of what was asked for, which does not happen then. The text follows the header.
    Error {
        /// The number.
        number: ErrorNumber,
        /// Sent as ISO-8859-1; empty for a header only.
        text: String,
    },
    /// An error number, and yet what was asked for happens and the data are there.
    ErrorWithData(ErrorNumber),
    /// A sign-on is answered by the first 24 characters of the header.
    ShortLogon,
    /// The answer names another customer.
    AnotherCustomer(CustomerNumber),
    /// The records are those of the person before in the population, or of the one after the first.
    AnotherPerson,
    /// A record of this type, 40 characters long, follows the 001.
    RecordType(u16),
    /// 999 states one record more than there are.
    WrongCount,
    /// These bytes instead of an answer.
    Bytes(Vec<u8>),

    /// In pieces, with a pause between them.
    Segments {
        /// Bytes of a piece, at least 1.
        size: usize,
        /// Between pieces.
        pause: Duration,
    },
    /// So much later.
    Late(Duration),
    /// The close comes so much later than the answer.
    LateClose(Duration),
    /// The connection stays open until the client closes it.
    NoClose,
    /// The connection ends without the close_notify of TLS.
    NoCloseNotify,
    /// So many bytes of the answer, then a proper close.
    CutOff(usize),
    /// So many bytes of the answer, then a reset of the connection.
    Reset(usize),
    /// So many bytes more than declared.
    TooLong(usize),
    /// The request is read, and a fatal alert of TLS answers it; without TLS the connection is closed.
    Alert,
    /// The request is read and never answered; the connection stays open until the client closes it.
    Silence,
}

/// Which requests a fault concerns. What happens when a connection is made concerns all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scope {
    /// All.
    #[default]
    Everything,
    /// Sign-ons.
    Logons,
    /// Look-ups and changes of subscriptions.
    Lookups,
}

impl Scope {
    fn has(self, kind: Option<RequestKind>) -> bool {
        match (self, kind) {
            (Self::Everything, _) | (_, None) => true,
            (Self::Logons, Some(kind)) => kind == RequestKind::Logon,
            (Self::Lookups, Some(kind)) => kind == RequestKind::Lookup,
        }
    }
}

/// When a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Connecting,
    Answering,
    Sending,
}

impl Fault {
    fn stage(&self) -> Stage {
        match self {
            Self::CloseAtAccept | Self::CloseInHandshake | Self::SlowHandshake(_) => Stage::Connecting,
            Self::Error { .. }
            | Self::ErrorWithData(_)
            | Self::ShortLogon
            | Self::AnotherCustomer(_)
            | Self::AnotherPerson
            | Self::RecordType(_)
            | Self::WrongCount
            | Self::Bytes(_) => Stage::Answering,
            Self::Segments { .. }
            | Self::Late(_)
            | Self::LateClose(_)
            | Self::NoClose
            | Self::NoCloseNotify
            | Self::CutOff(_)
            | Self::Reset(_)
            | Self::TooLong(_)
            | Self::Alert
            | Self::Silence => Stage::Sending,
        }
    }

    /// The requests that it can spoil.
    pub(super) fn scope(&self) -> Scope {
        match self {
            Self::ShortLogon => Scope::Logons,
            Self::AnotherPerson | Self::RecordType(_) | Self::WrongCount => Scope::Lookups,
            _ => Scope::Everything,
        }
    }

    /// Whether it strikes before it is known what is asked.
    pub(super) fn strikes_unasked(&self) -> bool {
        self.stage() == Stage::Connecting
    }

    /// An error number without a text.
    pub fn error(number: ErrorNumber) -> Self {
        Self::Error { number, text: String::new() }
    }

    /// The answer one byte at a time, without pauses.
    pub fn bytewise() -> Self {
        Self::Segments { size: 1, pause: Duration::ZERO }
    }

    /// The names that [`Fault::from_str`] reads.
    pub const NAMES: &str = "error-NN, slow, bytewise, late-close, no-close, no-close-notify, cut-off, reset, too-long, \
                             silence, wrong-count, unknown-record, another-person, short-logon, close-at-accept, \
                             close-in-handshake";
}

/// A name that is no fault's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected one of {}", Fault::NAMES)]
pub struct UnknownFault;

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(name: &str) -> Result<Self, UnknownFault> {
        if let Some(digits) = name.strip_prefix("error-") {
            return ErrorNumber::from_digits(digits.as_bytes()).map(Self::error).ok_or(UnknownFault);
        }
        Ok(match name {
            "slow" => Self::Late(Duration::from_secs(5)),
            "bytewise" => Self::bytewise(),
            "late-close" => Self::LateClose(Duration::from_secs(5)),
            "no-close" => Self::NoClose,
            "no-close-notify" => Self::NoCloseNotify,
            "cut-off" => Self::CutOff(40),
            "reset" => Self::Reset(40),
            "too-long" => Self::TooLong(7),
            "silence" => Self::Silence,
            "wrong-count" => Self::WrongCount,
            "unknown-record" => Self::RecordType(777),
            "another-person" => Self::AnotherPerson,
            "short-logon" => Self::ShortLogon,
            "close-at-accept" => Self::CloseAtAccept,
            "close-in-handshake" => Self::CloseInHandshake,
            _ => return Err(UnknownFault),
        })
    }
}

/// The faults that are due. Of those of a stage, the one that was asked for first strikes first.
#[derive(Default)]
pub(super) struct Faults(Mutex<Vec<Due>>);

struct Due {
    fault: Fault,
    scope: Scope,
    times: Times,
}

impl Faults {
    pub(super) fn add(&self, fault: Fault, scope: Scope, times: Times) {
        if times != Times::Next(0) {
            self.due().push(Due { fault, scope, times });
        }
    }

    pub(super) fn clear(&self) {
        self.due().clear();
    }

    /// How many times faults are still to strike; those without end count once.
    pub(super) fn left(&self) -> u32 {
        self.due().iter().map(|due| if let Times::Next(times) = due.times { times } else { 1 }).sum()
    }

    /// Takes the fault that strikes now; `kind` is `None` before the request is known.
    pub(super) fn strike(&self, stage: Stage, kind: Option<RequestKind>) -> Option<Fault> {
        let mut all = self.due();
        let concerned = |due: &Due| due.scope.has(kind) && due.fault.scope().has(kind);
        let at = all.iter().position(|due| due.fault.stage() == stage && concerned(due))?;
        let due = all.get_mut(at)?;
        let fault = due.fault.clone();
        if let Times::Next(times) = &mut due.times {
            *times -= 1;
            if *times == 0 {
                all.remove(at);
            }
        }
        Some(fault)
    }

    fn due(&self) -> MutexGuard<'_, Vec<Due>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read() {
        for name in Fault::NAMES.split(',').map(|name| name.trim().replace("NN", "08")) {
            assert!(name.parse::<Fault>().is_ok(), "{name}");
        }
        assert_eq!("error-8".parse::<Fault>(), Err(UnknownFault));
    }

    #[test]
    fn a_fault_waits_for_a_request_that_it_can_spoil() {
        let faults = Faults::default();
        faults.add(Fault::WrongCount, Scope::Everything, Times::Next(1));
        faults.add(Fault::ShortLogon, Scope::Everything, Times::Next(1));
        let answer = |kind| faults.strike(Stage::Answering, Some(kind));
        assert_eq!(answer(RequestKind::Logon), Some(Fault::ShortLogon));
        assert_eq!(answer(RequestKind::Logon), None);
        assert_eq!(answer(RequestKind::Lookup), Some(Fault::WrongCount));
    }

    #[test]
    fn faults_strike_in_order_each_in_its_stage() {
        let faults = Faults::default();
        faults.add(Fault::WrongCount, Scope::Lookups, Times::Next(2));
        faults.add(Fault::ShortLogon, Scope::Logons, Times::UntilCleared);
        faults.add(Fault::NoClose, Scope::Everything, Times::Next(1));
        let answer = |kind| faults.strike(Stage::Answering, Some(kind));
        assert_eq!(answer(RequestKind::Logon), Some(Fault::ShortLogon));
        assert_eq!(faults.strike(Stage::Sending, Some(RequestKind::Logon)), Some(Fault::NoClose));
        assert_eq!(answer(RequestKind::Lookup), Some(Fault::WrongCount));
        assert_eq!(answer(RequestKind::Lookup), Some(Fault::WrongCount));
        assert_eq!(answer(RequestKind::Lookup), None);
        assert_eq!(faults.left(), 1);
        faults.clear();
        assert_eq!(answer(RequestKind::Logon), None);
    }
}
