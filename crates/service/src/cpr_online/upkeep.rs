//! The password of a program that goes on running.

use std::time::Duration;

use jiff::Timestamp;
use kartotek_formats::cpr_direkte::Password;

use super::{Online, PasswordChangeError, StoredPasswords};

/// Between looks at whether the password is due.
const USUALLY: Duration = Duration::from_hours(1);

/// Until a change that failed is tried again: as long as one that is not decided is left alone.
const AFTER_FAILURE: Duration = Duration::from_mins(10);

/// Changes the password when it is due, and at once when CPR has said that it has expired.
pub struct PasswordUpkeep {
    passwords: StoredPasswords,
    days: u32,
    looked: Option<Timestamp>,
    has_failed: bool,
    /// What CPR said has expired. It stays so, whatever the client makes of it while a change is not decided.
    expired: Option<Password>,
}

impl PasswordUpkeep {
    /// For a password that is due after `days`.
    pub fn new(passwords: StoredPasswords, days: u32) -> Self {
        Self { passwords, days, looked: None, has_failed: false, expired: None }
    }

    /// Looks, and says what came of a change; `None` when there was no need or it is too early for one. To be called every
    /// second or so. Blocks; not for use within a runtime.
    pub fn look(&mut self, online: &Online) -> Option<Result<(), PasswordChangeError>> {
        let has_expired = online.has_expired_password();
        if self.is_early() && (self.has_failed || !has_expired) {
            return None;
        }
        self.looked = Some(self.passwords.now());
        let outcome = self.change_if_needed(online, has_expired);
        self.has_failed = outcome.is_err();
        outcome.map(|is_changed| is_changed.then_some(())).transpose()
    }

    fn is_early(&self) -> bool {
        let wait = if self.has_failed { AFTER_FAILURE } else { USUALLY };
        // A look that lies in the future was dated by a clock that was ahead.
        let age = self.looked.map(|looked| Duration::try_from(self.passwords.now().duration_since(looked)));
        age.is_some_and(|age| age.is_ok_and(|age| age < wait))
    }

    fn change_if_needed(&mut self, online: &Online, has_expired: bool) -> Result<bool, PasswordChangeError> {
        let current = self.passwords.holding()?.current.ok_or(PasswordChangeError::Missing)?;
        if has_expired {
            self.expired = Some(current.password.clone());
        }
        let is_needed = self.expired.as_ref() == Some(&current.password) || self.passwords.is_old(&current, self.days);
        if is_needed {
            self.passwords.change(online, None)?;
        }
        Ok(is_needed)
    }
}
