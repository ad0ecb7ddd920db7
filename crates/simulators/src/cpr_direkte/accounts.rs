use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::net::IpAddr;
use std::time::{Duration, Instant};

use kartotek_formats::cpr_direkte::{ErrorNumber, Password, Token};

/// The user's password, and the tokens that stand for the signed-on user.
pub(super) struct Accounts {
    password: Password,
    used: Vec<Password>,
    expired: bool,
    token_lifetime: Duration,
    tokens: HashMap<[u8; 8], Session>,
    /// Keys the tokens, so that those of an earlier run mean nothing in this one.
    random: RandomState,
    issued: u64,
}

struct Session {
    address: IpAddr,
    until: Instant,
}

impl Accounts {
    pub(super) fn new(password: Password, expired: bool, token_lifetime: Duration) -> Self {
        let (tokens, random) = (HashMap::new(), RandomState::new());
        Self { password, used: Vec::new(), expired, token_lifetime, tokens, random, issued: 0 }
    }

    /// Signs on, after changing the password if a new one is given (not blank). The error says no more about a wrong
    /// password than about a wrong user id.
    pub(super) fn sign_on(
        &mut self,
        right_user: bool,
        password: [u8; 8],
        new_password: [u8; 8],
        address: IpAddr,
    ) -> Result<Token, ErrorNumber> {
        if !right_user || password != *self.password.reveal() {
            return Err(ErrorNumber::WRONG_PASSWORD);
        }
        if new_password.iter().any(|byte| *byte != b' ') {
            self.change_password(new_password)?;
        } else if self.expired {
            return Err(ErrorNumber::PASSWORD_EXPIRED);
        }
        Ok(self.issue(address))
    }

    fn change_password(&mut self, new_password: [u8; 8]) -> Result<(), ErrorNumber> {
        let new = str::from_utf8(&new_password).ok().and_then(|text| Password::new(text).ok());
        match new {
            Some(new) if new != self.password && !self.used.contains(&new) => {
                self.used.push(std::mem::replace(&mut self.password, new));
                self.expired = false;
                Ok(())
            }
            _ => Err(ErrorNumber::NEW_PASSWORD_REFUSED),
        }
    }

    fn issue(&mut self, address: IpAddr) -> Token {
        const CHARACTERS: &[u8; 36] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        let now = Instant::now();
        if self.issued.is_multiple_of(1024) {
            self.tokens.retain(|_, session| session.until > now);
        }
        self.issued += 1;
        let mut hasher = self.random.build_hasher();
        hasher.write_u64(self.issued);
        let mut rest = hasher.finish();
        let token = [(); 8].map(|()| {
            let at = usize::try_from(rest % 36).unwrap_or_default();
            rest /= 36;
            CHARACTERS.get(at).copied().unwrap_or(b'0')
        });
        self.tokens.insert(token, Session { address, until: now + self.token_lifetime });
        Token::new(token)
    }

    /// Whether the token is good for an address. One that comes from another address is cut: a session cannot move.
    pub(super) fn is_signed_on(&mut self, token: [u8; 8], address: IpAddr) -> bool {
        let good = self.tokens.get(&token).is_some_and(|s| s.address == address && s.until > Instant::now());
        if !good {
            self.tokens.remove(&token);
        }
        good
    }

    pub(super) fn expire_tokens(&mut self) {
        self.tokens.clear();
    }

    pub(super) fn expire_password(&mut self) {
        self.expired = true;
    }

    pub(super) fn password(&self) -> Password {
        self.password.clone()
    }

    pub(super) fn used(&self) -> Vec<Password> {
        self.used.clone()
    }

    pub(super) fn set_password(&mut self, password: Password) {
        self.password = password;
    }
}
