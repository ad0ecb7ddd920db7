//! FTP within SSH: files over one channel of a connection whose server has proved that it holds the configured key.
//!
//! Nothing runs between two calls: an SSH connection that rests is not kept alive, and a server that ends it is found out
//! by the next call.

mod attributes;
mod error;
mod host_key;
mod log_on;
mod moving;
mod names;
mod opening;

use std::io::Write;
use std::time::Duration;

use kartotek_formats::listing::Entry;
use russh::client::Handle;
use russh_sftp::client::RawSftpSession;
use russh_sftp::client::error::Error;
use russh_sftp::protocol::{FileAttributes, OpenFlags, StatusCode};
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

use super::bounds::{Bounds, is_short_enough, tell_passed_over};
use super::{RemoteDirectory, Settings, TransferError, TransferErrorKind};
use error::{answered, status};
use host_key::Verifier;
use names::path;

/// Connects, checks the server's key, logs on and enters the directory.
pub(super) fn connect(settings: &Settings) -> Result<Box<dyn RemoteDirectory>, TransferError> {
    let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| {
        TransferError::new(TransferErrorKind::Local, "connect", format!("the connection cannot be prepared: {error}"))
    })?;
    let opened = runtime.block_on(opening::open(settings))?;
    Ok(Box::new(Sftp {
        runtime,
        connection: opened.connection,
        session: opened.session,
        server: opened.server,
        directory: opened.directory,
        answer_within: settings.answer_within,
        recall_within: settings.recall_within,
    }))
}

struct Sftp {
    runtime: Runtime,
    connection: Handle<Verifier>,
    session: RawSftpSession,
    server: String,
    directory: String,
    answer_within: Duration,
    recall_within: Duration,
}

impl Sftp {
    async fn entries(&self, most: usize) -> Result<Vec<Entry>, TransferError> {
        let operation = "list";
        let handle =
            answered(self.answer_within, operation, self.session.opendir(self.directory.as_str())).await?.handle;
        let (mut bounds, mut passed_over) = (Bounds::new(self.answer_within), 0);
        let mut entries = Vec::new();
        while entries.len() < most {
            let next = self.session.readdir(handle.as_str());
            let part = answered(self.answer_within, operation, async { not_the_end(next.await) }).await?;
            // An answer without a name says the same as the end, and without this one could follow another for ever.
            let Some(part) = part.filter(|part| !part.files.is_empty()) else { break };
            bounds.count(part.files.iter().map(attributes::length).sum(), operation)?;
            for file in part.files.iter().filter(|file| names::is_usable(&file.filename)) {
                if is_short_enough(file.filename.len()) {
                    entries.push(attributes::entry(file));
                } else {
                    passed_over += 1;
                }
            }
        }
        tell_passed_over(operation, passed_over);
        entries.truncate(most);
        answered(self.answer_within, operation, self.session.close(handle)).await?;
        Ok(entries)
    }

    async fn give_name(&self, from: &str, to: &str) -> Result<bool, TransferError> {
        let operation = format!("rename {from} to {to}");
        let (source, target) = (path(&self.directory, from, &operation)?, path(&self.directory, to, &operation)?);
        // The protocol forbids to overwrite, but some servers do.
        if self.is_there(&target, &operation).await? {
            return Err(exists(&operation, to));
        }
        let renamed = answered(self.answer_within, &operation, async {
            match self.session.rename(source.as_str(), target.as_str()).await {
                Ok(_) => Ok(Ok(())),
                Err(Error::Status(refusal)) => Ok(Err(refusal)),
                Err(error) => Err(error),
            }
        })
        .await?;
        match renamed {
            Ok(()) => Ok(true),
            Err(refusal) => match refusal.status_code {
                StatusCode::PermissionDenied | StatusCode::OpUnsupported => Ok(false),
                // This version of the protocol has no number for it.
                StatusCode::Failure if self.is_there(&target, &operation).await? => Err(exists(&operation, to)),
                _ => Err(status(&operation, &refusal)),
            },
        }
    }

