//! The CPR Office's test extract in every shape in which a file may come: each gives exactly the same register.

use crate::support::extract::{CRLF, FULL_CRLF, FULL_LF, LF, Shape, UNTERMINATED};
use crate::support::register::{Register, outcome};
use crate::support::sample::{PERSONS, SAMPLE, records};

fn expected() -> Vec<String> {
    let mut register = Register::default();
    register.take_bytes(SAMPLE);
    register.says()
}

/// Takes bytes in and expects the register of the sample, without a remark.
#[track_caller]
fn gives_the_same(bytes: &[u8], shape: &str) {
    let mut register = Register::default();
    let report = register.take_bytes(bytes);
    assert_eq!(outcome(&report.counts), [PERSONS, 0, 0, 0, 0], "{shape}");
    assert_eq!(report.messages, [], "{shape}");
    assert!(register.says() == expected(), "{shape} gives another register");
}

/// The sample's records between 000 and 999 brought into another order or form.
fn reshaped(shape: Shape, change: impl FnOnce(Vec<Vec<u8>>) -> Vec<Vec<u8>>) -> Vec<u8> {
    let mut all = records();
    let end = all.pop().unwrap();
    let inside = change(all.split_off(1));
    shape.file(all.iter().chain(&inside).chain([&end]))
}

fn number(record: &[u8]) -> &[u8] {
    &record[3..13]
}

#[test]
fn the_sample_is_taken_in_whole() {
    let mut register = Register::default();
    let report = register.take_bytes(SAMPLE);
    assert_eq!(outcome(&report.counts), [PERSONS, 0, 0, 0, 0]);
    assert_eq!(report.messages, []);
    assert_eq!(report.task, "110901");
    assert_eq!(report.production_date, "2001-11-19");
    assert!(report.error_log.is_none());
    assert_eq!(register.count("contact WHERE name_type = 'C' AND placeholder = 'N'"), 80);
    // Those of status 30 and above have no address; one of the others has neither.
    assert_eq!(register.count("address"), 69);
}

#[test]
fn lines_ended_by_cr_lf() {
    gives_the_same(&reshaped(CRLF, |records| records), "CR LF");
}

#[test]
fn full_length_with_lf() {
    gives_the_same(&reshaped(FULL_LF, |records| records), "full length with LF");
}

#[test]
fn full_length_with_cr_lf() {
    gives_the_same(&reshaped(FULL_CRLF, |records| records), "full length with CR LF");
}

#[test]
fn no_line_ends_at_all() {
    gives_the_same(&reshaped(UNTERMINATED, |records| records), "without line ends");
}

#[test]
fn a_last_line_without_its_end() {
    gives_the_same(SAMPLE.trim_ascii_end(), "last line without LF");
}

#[test]
fn line_ends_of_both_kinds() {
    let mut lf = true;
    let mixed: Vec<u8> = SAMPLE
        .split_inclusive(|byte| *byte == b'\n')
        .flat_map(|line| {
            lf = !lf;
            [line.trim_ascii_end(), if lf { b"\n".as_slice() } else { b"\r\n" }].concat()
        })
        .collect();
    gives_the_same(&mixed, "LF and CR LF");
}

#[test]
fn what_editors_and_old_systems_leave_at_the_end() {
    for tail in ["\x1A", "\n\n\n", "\r\n", "   \n", "\n\x1A", "\x1A\x1A\x1A", "\n \n\x1A\n", "\x1A\r\n"] {
        gives_the_same(&[SAMPLE, tail.as_bytes()].concat(), &format!("tail {tail:?}"));
        let unterminated = reshaped(UNTERMINATED, |records| records);
        gives_the_same(&[&unterminated, tail.as_bytes()].concat(), &format!("without line ends, tail {tail:?}"));
    }
}

#[test]
fn blank_lines_between_records() {
    let spaced: Vec<u8> =
        SAMPLE.split_inclusive(|byte| *byte == b'\n').flat_map(|line| [line, b"   \n\n"].concat()).collect();
    gives_the_same(&spaced, "blank lines");
}

fn longer_001(mut records: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    for record in records.iter_mut().filter(|record| record.starts_with(b"001")) {
        record.extend_from_slice(b"MIN REFERENCE 1");
    }
    records
}

#[test]
fn records_001_with_15_more_characters() {
    for shape in [LF, CRLF, FULL_LF, UNTERMINATED] {
        gives_the_same(&reshaped(shape, longer_001), &format!("longer 001, {shape:?}"));
    }
}

