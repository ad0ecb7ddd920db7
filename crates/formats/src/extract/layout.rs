use crate::records::read_type;
use crate::records::u12170::PublicRecord;

/// The longest record that is taken for one, in bytes. The longest documented one has 306.
pub const MAX_RECORD: usize = 64 * 1024;

/// Length of a record's type and key, which every record has.
pub(super) const KEYED: usize = 13;

/// How records are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// One record a line, ended by LF or CR LF; trailing blanks may be trimmed.
    Lines,
    /// Records of full length back to back, without line ends.
    Unterminated,
}

/// Why a file cannot be an extract, found at its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAnExtract {
    /// No bytes at all.
    #[error("the file is empty; expected a CPR extract that begins with record 000")]
    Empty,
    /// UTF-16 or UTF-32.
    #[error("the file is in UTF-16; expected ISO-8859-1: fetch it again in binary or text mode without conversion")]
    Utf16,
    /// EBCDIC.
    #[error(
        "the file is in EBCDIC; expected ISO-8859-1: fetch it again in text (ASCII) mode, so that the server converts it"
    )]
    Ebcdic,
    /// A UTF-8 byte order mark.
    #[error("the file begins with a UTF-8 byte order mark; expected ISO-8859-1: fetch it again without conversion")]
    Utf8,
    /// Something else than a 000 record.
    #[error("the file does not begin with record 000; expected a CPR extract (U12170-P)")]
    NoStartRecord,
    /// A 000 record, and then neither a line end nor another record.
    #[error("record 000 is followed by neither a line end nor another record; expected a CPR extract (U12170-P)")]
    NoSecondRecord,
}

/// The next record in a buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    /// A record of `len` bytes; the next one begins after `consumed`.
    Record {
        /// Length without the line end.
        len: usize,
        /// Length with it.
        consumed: usize,
    },
    /// The buffer ends within a record and the file does not.
    NeedMore,
    /// The file has ended; what is left, if anything, is blank.
    End,
    /// No line end within [`MAX_RECORD`] bytes.
    TooLong,
    /// Without line ends: a record type whose length is not known, so nothing after it can be read.
    UnknownLength,
    /// Without line ends: the file ends within a record.
    CutOff,
}

impl Layout {
    /// Looks at the beginning of a file; 4 KiB are plenty.
    pub fn detect(head: &[u8]) -> Result<Self, NotAnExtract> {
        match head {
            [] => return Err(NotAnExtract::Empty),
            [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] | [0, b'0', 0, ..] | [b'0', 0, b'0', ..] => {
                return Err(NotAnExtract::Utf16);
            }
            [0xEF, 0xBB, 0xBF, ..] => return Err(NotAnExtract::Utf8),
            [0xF0, 0xF0, 0xF0, ..] => return Err(NotAnExtract::Ebcdic),
            [b'0', b'0', b'0', ..] => {}
            _ => return Err(NotAnExtract::NoStartRecord),
        }
        let start = PublicRecord::length(0).unwrap_or_default();
        let behind = head.get(start..).unwrap_or_default();
        let first_line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
        if first_line.len() <= start + 2 {
            return Ok(Self::Lines);
        }
        if begins_record(behind) {
            return Ok(Self::Unterminated);
        }
        // A longer 000, of which nothing is known, still ends with its line.
        if first_line.len() < head.len() { Ok(Self::Lines) } else { Err(NotAnExtract::NoSecondRecord) }
    }

    /// Finds the record at the beginning of `bytes`; `at_end` says that the file has nothing after them.
    pub fn split(self, bytes: &[u8], at_end: bool) -> Split {
        match self {
            Self::Lines => split_line(bytes, at_end),
            Self::Unterminated => split_by_length(bytes, at_end),
        }
    }
}

fn split_line(bytes: &[u8], at_end: bool) -> Split {
    let window = bytes.get(..MAX_RECORD).unwrap_or(bytes);
    match memchr::memchr(b'\n', window) {
        Some(end) => {
            let line = window.get(..end).unwrap_or_default();
            let len = line.strip_suffix(b"\r").unwrap_or(line).len();
            Split::Record { len, consumed: end + 1 }
        }
        None if window.len() < bytes.len() || bytes.len() >= MAX_RECORD => Split::TooLong,
        None if !at_end => Split::NeedMore,
        None if is_blank(bytes) => Split::End,
        None => Split::Record { len: bytes.strip_suffix(b"\r").unwrap_or(bytes).len(), consumed: bytes.len() },
    }
}

