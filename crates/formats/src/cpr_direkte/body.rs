use crate::extract::{Frame, FrameCheck, FrameProblem};
use crate::identifiers::CprNumber;
use crate::records::u09480::PrivateRecord;
use crate::records::u12170::{PublicRecord, R910Error, R999End};
use crate::records::{Record, read_type};

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
    #[error("{}", frame_of_answer(*.0))]
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
    /// CPR's own error record in place of a record about the person.
    #[error(
        "byte {offset} of the data: record 910, by which CPR refuses what was asked; report it to CPR's service desk"
    )]
    Refusal {
        /// From 0.
        offset: usize,
    },
    /// No person in it.
    #[error("expected a record 001 of the person asked for, found none")]
    NoPerson,
}

/// What is wrong with the frame, without the advice for files: an answer cannot be fetched again or split.
fn frame_of_answer(problem: FrameProblem) -> String {
    match problem {
        FrameProblem::NoStart => "expected record 000 first, found another record".to_owned(),
        FrameProblem::SecondStart => "a second record 000".to_owned(),
        FrameProblem::DataAfterEnd => "data after record 999".to_owned(),
        FrameProblem::NoEnd => "record 999 is missing".to_owned(),
        other => other.to_string(),
    }
}

/// The data of an answer about one person, whole and checked: start record, the person's records, end record.
pub struct Body<'a> {
    /// Start and end record.
    pub frame: Frame,
    /// The person's records, in the order in which they came.
    pub records: Vec<BodyRecord<'a>>,
}

