use std::borrow::Cow;
use std::sync::{Arc, PoisonError};

use russh::client::{Config, Handle, connect_stream};
use russh::keys::Algorithm;
use russh::{ChannelMsg, Preferred, SshId};
use russh_sftp::client::RawSftpSession;
use russh_sftp::client::rawsession::Limits;
use tokio::time::{Instant, timeout, timeout_at};

use super::error::{answered, late, of_connection};
use super::host_key::Verifier;
use super::log_on::log_on;
use crate::file_transfer::{Settings, TransferError, TransferErrorKind};
use crate::tcp::{self, NoConnection};

/// A connection whose user is logged on, and the directory that is worked in.
pub(super) struct Opened {
    pub(super) connection: Handle<Verifier>,
    pub(super) session: RawSftpSession,
    pub(super) server: String,
    pub(super) directory: String,
}

pub(super) async fn open(settings: &Settings) -> Result<Opened, TransferError> {
    let operation = format!("connect to {}:{}", settings.host, settings.port());
    let deadline = Instant::now() + settings.connect_within;
    let connecting = tcp::connect(&settings.host, settings.port(), settings.from, settings.connect_within);
    let stream = timeout_at(deadline, connecting).await.map_err(|_| late(&operation, settings.connect_within))?;
    let stream = stream.map_err(|error| {
        let (kind, message) = match error {
            NoConnection::Resolve(error) => {
                (TransferErrorKind::Unreachable, format!("the host's address cannot be found ({error})"))
            }
            NoConnection::Connect(error) => ((&error).into(), format!("no connection: {error}")),
        };
        TransferError::new(kind, &operation, message)
    })?;
    let (verifier, told) = Verifier::new(settings.host_key.as_deref());
    let mut connection = timeout_at(deadline, connect_stream(Arc::new(config()), stream, verifier))
        .await
        .map_err(|_| late(&operation, settings.connect_within))?
        .map_err(|ended| ended.error(&operation))?;

    let logged_on = timeout(settings.answer_within, log_on(&mut connection, &settings.log_on))
        .await
        .map_err(|_| late("log on", settings.answer_within))?;
    let told =
        |of: fn(&super::host_key::Told) -> Option<String>| of(&told.lock().unwrap_or_else(PoisonError::into_inner));
    if let Err(mut error) = logged_on {
        if let Some(farewell) = told(|told| told.farewell.clone()) {
            error.message.push_str("; the server says: ");
            error.message.push_str(&farewell);
        }
        return Err(error);
    }

    let session = timeout(settings.answer_within, files(&connection))
        .await
        .map_err(|_| late("ask for SFTP", settings.answer_within))??;
    let session = greet(session, settings).await?;
    let directory = enter(&session, settings).await?;
    Ok(Opened { connection, session, server: told(|told| Some(told.server.clone())).unwrap_or_default(), directory })
}

fn config() -> Config {
    // The default without RSA's signatures over SHA-1, which can be forged.
    let keys = Preferred::DEFAULT.key.iter().filter(|key| **key != Algorithm::Rsa { hash: None }).cloned().collect();
    Config {
        client_id: SshId::Standard(Cow::Borrowed("SSH-2.0-Kartotek")),
        preferred: Preferred { key: Cow::Owned(keys), ..Preferred::DEFAULT },
        nodelay: true,
        ..Config::default()
    }
}

/// A channel at whose other end the server's SFTP stands.
async fn files(connection: &Handle<Verifier>) -> Result<RawSftpSession, TransferError> {
    let operation = "ask for SFTP";
    let failed = |error| of_connection(operation, &error);
    let mut channel = connection.channel_open_session().await.map_err(failed)?;
    channel.request_subsystem(true, "sftp").await.map_err(failed)?;
    loop {
        match channel.wait().await {
            Some(ChannelMsg::Success) => break,
            Some(ChannelMsg::Failure) => {
                let message = "the server has no SFTP for this user; is it the right server and port?";
                return Err(TransferError::new(TransferErrorKind::Refused, operation, message));
            }
            Some(ChannelMsg::Close) | None => return Err(failed(russh::Error::Disconnect)),
            Some(_) => {}
        }
    }
    let config = russh_sftp::client::Config {
        // Each wait has a time-out of its own; this one would count from when a request is sent, and many are on their way.
        request_timeout_secs: u64::from(u32::MAX),
        ..russh_sftp::client::Config::default()
    };
    Ok(RawSftpSession::new_with_config(channel.into_stream(), config))
}

async fn greet(mut session: RawSftpSession, settings: &Settings) -> Result<RawSftpSession, TransferError> {
    let version = answered(settings.answer_within, "ask for SFTP", session.init()).await?.version;
    if version != 3 {
        let message = format!("expected version 3 of SFTP, found {version}");
        return Err(TransferError::new(TransferErrorKind::Protocol, "ask for SFTP", message));
    }
    session.set_limits(Limits::default());
    Ok(session)
}

/// The directory as the server writes it in full.
async fn enter(session: &RawSftpSession, settings: &Settings) -> Result<String, TransferError> {
    let asked = settings.directory.as_deref().map(str::trim).filter(|directory| !directory.is_empty()).unwrap_or(".");
    let operation = format!("enter the directory {}", super::error::quoted(asked));
    let of_directory = |error: TransferError| {
        let refused = matches!(error.kind, TransferErrorKind::NotFound | TransferErrorKind::Refused);
        if refused { TransferError { kind: TransferErrorKind::Directory, ..error } } else { error }
    };
    let within = settings.answer_within;
    let name = answered(within, &operation, session.realpath(asked)).await.map_err(of_directory)?;
    let directory = name.files.into_iter().next().map_or_else(|| asked.to_owned(), |file| file.filename);
    let found = answered(within, &operation, session.stat(directory.as_str())).await.map_err(of_directory)?;
    if found.attrs.is_regular() {
        let message = "expected a directory, found a file of that name";
        return Err(TransferError::new(TransferErrorKind::Directory, operation, message));
    }
    Ok(directory)
}
