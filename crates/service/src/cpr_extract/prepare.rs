//! From a person's records to what the engine takes: stamp, content hash, and, unless the register has just that
//! already, the decoded and mapped update.

use std::path::Path;

use kartotek_formats::identifiers::CprNumber;
use kartotek_register::contact::{ContactId, SourceId, SourceStamp};
use kartotek_register::import::{Item, MappedAgain};
use kartotek_register::mapping::cpr::MappingOptions;
use kartotek_register::ports::{Counts, Known, Message, Reader, Severity};

use super::ImportError;
use super::decode::map;
use super::file::ExtractFile;
use super::persons::{Person, PersonBatch, PersonReader};
use super::scan::{Scan, scan};

/// A batch for the engine.
pub(super) struct Prepared {
    pub items: Vec<Item>,
    /// What became of persons that are not among the items.
    pub besides: Counts,
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
            messages: Vec::new(),
            position: batch.position,
            source: None,
        };
        let mut has_same = false;
        for ((person, marks), known) in batch.persons.iter().zip(marks).zip(known) {
            match known {
                Some(known) if known.is_unchanged_by(&marks) => prepared.besides.unchanged += 1,
                Some(known) if known.is_same_as(&marks) => {
                    has_same = true;
                    prepared.items.push(Item::Same {
                        id: ContactId::person(person.number),
                        stamp: marks.stamp,
                        content_hash: marks.content_hash,
                        mapping_hash: marks.mapping_hash,
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
            match map(batch, person, &marks, self.scan, self.mapping, &mut again.messages) {
                Some(update) => again.items.push(Item::Update(Box::new(update))),
                None => again.besides.rejected += 1,
            }
        }
        again.besides.remarks = remarks(&again.messages);
        again
    }

    fn update(&self, batch: &PersonBatch, person: &Person, marks: &Known, prepared: &mut Prepared) {
        match map(batch, person, marks, self.scan, self.mapping, &mut prepared.messages) {
            Some(update) => prepared.items.push(Item::Update(Box::new(update))),
            None => prepared.besides.rejected += 1,
        }
    }

    /// Stamp and hash over the records as they are, whatever their order and trailing blanks. Events say when, not
    /// what, so they count for the stamp only.
    fn marks(&self, batch: &PersonBatch, person: &Person) -> Known {
        let mut content_hash = 0_u64;
        let mut updated = None;
        for (bytes, _) in batch.records(person) {
            if bytes.starts_with(b"099") {
                updated = updated.max(bytes.get(13..25).and_then(kartotek_formats::dates::Timestamp::from_digits));
            } else {
                content_hash = content_hash.wrapping_add(twox_hash::XxHash3_64::oneshot(bytes));
            }
        }
        Known {
            stamp: SourceStamp::new(self.scan.frame.production_date, updated),
            content_hash: content_hash.cast_signed(),
            mapping_hash: self.mapping_hash,
            edited: false,
        }
    }
}

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
    let mut preparer = Preparer { scan: &scan, mapping, mapping_hash: mapping.hash(), reader: None };
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
