//! Changing the password of CPR Direkte so that no crash locks the user out.
//!
//! 1. The new password is kept beside the current one, on disk.
//! 2. It is sent, as part of a sign-on with the current one.
//! 3. CPR's answer decides which of the two stays. Without an answer both stay, and the next sign-on, of whatever process,
//!    tries one and then the other.

use std::time::{Duration, Instant};

use jiff::SignedDuration;
use kartotek_clients::cpr_direkte::Error;
use kartotek_formats::cpr_direkte::{ErrorNumber, Password};

use crate::secrets::SecretsError;

use super::passwords::Kept;
use super::{Online, StoredPasswords};

/// Passwords that are made before CPR's refusals are taken for something else than bad luck.
const TRIES: u32 = 3;

/// Between keeping the new password and sending it. A machine that slept in between must not send it: somebody else may have
/// decided the change.
const AT_ONCE: Duration = Duration::from_mins(1);

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
    /// CPR answered that it did not change the password; the current one stays.
    #[error("CPR did not change the password, error {0}: {cause}; the current one stays", cause = .0.explain().cause_en)]
    Refused(ErrorNumber),
    /// CPR did not take the password that was chosen, or any of those that were made.
    #[error("CPR did not accept the new password; the current one stays")]
    NotAccepted,
    /// No answer, or one that does not tell. Both passwords are kept.
    #[error("it is not known whether CPR changed the password: {0}; both are kept, and the next sign-on finds out")]
    Undecided(String),
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

impl StoredPasswords {
    /// Whether the password is `days` old. One of unknown age is due; without one there is an error.
    pub fn is_due(&self, days: u32) -> Result<bool, PasswordChangeError> {
        let kept = self.current()?.ok_or(PasswordChangeError::Missing)?;
        let age = kept.since.map(|since| self.clock.now().duration_since(since));
        Ok(age.is_none_or(|age| age >= SignedDuration::from_hours(i64::from(days) * 24)))
    }

    /// Changes the password to `chosen`, or to one that is made up. Blocks; not for use within a runtime.
    pub fn change(&self, online: &Online, chosen: Option<&Password>) -> Result<(), PasswordChangeError> {
        self.settle(online)?;
        if self.is_refused()? {
            return Err(PasswordChangeError::Refused(ErrorNumber::WRONG_PASSWORD));
        }
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
        let Some(next) = self.next()? else { return Ok(()) };
        if self.is_in_flight(&next) {
            return Err(PasswordChangeError::UnderWay);
        }
        let reply = online.wait(online.client().sign_on()).map_err(PasswordChangeError::Unreachable)?;
        let error = reply.answer().header.error;
        // The client has told which of the two it was.
        if error.is_success() { Ok(()) } else { Err(PasswordChangeError::Refused(error)) }
    }

    fn try_change(&self, online: &Online, new: &Password) -> Result<(), PasswordChangeError> {
        let current = self.current()?.ok_or(PasswordChangeError::Missing)?;
        let began = Instant::now();
        if !self.put_next(new)? {
            return Err(PasswordChangeError::UnderWay);
        }
        let next = self.next()?.filter(|next| next.password == *new).ok_or(PasswordChangeError::UnderWay)?;
        if began.elapsed() > AT_ONCE {
            self.discard(&next)?;
            return Err(PasswordChangeError::UnderWay);
        }
        match online.wait(online.client().change_password(&current.password, new)) {
            Ok(reply) => self.decide(&next, reply.answer().header.error),
            Err(error) if !error.was_sent() => {
                self.discard(&next)?;
                Err(PasswordChangeError::Unreachable(error))
            }
            Err(error) => Err(PasswordChangeError::Undecided(error.to_string())),
        }
    }

    fn decide(&self, next: &Kept, error: ErrorNumber) -> Result<(), PasswordChangeError> {
        match error {
            ErrorNumber::SUCCESS => Ok(self.promote(next)?),
            ErrorNumber::NEW_PASSWORD_REFUSED => {
                self.discard(next)?;
                Err(PasswordChangeError::NotAccepted)
            }
            // Refused before anything was looked at.
            ErrorNumber::WRONG_PASSWORD | ErrorNumber::UNKNOWN_CUSTOMER | ErrorNumber::ADDRESS_NOT_APPROVED => {
                self.discard(next)?;
                if error == ErrorNumber::WRONG_PASSWORD {
                    self.note_refused()?;
                }
                Err(PasswordChangeError::Refused(error))
            }
            other => {
                let text = format!("error {other}, {}", other.explain().cause_en);
                Err(PasswordChangeError::Undecided(text))
            }
        }
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
