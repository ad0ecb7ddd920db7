use crate::cpr_extract::ImportError;
use crate::cpr_extract::stream::RawRecord;

/// Recognises text in another character set by its letters: UTF-8 writes each with two or three bytes of a certain form,
/// the old DOS code pages have Danish letters where ISO-8859-1 has control characters.
#[derive(Default)]
pub(super) struct CharacterSet {
    /// Sequences that are UTF-8.
    utf8: Seen,
    /// Control characters between 0x80 and 0x9F that are no UTF-8.
    control: Seen,
    /// Bytes that are a letter in ISO-8859-1 and stand alone.
    latin1: u64,
}

/// How often, and where first: line and byte.
#[derive(Default)]
struct Seen {
    count: u64,
    first: (u64, u64),
}

impl Seen {
    fn at(&mut self, record: &RawRecord<'_>) {
        if self.count == 0 {
            self.first = (record.line, record.offset);
        }
        self.count += 1;
    }
}

impl CharacterSet {
    pub fn record(&mut self, record: &RawRecord<'_>) {
        // Most records are ASCII, which says nothing and is seen many bytes at a time.
        if record.bytes.is_ascii() {
            return;
        }
        let mut rest = record.bytes;
        while let Some(at) = rest.iter().position(|byte| !byte.is_ascii()) {
            let Some([first, tail @ ..]) = rest.get(at..) else { return };
            match (first, tail) {
                // Of three bytes is the character U+FFFD, for one, that a conversion puts in the place of a letter.
                (0xC2..=0xDF, [0x80..=0xBF, after @ ..]) | (0xE0..=0xEF, [0x80..=0xBF, 0x80..=0xBF, after @ ..]) => {
                    self.utf8.at(record);
                    rest = after;
                    continue;
                }
                (0x80..=0x9F, _) => self.control.at(record),
                (0xC0..=0xFF, _) => self.latin1 += 1,
                _ => {}
            }
            rest = tail;
        }
    }

    /// What is seen most decides: a stray control character among letters of ISO-8859-1 is one bad record, and a rare
    /// letter that a code page shares with ISO-8859-1 does not make a file of the latter.
    pub fn finish(&self) -> Result<(), ImportError> {
        let (found, seen) = if self.utf8.count > self.latin1 + self.control.count {
            ("UTF-8", &self.utf8)
        } else if self.control.count > self.latin1 {
            ("a DOS code page", &self.control)
        } else {
            return Ok(());
        };
        let (line, byte) = seen.first;
        Err(ImportError::CharacterSet { found, line, byte })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(lines: &[&[u8]]) -> Result<(), ImportError> {
        let mut charset = CharacterSet::default();
        for (line, bytes) in (1..).zip(lines) {
            charset.record(&RawRecord { bytes, offset: line * 100, line, end: 0 });
        }
        charset.finish()
    }

    #[test]
    fn danish_letters_in_latin1_pass() {
        check(&[b"S\xF8ren", b"plain", b"\xC6ble\xE5"]).unwrap();
        check(&[b"plain"]).unwrap();
    }

    #[test]
    fn utf8_and_dos_are_recognised_at_their_first_letter() {
        let utf8 = check(&[b"plain", "Søren".as_bytes()]).unwrap_err();
        assert!(matches!(utf8, ImportError::CharacterSet { found: "UTF-8", line: 2, byte: 200 }));
        let dos = check(&[b"S\x9Bren"]).unwrap_err();
        assert!(matches!(dos, ImportError::CharacterSet { found: "a DOS code page", line: 1, .. }));
    }

    #[test]
    fn letters_that_a_conversion_replaced_are_utf8() {
        let lost = check(&["S\u{FFFD}ren".as_bytes()]).unwrap_err();
        assert!(matches!(lost, ImportError::CharacterSet { found: "UTF-8", line: 1, .. }));
    }

    #[test]
    fn a_letter_that_dos_shares_with_latin1_does_not_hide_it() {
        let dos = check(&[b"S\x9Bren", b"J\xE4o", b"\x8Fse"]).unwrap_err();
        assert!(matches!(dos, ImportError::CharacterSet { found: "a DOS code page", line: 1, .. }));
    }

    #[test]
    fn a_stray_byte_among_latin1_is_left_to_its_record() {
        check(&[b"S\xF8ren", b"\x85"]).unwrap();
    }
}
