//! The CPR Office's own test extract, task 110901, with its published test persons.

use kartotek_formats::records::read_type;
use kartotek_formats::records::u12170::PublicRecord;

/// The file as it is delivered: LF, trailing blanks trimmed, the 003 block at the end.
pub const SAMPLE: &[u8] = include_bytes!("../../../../formats/tests/fixtures/u12170-110901.txt");

/// The sample's name, its size as the office published it.
pub const PERSONS: u64 = 80;

/// All records, 000 and 999 too, at full length.
pub fn records() -> Vec<Vec<u8>> {
    let lines = SAMPLE.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let length = PublicRecord::length(read_type(line).unwrap()).unwrap();
            let mut record = line.to_vec();
            record.resize(length, b' ');
            record
        })
        .collect()
}
