//! The types that a field can have.

use super::field::{Field, Problem, control_character};
use crate::codes;
use crate::codes::{Alpha, Digits};
use crate::dates::{PartialDate, Timestamp};
use crate::identifiers::CprNumber;
use crate::latin1::Text;

fn is_blank(raw: &[u8]) -> bool {
    raw.iter().all(|byte| *byte == b' ')
}

/// True for a field full of zeros; zeros that the end of a short record cuts off are no empty field.
fn is_zero(raw: &[u8], width: usize) -> bool {
    raw.len() == width && raw.iter().all(|byte| *byte == b'0')
}

fn write_zeros(width: usize, out: &mut Vec<u8>) {
    out.resize(out.len() + width, b'0');
}

fn printable(raw: &[u8]) -> Result<(), Problem> {
    control_character(raw).map_or(Ok(()), |byte| Err(Problem::ControlCharacter(byte)))
}

impl<'a> Field<'a> for Text<'a> {
    const WIDTH: Option<usize> = None;

    fn decode(raw: &'a [u8]) -> Result<Self, Problem> {
        printable(raw)?;
        Ok(Self::new(raw))
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.as_bytes());
    }
}

impl<const N: usize> Field<'_> for Digits<N> {
    const WIDTH: Option<usize> = Some(N);

    /// Blanks count as zeros: a numeric field has no other way to be empty.
    fn decode(raw: &[u8]) -> Result<Self, Problem> {
        if is_blank(raw) {
            return Ok(Self::EMPTY);
        }
        Self::new(raw).ok_or(Problem::NotDigits)
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.as_bytes());
    }
}

impl<const N: usize> Field<'_> for Alpha<N> {
    const WIDTH: Option<usize> = Some(N);

    fn decode(raw: &[u8]) -> Result<Self, Problem> {
        printable(raw)?;
        // `WIDTH` keeps a field from being longer than the code.
        Ok(Self::new(raw).unwrap_or_default())
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.as_bytes());
    }
}

/// Gives each code list the field behaviour of the raw code below it.
macro_rules! code_fields {
    ($($list:ident: $raw:ty,)+) => {$(
        impl Field<'_> for codes::$list {
            const WIDTH: Option<usize> = <$raw as Field>::WIDTH;

            fn decode(raw: &[u8]) -> Result<Self, Problem> {
                <$raw as Field>::decode(raw).map(Self::from)
            }

            fn write(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(self.as_bytes());
            }
        }
    )+};
}

code_fields! {
    Status: Digits<2>,
    ProtectionType: Digits<4>,
    CustodyRelation: Digits<4>,
    GuardianRelation: Digits<4>,
    ElectionCode: Digits<4>,
    MunicipalCondition: Digits<1>,
    Sex: Alpha<1>,
    CivilStatus: Alpha<1>,
    Church: Alpha<1>,
    NameMarker: Alpha<1>,
    Uncertainty: Alpha<1>,
    CorrectionMarker: Alpha<1>,
    GuardianshipType: Alpha<15>,
    DerivedMarker: Alpha<2>,
}

/// The person number that a record is about (P10 at position 4).
impl Field<'_> for CprNumber {
    const WIDTH: Option<usize> = Some(10);

    fn decode(raw: &[u8]) -> Result<Self, Problem> {
        if is_blank(raw) || is_zero(raw, 10) {
            return Err(Problem::NoNumber);
        }
        Self::from_digits(raw).map_err(|_| Problem::NotANumber)
    }

    fn write(&self, out: &mut Vec<u8>) {
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
    const WIDTH: Option<usize> = Some(10);

    fn decode(raw: &[u8]) -> Result<Self, Problem> {
        if is_blank(raw) {
            return Ok(Self::None);
        }
        if is_zero(raw, 10) {
            return Ok(Self::WithoutNumber);
        }
        CprNumber::from_digits(raw).map(Self::Number).map_err(|_| Problem::NotANumber)
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::None => {}
            Self::WithoutNumber => write_zeros(10, out),
            Self::Number(number) => number.write(out),
        }
    }
}

/// A date of the form `YYYY-MM-DD` (D10); blank when empty.
impl Field<'_> for Option<PartialDate> {
    const WIDTH: Option<usize> = Some(10);

    fn decode(raw: &[u8]) -> Result<Self, Problem> {
        if is_blank(raw) || raw == b"0000-00-00" {
            return Ok(None);
        }
        PartialDate::from_iso(raw).map(Some).ok_or(Problem::NotADate)
    }

    fn write(&self, out: &mut Vec<u8>) {
        if let Some(date) = self {
            out.extend_from_slice(&date.to_iso_bytes());
        }
    }
}

/// A time stamp (T12); zeros when empty, blanks are read as empty too.
impl Field<'_> for Option<Timestamp> {
    const WIDTH: Option<usize> = Some(12);

    fn decode(raw: &[u8]) -> Result<Self, Problem> {
        if is_blank(raw) || is_zero(raw, 12) {
            return Ok(None);
        }
        Timestamp::from_digits(raw).map(Some).ok_or(Problem::NotATimestamp)
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Some(stamp) => out.extend_from_slice(&stamp.to_digits()),
            None => write_zeros(12, out),
        }
    }
}

/// A date of eight digits `YYYYMMDD` (N8); zeros when empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct CompactDate(pub Option<PartialDate>);

