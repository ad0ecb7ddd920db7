use std::fmt;
use std::str::FromStr;

use super::lookalike;

/// Name of an external source: `CPR`, `CVR-J`. Lower case is read as upper.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceName(String);

/// Why a text is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected a name of at most 32 letters A-Z, digits, - and _ that begins with a letter, for example CPR or CVR-J"
)]
pub struct SourceNameError;

impl SourceName {
    /// CPR Direkte, through CPR Klient or directly (F15).
    pub const CPR: &str = "CPR";
    /// The older online module for CVR (F161).
    pub const CVR: &str = "CVR-J";

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether Kartotek knows what its parameters mean.
    pub fn is_known(&self) -> bool {
        matches!(self.as_str(), Self::CPR | Self::CVR)
    }
}

impl FromStr for SourceName {
    type Err = SourceNameError;

    fn from_str(text: &str) -> Result<Self, SourceNameError> {
        let name: String = text.trim().chars().map(|c| lookalike::latin(c).unwrap_or(c).to_ascii_uppercase()).collect();
        let is_name = name.starts_with(|c: char| c.is_ascii_uppercase())
            && name.len() <= 32
            && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, '-' | '_'));
        if is_name { Ok(Self(name)) } else { Err(SourceNameError) }
    }
}

impl fmt::Display for SourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_any_case_and_with_letters_that_only_look_latin() {
        for (text, name) in [("CPR", "CPR"), (" cvr-j ", "CVR-J"), ("СРR", "CPR"), ("X_1", "X_1")] {
            assert_eq!(text.parse::<SourceName>().unwrap().as_str(), name);
        }
        for text in ["", "1A", "A B", "Æ", "A=B", &"A".repeat(33)] {
            assert_eq!(text.parse::<SourceName>(), Err(SourceNameError), "{text:?}");
        }
    }
}