#[test]
fn records_001_with_15_more_blanks() {
    let blanks = |mut records: Vec<Vec<u8>>| {
        for record in records.iter_mut().filter(|record| record.starts_with(b"001")) {
            record.extend_from_slice(&[b' '; 15]);
        }
        records
    };
    for shape in [FULL_LF, UNTERMINATED] {
        gives_the_same(&reshaped(shape, blanks), &format!("001 with blanks, {shape:?}"));
    }
}

#[test]
fn every_record_with_characters_behind_its_length() {
    let longer = |mut records: Vec<Vec<u8>>| {
        for record in &mut records {
            record.extend_from_slice(b"later field");
        }
        records
    };
    gives_the_same(&reshaped(LF, longer), "longer records");
}

fn persons_together(mut records: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let mut order: Vec<Vec<u8>> = Vec::new();
    for record in &records {
        if !order.iter().any(|known| known == number(record)) {
            order.push(number(record).to_vec());
        }
    }
    records.sort_by_key(|record| (order.iter().position(|known| known == number(record)), record[..3].to_vec()));
    records
}

#[test]
fn records_003_in_their_numeric_place() {
    for shape in [LF, UNTERMINATED] {
        let together = reshaped(shape, persons_together);
        gives_the_same(&together, "003 with the others");
    }
}

#[test]
fn records_of_a_person_in_descending_order() {
    let descending = |records| {
        let mut records = persons_together(records);
        records.reverse();
        records
    };
    gives_the_same(&reshaped(LF, descending), "the whole file backwards");
    gives_the_same(&reshaped(UNTERMINATED, descending), "the whole file backwards, without line ends");
}

#[test]
fn persons_scattered_over_the_file_by_record_type() {
    let by_type = |mut records: Vec<Vec<u8>>| {
        records.sort_by(|a, b| a[..3].cmp(&b[..3]));
        records
    };
    gives_the_same(&reshaped(LF, by_type), "by record type");
    gives_the_same(&reshaped(UNTERMINATED, by_type), "by record type, without line ends");
}

#[test]
fn records_shuffled_over_the_file() {
    // A fixed walk through the records: 1,098 and 479 have no common factor, so each is visited once.
    let shuffled = |records: Vec<Vec<u8>>| -> Vec<Vec<u8>> {
        (0..records.len()).map(|at| records[at * 479 % records.len()].clone()).collect()
    };
    gives_the_same(&reshaped(CRLF, shuffled), "shuffled");
    gives_the_same(&reshaped(UNTERMINATED, shuffled), "shuffled, without line ends");
}

#[test]
fn receipts_and_error_records_between_a_persons_records() {
    let with_receipts = |records: Vec<Vec<u8>>| -> Vec<Vec<u8>> {
        let mut error = b"910FOEDDTO   ".to_vec();
        error.resize(157, b' ');
        error[88..92].copy_from_slice(b"0042");
        records.into_iter().flat_map(|record| [record, error.clone()]).collect()
    };
    let mut all = records();
    let inside = with_receipts(all.drain(1..1_099).collect());
    let end = format!("9999999999999{:08}", inside.len()).into_bytes();
    let mut register = Register::default();
    let report = register.take_bytes(&LF.file([&all[0]].into_iter().chain(&inside).chain([&end])));

    assert_eq!(outcome(&report.counts), [PERSONS, 0, 0, 0, 0]);
    assert_eq!(report.counts.remarks, 1_098);
    assert!(register.says() == expected());
}

#[test]
fn the_extended_mapping_too_is_the_same_in_every_order_of_the_records() {
    let extended = || {
        crate::support::register::with_mapping(kartotek_register::mapping::cpr::MappingOptions {
            extended: true,
            ..Default::default()
        })
    };
    let taken = |bytes: &[u8]| {
        let mut register = Register::default();
        let path = register.write(bytes);
        register.import(&extended(), &path).unwrap();
        register.says()
    };
    let backwards = reshaped(LF, |records| records.into_iter().rev().collect());
    let (there, back) = (taken(SAMPLE), taken(&backwards));
    let differing: Vec<_> = there.iter().zip(&back).filter(|(a, b)| a != b).map(|(a, _)| a.split('|').nth(2)).collect();
    assert!(there == back, "{} rows differ, of {differing:?}", differing.len());
}
