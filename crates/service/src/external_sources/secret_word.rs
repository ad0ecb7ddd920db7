//! Words and texts that tell of a secret. Rather one too many: what is taken for a secret is asked for in another way, what
//! is not is shown and stands in a table that everybody reads.

use super::{key, lookalike};

/// Parts of words that name something that must not be shown.
const PARTS: &[&str] = &["pass", "pwd", "kode", "secret", "hemmelig", "token", "apikey", "credential", "pincode"];
/// Whole words.
const WORDS: &[&str] = &["pw", "pin"];
/// What a word ends with.
const ENDS: &[&str] = &["key", "nøgle", "noegle"];
/// Words that are often misspelt.
const MISSPELT: &[&str] = &["password", "adgangskode", "kodeord"];
/// Words for what everybody may know; the second stands behind the name of an assembly.
const PUBLIC: &[&str] = &["publickey", "publickeytoken"];

/// Whether a word names something that must not be shown, also misspelt and with letters that only look Latin.
pub fn is_secret_word(word: &str) -> bool {
    let word = lookalike::latin_text(word).to_lowercase();
    let is_secret = PARTS.iter().any(|part| word.contains(part))
        || WORDS.contains(&word.as_str())
        || ENDS.iter().any(|end| word.ends_with(end))
        || MISSPELT.iter().any(|name| key::distance(&word, name).is_some());
    is_secret && !PUBLIC.contains(&word.as_str())
}

/// Whether a text has such a word.
pub fn names_secret(text: &str) -> bool {
    text.split(|c| !is_in_word(c)).any(is_secret_word)
}

/// Whether a text holds a secret, as far as can be seen: behind such a word and `=` or `:`, or as a login in an address,
/// `//user:password@host`.
pub fn holds_secret(text: &str) -> bool {
    let behind_word = text.match_indices(['=', ':']).any(|(at, _)| {
        let before = text.get(..at).unwrap_or_default().trim_end();
        before.rsplit(|c| !is_in_word(c)).next().is_some_and(is_secret_word)
    });
    behind_word || text.split("//").skip(1).any(is_login)
}

/// Whether a text that may be meant for a name or a path could be parameters with a secret.
pub fn may_be_parameters(text: &str) -> bool {
    text.contains('=') || names_secret(text)
}

/// The name of a secret word in letters that the name of a secret may have.
pub fn spelled(word: &str) -> String {
    let letters = [('æ', "ae"), ('ø', "oe"), ('å', "aa"), ('Æ', "Ae"), ('Ø', "Oe"), ('Å', "Aa")];
    letters.iter().fold(lookalike::latin_text(word), |word, (letter, latin)| word.replace(*letter, latin))
}

/// A character of a word that may be a key.
pub fn is_in_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-')
}

/// Whether what stands behind `//` begins with `user:password@`.
fn is_login(text: &str) -> bool {
    let text = text.split(char::is_whitespace).next().unwrap_or_default();
    let Some((user, password)) = text.rsplit_once('@').and_then(|(login, _)| login.split_once(':')) else {
        return false;
    };
    let is_port = password.split_once('/').is_some_and(|(port, _)| port.bytes().all(|b| b.is_ascii_digit()));
    !user.contains(['/', '?', '#']) && !password.is_empty() && !is_port
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_secrets_are_known() {
        for word in [
            "Password",
            "passwd",
            "PWD",
            "Adgangskode",
            "ClientSecret",
            "passphrase",
            "ApiKey",
            "Рassword",
            "Passԝord",
            "ΡASSWORD",
            "Pasword",
            "Pssword",
            "Key",
            "AccessKey",
            "Nøgle",
            "NØGLE",
            "ADGANGSNØGLE",
            "PublicKeyPassword",
        ] {
            assert!(is_secret_word(word), "{word}");
        }
        for word in ["UserID", "Certificate", "URL", "IP", "Level", "Keys", "PublicKeyToken", "Subscription", "Class"] {
            assert!(!is_secret_word(word), "{word}");
        }
    }

    #[test]
    fn a_secret_is_seen_behind_its_word_and_in_an_address() {
        for text in [
            "CN=KMD A/S Password = x",
            r"C:\x.p12|Password=x",
            "a pwd:x",
            "kode\n: x",
            "https://x.test/?key=x",
            "https://user:geheim@host/a",
            "ftp://user:1234@host",
            "//user:ge/heim@host",
            "a b=c //u:p@h d",
        ] {
            assert!(holds_secret(text), "{text}");
        }
        for text in [
            "",
            "CN=KMD A/S, O=KMD A/S",
            "https://x.test:8080/a@b",
            "https://user@host",
            "https://x.test/a:b@c",
            "kode",
            "https://x.test/a?b=c",
            r"C:\Passwords\x.p12",
            "CN=x // CVR:26911745",
            "//a:@b",
        ] {
            assert!(!holds_secret(text), "{text}");
        }
    }

    #[test]
    fn parameters_in_the_place_of_a_name_are_noticed() {
        for text in ["Level:2,Password:x", "IP=1", "Pasword:x"] {
            assert!(may_be_parameters(text), "{text}");
        }
        for text in ["export.txt", r"C:\Kilder\cpr.txt", "CVR-J"] {
            assert!(!may_be_parameters(text), "{text}");
        }
    }

    #[test]
    fn a_word_is_spelled_for_the_name_of_a_secret() {
        assert_eq!(spelled("Рassword"), "Password");
        assert_eq!(spelled("NøgleÅ"), "NoegleAa");
    }
}
