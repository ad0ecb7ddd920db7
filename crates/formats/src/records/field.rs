//! How one fixed-width field turns into a value and back.

use crate::codes;
use crate::codes::{Alpha, Digits};
use crate::dates::{PartialDate, Timestamp};
use crate::identifiers::CprNumber;
use crate::latin1::Text;

/// Where a field stands in its record, under the name that the register gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldSpec {
    /// The register's name.
    pub name: &'static str,
    /// First position, counted from 1.
    pub start: usize,
    /// Length in bytes.
    pub len: usize,
}

/// A field that could not be read. Says where and what was expected, never what stood there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("field {} at position {}-{}: {problem}", .field.name, .field.start, .field.start + .field.len - 1)]
pub struct FieldError {
    /// The field.
    pub field: FieldSpec,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with the bytes of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Something else than digits in a numeric field.
    #[error("expected digits, found other characters or too few")]
    NotDigits,
    /// No date of the form that the field has.
    #[error("expected a date of the form YYYY-MM-DD")]
    NotADate,
    /// No time stamp.
    #[error("expected a time stamp of the form YYYYMMDDHHMM")]
    NotATimestamp,
    /// No CPR number.
    #[error("expected a CPR number of ten digits that begins with a date")]
    NotANumber,
    /// The record's own person number is blank or zero.
    #[error("expected the person's CPR number, found none")]
    NoNumber,
    /// A character below blank or between 0x7F and 0x9F.
    #[error("control character 0x{0:02X}; is the file in another character set than ISO-8859-1?")]
    ControlCharacter(u8),
}

/// A value does not fit into its field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the value is longer than field {} of {} bytes", .field.name, .field.len)]
pub struct EncodeError {
    /// The field.
    pub field: FieldSpec,
}

/// A value of a fixed-width field.
pub trait Field<'a>: Sized {
    /// Reads the bytes of the field; fewer than `width` when trailing blanks were trimmed from the record.
    fn decode(raw: &'a [u8], width: usize) -> Result<Self, Problem>;

    /// The bytes to write, before filling up, and the byte to fill up with; longer than the field when it does not fit.
    fn write(&self, width: usize, out: &mut Vec<u8>);
}

/// Reads one field of a record that may have been trimmed.
pub(super) fn decode<'a, T: Field<'a>>(record: &'a [u8], field: &FieldSpec) -> Result<T, FieldError> {
    let from = (field.start - 1).min(record.len());
    let to = (from + field.len).min(record.len());
    let raw = record.get(from..to).unwrap_or_default();
    T::decode(raw, field.len).map_err(|problem| FieldError { field: *field, problem })
}

/// Writes one field at its full width.
pub(super) fn encode<'a, T: Field<'a>>(value: &T, field: &FieldSpec, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    let end = out.len() + field.len;
    value.write(field.len, out);
    if out.len() > end {
        return Err(EncodeError { field: *field });
    }
    out.resize(end, b' ');
    Ok(())
}

fn is_blank(raw: &[u8]) -> bool {
    raw.iter().all(|byte| *byte == b' ')
}

fn is_zero(raw: &[u8]) -> bool {
    raw.iter().all(|byte| *byte == b'0')
}

fn printable(raw: &[u8]) -> Result<(), Problem> {
    match raw.iter().find(|byte| **byte < b' ' || (0x7F..0xA0).contains(*byte)) {
        Some(byte) => Err(Problem::ControlCharacter(*byte)),
        None => Ok(()),
    }
}

impl<'a> Field<'a> for Text<'a> {
    fn decode(raw: &'a [u8], _width: usize) -> Result<Self, Problem> {
        let text = Self::new(raw);
        printable(text.as_bytes())?;
        Ok(text)
    }

    fn write(&self, _width: usize, out: &mut Vec<u8>) {
        out.extend_from_slice(self.as_bytes());
    }
}

impl<const N: usize> Field<'_> for Digits<N> {
    /// Blanks count as zeros: a numeric field has no other way to be empty.
    fn decode(raw: &[u8], _width: usize) -> Result<Self, Problem> {
        if is_blank(raw) {
            return Ok(Self::EMPTY);
        }
        Self::new(raw).ok_or(Problem::NotDigits)
    }

    fn write(&self, _width: usize, out: &mut Vec<u8>) {
        out.extend_from_slice(self.as_bytes());
    }
}

impl<const N: usize> Field<'_> for Alpha<N> {
    fn decode(raw: &[u8], _width: usize) -> Result<Self, Problem> {
        printable(raw)?;
        Ok(Self::new(raw).unwrap_or_default())
    }

    fn write(&self, _width: usize, out: &mut Vec<u8>) {
        out.extend_from_slice(self.as_bytes());
    }
}

macro_rules! numeric_list {
    ($($list:ident)+) => {$(
        impl Field<'_> for codes::$list {
            fn decode(raw: &[u8], _width: usize) -> Result<Self, Problem> {
                if is_blank(raw) {
                    return Ok(Self::default());
                }
                Self::from_bytes(raw).ok_or(Problem::NotDigits)
            }

            fn write(&self, _width: usize, out: &mut Vec<u8>) {
                out.extend_from_slice(self.as_bytes());
            }
        }
    )+};
}

