use std::sync::Mutex;

use kartotek_formats::cpr_direkte::Password;

use super::{KnownPasswords, locked};

/// The passwords that CPR refused to this client (error 01). Whoever keeps the passwords is told as well, but may not be
/// able to note it.
#[derive(Default)]
pub(super) struct Refusals(Mutex<Vec<Refusal>>);

struct Refusal {
    password: Password,
    /// Whether it was seen among those that are known to be refused.
    is_noted: bool,
}

impl Refusals {
    pub(super) fn add(&self, password: &Password) {
        let mut refusals = locked(&self.0);
        if !refusals.iter().any(|refusal| refusal.password == *password) {
            refusals.push(Refusal { password: password.clone(), is_noted: false });
        }
    }

    /// What is left to try, in that order. A refusal that was noted and is noted no more has been taken back: somebody found
    /// that CPR takes the password.
    pub(super) fn left(&self, known: &KnownPasswords) -> Vec<Password> {
        let mut refusals = locked(&self.0);
        refusals.retain_mut(|refusal| {
            let is_noted = known.refused.contains(&refusal.password);
            let is_taken_back = refusal.is_noted && !is_noted;
            refusal.is_noted = is_noted;
            !is_taken_back && known.in_order().any(|password| *password == refusal.password)
        });
        let is_left = |password: &&Password| {
            !known.refused.contains(*password) && !refusals.iter().any(|refusal| refusal.password == **password)
        };
        known.in_order().filter(is_left).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        Password::parse(text).unwrap()
    }

    fn known(current: &str, next: Option<&str>, refused: &[&str]) -> KnownPasswords {
        let refused = refused.iter().map(|text| password(text)).collect();
        KnownPasswords { current: password(current), next: next.map(password), refused }
    }

    #[test]
    fn a_refused_password_is_left_out_whoever_knows_of_it() {
        let refusals = Refusals::default();
        assert_eq!(
            refusals.left(&known("first--1", Some("second-2"), &[])),
            [password("first--1"), password("second-2")]
        );
        assert_eq!(refusals.left(&known("first--1", Some("second-2"), &["first--1"])), [password("second-2")]);
        refusals.add(&password("second-2"));
        assert_eq!(refusals.left(&known("first--1", Some("second-2"), &[])), [password("first--1")]);
        assert_eq!(refusals.left(&known("first--1", Some("second-2"), &["first--1"])), []);
    }

    #[test]
    fn a_refusal_is_over_when_it_is_taken_back_or_the_password_is_gone() {
        let refusals = Refusals::default();
        let first = [password("first--1")];
        refusals.add(&first[0]);
        assert_eq!(refusals.left(&known("first--1", None, &["first--1"])), []);
        assert_eq!(refusals.left(&known("first--1", None, &[])), first, "taken back");
        refusals.add(&first[0]);
        assert_eq!(refusals.left(&known("first--1", None, &[])), [], "never noted, so not taken back");
        assert_eq!(refusals.left(&known("second-2", None, &[])), [password("second-2")]);
        assert_eq!(refusals.left(&known("first--1", None, &[])), first, "set again");
    }
}
