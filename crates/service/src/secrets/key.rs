use std::fmt;

use base64ct::{Base64, Encoding as _};
use sha2::{Digest as _, Sha256};
use zeroize::{Zeroize as _, Zeroizing};

/// A key that secrets are sealed with. Its memory is wiped, and `Debug` shows its id alone.
#[derive(Clone)]
pub struct Key {
    id: String,
    bytes: [u8; 32],
}

/// Why a text is no key. Never holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not base64, or another length.
    #[error("expected 32 bytes in base64 (44 characters), for example from `openssl rand -base64 32`")]
    NotThirtyTwoBytes,
    /// The id that stands beside it is another one.
    #[error("the id does not belong to the key; the line was changed or cut off")]
    AnotherId,
    /// More or less than an id and a key.
    #[error("expected an id, a blank and a key in base64")]
    NotTwoWords,
    /// The machine gives no random numbers.
    #[error("no random numbers to be had from the machine")]
    NoRandomNumbers,
}

impl Key {
    /// A new key.
    pub fn generate() -> Result<Self, KeyError> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut_slice()).map_err(|_| KeyError::NoRandomNumbers)?;
        Ok(Self::from_bytes(*bytes))
    }

    /// Reads base64; blanks around it do not matter.
    pub fn parse(base64: &str) -> Result<Self, KeyError> {
        let mut bytes = Zeroizing::new([0; 32]);
        match Base64::decode(base64.trim(), bytes.as_mut_slice()) {
            Ok(decoded) if decoded.len() == 32 => Ok(Self::from_bytes(*bytes)),
            _ => Err(KeyError::NotThirtyTwoBytes),
        }
    }

    /// Reads a line of a key file.
    pub(super) fn parse_line(line: &str) -> Result<Self, KeyError> {
        let mut words = line.split_whitespace();
        let (Some(id), Some(base64), None) = (words.next(), words.next(), words.next()) else {
            return Err(KeyError::NotTwoWords);
        };
        let key = Self::parse(base64)?;
        if key.id == id { Ok(key) } else { Err(KeyError::AnotherId) }
    }

    /// A line of a key file, without its end.
    pub(super) fn to_line(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{} {}", self.id, *Zeroizing::new(Base64::encode_string(&self.bytes))))
    }

    /// Twelve hexadecimal digits that follow from the key and tell nothing about it.
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    fn from_bytes(bytes: [u8; 32]) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"kartotek key id");
        hash.update(bytes);
        let hash = hash.finalize();
        let number = hash.iter().take(6).fold(0, |number, byte| number << 8 | u64::from(*byte));
        let id = format!("{number:012x}");
        Self { id, bytes }
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZEROS: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    #[test]
    fn a_key_is_thirty_two_bytes_in_base64() {
        assert!(Key::parse(&format!(" {ZEROS}\n")).is_ok());
        for text in ["", "AAAA", "not base64 at all", &ZEROS[1..], &format!("AAAA{ZEROS}")] {
            assert_eq!(Key::parse(text).unwrap_err(), KeyError::NotThirtyTwoBytes, "{text:?}");
        }
    }

    #[test]
    fn a_line_reads_back_and_a_damaged_one_does_not() {
        let key = Key::generate().unwrap();
        let line = key.to_line();
        assert_eq!(Key::parse_line(&line).unwrap().bytes(), key.bytes());
        let (id, base64) = line.split_once(' ').unwrap();
        assert_eq!(Key::parse_line(&format!("{id} {ZEROS}")).unwrap_err(), KeyError::AnotherId);
        assert_eq!(Key::parse_line(base64).unwrap_err(), KeyError::NotTwoWords);
        assert_eq!(Key::parse_line(&line[..40]).unwrap_err(), KeyError::NotThirtyTwoBytes);
    }

    #[test]
    fn debug_shows_the_id_alone() {
        let key = Key::parse(ZEROS).unwrap();
        assert_eq!(format!("{key:?}"), format!("Key({})", key.id()));
        assert_eq!(key.id().len(), 12);
    }

    #[test]
    fn no_two_keys_are_alike() {
        assert_ne!(Key::generate().unwrap().id(), Key::generate().unwrap().id());
    }
}
