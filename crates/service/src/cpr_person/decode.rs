//! The records of one person to what CPR states about that person, or the reason why not.

use std::collections::BTreeSet;

use kartotek_formats::identifiers::CprNumber;
use kartotek_formats::records::u09480::PrivateRecord;
use kartotek_formats::records::u12170::PublicRecord;
use kartotek_formats::records::{FieldError, read_type};
use kartotek_register::contact::{ContactId, ContactUpdate};
use kartotek_register::mapping::cpr::{MappingOptions, PersonMapper, PrivatePersonMapper};
use kartotek_register::ports::{Known, Message, Severity};

/// Which records there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Records {
    /// U12170-P, OFF4.
    Public,
    /// U09480-P, PRIV.
    Private,
}

/// Where a record came from.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    /// Byte at which it begins, from 0.
    pub offset: u64,
    /// Line from 1; 0 where there are no lines.
    pub line: u64,
}

impl Place {
    /// The place of a field, whose position counts from 1.
    fn at_field(self, start: usize) -> Self {
        Self { offset: self.offset + start as u64 - 1, ..self }
    }
}

/// Whom the records are about, and what to know for telling about them.
pub(crate) struct Subject {
    pub number: CprNumber,
    pub records: Records,
    /// Whether places have lines.
    pub has_lines: bool,
    /// What to do about a person who was not taken in: "order it again".
    pub remedy: &'static str,
}

/// Decodes and maps one person; `None`, with a message, when a record is bad. `lost` are record types of which one has an
/// unreadable number somewhere, so that its absence says nothing.
pub(crate) fn map<'r>(
    subject: &Subject,
    records: &(impl Iterator<Item = (&'r [u8], Place)> + Clone),
    marks: &Known,
    lost: &BTreeSet<u16>,
    mapping: &MappingOptions,
    messages: &mut Vec<Message>,
) -> Option<ContactUpdate> {
    let mut mapper = Mapper::new(subject, mapping, marks);
    let mut types = Types::default();
    for (bytes, place) in records.clone() {
        let Some(record_type) = read_type(bytes) else { continue };
        if types.has(record_type) && ONCE.contains(&record_type) {
            let first = records.clone().find(|(bytes, _)| read_type(bytes) == Some(record_type));
            if first.is_some_and(|(first, _)| first == bytes) {
                continue;
            }
            let text = format!(
                "expected one record of this type for a person, found two that differ; the person was not taken in: {}",
                subject.remedy
            );
            messages.push(subject.message(Severity::Error, "two-records", Some(place), Some(record_type), text));
            return None;
        }
        types.add(record_type);
        match mapper.take(record_type, bytes) {
            Ok(true) => {}
            Ok(false) => {
                let text = "unknown record type; the person was taken in without it".to_owned();
                messages.push(subject.message(Severity::Remark, "unknown-type", Some(place), Some(record_type), text));
            }
            Err(error) => {
                messages.push(subject.bad_record(place, record_type, &error));
                return None;
            }
        }
    }
    if let Some(lost) = lost.iter().find(|lost| !types.has(**lost)) {
        let place = records.clone().next().map(|(_, place)| place);
        let text = format!(
            "expected a record {lost:03}, found none, and one of the file has no readable number; the person was not \
             taken in: {}",
            subject.remedy
        );
        messages.push(subject.message(Severity::Error, "lost-record", place, Some(*lost), text));
        return None;
    }
    Some(mapper.finish())
}

/// The mapping of either product.
enum Mapper<'o> {
    Public(PersonMapper<'o>),
    Private(PrivatePersonMapper<'o>),
}

impl<'o> Mapper<'o> {
    fn new(subject: &Subject, options: &'o MappingOptions, marks: &Known) -> Self {
        let (number, stamp, content_hash) = (subject.number, marks.stamp, marks.content_hash);
        match subject.records {
            Records::Public => Self::Public(PersonMapper::new(options, number, stamp, content_hash)),
            Records::Private => Self::Private(PrivatePersonMapper::new(options, number, stamp, content_hash)),
        }
    }

    /// Takes a record; false when its type is unknown.
    fn take(&mut self, record_type: u16, bytes: &[u8]) -> Result<bool, FieldError> {
        match self {
            Self::Public(mapper) => {
                let record = PublicRecord::decode(bytes)?;
                if let Some(record) = &record {
                    mapper.record(record_type, record);
                }
                Ok(record.is_some())
            }
            Self::Private(mapper) => {
                let record = PrivateRecord::decode(bytes)?;
                if let Some(record) = &record {
                    mapper.record(record_type, record);
                }
                Ok(record.is_some())
            }
        }
    }

    fn finish(self) -> ContactUpdate {
        match self {
            Self::Public(mapper) => mapper.finish(),
            Self::Private(mapper) => mapper.finish(),
        }
    }
}

/// Types of which a person has one at most (cpr-records.md section 4). Of two that differ nobody knows which is true.
const ONCE: [u16; 14] = [2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 17, 52];

/// Which types came for a person.
#[derive(Default)]
struct Types(u64);

impl Types {
    fn add(&mut self, record_type: u16) {
        if record_type < 64 {
            self.0 |= 1 << record_type;
        }
    }

    fn has(&self, record_type: u16) -> bool {
        record_type < 64 && self.0 & 1 << record_type != 0
    }
}

impl Subject {
    /// The byte is that of the field at fault, so that an editor's "go to byte" shows it.
    fn bad_record(&self, place: Place, record_type: u16, error: &FieldError) -> Message {
        let place = place.at_field(error.field.start);
        let text = format!("{error}; the person was not taken in: {}", self.remedy);
        self.message(Severity::Error, "bad-field", Some(place), Some(record_type), text)
    }

    /// A message about the person.
    pub fn message(
        &self,
        severity: Severity,
        code: &'static str,
        place: Option<Place>,
        record: Option<u16>,
        text: String,
    ) -> Message {
        Message {
            severity,
            code: code.into(),
            line: place.filter(|_| self.has_lines).map(|place| place.line),
            byte: place.map(|place| place.offset),
            record,
            person: Some(self.number.masked()),
            subject: Some(ContactId::person(self.number)),
            contact: None,
            text,
        }
    }
}
