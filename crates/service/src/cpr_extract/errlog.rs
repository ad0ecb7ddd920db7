use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use kartotek_register::ports::{Message, Severity};

/// The error log of a file: `err` + the file's name, beside it (F124).
pub fn error_log_path(file: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from("err");
    name.push(file.file_name().unwrap_or_default());
    file.with_file_name(name)
}

/// Writes the error log; it takes the place of an earlier one whole, or not at all.
pub(super) fn write_error_log(file: &Path, head: &str, messages: &[Message]) -> io::Result<PathBuf> {
    let path = error_log_path(file);
    let mut text = format!("{head}\n");
    for message in messages {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}", line(message));
    }
    let mut temporary = path.clone().into_os_string();
    temporary.push(".part");
    std::fs::write(&temporary, text)?;
    std::fs::rename(&temporary, &path)?;
    Ok(path)
}

/// `error line 5 byte 310 record 002 person 070761-**** bad-field: ...`
fn line(message: &Message) -> String {
    let mut line = String::from(match message.severity {
        Severity::Error => "error ",
        Severity::Remark => "remark",
    });
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
