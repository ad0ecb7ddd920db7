use std::str::FromStr;

use super::fault::{CutOff, Fault};
use crate::times::Times;

/// Bytes before a cut, unless said.
const BYTES: u64 = 500;

/// A fault and how often it strikes, as an operator asks for it: `NAME[:BYTES][*N]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FaultOrder {
    /// The fault, by one of [`Fault::NAMES`].
    pub fault: Fault,
    /// Without end unless said.
    pub times: Times,
}

/// Why a text orders no fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FaultOrderError {
    /// The name.
    #[error("expected one of {}", Fault::NAMES)]
    Name,
    /// No number after the colon, or none is wanted.
    #[error("expected a number of bytes after `:`, for cut-off, cut-off-untold, cut-off-complete, cut-upload or stall")]
    Bytes,
    /// No number after the star, or zero.
    #[error("expected how often, a number from 1, after `*`")]
    Times,
}

impl Fault {
    /// The names that [`FaultOrder::from_str`] reads.
    pub const NAMES: &str = "too-many-users, no-log-on, no-size, no-rename, no-restart, no-epsv, foreign-address, \
                             session-lost, drop-handshake, stall-handshake, busy, cut-off, cut-off-untold, \
                             cut-off-complete, stall, no-close-notify, cut-upload, drop-control, drop-after-data, \
                             drop-after-upload, silence";

    /// The fault of a name; `after` is how many bytes pass before, for those that let some pass.
    fn named(name: &str, after: u64) -> Option<Self> {
        Some(match name {
            "too-many-users" => Self::TooManyUsers,
            "no-log-on" => Self::RefuseLogOn,
            "no-size" => Self::RefuseSize,
            "no-rename" => Self::RefuseRename,
            "no-restart" => Self::RefuseRestart,
            "no-epsv" => Self::RefuseEpsv,
            "foreign-address" => Self::ForeignAddress,
            "session-lost" => Self::SessionLost,
            "drop-handshake" => Self::DropHandshake,
            "stall-handshake" => Self::StallHandshake,
            "busy" => Self::Busy,
            "cut-off" => Self::CutOff { after, told: CutOff::Aborted },
            "cut-off-untold" => Self::CutOff { after, told: CutOff::Nothing },
            "cut-off-complete" => Self::CutOff { after, told: CutOff::Complete },
            "stall" => Self::Stall { after },
            "no-close-notify" => Self::NoCloseNotify,
            "cut-upload" => Self::CutUpload { after },
            "drop-control" => Self::DropControl,
            "drop-after-data" => Self::DropAfterData,
            "drop-after-upload" => Self::DropAfterUpload,
            "silence" => Self::Silence,
            _ => return None,
        })
    }
}

impl FromStr for FaultOrder {
    type Err = FaultOrderError;

    fn from_str(text: &str) -> Result<Self, FaultOrderError> {
        let (rest, times) = match text.split_once('*') {
            None => (text, Times::UntilCleared),
            Some((rest, times)) => {
                let times = times.parse().ok().filter(|times| *times > 0).ok_or(FaultOrderError::Times)?;
                (rest, Times::Next(times))
            }
        };
        let (name, bytes) = rest.split_once(':').map_or((rest, None), |(name, bytes)| (name, Some(bytes)));
        let fault = Fault::named(name, BYTES).ok_or(FaultOrderError::Name)?;
        let Some(bytes) = bytes else { return Ok(Self { fault, times }) };
        let takes_bytes = matches!(fault, Fault::CutOff { .. } | Fault::Stall { .. } | Fault::CutUpload { .. });
        let after = bytes.parse().ok().filter(|_| takes_bytes).ok_or(FaultOrderError::Bytes)?;
        let fault = Fault::named(name, after).ok_or(FaultOrderError::Name)?;
        Ok(Self { fault, times })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read() {
        for name in Fault::NAMES.split(", ") {
            assert!(name.parse::<FaultOrder>().is_ok(), "{name}");
        }
    }

    #[test]
    fn an_order_says_what_and_after_how_much_and_how_often() {
        let order = |text: &str| text.parse::<FaultOrder>().map(|own| (own.fault, own.times));
        let cut = |after| Fault::CutOff { after, told: CutOff::Aborted };
        assert_eq!(order("cut-off"), Ok((cut(500), Times::UntilCleared)));
        assert_eq!(order("cut-off:0*2"), Ok((cut(0), Times::Next(2))));
        assert_eq!(order("busy*1"), Ok((Fault::Busy, Times::Next(1))));
        for text in ["", "gremlins", ":5", "gremlins:5"] {
            assert_eq!(order(text), Err(FaultOrderError::Name), "{text}");
        }
        for text in ["cut-off:", "cut-off:x", "busy:5", "stall:-1"] {
            assert_eq!(order(text), Err(FaultOrderError::Bytes), "{text}");
        }
        for text in ["busy*", "busy*0", "cut-off*2:5"] {
            assert_eq!(order(text), Err(FaultOrderError::Times), "{text}");
        }
    }
}