    async fn is_there(&self, path: &str, operation: &str) -> Result<bool, TransferError> {
        answered(self.answer_within, operation, async {
            match self.session.lstat(path).await {
                Ok(_) => Ok(true),
                Err(Error::Status(refusal)) if refusal.status_code == StatusCode::NoSuchFile => Ok(false),
                Err(error) => Err(error),
            }
        })
        .await
    }
}

impl RemoteDirectory for Sftp {
    fn describe(&self) -> String {
        format!("{}, directory {}", self.server, self.directory)
    }

    fn list(&mut self, most: usize) -> Result<Vec<Entry>, TransferError> {
        self.runtime.block_on(self.entries(most))
    }

    fn size(&mut self, name: &str) -> Result<Option<u64>, TransferError> {
        let operation = format!("size {name}");
        let path = path(&self.directory, name, &operation)?;
        self.runtime.block_on(answered(self.answer_within, &operation, async {
            use StatusCode::{NoSuchFile, OpUnsupported, PermissionDenied};
            match self.session.stat(path).await {
                Ok(told) => Ok(told.attrs.size),
                Err(Error::Status(refusal))
                    if matches!(refusal.status_code, NoSuchFile | OpUnsupported | PermissionDenied) =>
                {
                    Ok(None)
                }
                Err(error) => Err(error),
            }
        }))
    }

    fn can_resume(&self) -> bool {
        true
    }

    fn fetch(&mut self, name: &str, from: u64, to: &mut dyn Write) -> Result<u64, TransferError> {
        let operation = format!("fetch {name}");
        let path = path(&self.directory, name, &operation)?;
        self.runtime.block_on(async {
            let opening = self.session.open(path, OpenFlags::READ, FileAttributes::empty());
            let handle = answered(self.answer_within, &operation, opening).await?.handle;
            let pace = moving::Pace { first: self.recall_within, next: self.answer_within };
            let fetched = moving::fetch(&self.session, &handle, from, to, pace, &operation).await;
            let closed = answered(self.answer_within, &operation, self.session.close(handle)).await;
            // What was read is whole, however the server closes the file.
            if let Err(error) = closed
                && fetched.is_ok()
                && error.breaks_connection()
            {
                tracing::debug!(%error, "the connection ended after a file was fetched");
            }
            fetched
        })
    }

    fn store(&mut self, name: &str, bytes: &[u8]) -> Result<(), TransferError> {
        let operation = format!("store {name}");
        let path = path(&self.directory, name, &operation)?;
        self.runtime.block_on(async {
            let flags = OpenFlags::CREATE | OpenFlags::TRUNCATE | OpenFlags::WRITE;
            let opening = self.session.open(path, flags, FileAttributes::empty());
            let handle = answered(self.answer_within, &operation, opening).await?.handle;
            let stored = moving::store(&self.session, &handle, bytes, self.answer_within, &operation).await;
            let closed = answered(self.answer_within, &operation, self.session.close(handle)).await;
            // A full disk may be told as late as here.
            stored.and(closed.map(drop))
        })
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<bool, TransferError> {
        self.runtime.block_on(self.give_name(from, to))
    }

    fn close(self: Box<Self>) {
        let Self { runtime, connection, session, answer_within, .. } = *self;
        runtime.block_on(async {
            let _ = session.close_session();
            let leave = connection.disconnect(russh::Disconnect::ByApplication, "", "");
            let _ = timeout(answer_within.min(Duration::from_secs(5)), leave).await;
        });
        runtime.shutdown_background();
    }
}

fn exists(operation: &str, name: &str) -> TransferError {
    let message = format!("expected no file of the new name, found {name} at the server; it is not overwritten");
    TransferError::new(TransferErrorKind::Exists, operation, message)
}

fn not_the_end<T>(answer: Result<T, Error>) -> Result<Option<T>, Error> {
    match answer {
        Ok(part) => Ok(Some(part)),
        Err(Error::Status(told)) if told.status_code == StatusCode::Eof => Ok(None),
        Err(error) => Err(error),
    }
}