fn split_by_length(bytes: &[u8], at_end: bool) -> Split {
    if at_end && is_blank(bytes) {
        return Split::End;
    }
    let Some(record_type) = read_type(bytes) else {
        return if bytes.len() < 3 && !at_end { Split::NeedMore } else { Split::UnknownLength };
    };
    let Some(length) = PublicRecord::length(record_type) else { return Split::UnknownLength };
    if bytes.len() < length + EXTRA_001 + KEYED && !at_end {
        return Split::NeedMore;
    }
    if bytes.len() < length {
        return Split::CutOff;
    }
    // 001 was seen with 15 extra characters (NGLKONST). It shows by what stands where the next record should begin.
    let is_longer = record_type == 1
        && !bytes.get(length..).is_some_and(begins_record)
        && bytes.get(length + EXTRA_001..).is_some_and(begins_record);
    let len = if is_longer { length + EXTRA_001 } else { length };
    Split::Record { len, consumed: len }
}

/// Extra characters of the longer 001 (cpr-records.md, record 001).
const EXTRA_001: usize = 15;

/// Whether a known record type and a key stand here.
fn begins_record(bytes: &[u8]) -> bool {
    let is_known = read_type(bytes).is_some_and(|record_type| PublicRecord::length(record_type).is_some());
    is_known
        && bytes.get(3..KEYED).is_some_and(|key| key.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b' '))
}

/// Blank is also what editors and old systems leave at the end of a file: line ends and Ctrl-Z.
fn is_blank(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| matches!(byte, b' ' | b'\r' | b'\n' | 0x1A))
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: &[u8] = b"00000000000001109012001111920011116";

    fn with(rest: &[u8]) -> Vec<u8> {
        [START, rest].concat()
    }

    #[test]
    fn line_ends_are_recognised_whatever_they_are() {
        assert_eq!(Layout::detect(&with(b"\n0010707614285")), Ok(Layout::Lines));
        assert_eq!(Layout::detect(&with(b"\r\n0010707614285")), Ok(Layout::Lines));
        assert_eq!(Layout::detect(&with(b"   \n0010707614285")), Ok(Layout::Lines));
        assert_eq!(Layout::detect(START), Ok(Layout::Lines));
        assert_eq!(Layout::detect(&with(b"0010707614285  ")), Ok(Layout::Unterminated));
    }

    #[test]
    fn other_files_are_refused_with_the_reason() {
        assert_eq!(Layout::detect(b""), Err(NotAnExtract::Empty));
        assert_eq!(Layout::detect(b"\xFF\xFE0\x000\x00"), Err(NotAnExtract::Utf16));
        assert_eq!(Layout::detect(b"0\x000\x000\x00"), Err(NotAnExtract::Utf16));
        assert_eq!(Layout::detect(b"\xF0\xF0\xF0\xF0"), Err(NotAnExtract::Ebcdic));
        assert_eq!(Layout::detect(b"\xEF\xBB\xBF000"), Err(NotAnExtract::Utf8));
        assert_eq!(Layout::detect(b"name;address\n"), Err(NotAnExtract::NoStartRecord));
        assert_eq!(Layout::detect(&with(b"garbage without an end")), Err(NotAnExtract::NoSecondRecord));
    }

    #[test]
    fn a_longer_001_without_line_ends_is_recognised_by_its_successor() {
        let mut bytes = vec![b' '; 106 + 15];
        bytes.splice(..13, *b"0010707614285");
        bytes.splice(106.., *b"MIN REFERENCE 1");
        bytes.extend_from_slice(b"0080707614285");
        bytes.resize(bytes.len() + 200, b' ');
        assert_eq!(Layout::Unterminated.split(&bytes, false), Split::Record { len: 121, consumed: 121 });
        bytes.drain(106..121);
        assert_eq!(Layout::Unterminated.split(&bytes, false), Split::Record { len: 106, consumed: 106 });
    }

    #[test]
    fn an_unknown_type_without_line_ends_stops_the_reading() {
        let mut bytes = b"0610707614285".to_vec();
        bytes.resize(500, b' ');
        assert_eq!(Layout::Unterminated.split(&bytes, false), Split::UnknownLength);
        assert_eq!(Layout::Unterminated.split(b"0010707614285", true), Split::CutOff);
    }

    #[test]
    fn a_line_without_an_end_is_not_read_to_its_end() {
        assert_eq!(Layout::Lines.split(&vec![b'x'; MAX_RECORD], false), Split::TooLong);
        assert_eq!(Layout::Lines.split(&vec![b'x'; MAX_RECORD - 1], false), Split::NeedMore);
    }

    #[test]
    fn what_is_left_behind_the_last_record_may_be_blank() {
        assert_eq!(Layout::Lines.split(b"\x1A", true), Split::End);
        assert_eq!(Layout::Unterminated.split(b"\r\n", true), Split::End);
        assert_eq!(Layout::Lines.split(b"999", true), Split::Record { len: 3, consumed: 3 });
    }
}
