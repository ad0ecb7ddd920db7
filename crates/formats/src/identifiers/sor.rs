use std::fmt;

use super::digits;

/// A SOR id: the number of a health organisation unit, kept as a number and printed without leading zeros.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SorId(u64);

/// Why a text is no SOR id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SorError {
    /// Not 1 to 18 digits, or zero.
    #[error("expected 1 to 18 digits, not all zero")]
    NotDigits,
}

impl SorId {
    /// Reads the digits, also in the form `="123"` that the published CSV files use (contact-model.md section 9).
    pub fn parse(text: &str) -> Result<Self, SorError> {
        let text = text.trim();
        let inner = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
        digits(inner).filter(|number| inner.len() <= 18 && *number > 0).map(Self).ok_or(SorError::NotDigits)
    }
}

impl fmt::Display for SorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Debug for SorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SorId({}****)", self.0 / 10_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spreadsheet_form_is_stripped() {
        assert_eq!(SorId::parse("=\"123\"").unwrap().to_string(), "123");
        assert_eq!(SorId::parse("325421000016001").unwrap().to_string(), "325421000016001");
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "=\"\"", "12a", "0", "1234567890123456789"] {
            assert_eq!(SorId::parse(text), Err(SorError::NotDigits), "{text}");
        }
    }

    #[test]
    fn debug_is_masked() {
        assert_eq!(format!("{:?}", SorId::parse("325421000016001").unwrap()), "SorId(32542100001****)");
    }
}
