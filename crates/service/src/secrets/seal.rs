//! One secret, sealed: a format byte, the nonce, the ciphertext with its tag. The name is sealed in as associated data.

use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305};
use zeroize::Zeroizing;

use super::{Key, KeyError, SecretName};

/// XChaCha20-Poly1305 with a random nonce of 24 bytes.
const FORMAT: u8 = 1;
const NONCE: usize = 24;

/// The sealed bytes cannot be opened: changed, cut off, under another name, or of a later version of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unopenable;

/// Seals a secret under a name.
pub fn seal(key: &Key, name: &SecretName, secret: &[u8]) -> Result<Vec<u8>, KeyError> {
    let mut nonce = [0; NONCE];
    getrandom::fill(&mut nonce).map_err(|_| KeyError::NoRandomNumbers)?;
    let cipher = XChaCha20Poly1305::new(key.bytes().into());
    let payload = Payload { msg: secret, aad: &associated(name) };
    // The cipher refuses 256 GiB and more; nothing of that size gets here.
    let ciphertext = cipher.encrypt(&nonce.into(), payload).unwrap_or_default();
    let mut sealed = Vec::with_capacity(1 + NONCE + ciphertext.len());
    sealed.push(FORMAT);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(&ciphertext);
    Ok(sealed)
}

/// Opens what was sealed under the same key and name.
pub fn open(key: &Key, name: &SecretName, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unopenable> {
    let (&format, rest) = sealed.split_first().ok_or(Unopenable)?;
    let (nonce, ciphertext) = rest.split_first_chunk::<NONCE>().ok_or(Unopenable)?;
    if format != FORMAT {
        return Err(Unopenable);
    }
    let payload = Payload { msg: ciphertext, aad: &associated(name) };
    let cipher = XChaCha20Poly1305::new(key.bytes().into());
    cipher.decrypt(nonce.into(), payload).map(Zeroizing::new).map_err(|_| Unopenable)
}

fn associated(name: &SecretName) -> Vec<u8> {
    [b"kartotek secret ", [FORMAT, b' '].as_slice(), name.as_str().as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> SecretName {
        text.parse().unwrap()
    }

    #[test]
    fn what_was_sealed_opens_under_its_key_and_name_alone() {
        let key = Key::generate().unwrap();
        let sealed = seal(&key, &name("cpr.password"), b"aB34-xyz").unwrap();
        assert_eq!(*open(&key, &name("cpr.password"), &sealed).unwrap(), b"aB34-xyz");
        assert_eq!(open(&key, &name("cpr.password.next"), &sealed), Err(Unopenable));
        assert_eq!(open(&Key::generate().unwrap(), &name("cpr.password"), &sealed), Err(Unopenable));
    }

    #[test]
    fn a_change_of_any_byte_and_any_cut_is_noticed() {
        let key = Key::generate().unwrap();
        let sealed = seal(&key, &name("x"), b"secret").unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(open(&key, &name("x"), &changed), Err(Unopenable), "byte {at}");
            assert_eq!(open(&key, &name("x"), &sealed[..at]), Err(Unopenable), "cut at {at}");
        }
    }

    #[test]
    fn the_same_secret_never_looks_the_same() {
        let key = Key::generate().unwrap();
        let sealed = || seal(&key, &name("x"), b"secret").unwrap();
        assert_ne!(sealed(), sealed());
    }
}
