use std::io::{self, Read as _};
use std::net::Shutdown;

use suppaftp::{DataStream, Status, TlsStream as _, TransferStream};

use super::failure::of_io;
use super::session::Session;
use super::tls::Stream;
use crate::file_transfer::TransferError;
use crate::file_transfer::bounds::{Bounds, tell_passed_over};

/// What a server answers before lines come over a data connection.
pub(super) const BEGIN: [Status; 2] = [Status::AboutToSend, Status::AlreadyOpen];

/// No entry with a name that is short enough has a longer line, not even one of a link with the longest path.
const LONGEST_LINE: usize = 8 * 1024;

/// Reads lines to their end, and keeps so many of them. Blank ones are left out.
pub(super) fn read(
    session: &Session,
    operation: &str,
    mut stream: TransferStream<Stream>,
    most: usize,
) -> Result<Vec<String>, TransferError> {
    let mut bounds = Bounds::new(session.settings.answer_within);
    let mut lines = Lines { most, ..Lines::default() };
    let mut buffer = vec![0; 64 * 1024];
    let read = loop {
        let came = match piece(stream.get_mut(), &mut buffer) {
            Ok(Some(0)) => break Ok(()),
            Ok(came) => came.unwrap_or_default(),
            // Without close_notify; whether all of it came, the answer tells.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => break Ok(()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => 0,
            Err(error) => break Err(of_io(operation, &error, &session.settings.host)),
        };
        lines.take(buffer.get(..came).unwrap_or_default());
        if let Err(endless) = bounds.count(came, operation) {
            // What such a server says at the end is not waited for either, as the library would.
            let _ = session.ftp.get_ref().shutdown(Shutdown::Both);
            return Err(endless);
        }
    };
    let finished = stream.finish();
    read?;
    finished.map_err(|error| session.failed(operation, error))?;
    lines.end();
    tell_passed_over(operation, lines.passed_over);
    Ok(lines.kept)
}

/// What one packet brings, and none when it is only a part of what TLS makes a piece of. The library's own reading waits until
/// a piece is whole, and a server that sends a byte at a time would have as much time for each.
fn piece(stream: &mut DataStream<Stream>, buffer: &mut [u8]) -> io::Result<Option<usize>> {
    let tls = match stream {
        DataStream::Tcp(socket) => return socket.read(buffer).map(Some),
        DataStream::Ssl(tls) => tls.mut_ref(),
    };
    match tls.conn.reader().read(buffer) {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
        read => return read.map(Some),
    }
    // An answer to a change of keys.
    while tls.conn.wants_write() {
        tls.conn.write_tls(&mut tls.sock)?;
    }
    tls.conn.read_tls(&mut tls.sock)?;
    let processed = tls.conn.process_new_packets();
    processed.map(|_| None).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

/// The lines of what comes in pieces.
#[derive(Default)]
struct Lines {
    most: usize,
    kept: Vec<String>,
    passed_over: usize,
    /// The line that has no end yet.
    line: Vec<u8>,
    is_too_long: bool,
}

impl Lines {
    fn take(&mut self, bytes: &[u8]) {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.is_too_long |= self.line.len() + part.len() > LONGEST_LINE;
            if !self.is_too_long {
                self.line.extend_from_slice(part);
            }
            if part.ends_with(b"\n") {
                self.end();
            }
        }
    }

    /// Ends a line. Each byte is a character, so that every name can be sent back as it came.
    fn end(&mut self) {
        while self.line.pop_if(|byte| matches!(byte, b'\r' | b'\n')).is_some() {}
        if self.kept.len() < self.most {
            if self.is_too_long {
                self.passed_over += 1;
            } else if !self.line.is_empty() {
                self.kept.push(self.line.iter().map(|byte| char::from(*byte)).collect());
            }
        }
        self.line.clear();
        self.is_too_long = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(most: usize, pieces: &[&[u8]]) -> Lines {
        let mut lines = Lines { most, ..Lines::default() };
        for piece in pieces {
            lines.take(piece);
        }
        lines.end();
        lines
    }

    #[test]
    fn lines_are_whole_however_they_come() {
        let found = lines(9, &[b"on", b"e\r", b"\n\r\ntwo\nthr\xe6", b"\xe9"]);
        assert_eq!(
            (found.kept.as_slice(), found.passed_over),
            (["one", "two", "thr\u{e6}\u{e9}"].map(str::to_owned).as_slice(), 0)
        );
        assert!(lines(9, &[]).kept.is_empty());
        assert_eq!(lines(1, &[b"one\ntwo\n"]).kept, ["one"]);
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over_and_makes_no_others() {
        let long = vec![b'x'; LONGEST_LINE];
        let found = lines(9, &[b"one\n", &long, &long, b"y z\ntwo\n", &long, b"x"]);
        assert_eq!((found.kept.as_slice(), found.passed_over), (["one", "two"].map(str::to_owned).as_slice(), 2));
    }
}
