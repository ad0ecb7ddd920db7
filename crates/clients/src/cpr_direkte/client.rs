use std::sync::Arc;

use kartotek_formats::cpr_direkte::{Answer, DataType, Password, SubscriptionType};
use kartotek_formats::identifiers::CprNumber;

use super::{Error, Passwords, Settings};

/// The bytes of a whole answer, wiped when dropped.
pub struct Reply(zeroize::Zeroizing<Vec<u8>>);

impl Reply {
    /// The answer; it was checked when it came.
    pub fn answer(&self) -> Answer<'_> {
        todo!()
    }
}

/// Asks CPR Direkte. Clones share token, pool, rate and stop.
#[derive(Clone)]
pub struct Client {
    inner: Arc<()>,
}

impl Client {
    /// A client; nothing is connected yet.
    pub fn new(settings: Settings, passwords: Arc<dyn Passwords>) -> Self {
        todo!()
    }

    /// Asks about a person, signing on first where needed, and repeating what may be repeated. The reply has error number 00.
    pub async fn lookup(
        &self,
        number: CprNumber,
        subscription: SubscriptionType,
        data: DataType,
    ) -> Result<Reply, Error> {
        todo!()
    }

    /// Signs on once, without repeating, and returns the answer whatever error number it has: for the connection test.
    pub async fn sign_on(&self) -> Result<Reply, Error> {
        todo!()
    }

    /// Signs on with `current` and sets `new` as the password, once, without repeating. The answer's error number tells
    /// whether CPR took it.
    pub async fn change_password(&self, current: &Password, new: &Password) -> Result<Reply, Error> {
        todo!()
    }
}
