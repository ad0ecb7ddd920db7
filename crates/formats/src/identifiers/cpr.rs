use std::fmt;

use crate::dates::PartialDate;

/// A CPR number: `DDMMYY` and four digits, of which the first gives the century and the last the sex.
///
/// Modulus 11 is no condition: numbers without it have been issued since 2007 (contact-model.md section 3).
/// `Debug` and [`CprNumber::masked`] hide the last four digits; [`CprNumber::reveal`] is the only way to the whole
/// number as text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CprNumber(u64);

/// Why a text is no CPR number. Never holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CprError {
    /// Not ten digits, with or without a hyphen after the sixth.
    #[error("expected ten digits, with or without a hyphen after the sixth")]
    NotTenDigits,
    /// The first six digits are no date in the century that the seventh gives.
    #[error("the first six digits are not a date")]
    NoSuchDate,
}

impl CprNumber {
    /// Reads ten digits, with or without a hyphen after the sixth.
    pub fn parse(text: &str) -> Result<Self, CprError> {
        let bytes = text.trim().as_bytes();
        match bytes {
            [date @ .., b'-', a, b, c, d] if date.len() == 6 => {
                let mut digits = [0; 10];
                for (to, from) in digits.iter_mut().zip(date.iter().chain([a, b, c, d])) {
                    *to = *from;
                }
                Self::from_digits(&digits)
            }
            _ => Self::from_digits(bytes),
        }
    }

    /// Reads exactly ten ASCII digits.
    pub fn from_digits(digits: &[u8]) -> Result<Self, CprError> {
        if digits.len() != 10 {
            return Err(CprError::NotTenDigits);
        }
        let mut number = 0_u64;
        for digit in digits {
            if !digit.is_ascii_digit() {
                return Err(CprError::NotTenDigits);
            }
            number = number * 10 + u64::from(digit - b'0');
        }
        Self::from_number(number)
    }

    /// Takes the ten digits as a number.
    pub fn from_number(number: u64) -> Result<Self, CprError> {
        if number > 9_999_999_999 {
            return Err(CprError::NotTenDigits);
        }
        birth_date(number).map(|_| Self(number)).ok_or(CprError::NoSuchDate)
    }

    /// The ten digits as a number; a leading zero of the day is lost, so print with [`CprNumber::reveal`].
    pub fn as_number(self) -> u64 {
        self.0
    }

    /// The date of birth that the number states, with the century of its seventh digit.
    pub fn birth_date(self) -> Option<PartialDate> {
        birth_date(self.0)
    }

    /// True when the last digit is even, which numbers of women have.
    pub fn is_female(self) -> bool {
        self.0.is_multiple_of(2)
    }

    /// Whether the weighted sum (4 3 2 7 6 5 4 3 2 1) is divisible by 11. A false answer may only be remarked on.
    pub fn satisfies_modulus_11(self) -> bool {
        let mut rest = self.0;
        let mut sum = 0;
        for weight in [1, 2, 3, 4, 5, 6, 7, 2, 3, 4] {
            sum += rest % 10 * weight;
            rest /= 10;
        }
        sum.is_multiple_of(11)
    }

    /// The ten digits, for storing and for those who may see them. Not for logs, errors or metrics.
    pub fn to_digits(self) -> [u8; 10] {
        let mut digits = [b'0'; 10];
        let mut rest = self.0;
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + u8::try_from(rest % 10).unwrap_or_default();
            rest /= 10;
        }
        digits
    }

    /// The ten digits as text, for storing and for those who may see them. Not for logs, errors or metrics.
    pub fn reveal(self) -> String {
        format!("{:010}", self.0)
    }

    /// The date part with the last four digits hidden, `070761-****`, for messages and logs.
    pub fn masked(self) -> String {
        format!("{:06}-****", self.0 / 10_000)
    }
}

impl fmt::Debug for CprNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CprNumber({})", self.masked())
    }
}

/// Century from the seventh digit and the two-digit year (contact-model.md section 3).
fn birth_date(number: u64) -> Option<PartialDate> {
    let day = u8::try_from(number / 100_000_000).ok()?;
    let month = u8::try_from(number / 1_000_000 % 100).ok()?;
    let year = u16::try_from(number / 10_000 % 100).ok()?;
    let century = match (number / 1_000 % 10, year) {
        (0..=3, _) | (4 | 9, 37..) => 1900,
        (4 | 9, _) | (5..=8, ..=57) => 2000,
        _ => 1800,
    };
    if day == 0 || month == 0 {
        return None;
    }
    PartialDate::new(century + year, month, day)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    // The first two persons are the CPR Office's published test persons; the numbers after them fail modulus 11.
    #[rstest]
    #[case("0707614285", "1961-07-07")]
    #[case("070761-4285", "1961-07-07")]
    #[case(" 0101980014 ", "1998-01-01")]
    #[case("0202019000", "2001-02-02")]
    #[case("0202379000", "1937-02-02")]
    #[case("0202575000", "2057-02-02")]
    #[case("0202585001", "1858-02-02")]
    #[case("2902004000", "2000-02-29")]
    fn century_follows_the_seventh_digit(#[case] text: &str, #[case] birth: &str) {
        let number = CprNumber::parse(text).unwrap();
        assert_eq!(number.birth_date().unwrap().to_string(), birth);
    }

    #[rstest]
    #[case("", CprError::NotTenDigits)]
    #[case("070761428", CprError::NotTenDigits)]
    #[case("07076142855", CprError::NotTenDigits)]
    #[case("07076-14285", CprError::NotTenDigits)]
    #[case("07O7614285", CprError::NotTenDigits)]
    #[case("3202610000", CprError::NoSuchDate)]
    #[case("0013610000", CprError::NoSuchDate)]
    #[case("2902010000", CprError::NoSuchDate)]
    #[case("0000000000", CprError::NoSuchDate)]
    fn a_text_that_is_no_number_is_refused_with_the_reason(#[case] text: &str, #[case] error: CprError) {
        assert_eq!(CprNumber::parse(text), Err(error));
    }

    #[test]
    fn modulus_11_is_told_but_not_required() {
        assert!(CprNumber::parse("0707614285").unwrap().satisfies_modulus_11());
        assert!(!CprNumber::parse("0101650000").unwrap().satisfies_modulus_11());
    }

    #[test]
    fn debug_hides_the_last_four_digits() {
        let number = CprNumber::parse("0707614285").unwrap();
        assert_eq!(format!("{number:?}"), "CprNumber(070761-****)");
        assert_eq!(number.reveal(), "0707614285");
        assert_eq!(&number.to_digits(), b"0707614285");
    }
}
