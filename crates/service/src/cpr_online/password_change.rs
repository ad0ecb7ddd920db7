//! Changing the password of CPR Direkte so that no crash locks the user out.
//!
//! 1. The new password is kept beside the current one, on disk.
//! 2. It is sent, as part of a sign-on with the current one.
//! 3. CPR's answer decides which of the two stays. Without an answer both stay, and the next sign-on, of whatever process,
//!    tries one and then the other.

use kartotek_clients::cpr_direkte::{Error, PasswordsError};
use kartotek_formats::cpr_direkte::{Advice, ErrorNumber, Password};
use kartotek_register::ports::Fault;

use crate::secrets::SecretsError;

use super::answer::fault_of;
use super::{Online, StoredPasswords};

/// Passwords that are made before CPR's refusals are taken for something else than bad luck.
const TRIES: u32 = 3;

/// Why the password was not changed.
#[derive(Debug, thiserror::Error)]
pub enum PasswordChangeError {
    /// There is no password yet.
    #[error("no password is stored; give the one that CPR gave with `kartotek cpr password --set`")]
    Missing,
    /// Another change is not decided.
    #[error(
        "a change of the password began less than ten minutes ago and is not decided; if no other process is at it, try \
         again later"
    )]
    UnderWay,
    /// CPR refused the current password before, so nothing was sent.
    #[error("the password was not changed: {}", PasswordsError::Refused)]
    RefusedBefore,
    /// CPR answered that it did not change the password; the current one stays.
    #[error("CPR did not change the password, error {0}: {cause}; the current one stays", cause = .0.explain().cause_en)]
    Refused(ErrorNumber),
    /// CPR did not take the password that was chosen, or any of those that were made.
    #[error("CPR did not accept the new password; the current one stays")]
    NotAccepted,
    /// No answer, or one that does not tell. Both passwords are kept.
    #[error("it is not known whether CPR changed the password: {why}; both are kept, and the next sign-on finds out")]
    Undecided {
        /// What came instead of a decision.
        why: String,
        /// Whose fault that is.
        fault: Fault,
    },
    /// CPR could not be reached; nothing was sent.
    #[error("the password was not changed: {0}")]
    Unreachable(Error),
    /// No randomness for a new password.
    #[error("the system has no random numbers for a new password")]
    NoRandomness,
    /// The vault.
    #[error("the vault: {0}")]
    Secrets(#[from] SecretsError),
}

impl PasswordChangeError {
    /// Whose fault it is.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Missing | Self::RefusedBefore | Self::NotAccepted => Fault::Configuration,
            Self::Refused(number) => fault_of_number(*number),
            Self::UnderWay => Fault::Peer,
            Self::Undecided { fault, .. } => *fault,
            Self::Unreachable(error) => fault_of(error),
            Self::NoRandomness => Fault::Kartotek,
            Self::Secrets(error) => error.fault(),
        }
    }
}

impl StoredPasswords {
    /// Whether the password is `days` old. One of unknown age is due; without one there is an error.
    pub fn is_due(&self, days: u32) -> Result<bool, PasswordChangeError> {
        let current = self.holding()?.current.ok_or(PasswordChangeError::Missing)?;
        Ok(self.is_old(&current, days))
    }

    /// Changes the password to `chosen`, or to one that is made up. Blocks; not for use within a runtime.
    pub fn change(&self, online: &Online, chosen: Option<&Password>) -> Result<(), PasswordChangeError> {
        self.settle(online)?;
        for _ in 0..TRIES {
            let new = chosen.cloned().map_or_else(made_up, Ok)?;
            match self.try_change(online, &new) {
                Err(PasswordChangeError::NotAccepted) if chosen.is_none() => {}
                outcome => return outcome,
            }
        }
        Err(PasswordChangeError::NotAccepted)
    }

    /// Decides a change that was cut off, by signing on.
    pub fn settle(&self, online: &Online) -> Result<(), PasswordChangeError> {
        let Some(next) = self.holding()?.next else { return Ok(()) };
        if self.is_in_flight(&next) {
            return Err(PasswordChangeError::UnderWay);
        }
        let reply = online.wait(online.client().settle()).map_err(PasswordChangeError::Unreachable)?;
        // The client has told which of the two it was. It may have expired: that is what the change is for.
        match reply.header().error {
            ErrorNumber::SUCCESS | ErrorNumber::PASSWORD_EXPIRED => Ok(()),
            error => Err(PasswordChangeError::Refused(error)),
        }
    }

    fn try_change(&self, online: &Online, new: &Password) -> Result<(), PasswordChangeError> {
        let holding = self.holding()?;
        let current = holding.current.ok_or(PasswordChangeError::Missing)?.password;
        if holding.refused.contains(&current) {
            return Err(PasswordChangeError::RefusedBefore);
        }
        if !self.put_next(new)? {
            return Err(PasswordChangeError::UnderWay);
        }
        // The current one may be another by now, in which case it is not sent.
        match online.wait(online.client().change_password(&current, new)) {
            Ok(reply) => self.decide(&current, new, reply.answer().header.error),
            Err(error) if !error.was_sent() => {
                self.discard(new)?;
                Err(PasswordChangeError::Unreachable(error))
            }
            Err(error) => Err(PasswordChangeError::Undecided { why: error.to_string(), fault: fault_of(&error) }),
        }
    }

    fn decide(&self, current: &Password, new: &Password, error: ErrorNumber) -> Result<(), PasswordChangeError> {
        match error {
            ErrorNumber::SUCCESS => Ok(self.promote(new, current)?),
            ErrorNumber::NEW_PASSWORD_REFUSED => {
                self.discard(new)?;
                Err(PasswordChangeError::NotAccepted)
            }
            // Refused before anything was looked at.
            ErrorNumber::WRONG_PASSWORD | ErrorNumber::UNKNOWN_CUSTOMER | ErrorNumber::ADDRESS_NOT_APPROVED => {
                self.discard(new)?;
                Err(PasswordChangeError::Refused(error))
            }
            other => {
                let why = format!("error {other}, {}", other.explain().cause_en);
                Err(PasswordChangeError::Undecided { why, fault: fault_of_number(other) })
            }
        }
    }
}

/// Whether an answer with an error number to a sign-on passes by itself.
fn fault_of_number(number: ErrorNumber) -> Fault {
    match number.advice() {
        Advice::Success | Advice::SignOn | Advice::BackOff => Fault::Peer,
        Advice::Stop | Advice::Final => Fault::Configuration,
    }
}

fn made_up() -> Result<Password, PasswordChangeError> {
    let mut failed = false;
    let password = Password::generate(|below| {
        // The remainder of 64 bits is even enough.
        let random = getrandom::u64().unwrap_or_else(|_| {
            failed = true;
            0
        });
        usize::try_from(random % below.max(1) as u64).unwrap_or_default()
    });
    if failed { Err(PasswordChangeError::NoRandomness) } else { Ok(password) }
}
