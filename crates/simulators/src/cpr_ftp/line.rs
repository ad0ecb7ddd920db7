//! The control connection: commands come in, answers go out, a line each.

use std::io;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::wire::Wire;

/// More than any command has.
const LONGEST: usize = 4096;

/// What a client says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Command {
    /// In upper case.
    pub(super) verb: String,
    /// What follows the verb; empty where nothing does.
    pub(super) argument: String,
}

impl Command {
    fn read(line: &[u8]) -> Self {
        let line = String::from_utf8_lossy(line);
        let (verb, argument) = line.split_once(' ').unwrap_or((&line, ""));
        Self { verb: verb.to_ascii_uppercase(), argument: argument.to_owned() }
    }

    /// The command without what nobody may read.
    pub(super) fn shown(&self) -> String {
        match (self.verb.as_str(), self.argument.as_str()) {
            ("PASS", _) => "PASS ***".to_owned(),
            (verb, "") => verb.to_owned(),
            (verb, argument) => format!("{verb} {argument}"),
        }
    }
}

/// What a command is answered by. Further lines of the text stand between the first and the last one as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) code: u16,
    text: String,
}

impl Reply {
    pub(super) fn new(code: u16, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }

    fn encode(&self) -> Vec<u8> {
        let Self { code, text } = self;
        match text.rsplit_once('\n') {
            None => format!("{code} {text}\r\n"),
            Some((before, last)) => format!("{code}-{}\r\n{code} {last}\r\n", before.replace('\n', "\r\n")),
        }
        .into_bytes()
    }
}

/// The control connection.
pub(super) struct Line {
    wire: Wire,
    unread: Vec<u8>,
}

impl Line {
    pub(super) fn new(wire: Wire) -> Self {
        Self { wire, unread: Vec::new() }
    }

    /// The connection itself. What was sent ahead is forgotten: before TLS, it could be anybody's.
    pub(super) fn into_wire(self) -> Wire {
        self.wire
    }

    pub(super) fn is_secure(&self) -> bool {
        self.wire.is_secure()
    }

    /// The next command; `None` when the client has left.
    pub(super) async fn command(&mut self) -> io::Result<Option<Command>> {
        loop {
            if let Some(end) = self.unread.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.unread.drain(..=end).collect();
                return Ok(Some(Command::read(line.trim_ascii_end())));
            }
            if self.unread.len() > LONGEST || self.wire.read_buf(&mut self.unread).await? == 0 {
                return Ok(None);
            }
        }
    }

    pub(super) async fn reply(&mut self, reply: &Reply) -> io::Result<()> {
        self.wire.write_all(&reply.encode()).await?;
        self.wire.flush().await
    }

    /// Waits until the client leaves.
    pub(super) async fn abandoned(&mut self) {
        let mut ignored = [0; 256];
        while self.wire.read(&mut ignored).await.is_ok_and(|bytes| bytes > 0) {}
    }

    /// Ends this side.
    pub(super) async fn close(mut self) -> io::Result<()> {
        self.wire.shutdown().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_of_several_lines_begin_by_a_dash_and_end_by_a_blank() {
        assert_eq!(Reply::new(200, "Fine.").encode(), b"200 Fine.\r\n");
        assert_eq!(
            Reply::new(211, "Features:\n SIZE\n MDTM\nEnd").encode(),
            b"211-Features:\r\n SIZE\r\n MDTM\r\n211 End\r\n"
        );
    }

    #[test]
    fn passwords_are_not_shown() {
        let command = Command::read(b"pass Hemme-lig 1");
        assert_eq!(command.argument, "Hemme-lig 1");
        assert_eq!(command.shown(), "PASS ***");
        assert_eq!(Command::read(b"retr a b").shown(), "RETR a b");
    }
}
