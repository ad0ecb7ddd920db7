use std::fmt;

use super::digits;

/// A BFE number: the identifier of a real property, up to ten digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BfeNumber(u64);

/// Why a text is no BFE number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BfeError {
    /// Not 1 to 10 digits, or zero.
    #[error("expected 1 to 10 digits, not all zero")]
    NotDigits,
}

impl BfeNumber {
    /// Reads 1 to 10 digits.
    pub fn parse(text: &str) -> Result<Self, BfeError> {
        let text = text.trim();
        digits(text).filter(|number| text.len() <= 10 && *number > 0).map(Self).ok_or(BfeError::NotDigits)
    }
}

impl fmt::Display for BfeNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Debug for BfeNumber {
    /// The last three digits hidden: a property points at its owner.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BfeNumber({}***)", self.0 / 1_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_and_masked() {
        let number = BfeNumber::parse("5500178").unwrap();
        assert_eq!(number.to_string(), "5500178");
        assert_eq!(format!("{number:?}"), "BfeNumber(5500***)");
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "0", "12345678901", "-1", "1 2"] {
            assert_eq!(BfeNumber::parse(text), Err(BfeError::NotDigits), "{text}");
        }
    }
}
