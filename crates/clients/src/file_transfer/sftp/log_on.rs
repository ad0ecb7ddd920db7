use std::path::Path;
use std::sync::Arc;

use russh::client::{AuthResult, Handle, KeyboardInteractiveAuthResponse};
use russh::keys::{HashAlg, PrivateKey, PrivateKeyWithHashAlg, decode_secret_key};
use russh::{MethodKind, MethodSet};
use zeroize::Zeroizing;

use super::error::of_connection;
use super::host_key::Verifier;
use crate::file_transfer::{LogOn, TransferError, TransferErrorKind};

const OPERATION: &str = "log on";

/// Logs on with the key's file where there is one, else with the password.
pub(super) async fn log_on(connection: &mut Handle<Verifier>, who: &LogOn) -> Result<(), TransferError> {
    if let Some(file) = &who.key_file {
        return with_key(connection, &who.user, read_key(file, who.password.as_deref())?).await;
    }
    let Some(password) = &who.password else {
        let message = "expected a password or the file of a key, found neither in the settings";
        return Err(TransferError::new(TransferErrorKind::LogOn, OPERATION, message));
    };
    // Asked first, so that a wrong password counts as one attempt with the server and not as two.
    let methods = match connection.authenticate_none(who.user.as_str()).await.map_err(|error| cut(&error))? {
        AuthResult::Success => return Ok(()),
        AuthResult::Failure { remaining_methods, .. } => remaining_methods,
    };
    if methods.contains(&MethodKind::Password) {
        let result = connection.authenticate_password(who.user.as_str(), password.as_str()).await;
        accepted(connection, result, "the password")
    } else if methods.contains(&MethodKind::KeyboardInteractive) {
        with_questions(connection, &who.user, password).await
    } else if methods.is_empty() && connection.is_closed() {
        Err(cut(&russh::Error::Disconnect))
    } else {
        let message = format!("expected a server that takes a password, found one that takes {}", listed(&methods));
        Err(TransferError::new(TransferErrorKind::LogOn, OPERATION, message))
    }
}

async fn with_key(connection: &mut Handle<Verifier>, user: &str, key: PrivateKey) -> Result<(), TransferError> {
    let hash = if key.algorithm().is_rsa() {
        // Signatures over SHA-1 are not made, even for a server that knows no others.
        let offered = connection.best_supported_rsa_hash().await.map_err(|error| cut(&error))?;
        Some(offered.flatten().unwrap_or(HashAlg::Sha512))
    } else {
        None
    };
    let key = PrivateKeyWithHashAlg::new(Arc::new(key), hash);
    let result = connection.authenticate_publickey(user, key).await;
    accepted(connection, result, "the key")
}

/// Answers the one question that is not to be seen on a screen; a second one is not about the password.
async fn with_questions(
    connection: &mut Handle<Verifier>,
    user: &str,
    password: &Zeroizing<String>,
) -> Result<(), TransferError> {
    use KeyboardInteractiveAuthResponse::{Failure, InfoRequest, Success};
    let mut answered = false;
    let mut reply =
        connection.authenticate_keyboard_interactive_start(user, None).await.map_err(|error| cut(&error))?;
    loop {
        let answers = match reply {
            Success => return Ok(()),
            Failure { remaining_methods, .. } => return Err(refused("the password", &remaining_methods)),
            InfoRequest { prompts, .. } => match prompts.as_slice() {
                [] => Vec::new(),
                [prompt] if !prompt.echo && !answered => {
                    answered = true;
                    vec![String::clone(password)]
                }
                _ => {
                    let message = "expected the server to ask for the password alone, found that it asks for more; \
                                   have the user set up without a second factor, or with a key";
                    return Err(TransferError::new(TransferErrorKind::LogOn, OPERATION, message));
                }
            },
        };
        reply =
            connection.authenticate_keyboard_interactive_respond(answers).await.map_err(|error| unanswered(&error))?;
    }
}

fn accepted(
    connection: &Handle<Verifier>,
    result: Result<AuthResult, russh::Error>,
    what: &str,
) -> Result<(), TransferError> {
    match result.map_err(|error| unanswered(&error))? {
        AuthResult::Success => Ok(()),
        AuthResult::Failure { remaining_methods, partial_success: true } => {
            let message = format!("{what} is accepted, but the server wants {} too", listed(&remaining_methods));
            Err(TransferError::new(TransferErrorKind::LogOn, OPERATION, message))
        }
        // The library says a failure too when the connection is gone.
        AuthResult::Failure { remaining_methods, .. } if remaining_methods.is_empty() && connection.is_closed() => {
            Err(unanswered(&russh::Error::Disconnect))
        }
        AuthResult::Failure { remaining_methods, .. } => Err(refused(what, &remaining_methods)),
    }
}

/// The connection ended over the log-on. Not to be repeated by itself: many servers end it so when the password is wrong,
/// and lock the user after a few.
fn unanswered(error: &russh::Error) -> TransferError {
    let message = format!(
        "expected the server to accept the user or refuse it, found that it ended the connection ({error}); \
         some do so when the password or key is wrong"
    );
    TransferError::new(TransferErrorKind::LogOn, OPERATION, message)
}

fn refused(what: &str, methods: &MethodSet) -> TransferError {
    let message = format!(
        "the server does not accept the user with {what} (it would take: {}); check both with its operator",
        listed(methods)
    );
    TransferError::new(TransferErrorKind::LogOn, OPERATION, message)
}

fn listed(methods: &MethodSet) -> String {
    if methods.is_empty() {
        return "nothing".to_owned();
    }
    methods.iter().map(<&'static str>::from).collect::<Vec<_>>().join(", ")
}

fn cut(error: &russh::Error) -> TransferError {
    of_connection(OPERATION, error)
}

fn read_key(file: &Path, password: Option<&String>) -> Result<PrivateKey, TransferError> {
    use russh::keys::Error;
    let failed = |kind, what: String| TransferError::new(kind, OPERATION, format!("{what}: {}", file.display()));
    let text = std::fs::read_to_string(file).map(Zeroizing::new).map_err(|error| {
        failed(TransferErrorKind::Setting, format!("the file of the key cannot be read ({})", error.kind()))
    })?;
    let password = password.map(String::as_str).filter(|password| !password.is_empty());
    decode_secret_key(&text, password).map_err(|error| match (error, password) {
        (Error::KeyIsEncrypted, None) => failed(
            TransferErrorKind::LogOn,
            "the file of the key is protected by a password, and none is configured".to_owned(),
        ),
        (_, Some(_)) => failed(
            TransferErrorKind::LogOn,
            "the file of the key cannot be opened with the configured password, or is no private key of OpenSSH"
                .to_owned(),
        ),
        (_, None) => failed(
            TransferErrorKind::Setting,
            "expected a private key in OpenSSH's form, found something else".to_owned(),
        ),
    })
}
