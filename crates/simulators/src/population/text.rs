//! ISO-8859-1 text: constants made by the compiler, and short texts put together without allocation.

use kartotek_formats::latin1::Text;

/// A literal as ISO-8859-1 bytes, `&'static [u8]`. The compiler refuses a character outside the set.
macro_rules! latin1 {
    ($text:literal) => {{
        const LENGTH: usize = $crate::population::text::latin1_length($text);
        const BYTES: [u8; LENGTH] = $crate::population::text::latin1_bytes($text);
        &BYTES as &'static [u8]
    }};
}

/// A list of literals as ISO-8859-1 bytes.
macro_rules! latin1_list {
    ($($text:literal)*) => { &[$($crate::population::text::latin1!($text)),*] };
}

pub(crate) use {latin1, latin1_list};

/// Number of characters of a UTF-8 text.
pub(crate) const fn latin1_length(text: &str) -> usize {
    let mut rest = text.as_bytes();
    let mut length = 0;
    while let [byte, tail @ ..] = rest {
        if *byte & 0xC0 != 0x80 {
            length += 1;
        }
        rest = tail;
    }
    length
}

/// The text in ISO-8859-1, which UTF-8 writes as one byte or as `C2`/`C3` and a second one.
#[expect(
    clippy::indexing_slicing,
    clippy::panic,
    reason = "runs in the compiler only, where a panic is an error message"
)]
pub(crate) const fn latin1_bytes<const LENGTH: usize>(text: &str) -> [u8; LENGTH] {
    let mut bytes = [b' '; LENGTH];
    let mut rest = text.as_bytes();
    let mut at = 0;
    loop {
        let byte = match rest {
            [] => return bytes,
            [byte @ ..0x80, tail @ ..] => {
                rest = tail;
                *byte
            }
            [lead @ 0xC2..=0xC3, follow, tail @ ..] => {
                rest = tail;
                ((*lead & 3) << 6) | (*follow & 0x3F)
            }
            _ => panic!("a character outside ISO-8859-1"),
        };
        bytes[at] = byte;
        at += 1;
    }
}

/// Up to `N` bytes of text, on the stack. What does not fit is cut off, as a field would cut it.
#[derive(Clone, Copy)]
pub(crate) struct ShortText<const N: usize> {
    bytes: [u8; N],
    length: usize,
}

impl<const N: usize> Default for ShortText<N> {
    fn default() -> Self {
        Self { bytes: [b' '; N], length: 0 }
    }
}

impl<const N: usize> ShortText<N> {
    pub(crate) fn of(parts: &[&[u8]]) -> Self {
        let mut text = Self::default();
        for part in parts {
            text.push(part);
        }
        text
    }

    /// Appends; true when all of it fitted.
    pub(crate) fn push(&mut self, part: &[u8]) -> bool {
        let room = N - self.length;
        let (fitting, rest) = part.split_at_checked(room).unwrap_or((part, &[]));
        let end = self.length + fitting.len();
        if let Some(to) = self.bytes.get_mut(self.length..end) {
            to.copy_from_slice(fitting);
            self.length = end;
        }
        rest.is_empty()
    }

    /// Appends a word, after a blank when there is text already.
    pub(crate) fn push_word(&mut self, word: &[u8]) -> bool {
        word.is_empty() || ((self.length == 0 || self.push(b" ")) && self.push(word))
    }

    /// Appends a number, filled up with zeros to `width` digits.
    pub(crate) fn push_number(&mut self, number: u32, width: usize) -> bool {
        let mut digits = [b'0'; 10];
        let mut rest = number;
        let mut used = 0;
        for digit in digits.iter_mut().rev() {
            if rest == 0 && used >= width.max(1) {
                break;
            }
            *digit = b'0' + u8::try_from(rest % 10).unwrap_or_default();
            rest /= 10;
            used += 1;
        }
        self.push(digits.get(10 - used..).unwrap_or_default())
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    pub(crate) fn text(&self) -> Text<'_> {
        Text::new(self.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_become_latin1() {
        assert_eq!(latin1!("Ærø é"), b"\xC6r\xF8 \xE9");
    }

    #[test]
    fn a_short_text_is_cut_at_its_length() {
        let mut text = ShortText::<6>::default();
        assert!(text.push_word(b"ab") && text.push_word(b"c"));
        assert!(!text.push_word(b"def"));
        assert_eq!(text.as_bytes(), b"ab c d");
    }

    #[test]
    fn numbers_are_filled_with_zeros() {
        let written = |number, width| {
            let mut text = ShortText::<8>::default();
            text.push_number(number, width);
            String::from_utf8(text.as_bytes().to_vec()).unwrap()
        };
        assert_eq!([written(7, 3), written(123, 1), written(0, 0)], ["007", "123", "0"]);
    }
}
