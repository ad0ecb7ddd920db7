//! Extracts, put together from persons and brought into any of the shapes in which CPR delivers them.

use std::path::{Path, PathBuf};

use super::person::Person;

/// The task of the tests' extracts.
pub const TASK: &str = "110901";

/// An extract of the public change extract U12170-P.
#[derive(Clone)]
pub struct Extract {
    pub task: &'static str,
    /// PRODDTO and PRODDTOFORRIG, `YYYYMMDD`.
    pub produced: String,
    pub previous: String,
    /// Records between 000 and 999, in the order of the file.
    pub records: Vec<Vec<u8>>,
    /// TAELLER, when it is not the number of records.
    pub stated: Option<usize>,
}

/// How records stand in a file.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// What ends a record; nothing for a file without line ends.
    pub line_end: &'static str,
    /// Whether trailing blanks are left out.
    pub trimmed: bool,
}

pub const LF: Shape = Shape { line_end: "\n", trimmed: true };
pub const CRLF: Shape = Shape { line_end: "\r\n", trimmed: true };
pub const FULL_LF: Shape = Shape { line_end: "\n", trimmed: false };
pub const FULL_CRLF: Shape = Shape { line_end: "\r\n", trimmed: false };
pub const UNTERMINATED: Shape = Shape { line_end: "", trimmed: false };

/// The extract of a day (`2021-05-03`) with these persons, their 003 in a block at the end as CPR delivers them.
pub fn extract(produced: &str, persons: impl IntoIterator<Item = Person>) -> Extract {
    let records = persons.into_iter().flat_map(|person| person.records);
    let (block, own): (Vec<_>, Vec<_>) = records.partition(|record| record.starts_with(b"003"));
    Extract {
        task: TASK,
        produced: produced.replace('-', ""),
        previous: "00000000".to_owned(),
        records: own.into_iter().chain(block).collect(),
        stated: None,
    }
}

impl Extract {
    /// The extract that went before.
    pub fn following(mut self, previous: &str) -> Self {
        self.previous = previous.replace('-', "");
        self
    }

    pub fn of_task(mut self, task: &'static str) -> Self {
        self.task = task;
        self
    }

    /// A number of records in 999 that may be wrong.
    pub fn stating(mut self, records: usize) -> Self {
        self.stated = Some(records);
        self
    }

    pub fn start(&self) -> Vec<u8> {
        format!("0000000000000{}{}{}", self.task, self.produced, self.previous).into_bytes()
    }

    pub fn end(&self) -> Vec<u8> {
        format!("9999999999999{:08}", self.stated.unwrap_or(self.records.len())).into_bytes()
    }

    /// The file in a shape.
    pub fn bytes(&self, shape: Shape) -> Vec<u8> {
        shape.file([self.start()].iter().chain(&self.records).chain([&self.end()]))
    }

    /// Writes the file with line ends and without trailing blanks.
    pub fn write(&self, path: &Path) -> PathBuf {
        std::fs::write(path, self.bytes(LF)).unwrap();
        path.to_owned()
    }
}

impl Shape {
    /// Puts records into a file.
    pub fn file<'r>(self, records: impl IntoIterator<Item = &'r Vec<u8>>) -> Vec<u8> {
        let mut bytes = Vec::new();
        for record in records {
            let record = if self.trimmed { record.trim_ascii_end() } else { record };
            bytes.extend_from_slice(record);
            bytes.extend_from_slice(self.line_end.as_bytes());
        }
        bytes
    }
}
