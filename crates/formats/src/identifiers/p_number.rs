use std::fmt;

use super::digits;

/// A P-number: ten digits of a production unit. It has no usable check digit (contact-model.md section 3).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PNumber(u64);

/// Why a text is no P-number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PNumberError {
    /// Not ten digits.
    #[error("expected ten digits, the first not zero")]
    NotTenDigits,
}

impl PNumber {
    /// Reads ten digits; numbers are issued from 1 000 000 000 on.
    pub fn parse(text: &str) -> Result<Self, PNumberError> {
        let text = text.trim();
        digits(text)
            .filter(|number| text.len() == 10 && *number >= 1_000_000_000)
            .map(Self)
            .ok_or(PNumberError::NotTenDigits)
    }
}

impl fmt::Display for PNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:010}", self.0)
    }
}

impl fmt::Debug for PNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PNumber({:06}****)", self.0 / 10_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_published_number_is_read_and_masked() {
        let number = PNumber::parse("1003387453").unwrap();
        assert_eq!(number.to_string(), "1003387453");
        assert_eq!(format!("{number:?}"), "PNumber(100338****)");
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "100338745", "10033874533", "0003387453", "100338745a"] {
            assert_eq!(PNumber::parse(text), Err(PNumberError::NotTenDigits), "{text}");
        }
    }
}
