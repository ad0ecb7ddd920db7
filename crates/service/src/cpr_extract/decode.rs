//! The records of one person to what CPR states about that person, or the reason why not.

use kartotek_formats::extract::Layout;
use kartotek_formats::identifiers::CprNumber;
use kartotek_formats::records::u12170::PublicRecord;
use kartotek_formats::records::{FieldError, read_type};
use kartotek_register::contact::{ContactId, ContactUpdate};
use kartotek_register::mapping::cpr::{MappingOptions, PersonMapper};
use kartotek_register::ports::{Known, Message, Severity};

use super::persons::{Person, PersonBatch, RecordPlace};
use super::scan::{EVERYBODY, Scan};

/// Decodes and maps one person; `None`, with a message, when a record is bad.
pub(super) fn map(
    batch: &PersonBatch,
    person: &Person,
    marks: &Known,
    scan: &Scan,
    mapping: &MappingOptions,
    messages: &mut Vec<Message>,
) -> Option<ContactUpdate> {
    let about = About { number: person.number, layout: scan.layout };
    if person.too_large {
        let place = batch.records(person).next().map(|(_, place)| place);
        messages.push(about.message(Severity::Error, "too-large", place, None, TOO_LARGE.to_owned()));
        return None;
    }
    let mut mapper = PersonMapper::new(mapping, person.number, marks.stamp, marks.content_hash);
    let mut types = Types::default();
    for (bytes, place) in batch.records(person) {
        let Some(record_type) = read_type(bytes) else { continue };
        if types.has(record_type) && ONCE.contains(&record_type) {
            let first = batch.records(person).find(|(bytes, _)| read_type(bytes) == Some(record_type));
            if first.is_some_and(|(first, _)| first == bytes) {
                continue;
            }
            let text = "expected one record of this type for a person, found two that differ; the person was not taken \
                        in: order it again";
            messages.push(about.message(
                Severity::Error,
                "two-records",
                Some(place),
                Some(record_type),
                text.to_owned(),
            ));
            return None;
        }
        types.add(record_type);
        match PublicRecord::decode(bytes) {
            Ok(Some(record)) => mapper.record(record_type, &record),
            Ok(None) => {
                let text = "unknown record type; the person was taken in without it".to_owned();
                messages.push(about.message(Severity::Remark, "unknown-type", Some(place), Some(record_type), text));
            }
            Err(error) => {
                messages.push(about.bad_record(place, record_type, &error));
                return None;
            }
        }
    }
    if let Some(lost) = scan.lost.iter().find(|lost| EVERYBODY.contains(lost) && !types.has(**lost)) {
        let place = batch.records(person).next().map(|(_, place)| place);
        let text = format!(
            "expected a record {lost:03}, found none, and one of the file has no readable number; the person was not \
             taken in: order it again"
        );
        messages.push(about.message(Severity::Error, "lost-record", place, Some(*lost), text));
        return None;
    }
    Some(mapper.finish())
}

const TOO_LARGE: &str = "expected at most 4 MiB of records of one person; the person was not taken in";

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

/// Makes messages about one person.
struct About {
    number: CprNumber,
    layout: Layout,
}

impl About {
    /// The byte is that of the field at fault, so that an editor's "go to byte" shows it.
    fn bad_record(&self, place: RecordPlace, record_type: u16, error: &FieldError) -> Message {
        let place = place.at_field(error.field.start);
        let text = format!("{error}; the person was not taken in: order it again");
        self.message(Severity::Error, "bad-field", Some(place), Some(record_type), text)
    }

    fn message(
        &self,
        severity: Severity,
        code: &'static str,
        place: Option<RecordPlace>,
        record: Option<u16>,
        text: String,
    ) -> Message {
        Message {
            severity,
            code: code.into(),
            line: place.filter(|_| self.layout == Layout::Lines).map(|place| place.line),
            byte: place.map(|place| place.offset),
            record,
            person: Some(self.number.masked()),
            subject: Some(ContactId::person(self.number)),
            contact: None,
            text,
        }
    }
}
