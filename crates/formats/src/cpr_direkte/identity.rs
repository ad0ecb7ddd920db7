use std::fmt;

use zeroize::Zeroize;

/// KUNDENR, the customer number, four digits.
pub type CustomerNumber = crate::codes::Digits<4>;

/// CPRTRANS, which service is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransactionCode {
    /// `OFF4`, for authorities: the records of U12170-P.
    Off4,
    /// `PRIV`, for private companies: the records of U09480-P.
    Priv,
}

impl TransactionCode {
    /// The four characters.
    pub fn code(self) -> &'static str {
        match self {
            Self::Off4 => "OFF4",
            Self::Priv => "PRIV",
        }
    }

    /// Reads the four characters.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Off4, Self::Priv].into_iter().find(|transaction| transaction.code() == code)
    }
}

/// Why a user id cannot be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// Too short, too long, or not of letters and digits.
    #[error("expected a user id of 1 to 8 ASCII letters and digits")]
    NotAUserId,
}

/// BRUGER-ID, the user id, up to eight characters.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct UserId([u8; 8]);

impl UserId {
    /// No user: what callers of a local proxy leave blank.
    pub const NOBODY: Self = Self([b' '; 8]);

    /// Reads a user id of 1 to 8 characters.
    pub fn parse(text: &str) -> Result<Self, IdentityError> {
        let text = text.trim();
        let is_user_id = (1..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_user_id {
            return Err(IdentityError::NotAUserId);
        }
        let mut field = [b' '; 8];
        for (to, from) in field.iter_mut().zip(text.bytes()) {
            *to = from;
        }
        Ok(Self(field))
    }

    /// The field, padded with blanks.
    pub fn as_bytes(&self) -> &[u8; 8] {
        &self.0
    }

    /// The user id without padding.
    pub fn as_str(&self) -> &str {
        str::from_utf8(self.0.trim_ascii_end()).unwrap_or_default()
    }
}

impl fmt::Debug for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserId({})", self.as_str())
    }
}

/// TOKEN, what stands for a signed-on user for half an hour. A secret: `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token([u8; 8]);

impl Token {
    /// Takes the eight characters as they came.
    pub fn new(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }

    /// The eight characters, to send.
    pub fn as_bytes(&self) -> &[u8; 8] {
        &self.0
    }

    /// Whether all of it is blank, which is no token.
    pub fn is_blank(&self) -> bool {
        self.0.iter().all(|byte| *byte == b' ')
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(***)")
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_id_is_padded_with_blanks() {
        let user = UserId::parse("WU1").unwrap();
        assert_eq!(user.as_bytes(), b"WU1     ");
        assert_eq!(user.as_str(), "WU1");
        for wrong in ["", "TOOLONG99", "A B", "ÆØ"] {
            assert_eq!(UserId::parse(wrong), Err(IdentityError::NotAUserId), "{wrong}");
        }
    }

    #[test]
    fn a_token_does_not_print() {
        assert_eq!(format!("{:?}", Token::new(*b"SECRET99")), "Token(***)");
    }
}
