//! An extract taken apart into persons and records, so that a test can divide, change and put it together again.

use std::collections::BTreeMap;

use super::Dice;

#[derive(Clone)]
pub struct Extract {
    start: Vec<u8>,
    /// By person number; records without line ends and trailing blanks.
    pub persons: BTreeMap<Vec<u8>, Vec<Vec<u8>>>,
}

impl Extract {
    /// Reads a file with line feeds.
    pub fn parse(bytes: &[u8]) -> Self {
        let mut persons: BTreeMap<_, Vec<_>> = BTreeMap::new();
        let mut start = Vec::new();
        for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            match &line[..3] {
                b"000" => start = line.to_vec(),
                b"999" => {}
                _ => persons.entry(line[3..13].to_vec()).or_default().push(line.to_vec()),
            }
        }
        Self { start, persons }
    }

    /// The file, with line feeds, each person's records together.
    pub fn bytes(&self) -> Vec<u8> {
        let records = self.persons.values().flatten();
        let count = records.clone().count();
        let end = format!("9999999999999{count:08}").into_bytes();
        let mut bytes = Vec::new();
        for record in [&self.start].into_iter().chain(records).chain([&end]) {
            bytes.extend_from_slice(record);
            bytes.push(b'\n');
        }
        bytes
    }

    /// Of record 000, `YYYYMMDD`.
    pub fn production_date(&self) -> &[u8] {
        &self.start[19..27]
    }

    /// The same delivery with some of the persons.
    pub fn with_persons(&self, keep: impl FnMut(&[u8]) -> bool) -> Self {
        let mut keep = keep;
        let mut part = self.clone();
        part.persons.retain(|number, _| keep(number));
        part
    }

    /// The same delivery, each person's records in another order.
    pub fn shuffled(mut self, dice: &mut Dice) -> Self {
        self.persons.values_mut().for_each(|records| dice.shuffle(records));
        self
    }

    /// Another delivery of the same day, in which about half of the persons look different and the time of CPR's
    /// update is the same: the tie that stamps cannot break.
    pub fn contradicted(mut self, dice: &mut Dice) -> Self {
        for (number, records) in &mut self.persons {
            if dice.one_in(2) {
                contradict(number, records, dice);
            }
        }
        self
    }
}

fn contradict(number: &[u8], records: &mut Vec<Vec<u8>>, dice: &mut Dice) {
    let word = format!("Tvist {}", dice.below(1_000));
    match dice.below(10) {
        0 => put(records, *b"001", 73, 34, &word),
        1 => records.retain(|record| !record.starts_with(b"004") && !record.starts_with(b"050")),
        2 => put(records, *b"003", 48, 34, &word),
        3 => put(records, *b"003", 116, 34, &word),
        4 => put(records, *b"012", 15, 10, "0000000000"),
        5 => records.retain(|record| !record.starts_with(b"017") && !record.starts_with(b"052")),
        6 => {
            put(records, *b"015", 92, 10, "0000000000");
            put(records, *b"015", 113, 34, &word);
        }
        7 => put(records, *b"001", 24, 2, "90"),
        8 => records.push([b"004", number, b"00012019-02-03"].concat()),
        // A name without an address.
        _ => records.iter_mut().filter(|record| record.starts_with(b"003")).for_each(|record| record.truncate(47)),
    }
}

/// Overwrites a field; positions count from 1.
pub fn put(records: &mut [Vec<u8>], kind: [u8; 3], start: usize, len: usize, value: &str) {
    for record in records.iter_mut().filter(|record| record.starts_with(&kind)) {
        if record.len() < start - 1 + len {
            record.resize(start - 1 + len, b' ');
        }
        let field = &mut record[start - 1..start - 1 + len];
        field.fill(b' ');
        field[..value.len()].copy_from_slice(value.as_bytes());
        let kept = record.iter().rposition(|byte| *byte != b' ').map_or(0, |last| last + 1);
        record.truncate(kept);
    }
}
