use std::io::{BufRead as _, BufReader, Read as _};

use kartotek_formats::listing::{self, Entry};
use suppaftp::{FtpError, Status};

use super::failure::{is_unknown, of_io, words};
use super::session::Session;
use crate::file_transfer::{TransferError, TransferErrorKind};

/// Longer is no line of a listing.
const LONGEST_LINE: u64 = 4 * 1024;

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
    entries.truncate(most);
    Ok(entries)
}

/// The lines of a listing; `None` when the server does not know the command.
fn lines(session: &mut Session, command: &str, most: usize) -> Result<Option<Vec<String>>, TransferError> {
    let operation = format!("list the directory ({command})");
    let expected = [Status::AboutToSend, Status::AlreadyOpen];
    let stream = match session.ftp.custom_data_command(command, &expected) {
        Ok((_, stream)) => stream,
        Err(FtpError::UnexpectedResponse(response)) if is_unknown(&response) => return Ok(None),
        // An empty directory is an error to some servers.
        Err(FtpError::UnexpectedResponse(response)) if is_empty(&words(&response)) => return Ok(Some(Vec::new())),
        Err(error) => return Err(session.failed(operation, error)),
    };
    let mut stream = BufReader::with_capacity(64 * 1024, stream);
    // A header and lines of other things stand among the entries.
    let most = most.saturating_add(16);
    let mut lines = Vec::new();
    let mut line = Vec::new();
    let read = loop {
        line.clear();
        match stream.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line) {
            Ok(0) => break Ok(()),
            Ok(_) if lines.len() >= most => {}
            Ok(_) => {
                let text: String = line.iter().map(|byte| char::from(*byte)).collect();
                let text = text.trim_end_matches(['\r', '\n']);
                if !text.is_empty() {
                    lines.push(text.to_owned());
                }
            }
            // Without close_notify; whether all of it came, the answer tells.
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => break Ok(()),
            Err(error) => break Err(of_io(&*operation, &error, &session.settings.host)),
        }
    };
    let finished = stream.into_inner().finish();
    read?;
    finished.map_err(|error| session.failed(operation, error))?;
    Ok(Some(lines))
}

/// Whether a refusal means that there is nothing to list.
fn is_empty(words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    ["no files", "no data sets", "no members", "no such file", "empty"].iter().any(|text| words.contains(text))
}
