use std::fmt;
use std::str::FromStr;

/// Name of a secret: lower-case words with dots between them, `cpr.password`, `cvr-j.password`. Upper case is read as lower.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretName(String);

/// Why a text is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected at most 64 letters a-z, digits, - and _ in words with dots between them that begin with a letter, for \
     example cpr.password"
)]
pub struct NameError;

impl SecretName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The secret of an external source: the source's name, a dot, the key that the secret stands behind.
    pub fn of_source(source: &str, key: &str) -> Result<Self, NameError> {
        format!("{source}.{key}").parse()
    }
}

impl FromStr for SecretName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let name = text.to_ascii_lowercase();
        let is_word = |word: &str| {
            word.starts_with(|c: char| c.is_ascii_lowercase())
                && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'))
        };
        if name.len() <= 64 && name.split('.').all(is_word) { Ok(Self(name)) } else { Err(NameError) }
    }
}

impl fmt::Display for SecretName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_lower_case_words_with_dots() {
        for (text, name) in [
            ("cpr.password", "cpr.password"),
            ("CVR-J.Password", "cvr-j.password"),
            ("smtp", "smtp"),
            ("cpr.password.next", "cpr.password.next"),
        ] {
            assert_eq!(text.parse::<SecretName>().unwrap().as_str(), name);
        }
        for text in
            ["", ".", "cpr.", ".password", "cpr..password", "1st", "cpr password", "værge", "a=b", &"x".repeat(65)]
        {
            assert_eq!(text.parse::<SecretName>(), Err(NameError), "{text:?}");
        }
    }
}
