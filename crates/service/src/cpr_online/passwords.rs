//! The passwords of CPR Direkte in the vault: `cpr.password`, and while a change is under way `cpr.password.next`.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use kartotek_clients::cpr_direkte::{Passwords, PasswordsError, Which};
use kartotek_formats::cpr_direkte::Password;
use kartotek_register::ports::{Clock, SecretsWritten};
use zeroize::Zeroizing;

use crate::secrets::{Change, SecretName, SecretsError, Vault, retry};

/// For so long after it began a change may still be on its way to CPR, so nobody else decides it. Far more than the
/// time-outs of a request add up to.
pub(super) const IN_FLIGHT: SignedDuration = SignedDuration::from_mins(10);

/// A password, and since when it is kept.
#[derive(Clone)]
pub(super) struct Kept {
    pub password: Password,
    /// `None` for one that was put into the vault by name, without a time.
    pub since: Option<Timestamp>,
    pub version: i64,
}

/// The passwords in the vault.
#[derive(Clone)]
pub struct StoredPasswords {
    pub(super) vault: Arc<Vault>,
    pub(super) clock: Arc<dyn Clock>,
    account: String,
    current: SecretName,
    next: SecretName,
    refused: SecretName,
    tries_anyway: bool,
}

impl StoredPasswords {
    /// The passwords of CPR Direkte in a vault. `account` is where and as whom they are used: that CPR refused a password is
    /// remembered for it.
    pub fn new(vault: Arc<Vault>, clock: Arc<dyn Clock>, account: String) -> Result<Self, SecretsError> {
        let name = |name: &str| name.parse().map_err(|_| SecretsError::ForeignName);
        Ok(Self {
            vault,
            clock,
            account,
            current: name("cpr.password")?,
            next: name("cpr.password.next")?,
            refused: name("cpr.password.refused")?,
            tries_anyway: false,
        })
    }

    /// The same passwords for somebody who wants to have them tried although CPR refused them before.
    #[must_use]
    pub fn trying_anyway(&self) -> Self {
        Self { tries_anyway: true, ..self.clone() }
    }

    /// Forgets that CPR refused the password: it has just taken it.
    pub fn forget_refusal(&self) -> Result<(), SecretsError> {
        self.vault.remove(&self.refused).map(|_| ())
    }

    /// Keeps the password that CPR gave. A change that was under way is forgotten: whoever sets a password knows better.
    pub fn set(&self, password: &Password) -> Result<(), SecretsError> {
        let sealed = self.sealed(password);
        retry(|| {
            let current = self.vault.version(&self.current)?;
            let next = self.vault.version(&self.next)?;
            let mut changes = vec![Change { name: &self.current, expected_version: current, secret: Some(&sealed) }];
            if next != 0 {
                changes.push(Change { name: &self.next, expected_version: next, secret: None });
            }
            self.vault.change(&changes)
        })
    }

    /// Since when the password is in use; `None` when there is none, or nobody wrote it down.
    pub fn since(&self) -> Result<Option<Timestamp>, SecretsError> {
        Ok(self.current()?.and_then(|kept| kept.since))
    }

    pub(super) fn current(&self) -> Result<Option<Kept>, SecretsError> {
        self.kept(&self.current)
    }

    pub(super) fn next(&self) -> Result<Option<Kept>, SecretsError> {
        self.kept(&self.next)
    }

    /// Puts a new password beside the current one; false when there is one already.
    pub(super) fn put_next(&self, password: &Password) -> Result<bool, SecretsError> {
        Ok(self.vault.put_if(&self.next, 0, &self.sealed(password))? == SecretsWritten::Done)
    }

    /// The new password is the one that CPR has.
    pub(super) fn promote(&self, next: &Kept) -> Result<(), SecretsError> {
        let sealed = self.sealed(&next.password);
        let current = self.vault.version(&self.current)?;
        let written = self.vault.change(&[
            Change { name: &self.current, expected_version: current, secret: Some(&sealed) },
            Change { name: &self.next, expected_version: next.version, secret: None },
        ])?;
        match (written, self.current()?) {
            (SecretsWritten::Done, _) => Ok(()),
            // Another process found out as well and was quicker.
            (SecretsWritten::Conflict, Some(kept)) if kept.password == next.password => Ok(()),
            (SecretsWritten::Conflict, _) => Err(SecretsError::Contended),
        }
    }

