use kartotek_formats::listing::{self, Entry};
use suppaftp::FtpError;

use super::failure::{is_unknown, says_no_such_file, words};
use super::lines::{self, BEGIN};
use super::session::Session;
use crate::file_transfer::bounds::{is_short_enough, tell_passed_over};
use crate::file_transfer::{TransferError, TransferErrorKind};

/// The directory by the best listing that the server has: `MLSD` tells sizes and times exactly, `LIST` mostly, `NLST` not.
pub(super) fn list(session: &mut Session, most: usize) -> Result<Vec<Entry>, TransferError> {
    let prefix = session.prefix().map(str::to_owned);
    let prefix = prefix.as_deref();
    let mut entries = None;
    if session.has_mlsd {
        entries = lines(session, "MLSD", most)?.map(|lines| listing::mlsd(lines.iter().map(String::as_str)));
    }
    if entries.is_none() {
        let is_mvs = session.is_mvs;
        entries = lines(session, "LIST", most)?.map(|lines| {
            let lines = lines.iter().map(String::as_str);
            if is_mvs { listing::mvs(lines, prefix) } else { listing::list(lines, prefix) }
        });
    }
    if entries.is_none() {
        entries = lines(session, "NLST", most)?.map(|lines| listing::nlst(lines.iter().map(String::as_str), prefix));
    }
    let mut entries = entries.ok_or_else(|| {
        TransferError::new(TransferErrorKind::Refused, "list the directory", "the server knows neither LIST nor NLST")
    })?;
    let all = entries.len();
    // Each character came as a byte.
    entries.retain(|entry| is_short_enough(entry.name.chars().count()));
    tell_passed_over("list the directory", all - entries.len());
    entries.truncate(most);
    Ok(entries)
}

/// The lines of a listing; `None` when the server does not know the command.
fn lines(session: &mut Session, command: &str, most: usize) -> Result<Option<Vec<String>>, TransferError> {
    let operation = format!("list the directory ({command})");
    let stream = match session.ftp.custom_data_command(command, &BEGIN) {
        Ok((_, stream)) => stream,
        Err(FtpError::UnexpectedResponse(response)) if is_unknown(&response) => return Ok(None),
        // An empty directory is an error to some servers.
        Err(FtpError::UnexpectedResponse(response)) if is_empty(&words(&response)) => return Ok(Some(Vec::new())),
        Err(error) => return Err(session.failed(operation, error)),
    };
    // A header and lines of other things stand among the entries.
    lines::read(session, &operation, stream, most.saturating_add(16)).map(Some)
}

/// Whether a refusal means that there is nothing to list.
fn is_empty(words: &str) -> bool {
    says_no_such_file(words) || words.to_ascii_lowercase().contains("empty")
}
