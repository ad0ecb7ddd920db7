//! The passwords of CPR Direkte in the vault: `cpr.password`, while a change is under way `cpr.password.next`, and
//! `cpr.password.refused` for those of them that CPR refused.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use kartotek_clients::cpr_direkte::{KnownPasswords, Passwords, PasswordsError};
use kartotek_formats::cpr_direkte::Password;
use kartotek_register::ports::{Clock, SecretsWritten};

use crate::secrets::{Change, Secret, SecretName, SecretsError, Vault, retry};

use super::holding::{Holding, Kept};

/// For so long after it began a change may still be on its way to CPR, so nobody else decides it. Far more than the
/// time-outs of a request add up to, and than the clocks of two machines differ.
const IN_FLIGHT: SignedDuration = SignedDuration::from_mins(10);

/// Between keeping a new password and sending it. A machine that slept in between must not send it: somebody else may have
/// decided the change.
const AT_ONCE: SignedDuration = SignedDuration::from_mins(1);

/// The passwords in the vault.
#[derive(Clone)]
pub struct StoredPasswords {
    vault: Arc<Vault>,
    clock: Arc<dyn Clock>,
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

    /// Keeps the password that CPR gave. A change that was under way is forgotten: whoever sets a password knows better.
    /// Reads nothing, so that it works when what is there cannot be opened.
    pub fn set(&self, password: &Password) -> Result<(), SecretsError> {
        let sealed = self.kept(password).to_bytes();
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

    /// What is kept now.
    pub(super) fn holding(&self) -> Result<Holding, SecretsError> {
        Ok(self.read()?.0)
    }

    /// Puts a new password beside the current one; false when there is one already.
    pub(super) fn put_next(&self, password: &Password) -> Result<bool, SecretsError> {
        let mut is_put = false;
        self.edit(|now| {
            is_put = now.next.is_none();
            if is_put {
                now.next = Some(self.kept(password));
            }
        })?;
        Ok(is_put)
    }

    /// CPR has `proven`, which was put beside `before`. It is kept whatever else is there.
    pub(super) fn promote(&self, proven: &Password, before: &Password) -> Result<(), SecretsError> {
        self.edit(|now| now.promote(self.kept(proven), before))
    }

    /// A new password is not the one that CPR has, and will not be.
    pub(super) fn discard(&self, next: &Password) -> Result<(), SecretsError> {
        self.edit(|now| now.next = now.next.take().filter(|kept| kept.password != *next))
    }

    /// Whether a change began so recently that it may still be on its way. One that lies in the future by more than clocks
    /// differ began at nobody knows what time.
    pub(super) fn is_in_flight(&self, next: &Kept) -> bool {
        self.age(next).is_some_and(|age| age.abs() < IN_FLIGHT)
    }

    /// Whether a password is `days` old. One of unknown age is, and so is one that a clock which was ahead has dated.
    pub(super) fn is_old(&self, kept: &Kept, days: u32) -> bool {
        let days = SignedDuration::from_hours(i64::from(days) * 24);
        self.age(kept).is_none_or(|age| age >= days || age <= -IN_FLIGHT)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn age(&self, kept: &Kept) -> Option<SignedDuration> {
        kept.since.map(|since| self.clock.now().duration_since(since))
    }

    fn kept(&self, password: &Password) -> Kept {
        Kept { password: password.clone(), since: Some(self.clock.now()) }
    }

    /// Changes what is kept, all or nothing. `change` is called again when somebody else was quicker.
    ///
    /// The current password is written with every change. Its version tells whether anything has changed since it was read;
    /// those of the others do not, since they begin anew when a secret is removed and put there again.
    fn edit(&self, mut change: impl FnMut(&mut Holding)) -> Result<(), SecretsError> {
        retry(|| {
            let (was, [current, next, refused]) = self.read()?;
            let mut now = was.clone();
            change(&mut now);
            if now == was {
                return Ok(SecretsWritten::Done);
            }
            let kept = |kept: &Option<Kept>| kept.as_ref().map(Kept::to_bytes);
            let rows = [
                (&self.current, current, true, kept(&now.current)),
                (&self.next, next, now.next != was.next, kept(&now.next)),
                (&self.refused, refused, now.refused != was.refused, now.refused_to_bytes(&self.account)),
            ];
            let written = rows.iter().filter(|(_, _, is_written, _)| *is_written);
            let changes: Vec<_> = written
                .map(|(name, expected_version, _, secret)| Change {
                    name,
                    expected_version: *expected_version,
                    secret: secret.as_ref().map(|secret| secret.as_slice()),
                })
                .collect();
            self.vault.change(&changes)
        })
    }

    /// What is kept as of one moment, and the versions of the three secrets.
    fn read(&self) -> Result<(Holding, [i64; 3]), SecretsError> {
        let found = self.vault.get_all([&self.current, &self.next, &self.refused])?;
        let versions = found.each_ref().map(|found| found.as_ref().map_or(0, |(_, version)| *version));
        let [current, next, refused] = found;
        let kept = |name: &SecretName, found: Option<(Secret, i64)>| {
            let damaged = || SecretsError::NotAPassword { name: name.clone() };
            found.map(|(secret, _)| Kept::from_bytes(&secret).ok_or_else(damaged)).transpose()
        };
        let refused = refused.map(|(secret, _)| Holding::refused_from_bytes(&secret, &self.account));
        let holding = Holding {
            current: kept(&self.current, current)?,
            next: kept(&self.next, next)?,
            refused: refused.unwrap_or_default(),
        };
        Ok((holding, versions))
    }
}

impl Passwords for StoredPasswords {
    fn known(&self) -> Result<KnownPasswords, PasswordsError> {
        let holding = self.holding().map_err(|error| unavailable(&error))?;
        let known = holding.known().ok_or(PasswordsError::Missing)?;
        Ok(if self.tries_anyway { KnownPasswords { refused: Vec::new(), ..known } } else { known })
    }

    /// That the next one is CPR's decides the change. That the current one still is does not, while the change may be on its
    /// way: forgetting the next one then would lock the user out. One that was put there after the current one was tried is
    /// not decided either.
    fn proven(&self, password: &Password, known: &KnownPasswords) -> Result<(), PasswordsError> {
        let done = if known.current != *password && known.next.as_ref() == Some(password) {
            self.promote(password, &known.current)
        } else {
            let is_decided = |next: &Kept| known.next.as_ref() == Some(&next.password) && !self.is_in_flight(next);
            self.edit(|now| now.prove(password, is_decided))
        };
        done.map_err(|error| unavailable(&error))
    }

    /// Lives in the vault beside the passwords, so that a command of a scheduler does not lock the user out try by try.
    fn refused(&self, password: &Password) -> Result<(), PasswordsError> {
        self.edit(|now| now.refuse(password)).map_err(|error| unavailable(&error))
    }

    fn may_be_sent(&self, current: &Password, new: &Password) -> Result<(), PasswordsError> {
        let now = self.holding().map_err(|error| unavailable(&error))?;
        let is_young = |next: &Kept| self.age(next).is_some_and(|age| age.abs() <= AT_ONCE);
        let is_as_begun = now.current_is(current) && now.next_is(new);
        if is_as_begun && now.next.as_ref().is_some_and(is_young) { Ok(()) } else { Err(PasswordsError::TooLate) }
    }
}

fn unavailable(error: &SecretsError) -> PasswordsError {
    PasswordsError::Unavailable(error.to_string())
}
