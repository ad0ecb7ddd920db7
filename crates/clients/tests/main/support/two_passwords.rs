use std::sync::{Arc, Mutex};

use kartotek_clients::cpr_direkte::{Passwords, PasswordsError, Which};
use kartotek_formats::cpr_direkte::Password;

/// Passwords that a test changes, and what it was told of them.
#[derive(Default)]
pub struct TwoPasswords(Mutex<State>);

#[derive(Default)]
struct State {
    current: Option<Password>,
    next: Option<Password>,
    version: i64,
    proven: Vec<Which>,
    cannot_note: bool,
}

impl TwoPasswords {
    pub fn new(current: &str, next: Option<&str>) -> Arc<Self> {
        let passwords = Arc::new(Self::default());
        passwords.set(current, next);
        passwords
    }

    pub fn set(&self, current: &str, next: Option<&str>) {
        let mut state = self.0.lock().unwrap();
        state.current = Some(Password::parse(current).unwrap());
        state.next = next.map(|next| Password::parse(next).unwrap());
        state.version += 1;
    }

    pub fn cannot_note(&self) {
        self.0.lock().unwrap().cannot_note = true;
    }

    pub fn proven(&self) -> Vec<Which> {
        self.0.lock().unwrap().proven.clone()
    }
}

impl Passwords for TwoPasswords {
    fn passwords(&self) -> Result<(Password, Option<Password>), PasswordsError> {
        let state = self.0.lock().unwrap();
        Ok((state.current.clone().ok_or(PasswordsError::Missing)?, state.next.clone()))
    }

    fn proven(&self, which: Which) -> Result<(), PasswordsError> {
        let mut state = self.0.lock().unwrap();
        state.proven.push(which);
        if state.cannot_note {
            return Err(PasswordsError::Unavailable("the key file is gone".to_owned()));
        }
        let next = state.next.take();
        if which == Which::Next {
            state.current = next;
        }
        Ok(())
    }

    fn version(&self) -> Result<i64, PasswordsError> {
        Ok(self.0.lock().unwrap().version)
    }
}
