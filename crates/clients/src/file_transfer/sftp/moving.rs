use std::io::Write;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesOrdered;
use russh_sftp::client::RawSftpSession;
use tokio::time::timeout;

use super::error::{answered, late};
use super::not_the_end;
use crate::file_transfer::{TransferError, TransferErrorKind};

/// What every server takes in one request.
const PART: u32 = 32 * 1024;
/// No server gives less at once if it has more.
const LEAST_PART: u32 = 512;
/// As many requests on their way as fill a long line: 2 MiB, which is also what the channel lets through unread.
const AHEAD: usize = 64;

/// How long the parts of a file are waited for.
#[derive(Clone, Copy)]
pub(super) struct Pace {
    /// The first one.
    pub(super) first: Duration,
    /// Each that follows.
    pub(super) next: Duration,
}

/// Reads an open file from a byte to its end and returns how many bytes were written.
pub(super) async fn fetch(
    session: &RawSftpSession,
    handle: &str,
    from: u64,
    to: &mut dyn Write,
    pace: Pace,
    operation: &str,
) -> Result<u64, TransferError> {
    let (mut part, mut ahead, mut within) = (PART, 1, pace.first);
    let (mut written, mut asked) = (0_u64, from);
    let mut short = None;
    let mut requests = FuturesOrdered::new();
    loop {
        while requests.len() < ahead {
            requests.push_back(session.read(handle, asked, part));
            asked = asked.saturating_add(u64::from(part));
        }
        let next = async { requests.next().await.map_or(Ok(None), not_the_end) };
        let Some(data) = answered(within, operation, next).await?.map(|data| data.data).filter(|data| !data.is_empty())
        else {
            return Ok(written);
        };
        let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
        if length > part {
            let message = format!("expected at most {part} bytes in an answer, found {length}");
            return Err(TransferError::new(TransferErrorKind::Protocol, operation, message));
        }
        to.write_all(&data).map_err(|error| {
            let message = format!("what came cannot be written here ({error}); is the disk full?");
            TransferError::new(TransferErrorKind::Local, operation, message)
        })?;
        written += u64::from(length);
        within = pace.next;
        if length < part {
            // The end, or a server that gives less at once than it is asked for: what was asked for behind it leaves a gap.
            requests = FuturesOrdered::new();
            (asked, ahead) = (from + written, 1);
            // Twice the same is the most that the server gives, and many requests of that size bring more than few large
            // ones. Once is chance.
            if short.replace(length) == Some(length) {
                part = length.max(LEAST_PART);
            }
        } else {
            (short, ahead) = (None, AHEAD);
        }
    }
}

/// Writes a new file from its first byte on.
pub(super) async fn store(
    session: &RawSftpSession,
    handle: &str,
    bytes: &[u8],
    within: Duration,
    operation: &str,
) -> Result<(), TransferError> {
    let mut parts = (0..).step_by(PART as usize).zip(bytes.chunks(PART as usize));
    let mut requests = FuturesOrdered::new();
    loop {
        let free = AHEAD.saturating_sub(requests.len());
        requests.extend(parts.by_ref().take(free).map(|(at, part)| session.write(handle, at, part.to_vec())));
        match timeout(within, requests.next()).await {
            Ok(Some(stored)) => answered(within, operation, async { stored }).await?,
            Ok(None) => return Ok(()),
            Err(_) => return Err(late(operation, within)),
        };
    }
}
