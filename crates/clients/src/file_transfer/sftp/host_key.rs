use std::sync::{Arc, Mutex, PoisonError};

use russh::Names;
use russh::client::{DisconnectReason, Handler, Session};
use russh::keys::{HashAlg, PublicKeyOrCertificate};

use super::error::{of_connection, quoted};
use crate::file_transfer::{TransferError, TransferErrorKind};

/// What the server told about itself while the connection was made, and when it ended it.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Its program, `SSH-2.0-` and what it adds.
    pub(super) server: String,
    /// Why it took leave, when it did so in words.
    pub(super) farewell: Option<String>,
}

/// Lets a connection go on only with the server that holds the configured key.
pub(super) struct Verifier {
    expected: Option<String>,
    told: Arc<Mutex<Told>>,
}

/// Why a connection is not made.
#[derive(Debug)]
pub(super) enum Ended {
    /// The key that the server showed, `ssh-ed25519 SHA256:` and so on, is not the configured one.
    HostKey { shown: String, expected: Option<String> },
    /// All else.
    Ssh(russh::Error),
}

impl From<russh::Error> for Ended {
    fn from(error: russh::Error) -> Self {
        Self::Ssh(error)
    }
}

impl Ended {
    pub(super) fn error(&self, operation: &str) -> TransferError {
        const ADVICE: &str = "compare it with what the operator of the server says, and if it is the same, \
                              write the part from SHA256 on into the setting \"Host key\"";
        match self {
            Self::Ssh(error) => of_connection(operation, error),
            Self::HostKey { shown, expected } => {
                let found = match expected {
                    None => "no key of the server is configured".to_owned(),
                    Some(expected) => format!("expected the host key {}", quoted(expected)),
                };
                let message = format!("{found}, found {shown} at the server; {ADVICE}");
                TransferError::new(TransferErrorKind::HostKey, operation, message)
            }
        }
    }
}

impl Verifier {
    /// One that expects a key, as `SHA256:` and 43 characters, and tells what the server said.
    pub(super) fn new(expected: Option<&str>) -> (Self, Arc<Mutex<Told>>) {
        let told = Arc::default();
        let expected = expected.map(|key| key.trim().trim_end_matches('=').to_owned()).filter(|key| !key.is_empty());
        (Self { expected, told: Arc::clone(&told) }, told)
    }
}

impl Handler for Verifier {
    type Error = Ended;

    async fn check_server_key(&mut self, shown: &PublicKeyOrCertificate) -> Result<bool, Ended> {
        // Certificates are not asked for, so that none comes.
        let PublicKeyOrCertificate::PublicKey { key, .. } = shown else { return Ok(false) };
        let fingerprint = key.fingerprint(HashAlg::Sha256).to_string();
        if self.expected.as_ref() == Some(&fingerprint) {
            return Ok(true);
        }
        let shown = format!("{} {fingerprint}", key.algorithm());
        Err(Ended::HostKey { shown, expected: self.expected.clone() })
    }

    async fn kex_done(&mut self, _: Option<&[u8]>, _: &Names, session: &mut Session) -> Result<(), Ended> {
        let server = quoted(&String::from_utf8_lossy(session.remote_sshid()));
        self.told.lock().unwrap_or_else(PoisonError::into_inner).server = server;
        Ok(())
    }

    async fn disconnected(&mut self, reason: DisconnectReason<Ended>) -> Result<(), Ended> {
        match reason {
            DisconnectReason::ReceivedDisconnect(farewell) => {
                let words = quoted(&farewell.message);
                self.told.lock().unwrap_or_else(PoisonError::into_inner).farewell = Some(words);
                Ok(())
            }
            DisconnectReason::Error(error) => Err(error),
        }
    }
}
