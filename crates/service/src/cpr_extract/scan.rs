//! The first pass: the frame, the file's hash, and where records stand apart from their person's 001.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::Read;
use std::sync::mpsc;

use kartotek_formats::extract::{Frame, FrameCheck, FrameError, FrameProblem, Layout, Product};
use kartotek_formats::identifiers::CprNumber;
use kartotek_register::contact::ContactId;
use kartotek_register::ports::{Message, Severity};
use sha2::{Digest, Sha256};

use super::ImportError;
use super::file::ExtractFile;
use super::persons::{Apart, PersonSet};
use super::stream::{RawRecord, RecordStream};
use crate::subscriptions::receipts::Receipt;

mod charset;
mod receipt;
mod suspicion;

use charset::CharacterSet;
use suspicion::{Suspected, Suspicion};

/// What the first pass found.
pub(super) struct Scan {
    pub layout: Layout,
    pub frame: Frame,
    pub sha256: String,
    /// Persons with a 001.
    pub persons: u64,
    /// Byte behind the last record that belongs to a run with a 001; nothing after it begins a person.
    pub persons_end: u64,
    /// Records that stand apart from their person's 001, sorted by person and place.
    pub apart: Vec<Apart>,
    /// Persons that are not taken in, whatever the second pass finds.
    pub rejected: BTreeSet<u64>,
    /// Record types that every person has and that are missing for somebody whose record cannot be told whose it is.
    pub lost: BTreeSet<u16>,
    /// How many persons those are, with those who have no number.
    pub rejected_count: u64,
    pub messages: Vec<Message>,
    /// What CPR says about lines of subscription files, each with the place of its message in `messages`.
    pub receipts: Vec<(usize, Receipt)>,
}

impl Scan {
    /// What CPR says about lines of subscription files.
    pub fn receipts(&self) -> impl Iterator<Item = &Receipt> {
        self.receipts.iter().map(|(_, receipt)| receipt)
    }
}

/// Types that CPR delivers once for every person (cpr-records.md section 4), so that the one who lacks it is the one
/// whose record was lost.
pub(super) const EVERYBODY: [u16; 7] = [3, 8, 9, 10, 11, 12, 15];

/// Reads the whole file.
pub(super) fn scan(file: &ExtractFile, mut progress: impl FnMut(u64)) -> Result<Scan, ImportError> {
    let mut head = vec![0; 4096.min(usize::try_from(file.size()).unwrap_or(4096))];
    file.read_at(&mut head, 0)?;
    let layout = Layout::detect(&head)?;

    std::thread::scope(|scope| {
        let (sender, chunks) = mpsc::sync_channel::<Vec<u8>>(4);
        let hash = scope.spawn(move || {
            let mut sha256 = Sha256::new();
            for chunk in chunks {
                sha256.update(&chunk);
            }
            hexadecimal(&sha256.finalize())
        });
        let mut scanner = Scanner::new(layout);
        let outcome = scanner.run(Tee { input: file.from(0), sender }, &mut progress);
        // The stream and with it the sender are gone, so the other thread comes to its end.
        let sha256 = hash.join().unwrap_or_default();
        // First of all: a frame that breaks because the file is being written or cut says nothing about the file.
        file.check_unchanged()?;
        let frame = outcome?;
        Ok(scanner.finish(frame, sha256))
    })
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xF)]).collect()
}

/// Passes what is read on to the thread that takes the hash.
struct Tee<R> {
    input: R,
    sender: mpsc::SyncSender<Vec<u8>>,
}

impl<R: Read> Read for Tee<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.input.read(buffer)?;
        let copy = buffer.get(..read).unwrap_or_default().to_vec();
        self.sender.send(copy).map_err(|_| std::io::ErrorKind::BrokenPipe)?;
        Ok(read)
    }
}

/// Consecutive records of one person.
#[derive(Clone, Copy, Default)]
struct Run {
    number: u64,
    offset: u64,
    line: u64,
    end: u64,
    persons: u32,
    records: u32,
    /// Of its first record.
    record_type: u16,
}

