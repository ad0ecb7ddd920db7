//! What the vault holds of the passwords of CPR Direkte, as of one moment, and how it is written there.

use jiff::Timestamp;
use kartotek_clients::cpr_direkte::KnownPasswords;
use kartotek_formats::cpr_direkte::Password;
use zeroize::Zeroizing;

/// A password, and since when it is kept.
#[derive(Clone, PartialEq)]
pub(super) struct Kept {
    pub password: Password,
    /// `None` for one that was put into the vault by name, without a time.
    pub since: Option<Timestamp>,
}

/// The two passwords, and those of them that CPR refused.
#[derive(Clone, Default, PartialEq)]
pub(super) struct Holding {
    pub current: Option<Kept>,
    pub next: Option<Kept>,
    pub refused: Vec<Password>,
}

impl Kept {
    /// Eight characters, a blank, the time: the time stays what it is when the vault's keys are rotated.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(64));
        bytes.extend_from_slice(self.password.reveal());
        if let Some(since) = self.since {
            bytes.push(b' ');
            bytes.extend_from_slice(since.to_string().as_bytes());
        }
        bytes
    }

    /// `None` when it is no password.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let text = str::from_utf8(bytes).ok()?;
        let (password, since) = match text.split_at_checked(8) {
            Some((password, since)) => (password, since.trim().parse().ok()),
            None => (text, None),
        };
        Some(Self { password: Password::parse(password).ok()?, since })
    }
}

impl Holding {
    /// As a client asks for it.
    pub fn known(self) -> Option<KnownPasswords> {
        let next = self.next.map(|next| next.password);
        Some(KnownPasswords { current: self.current?.password, next, refused: self.refused })
    }

    pub fn current_is(&self, password: &Password) -> bool {
        self.current.as_ref().is_some_and(|current| current.password == *password)
    }

    pub fn next_is(&self, password: &Password) -> bool {
        self.next.as_ref().is_some_and(|next| next.password == *password)
    }

    /// CPR refused a password. That is of no interest any more when another has taken its place.
    pub fn refuse(&mut self, password: &Password) {
        if !self.refused.contains(password) {
            self.refused.push(password.clone());
        }
        self.forget_others();
    }

    /// CPR has `password`, which is the current one unless that was changed meanwhile. The next one is forgotten if that
    /// decides it.
    pub fn prove(&mut self, password: &Password, is_decided: impl Fn(&Kept) -> bool) {
        if self.current_is(password) {
            self.next = self.next.take().filter(|next| !is_decided(next));
        }
        self.refused.retain(|refused| refused != password);
        self.forget_others();
    }

    /// CPR has `proven`, which was put beside `before`. Whatever else there is now was set meanwhile by somebody who may know
    /// better, so it stays, as the next one.
    pub fn promote(&mut self, proven: Kept, before: &Password) {
        self.refused.retain(|refused| *refused != proven.password);
        if self.next_is(&proven.password) {
            self.next = None;
        }
        if !self.current_is(&proven.password) {
            let replaced = self.current.replace(proven);
            if let Some(another) = replaced.filter(|replaced| replaced.password != *before) {
                self.next = Some(another);
            }
        }
        self.forget_others();
    }

    fn forget_others(&mut self) {
        let refused = std::mem::take(&mut self.refused);
        self.refused =
            refused.into_iter().filter(|refused| self.current_is(refused) || self.next_is(refused)).collect();
    }

    /// The account for which the passwords were refused, then each of them, a line each; `None` when there are none.
    pub fn refused_to_bytes(&self, account: &str) -> Option<Zeroizing<Vec<u8>>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(account.len() + 32));
        bytes.extend_from_slice(account.as_bytes());
        for password in &self.refused {
            bytes.push(b'\n');
            bytes.extend_from_slice(password.reveal());
        }
        (!self.refused.is_empty()).then_some(bytes)
    }

    /// Those that were refused for an account; none when the bytes are of another.
    pub fn refused_from_bytes(bytes: &[u8], account: &str) -> Vec<Password> {
        let mut lines = str::from_utf8(bytes).unwrap_or_default().lines();
        if lines.next() != Some(account) {
            return Vec::new();
        }
        lines.filter_map(|line| Password::parse(line).ok()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(text: &str) -> Kept {
        Kept { password: Password::parse(text).unwrap(), since: None }
    }

    fn holding(current: &str, next: Option<&str>) -> Holding {
        Holding { current: Some(kept(current)), next: next.map(kept), refused: Vec::new() }
    }

    fn promoted(mut holding: Holding) -> (String, Option<String>) {
        holding.promote(kept("new----2"), &kept("before-1").password);
        let text = |kept: Kept| String::from_utf8(kept.password.reveal().to_vec()).unwrap();
        (text(holding.current.unwrap()), holding.next.map(text))
    }

    #[test]
    fn what_cpr_took_is_kept_whatever_has_happened_meanwhile() {
        for (holding, next) in [
            (holding("before-1", Some("new----2")), None),
            (holding("before-1", None), None),
            (Holding::default(), None),
            (holding("new----2", None), None),
            (holding("new----2", Some("another3")), Some("another3")),
            (holding("before-1", Some("another3")), Some("another3")),
            (holding("another3", None), Some("another3")),
            (holding("another3", Some("new----2")), Some("another3")),
            (holding("another3", Some("fourth-4")), Some("another3")),
        ] {
            assert_eq!(promoted(holding), ("new----2".to_owned(), next.map(str::to_owned)));
        }
    }

    #[test]
    fn a_password_is_written_with_its_time() {
        let with_time = Kept { since: Some("2026-11-20T08:00:00Z".parse().unwrap()), ..kept("aB34-xyz") };
        assert_eq!(*with_time.to_bytes(), b"aB34-xyz 2026-11-20T08:00:00Z");
        for kept in [with_time, kept("aB34-xyz")] {
            assert!(Kept::from_bytes(&kept.to_bytes()) == Some(kept));
        }
        assert!(Kept::from_bytes(b"short").is_none() && Kept::from_bytes(b"\xe6B34-xyz").is_none());
    }

    #[test]
    fn refusals_are_those_of_the_account_and_of_passwords_that_are_kept() {
        let mut holding = holding("first--1", Some("second-2"));
        assert!(holding.refused_to_bytes("user at host:1").is_none());
        holding.refuse(&kept("third--3").password);
        assert!(holding.refused.is_empty());
        holding.refuse(&kept("first--1").password);
        holding.refuse(&kept("second-2").password);
        let bytes = holding.refused_to_bytes("user at host:1").unwrap();
        assert_eq!(Holding::refused_from_bytes(&bytes, "user at host:1"), holding.refused);
        assert_eq!(Holding::refused_from_bytes(&bytes, "user at host:2"), []);
        holding.promote(kept("second-2"), &kept("first--1").password);
        assert!(holding.refused.is_empty(), "CPR took the one, and the other is gone");
    }
}
