use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::times::Times;

/// Something that goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The next connection is told 421 and closed.
    TooManyUsers,
    /// The right password is refused by 530.
    RefuseLogOn,
    /// `SIZE` is refused by 550.
    RefuseSize,
    /// `RNFR` is refused by 502.
    RefuseRename,
    /// `REST` is refused by 502.
    RefuseRestart,
    /// `EPSV` is refused by 502.
    RefuseEpsv,
    /// `PASV` names an address that is not the server's, as behind a translation of addresses.
    ForeignAddress,
    /// The data connection is treated as if it did not resume the TLS session, and refused by 522.
    SessionLost,
    /// The data connection is closed instead of beginning TLS. Without TLS it does not strike.
    DropHandshake,
    /// On the data connection TLS does not begin, and nothing else comes until the client leaves. Without TLS it does not
    /// strike.
    StallHandshake,
    /// `RETR` is refused by 450: busy.
    Busy,
    /// After so many bytes of a fetch the data connection is cut.
    CutOff {
        /// Bytes that are sent before.
        after: u64,
        /// What the client is told.
        told: CutOff,
    },
    /// After so many bytes of a fetch nothing more comes, until the client leaves.
    Stall {
        /// Bytes that are sent before.
        after: u64,
    },
    /// A fetch is whole, but its end lacks the close_notify of TLS.
    NoCloseNotify,
    /// After so many bytes of an upload the data connection is cut, and 426 is told. Nothing is stored.
    CutUpload {
        /// Bytes that are taken before.
        after: u64,
    },
    /// The control connection is closed instead of beginning a transfer or listing.
    DropControl,
    /// The control connection is closed when a transfer or listing is done, instead of telling so. An upload is stored.
    DropAfterData,
    /// The same, for uploads only. They are stored.
    DropAfterUpload,
    /// A command other than those of logging on is never answered; the connection stays open until the client closes it.
    Silence,
}

/// What a client is told about a fetch that was cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CutOff {
    /// 426, and no close_notify of TLS before.
    Aborted,
    /// Nothing at all, and no close_notify: both connections are closed.
    Nothing,
    /// 226 after a proper end, as if that were all.
    Complete,
}

/// When a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Connecting,
    LoggingOn,
    Size,
    Rename,
    Restart,
    Epsv,
    Pasv,
    Handshake,
    Data,
    Fetch,
    Sending,
    Receiving,
    Transfer,
    Transferred,
    Stored,
    Command,
}

impl Fault {
    fn stage(self) -> Stage {
        match self {
            Self::TooManyUsers => Stage::Connecting,
            Self::RefuseLogOn => Stage::LoggingOn,
            Self::RefuseSize => Stage::Size,
            Self::RefuseRename => Stage::Rename,
            Self::RefuseRestart => Stage::Restart,
            Self::RefuseEpsv => Stage::Epsv,
            Self::ForeignAddress => Stage::Pasv,
            Self::SessionLost => Stage::Data,
            Self::DropHandshake | Self::StallHandshake => Stage::Handshake,
            Self::Busy => Stage::Fetch,
            Self::CutOff { .. } | Self::Stall { .. } | Self::NoCloseNotify => Stage::Sending,
            Self::CutUpload { .. } => Stage::Receiving,
            Self::DropControl => Stage::Transfer,
            Self::DropAfterData => Stage::Transferred,
            Self::DropAfterUpload => Stage::Stored,
            Self::Silence => Stage::Command,
        }
    }
}

/// The faults that are due. Of those of a stage, the one that was ordered first strikes first.
#[derive(Default)]
pub(super) struct Faults(Mutex<Vec<(Fault, Times)>>);

impl Faults {
    pub(super) fn add(&self, fault: Fault, times: Times) {
        if times != Times::Next(0) {
            self.due().push((fault, times));
        }
    }

    pub(super) fn clear(&self) {
        self.due().clear();
    }

    /// How many times faults are still to strike; those without end count once.
    pub(super) fn left(&self) -> u32 {
        self.due().iter().map(|(_, times)| if let Times::Next(times) = times { *times } else { 1 }).sum()
    }

    /// Takes the fault that strikes now.
    pub(super) fn strike(&self, stage: Stage) -> Option<Fault> {
        let mut due = self.due();
        let at = due.iter().position(|(fault, _)| fault.stage() == stage)?;
        let (fault, times) = due.get_mut(at)?;
        let fault = *fault;
        if let Times::Next(times) = times {
            *times -= 1;
            if *times == 0 {
                due.remove(at);
            }
        }
        Some(fault)
    }

    fn due(&self) -> MutexGuard<'_, Vec<(Fault, Times)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_strike_in_order_each_in_its_stage() {
        let faults = Faults::default();
        let cut = Fault::CutOff { after: 7, told: CutOff::Aborted };
        faults.add(cut, Times::Next(2));
        faults.add(Fault::RefuseSize, Times::UntilCleared);
        faults.add(Fault::NoCloseNotify, Times::Next(1));
        assert_eq!(faults.left(), 4);
        let sending = || faults.strike(Stage::Sending);
        assert_eq!(
            [sending(), sending(), sending(), sending()],
            [Some(cut), Some(cut), Some(Fault::NoCloseNotify), None]
        );
        assert_eq!(faults.strike(Stage::Size), Some(Fault::RefuseSize));
        assert_eq!(faults.strike(Stage::Size), Some(Fault::RefuseSize));
        faults.clear();
        assert_eq!(faults.strike(Stage::Size), None);
    }
}