struct Scanner {
    layout: Layout,
    check: FrameCheck,
    charset: CharacterSet,
    product_seen: bool,
    known: PersonSet,
    persons: u64,
    persons_end: u64,
    apart: Vec<Apart>,
    rejected: BTreeSet<u64>,
    twice: HashSet<u64>,
    suspicion: Suspicion,
    /// Records of a person whose type cannot be read: who, and where.
    untyped: Vec<(u64, u64, u64)>,
    run: Option<Run>,
    messages: Vec<Message>,
    receipts: Vec<(usize, Receipt)>,
    /// Rejections beyond [`MOST_MESSAGES`].
    untold: u64,
}

/// Messages of the first pass that are kept. A file with more is not an extract gone wrong in places, but another file.
const MOST_MESSAGES: usize = 100_000;

impl Scanner {
    fn new(layout: Layout) -> Self {
        Self {
            layout,
            check: FrameCheck::default(),
            charset: CharacterSet::default(),
            product_seen: false,
            known: PersonSet::default(),
            persons: 0,
            persons_end: 0,
            apart: Vec::new(),
            rejected: BTreeSet::new(),
            twice: HashSet::new(),
            suspicion: Suspicion::default(),
            untyped: Vec::new(),
            run: None,
            messages: Vec::new(),
            receipts: Vec::new(),
            untold: 0,
        }
    }

    fn run(&mut self, input: impl Read, progress: &mut impl FnMut(u64)) -> Result<Frame, ImportError> {
        let mut stream = RecordStream::new(input, self.layout, 0, u64::from(self.layout == Layout::Lines));
        let mut told = 0;
        while let Some(record) = stream.next()? {
            self.record(&record)?;
            if record.end - told > 1 << 22 {
                told = record.end;
                progress(told);
            }
        }
        self.end_run();
        let (line, byte) = stream.position();
        let frame = self.check.finish().map_err(|problem| ImportError::Frame(FrameError { line, byte, problem }))?;
        self.charset.finish()?;
        Ok(frame)
    }

    fn record(&mut self, record: &RawRecord<'_>) -> Result<(), ImportError> {
        self.charset.record(record);
        let inside = self.check.record(record.bytes).map_err(|problem| self.frame_error(record, problem))?;
        let Some(record_type) = inside else { return Ok(()) };
        if record_type == Some(1) && !self.product_seen {
            self.product_seen = true;
            check_product(record)?;
        }
        match record_type {
            Some(910 | 997) => {
                self.end_run();
                let (receipt, message) = receipt::read(record, self.layout);
                self.receipts.extend(receipt.map(|receipt| (self.messages.len(), receipt)));
                self.messages.push(message);
            }
            _ => self.of_person(record, record_type),
        }
        Ok(())
    }

    fn of_person(&mut self, record: &RawRecord<'_>, record_type: Option<u16>) {
        let (number, record_type) = match (key(record.bytes), record_type) {
            (Some(number), Some(record_type)) => (number, record_type),
            (Some(number), None) => {
                self.end_run();
                self.untyped.push((number, record.offset, record.line));
                return;
            }
            (None, _) => {
                self.end_run();
                self.suspicion.unreadable(record, record_type);
                return;
            }
        };
        let is_person = u32::from(record_type == 1);
        match &mut self.run {
            Some(run) if run.number == number => {
                run.end = record.end;
                run.persons += is_person;
                run.records += 1;
            }
            _ => {
                self.end_run();
                self.run = Some(Run {
                    number,
                    offset: record.offset,
                    line: record.line,
                    end: record.end,
                    persons: is_person,
                    records: 1,
                    record_type,
                });
            }
        }
    }

    fn end_run(&mut self) {
        let Some(run) = self.run.take() else { return };
        if run.persons == 0 {
            let Run { number, record_type, records, offset, line, .. } = run;
            let apart = suspicion::Apart { number, record_type, records, offset, line };
            self.suspicion.apart(&apart, self.known.contains(number));
            self.apart.push(Apart::new(run.number, run.offset, run.line, run.end - run.offset));
            return;
        }
        self.suspicion.person(run.number);
        self.persons_end = run.end;
        let is_new = self.known.insert(run.number);
        if is_new {
            self.persons += 1;
        }
        if (!is_new || run.persons > 1) && self.twice.insert(run.number) {
            self.reject(run.number, run.offset, run.line, "two-001", TWO_001);
        }
    }

