//! Text in ISO-8859-1, the character set of every CPR file and reply.

use std::borrow::Cow;
use std::fmt;

/// Text of a fixed-width field: borrowed ISO-8859-1 bytes without trailing blanks.
///
/// `Debug` shows the length only, since names and addresses travel in this type.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Text<'a>(&'a [u8]);

impl<'a> Text<'a> {
    /// Takes the bytes without their trailing blanks; leading blanks are part of the text.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes.trim_ascii_end_blanks())
    }

    /// The ISO-8859-1 bytes, without trailing blanks.
    pub fn as_bytes(self) -> &'a [u8] {
        self.0
    }

    /// True when the field was blank.
    pub fn is_blank(self) -> bool {
        self.0.is_empty()
    }

    /// The text in UTF-8; borrowed when it is plain ASCII.
    pub fn to_str(self) -> Cow<'a, str> {
        decode(self.0)
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({} bytes)", self.0.len())
    }
}

/// Decodes ISO-8859-1. Every byte has a character, so this cannot fail.
pub fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if bytes.is_ascii()
        && let Ok(text) = str::from_utf8(bytes)
    {
        return Cow::Borrowed(text);
    }
    Cow::Owned(bytes.iter().copied().map(char::from).collect())
}

/// Encodes to ISO-8859-1; `None` when a character has no place in it.
pub fn encode(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect()
}

trait TrimBlanks {
    fn trim_ascii_end_blanks(&self) -> &Self;
}

impl TrimBlanks for [u8] {
    fn trim_ascii_end_blanks(&self) -> &[u8] {
        let end = self.iter().rposition(|b| *b != b' ').map_or(0, |last| last + 1);
        self.get(..end).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn danish_letters_survive_a_round_trip() {
        let text = "Æblegrød på Østerågade, é ü";
        let bytes = encode(text).unwrap();
        assert_eq!(bytes.len(), text.chars().count());
        assert_eq!(decode(&bytes), text);
    }

    #[test]
    fn a_character_outside_latin1_is_not_encoded() {
        assert_eq!(encode("Łódź"), None);
    }

    #[test]
    fn debug_shows_no_text() {
        assert_eq!(format!("{:?}", Text::new(b"Lise Roland  ")), "Text(11 bytes)");
    }
}