macro_rules! alpha_list {
    ($($list:ident)+) => {$(
        impl Field<'_> for codes::$list {
            fn decode(raw: &[u8], _width: usize) -> Result<Self, Problem> {
                printable(raw)?;
                Ok(Self::from_bytes(raw).unwrap_or_default())
            }

            fn write(&self, _width: usize, out: &mut Vec<u8>) {
                out.extend_from_slice(self.as_bytes());
            }
        }
    )+};
}

numeric_list! { Status ProtectionType CustodyRelation GuardianRelation ElectionCode MunicipalCondition }
alpha_list! { Sex CivilStatus Church NameMarker Uncertainty CorrectionMarker GuardianshipType DerivedMarker }

/// The person number that a record is about (P10 at position 4).
impl Field<'_> for CprNumber {
    fn decode(raw: &[u8], _width: usize) -> Result<Self, Problem> {
        if is_blank(raw) || is_zero(raw) {
            return Err(Problem::NoNumber);
        }
        Self::from_digits(raw).map_err(|_| Problem::NotANumber)
    }

    fn write(&self, _width: usize, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_digits());
    }
}

/// A person number of somebody else (P10): blank, zero or a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum PersonRef {
    /// Blank: there is no such person.
    #[default]
    None,
    /// `0000000000`: the person exists or the relation does, without a number.
    WithoutNumber,
    /// The number.
    Number(CprNumber),
}

impl PersonRef {
    /// The number, when there is one.
    pub fn number(self) -> Option<CprNumber> {
        match self {
            Self::Number(number) => Some(number),
            Self::None | Self::WithoutNumber => None,
        }
    }
}

impl Field<'_> for PersonRef {
    fn decode(raw: &[u8], _width: usize) -> Result<Self, Problem> {
        if is_blank(raw) {
            return Ok(Self::None);
        }
        if is_zero(raw) && raw.len() == 10 {
            return Ok(Self::WithoutNumber);
        }
        CprNumber::from_digits(raw).map(Self::Number).map_err(|_| Problem::NotANumber)
    }

    fn write(&self, width: usize, out: &mut Vec<u8>) {
        match self {
            Self::None => {}
            Self::WithoutNumber => out.resize(out.len() + width, b'0'),
            Self::Number(number) => out.extend_from_slice(&number.to_digits()),
        }
    }
}

/// A date of the form `YYYY-MM-DD` (D10); blank when empty.
impl Field<'_> for Option<PartialDate> {
    fn decode(raw: &[u8], _width: usize) -> Result<Self, Problem> {
        if is_blank(raw) || raw == b"0000-00-00" {
            return Ok(None);
        }
        PartialDate::from_iso(raw).map(Some).ok_or(Problem::NotADate)
    }

    fn write(&self, _width: usize, out: &mut Vec<u8>) {
        if let Some(date) = self {
            out.extend_from_slice(&date.to_iso_bytes());
        }
    }
}

/// A time stamp (T12); zeros when empty, blanks are read as empty too.
impl Field<'_> for Option<Timestamp> {
    fn decode(raw: &[u8], _width: usize) -> Result<Self, Problem> {
        if is_blank(raw) || (is_zero(raw) && raw.len() == 12) {
            return Ok(None);
        }
        Timestamp::from_digits(raw).map(Some).ok_or(Problem::NotATimestamp)
    }

    fn write(&self, width: usize, out: &mut Vec<u8>) {
        match self {
            Some(stamp) => out.extend_from_slice(&stamp.to_digits()),
            None => out.resize(out.len() + width, b'0'),
        }
    }
}

/// A date of eight digits `YYYYMMDD` (N8); zeros when empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct CompactDate(pub Option<PartialDate>);

impl Field<'_> for CompactDate {
    fn decode(raw: &[u8], _width: usize) -> Result<Self, Problem> {
        if is_blank(raw) || (is_zero(raw) && raw.len() == 8) {
            return Ok(Self(None));
        }
        PartialDate::from_compact(raw).map(|date| Self(Some(date))).ok_or(Problem::NotADate)
    }

    fn write(&self, width: usize, out: &mut Vec<u8>) {
        match self.0 {
            Some(date) => out.extend(date.to_iso_bytes().iter().filter(|byte| **byte != b'-')),
            None => out.resize(out.len() + width, b'0'),
        }
    }
}

/// A time stamp that serves as a key to another record (SEP_HENVIS); blank when empty, unlike [`Timestamp`] fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Reference(pub Option<Timestamp>);

impl Field<'_> for Reference {
    fn decode(raw: &[u8], width: usize) -> Result<Self, Problem> {
        <Option<Timestamp> as Field>::decode(raw, width).map(Self)
    }

    fn write(&self, _width: usize, out: &mut Vec<u8>) {
        if let Some(stamp) = self.0 {
            out.extend_from_slice(&stamp.to_digits());
        }
    }
}
