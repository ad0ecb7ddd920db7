use std::sync::{Arc, Mutex};

use kartotek_clients::cpr_direkte::{KnownPasswords, Passwords, PasswordsError};
use kartotek_formats::cpr_direkte::Password;

/// Passwords that a test changes, and what it was told of them.
#[derive(Default)]
pub struct TwoPasswords(Mutex<State>);

#[derive(Default)]
struct State {
    current: Option<Password>,
    next: Option<Password>,
    refused: Vec<Password>,
    /// What takes the place of them when one has been refused.
    then: Option<(Password, Option<Password>)>,
    proven: Vec<Password>,
    cannot_note: bool,
    is_too_late: bool,
}

impl TwoPasswords {
    pub fn new(current: &str, next: Option<&str>) -> Arc<Self> {
        let passwords = Arc::new(Self::default());
        passwords.set(current, next);
        passwords
    }

    pub fn set(&self, current: &str, next: Option<&str>) {
        self.0.lock().unwrap().set(parsed(current, next));
    }

    /// Another process sets these as soon as one has been refused.
    pub fn then(&self, current: &str, next: Option<&str>) {
        self.0.lock().unwrap().then = Some(parsed(current, next));
    }

    pub fn cannot_note(&self) {
        self.0.lock().unwrap().cannot_note = true;
    }

    pub fn is_too_late(&self) {
        self.0.lock().unwrap().is_too_late = true;
    }

    /// Somebody found that CPR takes what it refused before.
    pub fn take_refusals_back(&self) {
        self.0.lock().unwrap().refused.clear();
    }

    pub fn proven(&self) -> Vec<Password> {
        self.0.lock().unwrap().proven.clone()
    }

    pub fn refused(&self) -> Vec<Password> {
        self.0.lock().unwrap().refused.clone()
    }
}

impl State {
    fn set(&mut self, (current, next): (Password, Option<Password>)) {
        (self.current, self.next) = (Some(current), next);
    }
}

impl Passwords for TwoPasswords {
    fn known(&self) -> Result<KnownPasswords, PasswordsError> {
        let state = self.0.lock().unwrap();
        let current = state.current.clone().ok_or(PasswordsError::Missing)?;
        Ok(KnownPasswords { current, next: state.next.clone(), refused: state.refused.clone() })
    }

    fn proven(&self, password: &Password, _: &KnownPasswords) -> Result<(), PasswordsError> {
        let mut state = self.0.lock().unwrap();
        state.proven.push(password.clone());
        if state.cannot_note {
            return Err(PasswordsError::Unavailable("the key file is gone".to_owned()));
        }
        state.set((password.clone(), None));
        Ok(())
    }

    fn refused(&self, password: &Password) -> Result<(), PasswordsError> {
        let mut state = self.0.lock().unwrap();
        if let Some(then) = state.then.take() {
            state.set(then);
        }
        if state.cannot_note {
            return Err(PasswordsError::Unavailable("the key file is gone".to_owned()));
        }
        state.refused.push(password.clone());
        Ok(())
    }

    fn may_be_sent(&self, _: &Password, _: &Password) -> Result<(), PasswordsError> {
        if self.0.lock().unwrap().is_too_late { Err(PasswordsError::TooLate) } else { Ok(()) }
    }
}

fn parsed(current: &str, next: Option<&str>) -> (Password, Option<Password>) {
    let password = |text: &str| Password::parse(text).unwrap();
    (password(current), next.map(password))
}