impl<'a> Body<'a> {
    /// Walks the data by the lengths of the records. There is nothing between records and nothing is trimmed. Two types
    /// have a longer variant, which shows by where the next record begins.
    ///
    /// A record about another person refuses all of it: what CPR says about one must never be stored about another.
    pub fn decode(data: &'a [u8], transaction: TransactionCode, asked: CprNumber) -> Result<Self, BodyError> {
        let walk = Walk { transaction, asked: asked.to_digits() };
        let mut check = FrameCheck::default();
        let mut records = Vec::with_capacity(24);
        let mut offset = 0;
        while offset < data.len() {
            let rest = data.get(offset..).unwrap_or_default();
            let record_type = read_type(rest).ok_or(BodyError::NoRecord { offset })?;
            let length = walk.length(rest, record_type).ok_or(BodyError::UnknownType { record_type, offset })?;
            let bytes = rest.get(..length).ok_or(BodyError::CutOff { record_type, offset })?;
            if check.record(bytes).map_err(BodyError::Frame)?.is_some() {
                if record_type == R910Error::TYPE {
                    return Err(BodyError::Refusal { offset });
                }
                if bytes.get(3..13) != Some(&walk.asked) {
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

/// Finds where records end.
struct Walk {
    transaction: TransactionCode,
    asked: [u8; 10],
}

impl Walk {
    /// The length of the record at the beginning of `rest`; `None` for a type that is not known.
    fn length(&self, rest: &[u8], record_type: u16) -> Option<usize> {
        let length = self.documented(record_type)?;
        // Lengths from cpr-records.md: OFF4's 001 with NGLKONST, PRIV's 002 of type B.
        let extra = match (self.transaction, record_type) {
            (TransactionCode::Off4, 1) => 15,
            (TransactionCode::Priv, 2) => 4,
            _ => return Some(length),
        };
        let is_longer = !self.begins_record(rest, length) && self.begins_record(rest, length + extra);
        Some(if is_longer { length + extra } else { length })
    }

    fn documented(&self, record_type: u16) -> Option<usize> {
        match self.transaction {
            TransactionCode::Off4 => PublicRecord::length(record_type),
            TransactionCode::Priv => PrivateRecord::length(record_type),
        }
    }

    /// Whether a record about the person asked for stands there, or the end record and nothing else. Any digits could be
    /// taken for a record type, the person number could not.
    fn begins_record(&self, rest: &[u8], at: usize) -> bool {
        let there = rest.get(at..).unwrap_or_default();
        let key = there.get(3..13);
        match read_type(there) {
            Some(999) => there.len() == R999End::LENGTH && key == Some(b"9999999999"),
            Some(record_type) => self.documented(record_type).is_some() && key == Some(&self.asked),
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use TransactionCode::{Off4, Priv};

    const ASKED: &str = "0707614285";
    const START: &str = "00000000000000001322026010500000000";

    fn record(length: usize, record_type: u16, number: &str) -> String {
        format!("{:<length$}", format!("{record_type:03}{number}"))
    }

    fn public(record_type: u16) -> String {
        record(PublicRecord::length(record_type).unwrap(), record_type, ASKED)
    }

    fn private(record_type: u16) -> String {
        record(PrivateRecord::length(record_type).unwrap(), record_type, ASKED)
    }

    fn end(records: u64) -> String {
        format!("9999999999999{records:08}")
    }

    fn decode(parts: &[String], transaction: TransactionCode) -> Result<Vec<(u16, usize, usize)>, BodyError> {
        let data = parts.concat();
        let body = Body::decode(data.as_bytes(), transaction, CprNumber::parse(ASKED).unwrap())?;
        for record in &body.records {
            assert_eq!(record.bytes, &data.as_bytes()[record.offset..record.offset + record.bytes.len()]);
        }
        Ok(body.records.iter().map(|record| (record.record_type, record.offset, record.bytes.len())).collect())
    }

    #[test]
    fn a_whole_answer_is_walked_by_the_lengths() {
        let parts = [START.to_owned(), public(1), public(2), public(3), public(14), public(14), end(5)];
        assert_eq!(
            decode(&parts, Off4),
            Ok(vec![(1, 35, 106), (2, 141, 306), (3, 447, 249), (14, 696, 23), (14, 719, 23)])
        );
        let data = parts.concat();
        let body = Body::decode(data.as_bytes(), Off4, CprNumber::parse(ASKED).unwrap()).unwrap();
        assert_eq!((body.frame.task.as_number(), body.frame.records), (132, 5));
        assert_eq!((body.frame.production_date.to_string(), body.frame.previous_date), ("2026-01-05".to_owned(), None));

        let parts = [START.to_owned(), private(1), private(2), private(50), end(3)];
        assert_eq!(decode(&parts, Priv), Ok(vec![(1, 35, 469), (2, 504, 195), (50, 699, private(50).len())]));
    }

    #[test]
    fn an_unknown_type_ends_the_reading() {
        let parts = [START.to_owned(), public(1), record(40, 777, ASKED), end(2)];
        assert_eq!(decode(&parts, Off4), Err(BodyError::UnknownType { record_type: 777, offset: 141 }));
        let parts = [START.to_owned(), private(1), record(193, 8, ASKED), end(2)];
        assert_eq!(decode(&parts, Priv), Err(BodyError::UnknownType { record_type: 8, offset: 504 }));
    }

    #[rstest]
    #[case::within_the_start(20, BodyError::CutOff { record_type: 0, offset: 0 })]
    #[case::behind_the_start(35, BodyError::Frame(FrameProblem::NoEnd))]
    #[case::within_the_type(37, BodyError::NoRecord { offset: 35 })]
    #[case::within_a_record(140, BodyError::CutOff { record_type: 1, offset: 35 })]
    #[case::without_the_end(141, BodyError::Frame(FrameProblem::NoEnd))]
    #[case::within_the_end(161, BodyError::CutOff { record_type: 999, offset: 141 })]
    #[case::nothing(0, BodyError::Frame(FrameProblem::NoStart))]
    fn data_that_are_cut_off_are_refused(#[case] length: usize, #[case] expected: BodyError) {
        let data = [START.to_owned(), public(1), end(1)].concat();
        assert_eq!(data.len(), 162);
        assert_eq!(decode(&[data[..length].to_owned()], Off4), Err(expected));
    }

    #[test]
    fn a_record_about_another_person_refuses_all() {
        let other = record(23, 14, "0202014444");
        for (parts, record_type, offset) in [
            ([START.to_owned(), public(1), other.clone(), end(2)], 14, 141),
            ([START.to_owned(), other, public(1), end(2)], 14, 35),
            ([START.to_owned(), record(106, 1, "0202014444"), public(14), end(2)], 1, 35),
            ([START.to_owned(), public(1), record(23, 14, "          "), end(2)], 14, 141),
        ] {
            assert_eq!(decode(&parts, Off4), Err(BodyError::AnotherPerson { record_type, offset }));
        }
    }

    #[test]
    fn an_error_record_of_cpr_is_told_as_one() {
        let refusal = record(157, 910, "KOMKOD    ");
        let parts = [START.to_owned(), public(1), refusal, end(2)];
        assert_eq!(decode(&parts, Off4), Err(BodyError::Refusal { offset: 141 }));
    }

    #[test]
    fn what_is_wrong_with_the_frame_is_told_of_an_answer_and_not_of_a_file() {
        for problem in
            [FrameProblem::NoStart, FrameProblem::SecondStart, FrameProblem::DataAfterEnd, FrameProblem::NoEnd]
        {
            let text = BodyError::Frame(problem).to_string();
            assert!(!text.contains("file") && !text.contains("fetch"), "{text}");
        }
    }

    #[test]
    fn the_count_must_be_right() {
        let parts = [START.to_owned(), public(1), public(14), end(3)];
        assert_eq!(decode(&parts, Off4), Err(BodyError::Count { stated: 3, found: 2 }));
    }

    #[test]
    fn there_must_be_a_person() {
        assert_eq!(decode(&[START.to_owned(), public(14), end(1)], Off4), Err(BodyError::NoPerson));
        assert_eq!(decode(&[START.to_owned(), end(0)], Off4), Err(BodyError::NoPerson));
    }

    #[test]
    fn start_and_end_must_be_where_they_belong() {
        let start = START.to_owned();
        let frame = |problem| Err(BodyError::Frame(problem));
        assert_eq!(decode(&[public(1), end(1)], Off4), frame(FrameProblem::NoStart));
        assert_eq!(decode(&[start.clone(), start.clone(), end(0)], Off4), frame(FrameProblem::SecondStart));
        assert_eq!(decode(&[start.clone(), end(0), public(1)], Off4), frame(FrameProblem::DataAfterEnd));
        assert_eq!(decode(&[start, public(1), end(1), " ".to_owned()], Off4), Err(BodyError::NoRecord { offset: 162 }));
    }

    /// The four characters that type B has more may look like a record type.
    #[rstest]
    #[case("    ")]
    #[case("5180")]
    #[case("0500")]
    #[case("0030")]
    #[case("9999")]
    fn the_longer_002_of_priv_shows_by_the_next_record(#[case] country: &str) {
        let longer = format!("{}{country}", private(2));
        for (next, count) in [(private(3), 3), (String::new(), 2)] {
            let parts = [START.to_owned(), private(1), longer.clone(), next.clone(), end(count)];
            let records = decode(&parts, Priv).unwrap();
            assert_eq!(records[1], (2, 504, 199));
            let parts = [START.to_owned(), private(1), private(2), next, end(count)];
            assert_eq!(decode(&parts, Priv).unwrap()[1], (2, 504, 195));
        }
    }

    #[test]
    fn the_longer_001_of_off4_does_too() {
        let longer = format!("{}MIN REFERENCE 1", public(1));
        let parts = [START.to_owned(), longer, public(14), end(2)];
        assert_eq!(decode(&parts, Off4), Ok(vec![(1, 35, 121), (14, 156, 23)]));
    }

    #[test]
    fn errors_hold_no_person() {
        let parts = [START.to_owned(), public(1), record(23, 14, "0202014444"), end(2)];
        let error = decode(&parts, Off4).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("0202"), "{error}");
    }
}
