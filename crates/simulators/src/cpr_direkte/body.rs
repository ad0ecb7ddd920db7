use kartotek_formats::codes::Digits;
use kartotek_formats::cpr_direkte::{AnswerHeader, CustomerNumber, TransactionCode};
use kartotek_formats::dates::PartialDate;
use kartotek_formats::latin1::Text;
use kartotek_formats::records::u09480::PrivateRecord;
use kartotek_formats::records::u12170::{PublicRecord, R000Start, R999End};
use kartotek_formats::records::{CompactDate, Record, read_type};

/// What the records of a person may take: four digits declare the length of header, start, records and end.
const ROOM: usize = AnswerHeader::MAX_ANSWER - AnswerHeader::LENGTH - R000Start::LENGTH - R999End::LENGTH;

/// A person's records as the data of an answer.
pub(super) struct Body {
    today: Option<PartialDate>,
    records: Vec<Vec<u8>>,
    /// What 999 states.
    count: u64,
}

impl Body {
    /// Takes a person's records as they stand one after the other.
    ///
    /// Where they are too long for an answer, history goes first, from the last record 030 back to the first 022, and
    /// then whatever else stands last, but never the 001.
    pub(super) fn new(transaction: TransactionCode, today: Option<PartialDate>, mut bytes: &[u8]) -> Self {
        let length_of = match transaction {
            TransactionCode::Off4 => PublicRecord::length,
            TransactionCode::Priv => PrivateRecord::length,
        };
        let mut records = Vec::new();
        while let Some(length) = read_type(bytes).and_then(length_of)
            && let Some((record, rest)) = bytes.split_at_checked(length)
        {
            records.push(record.to_vec());
            bytes = rest;
        }
        let mut length: usize = records.iter().map(Vec::len).sum();
        while length > ROOM && records.len() > 1 {
            let history = records.iter().rposition(|record| matches!(read_type(record), Some(22..=30)));
            length -= records.remove(history.unwrap_or(records.len() - 1)).len();
        }
        let count = u64::try_from(records.len()).unwrap_or_default();
        Self { today, records, count }
    }

    /// States one record more than there are.
    pub(super) fn miscount(&mut self) {
        self.count += 1;
    }

    /// Puts a record of 40 characters after the first one, of a type that perhaps nobody knows.
    pub(super) fn insert(&mut self, record_type: u16) {
        let mut record = format!("{:03}", record_type % 1000).into_bytes();
        record.extend_from_slice(self.records.first().and_then(|first| first.get(3..13)).unwrap_or(b"0000000000"));
        record.resize(40, b' ');
        self.records.insert(self.records.len().min(1), record);
        self.count += 1;
    }

    /// Start record, records, end record. The task is the customer number filled with zeros, and the chain of
    /// production dates has no link back.
    pub(super) fn write(&self, customer: CustomerNumber) -> Vec<u8> {
        let mut out = Vec::with_capacity(AnswerHeader::MAX_ANSWER);
        let start = R000Start {
            sortfelt_10: Text::new(b"0000000000"),
            opgavenr: Digits::from_number(customer.as_number()).unwrap_or_default(),
            proddto: CompactDate(self.today),
            proddtoforrig: CompactDate(None),
            extra: Text::default(),
        };
        let end = R999End {
            sortfelt_10: Text::new(b"9999999999"),
            taeller: Digits::from_number(self.count).unwrap_or_default(),
            extra: Text::default(),
        };
        let written = start.encode(&mut out).and_then(|()| {
            out.extend(self.records.iter().flatten());
            end.encode(&mut out)
        });
        debug_assert!(written.is_ok(), "both have fixed fields that fit");
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 001, children, former names, credit warning.
    fn person(children: usize, former_names: usize) -> Vec<u8> {
        let record = |record_type: u16| {
            let mut record = format!("{record_type:03}0202014444").into_bytes();
            record.resize(PublicRecord::length(record_type).unwrap(), b' ');
            record
        };
        let mut bytes = record(1);
        bytes.extend(record(14).repeat(children));
        bytes.extend(record(26).repeat(former_names));
        bytes.extend(record(50));
        bytes
    }

    fn body(records: &[u8]) -> Body {
        Body::new(TransactionCode::Off4, PartialDate::new(2026, 1, 5), records)
    }

    fn written(body: &Body) -> Vec<u8> {
        body.write(CustomerNumber::new(b"0132").unwrap())
    }

    #[test]
    fn start_and_end_stand_around_the_records() {
        let records = person(2, 1);
        let out = written(&body(&records));
        assert_eq!(&out[..35], b"00000000000000001322026010500000000");
        assert_eq!(&out[35..out.len() - 21], records);
        assert_eq!(&out[out.len() - 21..], b"999999999999900000005");
    }

    #[test]
    fn an_answer_never_outgrows_its_length_field() {
        let longest = body(&person(0, 200));
        assert!(written(&longest).len() <= AnswerHeader::MAX_ANSWER - AnswerHeader::LENGTH);
        let kept: Vec<_> = longest.records.iter().map(|record| read_type(record).unwrap()).collect();
        assert_eq!((kept.first(), kept.last()), (Some(&1), Some(&50)), "history goes first");
        let many_children = body(&person(1000, 1));
        assert!(written(&many_children).len() <= AnswerHeader::MAX_ANSWER - AnswerHeader::LENGTH);
        assert!(many_children.records.iter().all(|record| matches!(read_type(record), Some(1 | 14))));
    }
}
