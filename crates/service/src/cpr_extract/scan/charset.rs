use crate::cpr_extract::ImportError;
use crate::cpr_extract::stream::RawRecord;

/// Recognises text in another character set by its letters: UTF-8 writes each with two bytes of a certain form (or three), the old
/// DOS code pages have Danish letters where ISO-8859-1 has control characters.
#[derive(Default)]
pub(super) struct CharacterSet {
    /// Place of the first sequence that is UTF-8.
    utf8: Option<(u64, u64)>,
    /// Place of the first control character between 0x80 and 0x9F that is no UTF-8.
    control: Option<(u64, u64)>,
    /// Whether there is a letter that only ISO-8859-1 has as one byte.
    latin1: bool,
}

impl CharacterSet {
    pub fn record(&mut self, record: &RawRecord<'_>) {
        if record.bytes.is_ascii() {
            return;
        }
        let mut rest = record.bytes;
        while let [first, tail @ ..] = rest {
            match (first, tail) {
                // Of three bytes is the character U+FFFD, for one, that a conversion puts in the place of a letter.
                (0xC2..=0xDF, [0x80..=0xBF, after @ ..]) | (0xE0..=0xEF, [0x80..=0xBF, 0x80..=0xBF, after @ ..]) => {
                    self.utf8.get_or_insert((record.line, record.offset));
                    rest = after;
                    continue;
                }
                (0x80..=0x9F, _) => {
                    self.control.get_or_insert((record.line, record.offset));
                }
                (0xC0..=0xFF, _) => self.latin1 = true,
                _ => {}
            }
            rest = tail;
        }
    }

    /// An extract in ISO-8859-1 always has a letter that is neither; a stray control character beside such letters is
    /// one bad record, not another character set.
    pub fn finish(&self) -> Result<(), ImportError> {
        let (found, (line, byte)) = match (self.latin1, self.utf8, self.control) {
            (false, Some(place), _) => ("UTF-8", place),
            (false, None, Some(place)) => ("a DOS code page", place),
            _ => return Ok(()),
        };
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
    fn a_stray_byte_among_latin1_is_left_to_its_record() {
        check(&[b"S\xF8ren", b"\x85"]).unwrap();
    }
}
