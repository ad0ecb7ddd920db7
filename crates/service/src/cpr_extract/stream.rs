use std::io::Read;

use kartotek_formats::extract::{FrameError, FrameProblem, Layout, Split};

use super::ImportError;

/// Bytes read at a time; larger than any record.
const CHUNK: usize = 1 << 20;

/// A record and where it stands.
#[derive(Clone, Copy)]
pub(super) struct RawRecord<'a> {
    /// Without its line end and trailing blanks.
    pub bytes: &'a [u8],
    /// Byte in the file, from 0.
    pub offset: u64,
    /// Line in the file, from 1; 0 in a file without line ends.
    pub line: u64,
    /// Byte behind the record and its line end.
    pub end: u64,
}

/// Goes through a file record by record, in memory that does not depend on the file's size.
pub(super) struct RecordStream<R> {
    input: R,
    layout: Layout,
    buffer: Vec<u8>,
    /// What of the buffer is filled and not consumed yet.
    from: usize,
    to: usize,
    offset: u64,
    line: u64,
    at_end: bool,
}

impl<R: Read> RecordStream<R> {
    /// Begins at a position of the file, which is the beginning of a line.
    pub fn new(input: R, layout: Layout, offset: u64, line: u64) -> Self {
        Self { input, layout, buffer: vec![0; 2 * CHUNK], from: 0, to: 0, offset, line, at_end: false }
    }

    /// The next record that is not blank.
    pub fn next(&mut self) -> Result<Option<RawRecord<'_>>, ImportError> {
        let (from, len, at, line) = loop {
            let bytes = self.buffer.get(self.from..self.to).unwrap_or_default();
            match self.layout.split(bytes, self.at_end) {
                Split::NeedMore => self.fill()?,
                Split::End => return Ok(None),
                Split::Record { len, consumed } => {
                    let record = bytes.get(..len).unwrap_or_default();
                    let trimmed = trimmed_len(record);
                    let found = (self.from, trimmed, self.offset, self.line);
                    self.from += consumed;
                    self.offset += consumed as u64;
                    if self.layout == Layout::Lines {
                        self.line += 1;
                    }
                    if trimmed > 0 {
                        break found;
                    }
                }
                problem => return Err(self.broken(problem)),
            }
        };
        let bytes = self.buffer.get(from..from + len).unwrap_or_default();
        Ok(Some(RawRecord { bytes, offset: at, line, end: self.offset }))
    }

    /// Where reading stands, for an error about the end of the file.
    pub fn position(&self) -> (Option<u64>, u64) {
        ((self.layout == Layout::Lines).then_some(self.line), self.offset)
    }

    fn fill(&mut self) -> Result<(), ImportError> {
        self.buffer.copy_within(self.from..self.to, 0);
        self.to -= self.from;
        self.from = 0;
        let free = self.buffer.get_mut(self.to..self.to + CHUNK).unwrap_or_default();
        let read = loop {
            match self.input.read(free) {
                Ok(read) => break read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(ImportError::Io { operation: "read", error }),
            }
        };
        self.to += read;
        self.at_end = read == 0;
        Ok(())
    }

    fn broken(&self, split: Split) -> ImportError {
        let problem = match split {
            Split::TooLong => FrameProblem::LineTooLong,
            Split::CutOff => FrameProblem::CutOff,
            _ => FrameProblem::UnknownLength,
        };
        let (line, byte) = self.position();
        ImportError::Frame(FrameError { line, byte, problem })
    }
}

/// Length without trailing blanks; 0 for a line that is blank or has nothing but the Ctrl-Z with which old systems end a
/// file.
fn trimmed_len(record: &[u8]) -> usize {
    let is_blank = record.iter().all(|byte| matches!(byte, b' ' | 0x1A));
    if is_blank { 0 } else { record.iter().rposition(|byte| *byte != b' ').map_or(0, |last| last + 1) }
}

/// Goes through bytes that end with a record.
pub(super) fn for_each_record(
    layout: Layout,
    mut bytes: &[u8],
    mut offset: u64,
    mut line: u64,
    mut take: impl FnMut(RawRecord<'_>),
) {
    while let Split::Record { len, consumed } = layout.split(bytes, true) {
        let record = bytes.get(..len).unwrap_or_default();
        let trimmed = trimmed_len(record);
        let end = offset + consumed as u64;
        if trimmed > 0 {
            take(RawRecord { bytes: record.get(..trimmed).unwrap_or_default(), offset, line, end });
        }
        bytes = bytes.get(consumed..).unwrap_or_default();
        offset = end;
        line += u64::from(layout == Layout::Lines);
    }
}
