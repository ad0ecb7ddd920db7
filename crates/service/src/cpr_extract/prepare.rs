//! From a person's records to what the engine takes: stamp, content hash, and, unless the register has just that
//! already, the decoded and mapped update.

use std::path::Path;

use kartotek_formats::extract::Layout;
use kartotek_formats::identifiers::CprNumber;
use kartotek_register::contact::{ContactId, ContactUpdate, SourceId};
use kartotek_register::import::{Item, MappedAgain};
use kartotek_register::mapping::cpr::MappingOptions;
use kartotek_register::ports::{Counts, Known, Message, Reader, Severity};

use crate::cpr_person::{Records, Subject, map, marks};

use super::ImportError;
use super::file::ExtractFile;
use super::persons::{Person, PersonBatch, PersonReader};
use super::scan::{Scan, scan};

/// A batch for the engine.
pub(super) struct Prepared {
    pub items: Vec<Item>,
    /// What became of persons that are not among the items.
    pub besides: Counts,
    /// Those among them who are unchanged, when they are to be listed.
    pub unchanged: Vec<ContactId>,
    pub messages: Vec<Message>,
    pub position: u64,
    /// The records, kept while an item may have to be mapped after all.
    pub source: Option<PersonBatch>,
}

/// Turns persons into items.
pub(super) struct Preparer<'a> {
    pub scan: &'a Scan,
    pub mapping: &'a MappingOptions,
    pub mapping_hash: i64,
    pub reader: Option<Box<dyn Reader>>,
    /// Whether to list persons who are unchanged.
    pub list_persons: bool,
}

impl Preparer<'_> {
    /// Prepares a batch; with a reader, persons that the register has already are neither decoded nor mapped.
    pub fn prepare(&mut self, batch: PersonBatch) -> Result<Prepared, ImportError> {
        let marks: Vec<_> = batch.persons.iter().map(|person| self.marks(&batch, person)).collect();
        let known = match &mut self.reader {
            Some(reader) => {
                let keys: Vec<_> = batch.persons.iter().map(|p| ContactId::person(p.number).name_code).collect();
                reader.known(SourceId::CPR, &keys)?
            }
            None => vec![None; batch.persons.len()],
        };
        let mut prepared = Prepared {
            items: Vec::with_capacity(batch.persons.len()),
            besides: Counts::default(),
            unchanged: Vec::new(),
            messages: Vec::new(),
            position: batch.position,
            source: None,
        };
        let mut has_same = false;
        for ((person, marks), known) in batch.persons.iter().zip(marks).zip(known) {
            match known {
                Some(known) if known.is_unchanged_by(&marks) => {
                    prepared.besides.unchanged += 1;
                    prepared.unchanged.extend(self.list_persons.then(|| ContactId::person(person.number)));
                }
                Some(known) if known.is_same_as(&marks) => {
                    has_same = true;
                    prepared.items.push(Item::Same {
                        id: ContactId::person(person.number),
                        stamp: marks.stamp,
                        content_hash: marks.content_hash,
                        mapping_hash: marks.mapping_hash,
                        // The change extract holds those of whom CPR reports changes.
                        subscribed: true,
                    });
                }
                _ => self.update(&batch, person, &marks, &mut prepared),
            }
        }
        prepared.besides.remarks = remarks(&prepared.messages);
        prepared.source = has_same.then_some(batch);
        Ok(prepared)
    }

    /// Maps the persons that an [`Item::Same`] turned out not to be true of.
    pub fn prepare_again(&self, batch: &PersonBatch, numbers: &[CprNumber]) -> MappedAgain {
        let mut again = MappedAgain::default();
        for person in batch.persons.iter().filter(|person| numbers.contains(&person.number)) {
            let marks = self.marks(batch, person);
            match self.map(batch, person, &marks, &mut again.messages) {
                Some(update) => again.items.push(Item::Update(Box::new(update))),
                None => again.besides.rejected += 1,
            }
        }
        again.besides.remarks = remarks(&again.messages);
        again
    }

    fn update(&self, batch: &PersonBatch, person: &Person, marks: &Known, prepared: &mut Prepared) {
        match self.map(batch, person, marks, &mut prepared.messages) {
            Some(update) => prepared.items.push(Item::Update(Box::new(update))),
            None => prepared.besides.rejected += 1,
        }
    }

    fn marks(&self, batch: &PersonBatch, person: &Person) -> Known {
        let records = batch.records(person).map(|(bytes, _)| bytes);
        marks(records, self.scan.frame.production_date, None, self.mapping_hash)
    }

    /// Decodes and maps one person; `None`, with a message, when it cannot be taken in.
    fn map(
        &self,
        batch: &PersonBatch,
        person: &Person,
        marks: &Known,
        messages: &mut Vec<Message>,
    ) -> Option<ContactUpdate> {
        let subject = Subject {
            number: person.number,
            records: Records::Public,
            has_lines: self.scan.layout == Layout::Lines,
            remedy: "order it again",
        };
        if person.too_large {
            let place = batch.records(person).next().map(|(_, place)| place);
            messages.push(subject.message(Severity::Error, "too-large", place, None, TOO_LARGE.to_owned()));
            return None;
        }
        map(&subject, &batch.records(person), marks, &self.scan.lost, self.mapping, messages)
    }
}

const TOO_LARGE: &str = "expected at most 4 MiB of records of one person; the person was not taken in";

fn remarks(messages: &[Message]) -> u64 {
    messages.iter().filter(|message| message.severity == Severity::Remark).count() as u64
}

/// What [`decode_file`] did.
#[derive(Debug, Clone, Copy, Default)]
pub struct Decoded {
    /// Persons that were decoded and mapped.
    pub persons: u64,
    /// Bytes of their records.
    pub bytes: u64,
    /// Time that decoding and mapping took, without reading the file.
    pub time: std::time::Duration,
}

/// Reads a file and decodes and maps every person, without a register: for the benchmark of just that.
pub fn decode_file(path: &Path, mapping: &MappingOptions) -> Result<Decoded, ImportError> {
    let file = ExtractFile::open(path)?;
    let scan = scan(&file, |_| {})?;
    let mut reader = PersonReader::new(&file, &scan, 0)?;
    let mut preparer =
        Preparer { scan: &scan, mapping, mapping_hash: mapping.hash(), reader: None, list_persons: false };
    let mut decoded = Decoded::default();
    while let Some(batch) = reader.batch(super::intake::BATCH)? {
        decoded.bytes += batch.bytes();
        let began = std::time::Instant::now();
        let items = preparer.prepare(batch)?.items;
        decoded.time += began.elapsed();
        decoded.persons += items.len() as u64;
    }
    Ok(decoded)
}