impl Field<'_> for CompactDate {
    const WIDTH: Option<usize> = Some(8);

    fn decode(raw: &[u8]) -> Result<Self, Problem> {
        if is_blank(raw) || is_zero(raw, 8) {
            return Ok(Self(None));
        }
        PartialDate::from_compact(raw).map(|date| Self(Some(date))).ok_or(Problem::NotACompactDate)
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self.0 {
            Some(date) => out.extend(date.to_iso_bytes().iter().filter(|byte| **byte != b'-')),
            None => write_zeros(8, out),
        }
    }
}

/// A time stamp (T12) whose field is blank when empty, where other time stamps have zeros: the references to a
/// separation (SEP_HENVIS) and the time of an event (TIMESTAMPU).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct StampOrBlank(pub Option<Timestamp>);

impl Field<'_> for StampOrBlank {
    const WIDTH: Option<usize> = Some(12);

    fn decode(raw: &[u8]) -> Result<Self, Problem> {
        <Option<Timestamp> as Field>::decode(raw).map(Self)
    }

    fn write(&self, out: &mut Vec<u8>) {
        if let Some(stamp) = self.0 {
            out.extend_from_slice(&stamp.to_digits());
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::records::field::{self, EncodeError, EncodeProblem};
    use crate::records::{FieldError, FieldSpec};

    fn spec(len: usize) -> FieldSpec {
        FieldSpec { name: "TEST", start: 1, len }
    }

    fn read<T: for<'a> Field<'a>>(raw: &[u8], len: usize) -> Result<T, Problem> {
        field::decode(raw, &spec(len)).map_err(|FieldError { problem, .. }| problem)
    }

    fn written<'a, T: Field<'a>>(value: &T, len: usize) -> Result<Vec<u8>, EncodeProblem> {
        let mut out = Vec::new();
        field::encode(value, &spec(len), &mut out).map_err(|EncodeError { problem, .. }| problem)?;
        Ok(out)
    }

    #[rstest]
    #[case(b"", PersonRef::None)]
    #[case(b"          ", PersonRef::None)]
    #[case(b"0000000000", PersonRef::WithoutNumber)]
    #[case(b"0707614285", PersonRef::Number(CprNumber::parse("0707614285").unwrap()))]
    fn a_relative_without_a_number_is_not_the_same_as_no_relative(#[case] raw: &[u8], #[case] person: PersonRef) {
        assert_eq!(read(raw, 10), Ok(person));
        assert_eq!(written(&person, 10).unwrap().trim_ascii_end(), raw.trim_ascii_end());
    }

    #[test]
    fn each_type_writes_its_own_kind_of_empty() {
        assert_eq!(written(&Digits::<4>::EMPTY, 4).unwrap(), b"0000");
        assert_eq!(written(&Alpha::<2>::EMPTY, 2).unwrap(), b"  ");
        assert_eq!(written(&codes::Status::default(), 2).unwrap(), b"00");
        assert_eq!(written(&codes::CivilStatus::default(), 1).unwrap(), b" ");
        assert_eq!(written(&None::<PartialDate>, 10).unwrap(), b"          ");
        assert_eq!(written(&None::<Timestamp>, 12).unwrap(), b"000000000000");
        assert_eq!(written(&StampOrBlank(None), 12).unwrap(), b"            ");
        assert_eq!(written(&CompactDate(None), 8).unwrap(), b"00000000");
        assert_eq!(written(&Text::default(), 3).unwrap(), b"   ");
    }

    #[test]
    fn each_type_reads_the_other_kind_of_empty_too() {
        assert_eq!(read(b"    ", 4), Ok(Digits::<4>::EMPTY));
        assert_eq!(read(b"0000-00-00", 10), Ok(None::<PartialDate>));
        assert_eq!(read(b"            ", 12), Ok(None::<Timestamp>));
        assert_eq!(read(b"000000000000", 12), Ok(StampOrBlank(None)));
        assert_eq!(read(b"", 8), Ok(CompactDate(None)));
    }

    #[test]
    fn a_wrong_value_is_refused_with_what_was_expected() {
        assert_eq!(read::<Digits<4>>(b"12x4", 4), Err(Problem::NotDigits));
        assert_eq!(read::<codes::Status>(b"0x", 2), Err(Problem::NotDigits));
        assert_eq!(read::<Option<PartialDate>>(b"2001-02-29", 10), Err(Problem::NotADate));
        assert_eq!(read::<CompactDate>(b"20010229", 8), Err(Problem::NotACompactDate));
        assert_eq!(read::<Option<Timestamp>>(b"200102291200", 12), Err(Problem::NotATimestamp));
        assert_eq!(read::<CprNumber>(b"3202610000", 10), Err(Problem::NotANumber));
        assert_eq!(read::<CprNumber>(b"", 10), Err(Problem::NoNumber));
        assert_eq!(read::<Alpha<2>>(b"A\t", 2), Err(Problem::ControlCharacter(b'\t')));
    }

    #[test]
    fn a_value_that_does_not_fit_is_not_written() {
        assert_eq!(written(&Text::new(b"Hansen"), 6).unwrap(), b"Hansen");
        assert_eq!(written(&Text::new(b"Jensen"), 5), Err(EncodeProblem::TooLong));
    }

    #[test]
    fn a_line_feed_in_a_text_is_not_written() {
        assert_eq!(written(&Text::new(b"Lise\nRoland"), 34), Err(EncodeProblem::ControlCharacter(b'\n')));
    }

    #[test]
    fn a_listed_code_is_known_however_it_is_filled_up() {
        assert_eq!(read(b"FULD", 15), Ok(codes::GuardianshipType::Full));
        assert_eq!(read(b"FULD           ", 15), Ok(codes::GuardianshipType::Full));
    }
}
