use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use kartotek_register::ports::{Message, Severity};

/// The error log of a file: `err` + the file's name, beside it (F124).
pub fn error_log_path(file: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from("err");
    name.push(file.file_name().unwrap_or_default());
    file.with_file_name(name)
}

/// Writes the error log under a temporary name; it takes the place of an earlier one whole, or not at all.
///
/// A log that cannot be written is no reason to stop an import: everything in it stands in the register too.
pub(super) struct ErrorLog {
    path: PathBuf,
    file: Option<BufWriter<File>>,
    enabled: bool,
    failed: Option<io::Error>,
}

impl ErrorLog {
    /// The log of a file; one that is not `enabled` writes nothing.
    pub fn of(file: &Path, enabled: bool) -> Self {
        Self { path: error_log_path(file), file: None, enabled, failed: None }
    }

    /// Adds messages.
    pub fn add(&mut self, messages: &[Message]) {
        for message in messages {
            self.line(&line(message));
        }
    }

    /// Adds a line of text.
    pub fn line(&mut self, text: &str) {
        if !self.enabled || self.failed.is_some() {
            return;
        }
        if let Err(error) = self.write(text) {
            self.failed = Some(error);
        }
    }

    /// Puts the log in its place. `None` when there was nothing to write, and then one that an earlier attempt left is
    /// cleared away; an error when it could not be written.
    pub fn finish(mut self) -> Option<Result<PathBuf, io::Error>> {
        if let Some(error) = self.failed.take() {
            return Some(Err(error));
        }
        let Some(mut file) = self.file.take() else {
            if self.enabled {
                // Usually there is none, and none that a killed process began.
                let _ = std::fs::remove_file(&self.path);
                let _ = std::fs::remove_file(self.temporary());
            }
            return None;
        };
        let placed = file.flush().and_then(|()| std::fs::rename(self.temporary(), &self.path));
        Some(placed.map(|()| self.path))
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        if self.file.is_none() {
            self.file = Some(BufWriter::new(File::create(self.temporary())?));
        }
        match &mut self.file {
            Some(file) => writeln!(file, "{text}"),
            None => Ok(()),
        }
    }

    fn temporary(&self) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(".part");
        name.into()
    }
}

/// `error  line 5 byte 310 record 002 person 070761-**** bad-field: ...`
fn line(message: &Message) -> String {
    let mut line = String::from(match message.severity {
        Severity::Error => "error ",
        Severity::Remark => "remark",
    });
    // Writing to a String cannot fail.
    if let Some(at) = message.line {
        let _ = write!(line, " line {at}");
    }
    if let Some(at) = message.byte {
        let _ = write!(line, " byte {at}");
    }
    if let Some(record) = message.record {
        let _ = write!(line, " record {record:03}");
    }
    if let Some(person) = &message.person {
        let _ = write!(line, " person {person}");
    }
    let _ = write!(line, " {}: {}", message.code, message.text);
    line
}
