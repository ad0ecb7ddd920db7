use kartotek_formats::cpr_direkte::Password;

/// Which of the two passwords a user may have at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The one that was proven last.
    Current,
    /// The one that a change has put beside it and that is not proven yet.
    Next,
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
    /// They cannot be read or written.
    #[error("{0}")]
    Unavailable(String),
}

/// The passwords of a user, kept by whoever keeps secrets. Asked at every sign-on, so that a change which another process
/// makes is seen. May block for a short time.
pub trait Passwords: Send + Sync {
    /// The password, and the next one while a change is under way: then nobody knows which of them CPR has.
    fn passwords(&self) -> Result<(Password, Option<Password>), PasswordsError>;

    /// Says which of the two CPR took. Called only while there are two.
    fn proven(&self, which: Which) -> Result<(), PasswordsError>;

    /// Says that CPR refused what [`Passwords::passwords`] gave at a version (error 01), so that no other process need try it.
    fn refused(&self, version: i64) -> Result<(), PasswordsError> {
        let _ = version;
        Ok(())
    }

    /// Counts the changes of the passwords, so that a client which stopped at a wrong one goes on once it was mended.
    fn version(&self) -> Result<i64, PasswordsError>;
}

/// One password that does not change, for tests and simulators.
#[derive(Debug, Clone)]
pub struct FixedPassword(pub Password);

impl Passwords for FixedPassword {
    fn passwords(&self) -> Result<(Password, Option<Password>), PasswordsError> {
        Ok((self.0.clone(), None))
    }

    fn proven(&self, _: Which) -> Result<(), PasswordsError> {
        Ok(())
    }

    fn version(&self) -> Result<i64, PasswordsError> {
        Ok(0)
    }
}
