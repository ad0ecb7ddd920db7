//! The second pass: whole persons, in the order of their 001.

use kartotek_formats::extract::Layout;
use kartotek_formats::identifiers::CprNumber;
use kartotek_formats::records::read_type;

use crate::cpr_person::Place;

use super::ImportError;
use super::file::{ExtractFile, FileReader};
use super::scan::Scan;
use super::stream::{RecordStream, for_each_record};

/// A set of persons by number: a bit each, in pages that hold one date of birth.
pub(super) struct PersonSet {
    pages: Vec<Option<Box<Page>>>,
}

/// The 10,000 numbers of one date.
type Page = [u64; 157];

impl Default for PersonSet {
    fn default() -> Self {
        Self { pages: std::iter::repeat_with(|| None).take(1_000_000).collect() }
    }
}

impl PersonSet {
    /// Adds a person; false when it was there.
    pub fn insert(&mut self, number: u64) -> bool {
        let (page, word, bit) = Self::place(number);
        let Some(page) = self.pages.get_mut(page) else { return false };
        let page = page.get_or_insert_with(|| Box::new([0; 157]));
        let Some(word) = page.get_mut(word) else { return false };
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    pub fn contains(&self, number: u64) -> bool {
        let (page, word, bit) = Self::place(number);
        let page = self.pages.get(page).and_then(Option::as_deref);
        page.and_then(|page| page.get(word)).is_some_and(|word| word & bit != 0)
    }

    fn place(number: u64) -> (usize, usize, u64) {
        let within = number % 10_000;
        let index = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
        (index(number / 10_000), index(within / 64), 1 << (within % 64))
    }
}

/// Records of a person that stand apart from its 001: 16 bytes, ordered by person and place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Apart(u128);

impl Apart {
    /// The number has 34 bits, the offset 41 (2 TiB), the line 31 and the length 22 (4 MiB).
    pub fn new(number: u64, offset: u64, line: u64, length: u64) -> Self {
        let bits = |value: u64, bits: u32| u128::from(value & ((1 << bits) - 1));
        Self(
            bits(number, 34) << 94
                | bits(offset, 41) << 53
                | bits(line, 31) << 22
                | bits(length.min((1 << 22) - 1), 22),
        )
    }

    pub fn number(self) -> u64 {
        self.bits(94, 34)
    }

    pub fn offset(self) -> u64 {
        self.bits(53, 41)
    }

    pub fn line(self) -> u64 {
        self.bits(22, 31)
    }

    pub fn length(self) -> u64 {
        self.bits(0, 22)
    }

    fn bits(self, shift: u32, bits: u32) -> u64 {
        u64::try_from(self.0 >> shift & ((1 << bits) - 1)).unwrap_or_default()
    }
}

/// Where one record of a batch is.
#[derive(Clone, Copy)]
struct RecordPlace {
    /// In the batch's memory.
    start: usize,
    len: usize,
    in_file: Place,
}

/// One person of a batch.
pub(super) struct Person {
    pub number: CprNumber,
    /// Its records, as a range of the batch's.
    first: usize,
    last: usize,
    /// Larger than a person can be; its records are left out.
    pub too_large: bool,
}

/// Persons with all their records.
#[derive(Default)]
pub(super) struct PersonBatch {
    memory: Vec<u8>,
    records: Vec<RecordPlace>,
    pub persons: Vec<Person>,
    /// Everything before this byte of the file is in this batch or an earlier one.
    pub position: u64,
}

impl PersonBatch {
    pub fn records(&self, person: &Person) -> impl Iterator<Item = (&[u8], Place)> + Clone {
        let places = self.records.get(person.first..person.last).unwrap_or_default();
        places
            .iter()
            .map(|place| (self.memory.get(place.start..place.start + place.len).unwrap_or_default(), place.in_file))
    }

    /// Bytes of all records, without line ends and trailing blanks.
    pub fn bytes(&self) -> u64 {
        self.memory.len() as u64
    }

    fn push(&mut self, bytes: &[u8], offset: u64, line: u64) {
        self.records.push(RecordPlace { start: self.memory.len(), len: bytes.len(), in_file: Place { offset, line } });
        self.memory.extend_from_slice(bytes);
    }
}

/// Records of one person beyond this are not read into memory: no person has a hundredth of it.
const MAX_PERSON: usize = 4 << 20;

/// Reads a file person by person.
pub(super) struct PersonReader<'f> {
    file: &'f ExtractFile,
    scan: &'f Scan,
    stream: RecordStream<FileReader<'f>>,
    /// The record that ended the last run and begins the next one.
    ahead: Option<Ahead>,
    done: bool,
}

struct Ahead {
    number: u64,
    bytes: Vec<u8>,
    offset: u64,
    line: u64,
    end: u64,
}

impl<'f> PersonReader<'f> {
    /// Begins at a position that an earlier batch reached, or 0.
    pub fn new(file: &'f ExtractFile, scan: &'f Scan, position: u64) -> Result<Self, ImportError> {
        let line = match scan.layout {
            Layout::Lines => 1 + count_lines(file, position)?,
            Layout::Unterminated => 0,
        };
        let stream = RecordStream::new(file.from(position), scan.layout, position, line);
        Ok(Self { file, scan, stream, ahead: None, done: position >= scan.persons_end })
    }

