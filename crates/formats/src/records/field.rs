//! One fixed-width field: where it stands, how it is read and written, and what can be wrong with it.

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
    /// No date of the form that the field has, where it has no hyphens.
    #[error("expected a date of the form YYYYMMDD")]
    NotACompactDate,
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

/// A value that its field cannot hold. The programmer's or the generator's mistake, not the data's: every record that
/// was decoded can be encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cannot write field {} of {} bytes: {problem}", .field.name, .field.len)]
pub struct EncodeError {
    /// The field.
    pub field: FieldSpec,
    /// Why the value does not go into it.
    pub problem: EncodeProblem,
}

/// Why a value does not go into its field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncodeProblem {
    /// More bytes than the field has.
    #[error("the value is longer")]
    TooLong,
    /// A character that decoding refuses; a line feed in a name would break the file in two.
    #[error("the value has the control character 0x{0:02X}")]
    ControlCharacter(u8),
}

/// A value of a fixed-width field.
pub trait Field<'a>: Sized {
    /// The length that a field of this type has, checked against each table by the compiler; `None` when any will do.
    const WIDTH: Option<usize>;

    /// Reads the bytes of the field; fewer than its length when trailing blanks were trimmed from the record.
    fn decode(raw: &'a [u8]) -> Result<Self, Problem>;

    /// Appends the value's bytes without the blanks that fill up the field.
    fn write(&self, out: &mut Vec<u8>);
}

/// True when a field of `len` bytes can hold the type.
pub(super) const fn fits<'a, T: Field<'a>>(len: usize) -> bool {
    match T::WIDTH {
        Some(width) => width == len,
        None => true,
    }
}

/// Reads one field of a record that may have been trimmed.
pub(super) fn decode<'a, T: Field<'a>>(record: &'a [u8], field: &FieldSpec) -> Result<T, FieldError> {
    let from = (field.start - 1).min(record.len());
    let to = (from + field.len).min(record.len());
    let raw = record.get(from..to).unwrap_or_default();
    T::decode(raw).map_err(|problem| FieldError { field: *field, problem })
}

/// Writes one field at its full width.
pub(super) fn encode<'a, T: Field<'a>>(value: &T, field: &FieldSpec, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    let start = out.len();
    let end = start + field.len;
    value.write(out);
    let written = out.get(start..).unwrap_or_default();
    let problem = match control_character(written) {
        _ if out.len() > end => Some(EncodeProblem::TooLong),
        found => found.map(EncodeProblem::ControlCharacter),
    };
    if let Some(problem) = problem {
        return Err(EncodeError { field: *field, problem });
    }
    out.resize(end, b' ');
    Ok(())
}

/// The first byte that no text of a record may hold: ISO-8859-1 has control characters there.
pub(super) fn control_character(bytes: &[u8]) -> Option<u8> {
    bytes.iter().copied().find(|byte| *byte < b' ' || (0x7F..0xA0).contains(byte))
}
