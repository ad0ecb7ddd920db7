//! The character sets of old exports.

use zeroize::Zeroizing;

/// Windows-1252 where ISO-8859-1 has control characters, 0x80-0x9F; NUL where it has no character.
const WINDOWS_1252: &str = "€\0‚ƒ„…†‡ˆ‰Š‹Œ\0Ž\0\0‘’“”•–—˜™š›œ\0žŸ";

/// Why bytes are no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected text in UTF-8, in UTF-16 with its byte order mark, in ISO-8859-1 or in Windows-1252")]
pub struct NoText;

/// Text in UTF-8, UTF-16 with its byte order mark, or Windows-1252, which is ISO-8859-1 and some more. Nothing is
/// replaced, since a password may stand in it.
pub fn decode(bytes: &[u8]) -> Result<Zeroizing<String>, NoText> {
    let text = match bytes {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes)?,
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes)?,
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => Zeroizing::new(text.trim_start_matches('\u{FEFF}').to_owned()),
            Err(_) => windows_1252(bytes),
        },
    };
    // NUL also stands between the letters of UTF-16 without its mark.
    if text.contains('\0') { Err(NoText) } else { Ok(text) }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Zeroizing<String>, NoText> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(NoText);
    }
    let mut text = Zeroizing::new(String::with_capacity(bytes.len() * 2));
    for c in char::decode_utf16(pairs.iter().copied().map(unit)) {
        text.push(c.map_err(|_| NoText)?);
    }
    Ok(text)
}

fn windows_1252(bytes: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(bytes.len() * 3));
    text.extend(bytes.iter().map(|&byte| match byte {
        0x80..=0x9F => WINDOWS_1252.chars().nth(usize::from(byte - 0x80)).unwrap_or('\0'),
        _ => char::from(byte),
    }));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Option<String> {
        decode(bytes).ok().map(|text| text.to_string())
    }

    #[test]
    fn each_character_set_is_read() {
        let units = |text: &str| text.encode_utf16().collect::<Vec<_>>();
        let little: Vec<u8> = units("\u{FEFF}blåbær €").into_iter().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = units("\u{FEFF}blåbær €").into_iter().flat_map(u16::to_be_bytes).collect();
        for bytes in [&b"bl\xE5b\xE6r \x80"[..], "blåbær €".as_bytes(), "\u{FEFF}blåbær €".as_bytes(), &little, &big]
        {
            assert_eq!(read(bytes).as_deref(), Some("blåbær €"), "{bytes:?}");
        }
        assert_eq!(read(b"\xE6\x9F\x9E\x8A").as_deref(), Some("æŸžŠ"));
    }

    #[test]
    fn what_would_lose_a_character_is_refused() {
        for bytes in [&b"\xE6\x81"[..], b"\xFF\xFEa", b"\xFF\xFE\x00\xD8", b"a\0b\0", b"\0a"] {
            assert_eq!(read(bytes), None, "{bytes:?}");
        }
    }
}
