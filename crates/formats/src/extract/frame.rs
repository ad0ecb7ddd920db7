use std::fmt;

use crate::codes::Digits;
use crate::dates::PartialDate;
use crate::records::u12170::{R000Start, R999End};
use crate::records::{FieldError, Record, read_type};

/// A task number, six digits.
pub type Task = Digits<6>;

/// What the records around the persons say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    /// OPGAVENR of record 000.
    pub task: Task,
    /// PRODDTO of record 000.
    pub production_date: PartialDate,
    /// PRODDTOFORRIG of record 000; `None` when it is zero.
    pub previous_date: Option<PartialDate>,
    /// Records between 000 and 999.
    pub records: u64,
    /// TAELLER of record 999.
    pub stated_records: u64,
}

impl Frame {
    /// Whether 999 states as many records as there are. It has eight digits, so of more the last eight.
    pub fn count_is_right(&self) -> bool {
        self.records % 100_000_000 == self.stated_records
    }
}

/// A frame that is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameError {
    /// Line from 1; `None` in a file without line ends.
    pub line: Option<u64>,
    /// Byte from 0.
    pub byte: u64,
    /// What is wrong.
    pub problem: FrameProblem,
}

/// What is wrong with a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameProblem {
    /// No 000 at the beginning.
    #[error("expected record 000 first, found another record; the beginning of the file is missing")]
    NoStart,
    /// 000 cannot be read.
    #[error("record 000 cannot be read: {0}")]
    BadStart(FieldError),
    /// 000 without a production date.
    #[error("record 000 has no production date (PRODDTO), so the age of its data is not known")]
    NoProductionDate,
    /// A second 000.
    #[error("a second record 000; the file is two extracts in one: split it")]
    SecondStart,
    /// Something after 999.
    #[error("data after record 999; the file is two extracts in one, or something was appended")]
    DataAfterEnd,
    /// 999 cannot be read.
    #[error("record 999 cannot be read: {0}")]
    BadEnd(FieldError),
    /// The file ends without 999.
    #[error("record 999 is missing; the file was cut off: fetch it again")]
    NoEnd,
    /// A record without an end.
    #[error("no line end within 65536 bytes; expected records of at most 306")]
    LineTooLong,
    /// An unknown record type in a file without line ends.
    #[error(
        "unknown record type in a file without line ends; nothing after it can be read: order the file with line ends"
    )]
    UnknownLength,
    /// A file without line ends stops within a record.
    #[error("the file ends within a record; it was cut off: fetch it again")]
    CutOff,
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}, ")?;
        }
        write!(f, "byte {}: {}", self.byte, self.problem)
    }
}

impl std::error::Error for FrameError {}

/// Checks a frame record by record.
#[derive(Debug, Default)]
pub struct FrameCheck {
    start: Option<(Task, PartialDate, Option<PartialDate>)>,
    records: u64,
    stated: Option<u64>,
}

impl FrameCheck {
    /// Takes the next record; returns its type when it stands between 000 and 999. A record without a readable type
    /// counts as one (`None` within `Some`).
    pub fn record(&mut self, record: &[u8]) -> Result<Option<Option<u16>>, FrameProblem> {
        let record_type = read_type(record);
        if self.stated.is_some() {
            return Err(FrameProblem::DataAfterEnd);
        }
        match (record_type, &self.start) {
            (Some(0), None) => {
                let start = R000Start::decode(record).map_err(FrameProblem::BadStart)?;
                let production_date = start.proddto.0.ok_or(FrameProblem::NoProductionDate)?;
                self.start = Some((start.opgavenr, production_date, start.proddtoforrig.0));
                Ok(None)
            }
            (_, None) => Err(FrameProblem::NoStart),
            (Some(0), Some(_)) => Err(FrameProblem::SecondStart),
            (Some(999), Some(_)) => {
                let end = R999End::decode(record).map_err(FrameProblem::BadEnd)?;
                self.stated = Some(end.taeller.as_number());
                Ok(None)
            }
            (other, Some(_)) => {
                self.records += 1;
                Ok(Some(other))
            }
        }
    }

    /// The frame, once the file has ended.
    pub fn finish(&self) -> Result<Frame, FrameProblem> {
        let (task, production_date, previous_date) = self.start.ok_or(FrameProblem::NoStart)?;
        let stated_records = self.stated.ok_or(FrameProblem::NoEnd)?;
        Ok(Frame { task, production_date, previous_date, records: self.records, stated_records })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: &[u8] = b"00000000000001109012001111920011116";
    const END: &[u8] = b"999999999999900000001";
    const PERSON: &[u8] = b"0010707614285";

    fn check(records: &[&[u8]]) -> Result<Frame, FrameProblem> {
        let mut check = FrameCheck::default();
        for record in records {
            check.record(record)?;
        }
        check.finish()
    }

    #[test]
    fn the_counter_leaves_the_frame_out() {
        let frame = check(&[START, PERSON, END]).unwrap();
        assert_eq!((frame.records, frame.stated_records), (1, 1));
        assert_eq!(frame.task.as_str(), "110901");
        assert_eq!(frame.production_date.to_string(), "2001-11-19");
        assert_eq!(frame.previous_date.unwrap().to_string(), "2001-11-16");
    }

    #[test]
    fn every_broken_frame_has_its_reason() {
        assert_eq!(check(&[]), Err(FrameProblem::NoStart));
        assert_eq!(check(&[PERSON, END]), Err(FrameProblem::NoStart));
        assert_eq!(check(&[START, PERSON]), Err(FrameProblem::NoEnd));
        assert_eq!(check(&[START, START, END]), Err(FrameProblem::SecondStart));
        assert_eq!(check(&[START, END, PERSON]), Err(FrameProblem::DataAfterEnd));
        assert_eq!(check(&[START, END, END]), Err(FrameProblem::DataAfterEnd));
        assert!(matches!(check(&[b"0000000000000abcdef2001111920011116", END]), Err(FrameProblem::BadStart(_))));
        assert!(matches!(check(&[START, b"9999999999999xx"]), Err(FrameProblem::BadEnd(_))));
        let no_date = b"00000000000001109010000000020011116";
        assert_eq!(check(&[no_date, END]), Err(FrameProblem::NoProductionDate));
    }
}