    fn finish(mut self, frame: Frame, sha256: String) -> Scan {
        self.apart.sort_unstable();
        let once = self.persons_without_001();
        for (number, offset, line) in std::mem::take(&mut self.untyped) {
            if !self.rejected.contains(&number) {
                self.reject(number, offset, line, "no-type", NO_TYPE);
            }
        }
        let suspected = std::mem::take(&mut self.suspicion).finish(&self.known, &once);
        let Suspected { lost, suspects, unreadable, without_number } = suspected;
        self.messages.extend(unreadable.into_iter().map(|found| found.message(self.layout)));
        for (number, offset, line) in suspects {
            if self.known.contains(number) && !self.rejected.contains(&number) {
                self.reject(number, offset, line, "suspect", SUSPECT);
            }
        }
        if self.untold > 0 {
            self.messages.push(Message {
                severity: Severity::Error,
                code: "more".into(),
                line: None,
                byte: None,
                record: None,
                person: None,
                subject: None,
                contact: None,
                text: format!("{} more persons were not taken in for reasons like these", self.untold),
            });
        }
        Scan {
            rejected_count: self.rejected.len() as u64 + without_number,
            layout: self.layout,
            frame,
            sha256,
            persons: self.persons,
            persons_end: self.persons_end,
            apart: self.apart,
            rejected: self.rejected,
            lost,
            messages: self.messages,
            receipts: self.receipts,
        }
    }

    /// Says of each person without a 001 that nothing was taken in, and takes their records out of the list. Returns
    /// those whose records all stand in one place.
    fn persons_without_001(&mut self) -> HashSet<u64> {
        let known = &self.known;
        let mut without: BTreeMap<u64, (u64, u64)> = BTreeMap::new();
        let mut once = HashSet::new();
        self.apart.retain(|apart| {
            let is_known = known.contains(apart.number());
            if !is_known {
                match without.entry(apart.number()) {
                    Entry::Vacant(entry) => {
                        entry.insert((apart.offset(), apart.line()));
                        once.insert(apart.number());
                    }
                    Entry::Occupied(_) => {
                        once.remove(&apart.number());
                    }
                }
            }
            is_known
        });
        for (number, (offset, line)) in &without {
            self.reject(*number, *offset, *line, "no-001", NO_001);
        }
        once
    }

    fn reject(&mut self, number: u64, offset: u64, line: u64, code: &'static str, text: &str) {
        self.rejected.insert(number);
        if self.messages.len() >= MOST_MESSAGES {
            self.untold += 1;
            return;
        }
        let person = CprNumber::from_number(number).ok();
        self.messages.push(Message {
            severity: Severity::Error,
            code: code.into(),
            line: (self.layout == Layout::Lines).then_some(line),
            byte: Some(offset),
            record: None,
            person: person.map(CprNumber::masked),
            subject: person.map(ContactId::person),
            contact: None,
            text: text.to_owned(),
        });
    }

    fn frame_error(&self, record: &RawRecord<'_>, problem: FrameProblem) -> ImportError {
        let line = (self.layout == Layout::Lines).then_some(record.line);
        ImportError::Frame(FrameError { line, byte: record.offset, problem })
    }
}

const TWO_001: &str = "expected one record 001 for a person, found two; the person was not taken in: order it again";
const NO_001: &str =
    "expected a record 001 with the person's others, found none; the person was not taken in: order it again";
const NO_TYPE: &str = "expected a record type of three digits at position 1-3, found something else; the person was not \
     taken in: order it again";
const SUSPECT: &str = "a record beside this person's cannot be told whose it is, and may be this person's; the person was not taken in: \
     order it again";

/// The person number of a record, if it is one.
fn key(record: &[u8]) -> Option<u64> {
    CprNumber::from_digits(record.get(3..13)?).ok().map(CprNumber::as_number)
}

fn check_product(record: &RawRecord<'_>) -> Result<(), ImportError> {
    let found = match Product::of_person_record(record.bytes) {
        Product::Private => "record 001 is that of the private extract U09480-P",
        Product::Public | Product::Unknown => return Ok(()),
    };
    Err(ImportError::Product { found, line: record.line })
}
