use std::fmt;

use super::digits;

/// A CVR number: eight digits of a legal unit, the last a check digit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CvrNumber(u32);

/// Why a text is no CVR number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CvrError {
    /// Not eight digits, or zero.
    #[error("expected eight digits, not all zero")]
    NotEightDigits,
    /// The last digit does not follow from the first seven (weights 2 7 6 5 4 3 2, modulus 11).
    #[error("the last digit does not match the first seven (modulus 11)")]
    WrongCheckDigit,
}

impl CvrNumber {
    /// Reads eight digits and checks the last one (contact-model.md section 3).
    pub fn parse(text: &str) -> Result<Self, CvrError> {
        let text = text.trim();
        let number = digits(text).filter(|number| text.len() == 8 && *number > 0).ok_or(CvrError::NotEightDigits)?;
        let mut rest = number / 10;
        let mut sum = 0;
        for weight in [2, 3, 4, 5, 6, 7, 2] {
            sum += rest % 10 * weight;
            rest /= 10;
        }
        let check = match sum % 11 {
            0 => 0,
            remainder => 11 - remainder,
        };
        if check != number % 10 {
            return Err(CvrError::WrongCheckDigit);
        }
        u32::try_from(number).map(Self).map_err(|_| CvrError::NotEightDigits)
    }
}

impl fmt::Display for CvrNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08}", self.0)
    }
}

impl fmt::Debug for CvrNumber {
    /// The last four digits hidden: a sole trader's number points at a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CvrNumber({:04}****)", self.0 / 10_000)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn the_worked_example_holds() {
        let number = CvrNumber::parse("13748136").unwrap();
        assert_eq!(number.to_string(), "13748136");
        assert_eq!(format!("{number:?}"), "CvrNumber(1374****)");
    }

    #[rstest]
    #[case("13748135", CvrError::WrongCheckDigit)]
    #[case("1374813", CvrError::NotEightDigits)]
    #[case("00000000", CvrError::NotEightDigits)]
    #[case("1374813x", CvrError::NotEightDigits)]
    fn other_texts_are_refused(#[case] text: &str, #[case] error: CvrError) {
        assert_eq!(CvrNumber::parse(text), Err(error));
    }

    #[test]
    fn a_remainder_of_one_has_no_valid_check_digit() {
        // 0000006x: sum 12, remainder 1, so the check digit would be 10.
        for last in 0..10 {
            assert_eq!(CvrNumber::parse(&format!("0000006{last}")), Err(CvrError::WrongCheckDigit));
        }
    }
}