    /// The next persons, at most `limit`; `None` after the last.
    pub fn batch(&mut self, limit: usize) -> Result<Option<PersonBatch>, ImportError> {
        if self.done {
            return Ok(None);
        }
        self.file.check_unchanged()?;
        let mut batch = PersonBatch::default();
        while batch.persons.len() < limit && !self.done {
            self.run(&mut batch)?;
        }
        self.fetch_apart(&mut batch)?;
        Ok(Some(batch))
    }

    /// Reads one run of records of the same person into the batch, if it has a 001.
    fn run(&mut self, batch: &mut PersonBatch) -> Result<(), ImportError> {
        let (memory_before, first) = (batch.memory.len(), batch.records.len());
        let mut number = None;
        let mut has_person = false;
        let mut too_large = false;
        if let Some(ahead) = self.ahead.take() {
            number = Some(ahead.number);
            has_person = read_type(&ahead.bytes) == Some(1);
            batch.push(&ahead.bytes, ahead.offset, ahead.line);
            batch.position = ahead.end;
        }
        loop {
            if batch.position >= self.scan.persons_end {
                self.done = true;
                break;
            }
            let Some(record) = self.stream.next()? else {
                self.done = true;
                break;
            };
            let Some(key) = person_key(record.bytes) else {
                if number.is_some() {
                    batch.position = record.end;
                    break;
                }
                continue;
            };
            if number.is_some_and(|number| number != key) {
                self.ahead = Some(Ahead {
                    number: key,
                    bytes: record.bytes.to_vec(),
                    offset: record.offset,
                    line: record.line,
                    end: record.end,
                });
                break;
            }
            number = Some(key);
            has_person |= read_type(record.bytes) == Some(1);
            if batch.memory.len() - memory_before + record.bytes.len() > MAX_PERSON {
                too_large = true;
            } else {
                batch.push(record.bytes, record.offset, record.line);
            }
            batch.position = record.end;
        }
        let number = number.and_then(|number| CprNumber::from_number(number).ok());
        match number {
            Some(number) if has_person && !self.scan.rejected.contains(&number.as_number()) => {
                batch.persons.push(Person { number, first, last: batch.records.len(), too_large });
            }
            _ => {
                batch.memory.truncate(memory_before);
                batch.records.truncate(first);
            }
        }
        Ok(())
    }

    /// Adds what stands apart from the 001s, in the order of the file so that the disk is read in one direction.
    fn fetch_apart(&self, batch: &mut PersonBatch) -> Result<(), ImportError> {
        if self.scan.apart.is_empty() {
            return Ok(());
        }
        let mut wanted: Vec<(Apart, usize)> = Vec::with_capacity(batch.persons.len());
        for (at, person) in batch.persons.iter().enumerate() {
            let number = person.number.as_number();
            let from = self.scan.apart.partition_point(|apart| apart.number() < number);
            let rest = self.scan.apart.get(from..).unwrap_or_default();
            wanted.extend(rest.iter().take_while(|apart| apart.number() == number).map(|apart| (*apart, at)));
        }
        wanted.sort_unstable_by_key(|(apart, _)| apart.offset());
        let mut fetched: Vec<(usize, RecordPlace)> = Vec::with_capacity(wanted.len());
        let mut buffer = Vec::new();
        for (apart, at) in wanted {
            buffer.resize(usize::try_from(apart.length()).unwrap_or_default(), 0);
            self.file.read_at(&mut buffer, apart.offset())?;
            for_each_record(self.scan.layout, &buffer, apart.offset(), apart.line(), |record| {
                let start = batch.memory.len();
                batch.memory.extend_from_slice(record.bytes);
                let (len, offset, line) = (record.bytes.len(), record.offset, record.line);
                fetched.push((at, RecordPlace { start, len, in_file: Place { offset, line } }));
            });
        }
        fetched.sort_by_key(|(at, _)| *at);
        merge(batch, &fetched);
        Ok(())
    }
}

/// Puts the fetched records, sorted by person, behind each person's own.
fn merge(batch: &mut PersonBatch, fetched: &[(usize, RecordPlace)]) {
    let mut records = Vec::with_capacity(batch.records.len() + fetched.len());
    let mut fetched = fetched.iter().peekable();
    for (at, person) in batch.persons.iter_mut().enumerate() {
        let first = records.len();
        records.extend_from_slice(batch.records.get(person.first..person.last).unwrap_or_default());
        while let Some((_, place)) = fetched.next_if(|(of, _)| *of == at) {
            records.push(*place);
        }
        (person.first, person.last) = (first, records.len());
    }
    batch.records = records;
}

/// The person of a record between 000 and 999; `None` for the frame, receipts, and records without a readable number.
fn person_key(record: &[u8]) -> Option<u64> {
    match read_type(record) {
        None | Some(0 | 910 | 997 | 999) => None,
        Some(_) => CprNumber::from_digits(record.get(3..13)?).ok().map(CprNumber::as_number),
    }
}

fn count_lines(file: &ExtractFile, end: u64) -> Result<u64, ImportError> {
    let mut buffer = vec![0; 1 << 20];
    let (mut at, mut lines) = (0, 0);
    while at < end {
        let len = usize::try_from(end - at).unwrap_or(usize::MAX).min(buffer.len());
        let chunk = buffer.get_mut(..len).unwrap_or_default();
        file.read_at(chunk, at)?;
        lines += memchr::memchr_iter(b'\n', chunk).count() as u64;
        at += len as u64;
    }
    Ok(lines)
}
