use std::borrow::Cow;
use std::fmt;

use crate::latin1;

/// A zero-filled numeric code of `N` digits, kept as its digits. "Empty" is all zeros.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digits<const N: usize>([u8; N]);

impl<const N: usize> Digits<N> {
    /// The empty code: all zeros.
    pub const EMPTY: Self = Self([b'0'; N]);

    /// Takes exactly `N` ASCII digits.
    pub fn new(digits: &[u8]) -> Option<Self> {
        let digits: [u8; N] = digits.try_into().ok()?;
        digits.iter().all(u8::is_ascii_digit).then_some(Self(digits))
    }

    /// Takes the number when it fits into `N` digits.
    pub fn from_number(number: u64) -> Option<Self> {
        let mut digits = [b'0'; N];
        let mut rest = number;
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + u8::try_from(rest % 10).unwrap_or_default();
            rest /= 10;
        }
        (rest == 0).then_some(Self(digits))
    }

    /// The digits.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The digits as text.
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The digits as a number.
    pub fn as_number(&self) -> u64 {
        self.0.iter().fold(0, |number, digit| number * 10 + u64::from(digit - b'0'))
    }

    /// True when all digits are zero.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|digit| *digit == b'0')
    }
}

impl<const N: usize> Default for Digits<N> {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl<const N: usize> fmt::Display for Digits<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<const N: usize> fmt::Debug for Digits<N> {
    /// The length only: municipality and street code together are an address.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digits({N})")
    }
}

/// A blank-filled code of up to `N` ISO-8859-1 characters. "Empty" is all blanks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Alpha<const N: usize>([u8; N]);

impl<const N: usize> Alpha<N> {
    /// The empty code: all blanks.
    pub const EMPTY: Self = Self([b' '; N]);

    /// Takes up to `N` bytes and fills up with blanks.
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let mut filled = [b' '; N];
        filled.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(Self(filled))
    }

    /// All `N` bytes, blanks included.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The code as text, without trailing blanks.
    pub fn as_str(&self) -> Cow<'_, str> {
        latin1::decode(self.0.trim_ascii_end())
    }

    /// True when the code is blank.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|byte| *byte == b' ')
    }
}

impl<const N: usize> Default for Alpha<N> {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl<const N: usize> fmt::Debug for Alpha<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Alpha({N})")
    }
}