    /// The new password is not the one that CPR has, and will not be.
    pub(super) fn discard(&self, next: &Kept) -> Result<(), SecretsError> {
        let change = Change { name: &self.next, expected_version: next.version, secret: None };
        // In a conflict somebody else has decided it.
        self.vault.change(&[change]).map(|_| ())
    }

    /// Whether CPR refused the passwords as they are, and nobody wants them tried anyway.
    pub(super) fn is_refused(&self) -> Result<bool, SecretsError> {
        if self.tries_anyway {
            return Ok(false);
        }
        let (refused, mark) = (self.vault.get(&self.refused)?, self.mark(self.versions()?));
        Ok(refused.is_some_and(|refused| refused.as_slice() == mark.as_bytes()))
    }

    /// CPR has refused the passwords as they are.
    pub(super) fn note_refused(&self) -> Result<(), SecretsError> {
        self.note_refused_at(self.versions()?)
    }

    fn note_refused_at(&self, version: i64) -> Result<(), SecretsError> {
        self.vault.put(&self.refused, self.mark(version).as_bytes())
    }

    /// One number for the versions of both passwords.
    fn versions(&self) -> Result<i64, SecretsError> {
        let (current, next) = (self.vault.version(&self.current)?, self.vault.version(&self.next)?);
        Ok(current.wrapping_mul(1 << 20).wrapping_add(next))
    }

    /// What stands for one version of the passwords, for one account.
    fn mark(&self, version: i64) -> String {
        format!("{} {version}", self.account)
    }

    /// Whether a change began so recently that it may still be on its way.
    pub(super) fn is_in_flight(&self, next: &Kept) -> bool {
        next.since.is_some_and(|since| self.clock.now().duration_since(since) < IN_FLIGHT)
    }

    /// Eight characters, a blank, the time: the time stays what it is when the vault's keys are rotated.
    fn sealed(&self, password: &Password) -> Zeroizing<Vec<u8>> {
        let mut sealed = Zeroizing::new(Vec::with_capacity(64));
        sealed.extend_from_slice(password.reveal());
        sealed.push(b' ');
        sealed.extend_from_slice(self.clock.now().to_string().as_bytes());
        sealed
    }

    fn kept(&self, name: &SecretName) -> Result<Option<Kept>, SecretsError> {
        let Some((secret, version)) = self.vault.get_with_version(name)? else { return Ok(None) };
        let damaged = || SecretsError::NotAPassword { name: name.clone() };
        let text = str::from_utf8(&secret).map_err(|_| damaged())?;
        let (password, since) = match text.split_at_checked(8) {
            Some((password, since)) => (password, since.trim().parse().ok()),
            None => (text, None),
        };
        let password = Password::parse(password).map_err(|_| damaged())?;
        Ok(Some(Kept { password, since, version }))
    }
}

impl Passwords for StoredPasswords {
    fn passwords(&self) -> Result<(Password, Option<Password>), PasswordsError> {
        let current = self.current().map_err(|error| unavailable(&error))?.ok_or(PasswordsError::Missing)?;
        if self.is_refused().map_err(|error| unavailable(&error))? {
            return Err(PasswordsError::Refused);
        }
        let next = self.next().map_err(|error| unavailable(&error))?;
        Ok((current.password, next.map(|next| next.password)))
    }

    /// That the next one works decides the change. That the current one still works does not, while the change may be on its
    /// way: forgetting the next one then would lock the user out.
    fn proven(&self, which: Which) -> Result<(), PasswordsError> {
        let Some(next) = self.next().map_err(|error| unavailable(&error))? else { return Ok(()) };
        match which {
            Which::Next => self.promote(&next),
            Which::Current if self.is_in_flight(&next) => Ok(()),
            Which::Current => self.discard(&next),
        }
        .map_err(|error| unavailable(&error))
    }

    /// Lives in the vault beside the passwords, so that a command of a scheduler does not lock the user out try by try.
    fn refused(&self, version: i64) -> Result<(), PasswordsError> {
        self.note_refused_at(version).map_err(|error| unavailable(&error))
    }

    fn version(&self) -> Result<i64, PasswordsError> {
        self.versions().map_err(|error| unavailable(&error))
    }
}

fn unavailable(error: &SecretsError) -> PasswordsError {
    PasswordsError::Unavailable(error.to_string())
}
