use std::iter;

use kartotek_formats::cpr_direkte::Password;

/// The passwords of a user as of one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownPasswords {
    /// The one that was proven last.
    pub current: Password,
    /// The one that a change has put beside it: nobody knows which of the two CPR has.
    pub next: Option<Password>,
    /// Those of the two that CPR has refused (error 01). They are not tried again.
    pub refused: Vec<Password>,
}

/// Why the passwords cannot be had. Holds no password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasswordsError {
    /// None was given yet.
    #[error("no password is stored; give it with `kartotek cpr password --set`")]
    Missing,
    /// CPR refused it before.
    #[error(
        "CPR refused the stored password before (error 01), and another try could lock the user out; give the right one with \
         `kartotek cpr password --set`, or have it tried once more with `kartotek cpr test`"
    )]
    Refused,
    /// A change comes too late to be sent.
    #[error(
        "nothing was sent: the change was held up for more than a minute, or another password was set meanwhile; try again"
    )]
    TooLate,
    /// They cannot be read or written.
    #[error("{0}")]
    Unavailable(String),
}

/// The passwords of a user, kept by whoever keeps secrets. Asked at every sign-on, so that a change which another process
/// makes is seen. May block for a short time.
pub trait Passwords: Send + Sync {
    /// The passwords that there are.
    fn known(&self) -> Result<KnownPasswords, PasswordsError>;

    /// Says that a password is CPR's: CPR took it (00), or answered that it has expired (02). `known` is what was known when
    /// it was tried; others may have changed it since.
    fn proven(&self, password: &Password, known: &KnownPasswords) -> Result<(), PasswordsError> {
        let _ = (password, known);
        Ok(())
    }

    /// Says that CPR refused a password (error 01), so that no other process need try it.
    fn refused(&self, password: &Password) -> Result<(), PasswordsError> {
        let _ = password;
        Ok(())
    }

    /// Asked at the last moment before a new password is sent. An error keeps it from being sent.
    fn may_be_sent(&self, current: &Password, new: &Password) -> Result<(), PasswordsError> {
        let _ = (current, new);
        Ok(())
    }
}

/// One password that does not change, for tests and simulators.
#[derive(Debug, Clone)]
pub struct FixedPassword(pub Password);

impl Passwords for FixedPassword {
    fn known(&self) -> Result<KnownPasswords, PasswordsError> {
        Ok(KnownPasswords { current: self.0.clone(), next: None, refused: Vec::new() })
    }
}

impl KnownPasswords {
    /// All there are, in the order in which they are tried.
    pub(super) fn in_order(&self) -> impl Iterator<Item = &Password> {
        iter::once(&self.current).chain(&self.next)
    }
}
