//! The fixed-width records of the CPR extracts, one file per record type.
//!
//! Positions count from 1 and the first three characters are the record type. A record may arrive shorter than its
//! length (trailing blanks trimmed) or longer (extra characters are kept).

mod field;
mod table;
pub mod u09480;
pub mod u12170;
mod values;

pub use field::{EncodeError, EncodeProblem, Field, FieldError, FieldSpec, Problem};
pub use values::{CompactDate, PersonRef, StampOrBlank};

/// A record type of an extract.
pub trait Record<'a>: Sized {
    /// The number at positions 1-3.
    const TYPE: u16;
    /// The length that the register documents, in bytes.
    const LENGTH: usize;
    /// The fields from position 4 on.
    const FIELDS: &'static [FieldSpec];

    /// Reads a record without its line end. What stands at positions 1-3 is not looked at.
    fn decode(record: &'a [u8]) -> Result<Self, FieldError>;

    /// Writes the record at full length, without a line end.
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError>;
}

/// The record type at positions 1-3; `None` when there are no three digits.
pub fn read_type(record: &[u8]) -> Option<u16> {
    match record {
        [a @ b'0'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9', ..] => {
            Some(u16::from(a - b'0') * 100 + u16::from(b - b'0') * 10 + u16::from(c - b'0'))
        }
        _ => None,
    }
}

fn write_type(record_type: u16, out: &mut Vec<u8>) {
    let digit = |value: u16| b'0' + u8::try_from(value % 10).unwrap_or_default();
    out.extend([digit(record_type / 100), digit(record_type / 10), digit(record_type)]);
}
