use std::fmt;

use zeroize::Zeroize;

/// A password of CPR Direkte: exactly eight characters. `Debug` hides it, and its memory is wiped.
#[derive(Clone, PartialEq, Eq)]
pub struct Password([u8; 8]);

/// Why a text is no password. Never holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Another length, or characters that CPR cannot read.
    #[error("expected exactly eight characters, letters, digits and signs without æ, ø, å and blanks")]
    NotEightCharacters,
    /// A new password that CPR would refuse.
    #[error("expected a new password with {0}")]
    Breaks(PasswordRule),
}

/// What a new password must have (cpr-direkte.md, "Password rules").
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRule {
    /// a-z.
    #[error("at least one lower-case letter a-z")]
    LowerCase,
    /// A-Z.
    #[error("at least one upper-case letter A-Z")]
    UpperCase,
    /// 0-9. The older rule asks for two, which satisfies both.
    #[error("at least two digits")]
    TwoDigits,
    /// One of [`Password::SPECIAL`].
    #[error("at least one of ~ ! @ # $ % ^ * ( ) _ - + = , . / {{ }} [ ] ; :")]
    Special,
    /// Nothing else.
    #[error("no other signs than ~ ! @ # $ % ^ * ( ) _ - + = , . / {{ }} [ ] ; :")]
    OtherSign,
}

impl Password {
    /// The signs that a new password may have. The apostrophe stands among both the allowed and the forbidden ones, so it
    /// is left out.
    pub const SPECIAL: &[u8] = b"~!@#$%^*()_-+=,./{}[];:";

    /// Takes a password that exists: eight printable ASCII characters, whatever rule it was made by.
    pub fn parse(text: &str) -> Result<Self, PasswordError> {
        match <[u8; 8]>::try_from(text.as_bytes()) {
            Ok(bytes) if bytes.iter().all(u8::is_ascii_graphic) => Ok(Self(bytes)),
            _ => Err(PasswordError::NotEightCharacters),
        }
    }

    /// Takes a password that is going to be set, and checks it against CPR's rules.
    pub fn new(text: &str) -> Result<Self, PasswordError> {
        let password = Self::parse(text)?;
        let has = |is: fn(&u8) -> bool| password.0.iter().any(is);
        let is_sign = |byte: &u8| !byte.is_ascii_alphanumeric();
        let broken = if password.0.iter().any(|byte| is_sign(byte) && !Self::SPECIAL.contains(byte)) {
            Some(PasswordRule::OtherSign)
        } else if !has(u8::is_ascii_lowercase) {
            Some(PasswordRule::LowerCase)
        } else if !has(u8::is_ascii_uppercase) {
            Some(PasswordRule::UpperCase)
        } else if password.0.iter().filter(|byte| byte.is_ascii_digit()).count() < 2 {
            Some(PasswordRule::TwoDigits)
        } else if !password.0.iter().any(is_sign) {
            Some(PasswordRule::Special)
        } else {
            None
        };
        broken.map_or(Ok(password), |rule| Err(PasswordError::Breaks(rule)))
    }

    /// Makes a password by CPR's rules. `random` gives a number below its argument, from a source fit for secrets.
    pub fn generate(mut random: impl FnMut(usize) -> usize) -> Self {
        const LOWER: &[u8] = b"abcdefghijkmnopqrstuvwxyz";
        const UPPER: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";
        const DIGIT: &[u8] = b"23456789";
        const ALL: [&[u8]; 4] = [LOWER, UPPER, DIGIT, Password::SPECIAL];
        let kinds = [0, 1, 2, 2, 3, random(4), random(4), random(4)];
        let mut bytes = kinds.map(|kind| {
            let set = ALL.get(kind).copied().unwrap_or(LOWER);
            set.get(random(set.len())).copied().unwrap_or(b'x')
        });
        for at in (1..bytes.len()).rev() {
            bytes.swap(at, random(at + 1).min(at));
        }
        Self(bytes)
    }

    /// The eight characters, to send and to seal.
    pub fn reveal(&self) -> &[u8; 8] {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(***)")
    }
}

impl Drop for Password {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_password_keeps_the_rules() {
        assert!(Password::new("aB34-xyz").is_ok());
        for (text, rule) in [
            ("AB34-XYZ", PasswordRule::LowerCase),
            ("ab34-xyz", PasswordRule::UpperCase),
            ("aBc4-xyz", PasswordRule::TwoDigits),
            ("aB34wxyz", PasswordRule::Special),
            ("aB34'-yz", PasswordRule::OtherSign),
            ("aB34<-yz", PasswordRule::OtherSign),
        ] {
            assert_eq!(Password::new(text), Err(PasswordError::Breaks(rule)), "{text}");
        }
        for text in ["", "aB34-xy", "aB34-xyzw", "aB34 xyz", "aB34-xyø"] {
            assert_eq!(Password::new(text), Err(PasswordError::NotEightCharacters), "{text}");
        }
    }

    #[test]
    fn generated_passwords_keep_the_rules_too() {
        let mut state = 1_u64;
        let mut random = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap() % below
        };
        let mut seen = std::collections::HashSet::new();
        for _ in 0..1_000 {
            let password = Password::generate(&mut random);
            let text = str::from_utf8(password.reveal()).unwrap().to_owned();
            assert_eq!(Password::new(&text), Ok(password), "{text}");
            seen.insert(text);
        }
        assert!(seen.len() > 990, "{}", seen.len());
    }

    #[test]
    fn a_password_does_not_print() {
        assert_eq!(format!("{:?}", Password::parse("aB34-xyz").unwrap()), "Password(***)");
    }
}
