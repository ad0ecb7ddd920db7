use crate::extract::{Frame, FrameCheck, FrameProblem};
use crate::identifiers::CprNumber;
use crate::records::read_type;
use crate::records::u09480::PrivateRecord;
use crate::records::u12170::PublicRecord;

use super::TransactionCode;

/// A record of an answer.
#[derive(Clone, Copy)]
pub struct BodyRecord<'a> {
    /// Its type.
    pub record_type: u16,
    /// Its bytes, at full length.
    pub bytes: &'a [u8],
    /// Where it begins in the data part, from 0.
    pub offset: usize,
}

/// Why the data of an answer are refused. Never holds them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// A record type whose length is not known, so that nothing after it can be read.
    #[error(
        "byte {offset} of the data: record type {record_type:03} is not known, so nothing after it can be read; leave it \
         out of the task, or tell the makers of Kartotek its length"
    )]
    UnknownType {
        /// The type.
        record_type: u16,
        /// From 0.
        offset: usize,
    },
    /// No record type where a record should begin.
    #[error("byte {offset} of the data: expected a record type of three digits")]
    NoRecord {
        /// From 0.
        offset: usize,
    },
    /// The data end within a record.
    #[error("byte {offset} of the data: record {record_type:03} is cut off")]
    CutOff {
        /// The type.
        record_type: u16,
        /// From 0.
        offset: usize,
    },
    /// 000, 999 and the count in it are not as they should be.
    #[error("{0}")]
    Frame(FrameProblem),
    /// The count in 999.
    #[error("record 999 states {stated} records, found {found}")]
    Count {
        /// What 999 states.
        stated: u64,
        /// What is there.
        found: u64,
    },
    /// A record about somebody else than was asked for.
    #[error("byte {offset} of the data: record {record_type:03} is about another person than was asked for")]
    AnotherPerson {
        /// The type.
        record_type: u16,
        /// From 0.
        offset: usize,
    },
    /// No person in it.
    #[error("expected a record 001 of the person asked for, found none")]
    NoPerson,
}

/// The data of an answer about one person, whole and checked: start record, the person's records, end record.
pub struct Body<'a> {
    /// Start and end record.
    pub frame: Frame,
    /// The person's records, in the order in which they came.
    pub records: Vec<BodyRecord<'a>>,
}

impl<'a> Body<'a> {
    /// Walks the data by the lengths of the records. There is nothing between records and nothing is trimmed.
    ///
    /// A record about another person refuses all of it: what CPR says about one must never be stored about another.
    pub fn decode(data: &'a [u8], transaction: TransactionCode, asked: CprNumber) -> Result<Self, BodyError> {
        let length_of = match transaction {
            TransactionCode::Off4 => PublicRecord::length,
            TransactionCode::Priv => PrivateRecord::length,
        };
        let mut check = FrameCheck::default();
        let mut records = Vec::with_capacity(24);
        let mut offset = 0;
        while offset < data.len() {
            let rest = data.get(offset..).unwrap_or_default();
            let record_type = read_type(rest).ok_or(BodyError::NoRecord { offset })?;
            let length = length_of(record_type).ok_or(BodyError::UnknownType { record_type, offset })?;
            let bytes = rest.get(..length).ok_or(BodyError::CutOff { record_type, offset })?;
            if check.record(bytes).map_err(BodyError::Frame)?.is_some() {
                if bytes.get(3..13) != Some(&asked.to_digits()) {
                    return Err(BodyError::AnotherPerson { record_type, offset });
                }
                records.push(BodyRecord { record_type, bytes, offset });
            }
            offset += length;
        }
        let frame = check.finish().map_err(BodyError::Frame)?;
        if !frame.count_is_right() {
            return Err(BodyError::Count { stated: frame.stated_records, found: frame.records });
        }
        if !records.iter().any(|record| record.record_type == 1) {
            return Err(BodyError::NoPerson);
        }
        Ok(Self { frame, records })
    }
}
