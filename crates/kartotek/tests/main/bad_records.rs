//! Bad records: each rejects its person, is reported with its place, and the rest goes on.

use kartotek_register::ports::{Message, Severity};
use kartotek_service::cpr_extract::FileReport;

use crate::support::extract::{Extract, LF, UNTERMINATED, extract};
use crate::support::person::{AAVEJ, Person, person};
use crate::support::register::{Look, Register, outcome};

const LISE: &str = "2103724010";
const OLE: &str = "1204713011";
const BO: &str = "0908704017";

fn lise() -> Person {
    person(LISE).named("Lise", "", "Åstrup").living(AAVEJ).protected("0001", "2020-05-01", "").civil("U", "", "")
}

fn ole() -> Person {
    person(OLE).named("Ole", "", "Bro").living(AAVEJ).protected("0001", "2020-06-01", "").civil("U", "", "")
}

fn bo() -> Person {
    person(BO).named("Bo", "", "Dal").living(AAVEJ).protected("0001", "2020-07-01", "").civil("U", "", "")
}

/// Everybody who has been taken in.
fn taken(register: &Register) -> Vec<String> {
    register.rows("SELECT name_code FROM contact WHERE name_type = 'C' AND placeholder = 'N' ORDER BY 1")
}

/// Takes in Lise, somebody bad and Bo; expects that the bad one alone is rejected, and returns the message about it.
#[track_caller]
fn one_bad(bad: Person) -> Message {
    let mut register = Register::default();
    let report = register.take(&extract("2021-04-01", [lise(), bad, bo()]));
    assert_eq!(outcome(&report.counts), [2, 0, 0, 0, 1], "{:?}", texts(&report));
    assert_eq!(taken(&register), [BO, LISE]);
    let [message] = report.messages.as_slice() else { panic!("one message: {:?}", texts(&report)) };
    assert_eq!(message.severity, Severity::Error);
    message.clone()
}

fn texts(report: &FileReport) -> Vec<&str> {
    report.messages.iter().map(|message| message.text.as_str()).collect()
}

/// Line from 1 and byte from 0 of the record that contains `needle`, and of `needle` itself.
fn place(extract: &Extract, needle: &[u8]) -> (u64, u64, u64) {
    let bytes = extract.bytes(LF);
    let at = bytes.windows(needle.len()).position(|window| window == needle).expect("the needle");
    let start = bytes[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    let line = bytes[..at].split(|byte| *byte == b'\n').count();
    (line as u64, start as u64, at as u64)
}

#[test]
fn a_date_that_does_not_exist() {
    let bad = ole().spoil("004", 18, b"2021-02-30");
    let message = one_bad(bad.clone());
    let (line, _, byte) = place(&extract("2021-04-01", [lise(), bad, bo()]), b"2021-02-30");
    assert_eq!((message.line, message.byte, message.record), (Some(line), Some(byte), Some(4)));
    assert_eq!(message.person.as_deref(), Some("120471-****"));
    assert_eq!(message.code, "bad-field");
    assert!(message.text.contains("START_DT-BESKYTTELSE at position 18-27"), "{}", message.text);
    assert!(message.text.contains("expected a date of the form YYYY-MM-DD"), "{}", message.text);
}

#[test]
fn a_time_stamp_that_does_not_exist() {
    let message = one_bad(ole().spoil("002", 70, b"202113011200"));
    assert!(message.text.contains("TILFLYDTO") && message.text.contains("YYYYMMDDHHMM"), "{}", message.text);
}

#[test]
fn text_where_digits_belong() {
    let message = one_bad(ole().spoil("002", 14, b"07S1"));
    assert!(message.text.contains("KOMKOD") && message.text.contains("expected digits"), "{}", message.text);
    assert_eq!(message.record, Some(2));
}

#[test]
fn a_bad_number_of_a_relative() {
    let message = one_bad(ole().spoil("012", 15, b"3213704017"));
    assert!(message.text.contains("AEGTEPNR") && message.text.contains("CPR number"), "{}", message.text);
}

#[test]
fn a_control_character_in_a_name() {
    let message = one_bad(ole().spoil("008", 14, b"O\tle"));
    assert!(message.text.contains("FORNVN") && message.text.contains("0x09"), "{}", message.text);
}

#[test]
fn a_field_cut_in_the_middle() {
    let mut bad = ole();
    bad.bytes_of("002").truncate(75);
    let message = one_bad(bad);
    assert!(message.text.contains("TILFLYDTO"), "{}", message.text);
}

#[test]
fn a_record_in_the_block_at_the_end_rejects_its_person_too() {
    let bad = ole().spoil("003", 184, b"80x0");
    let message = one_bad(bad.clone());
    let (line, _, byte) = place(&extract("2021-04-01", [lise(), bad, bo()]), b"80x0");
    assert_eq!((message.line, message.byte, message.record), (Some(line), Some(byte), Some(3)));
}

#[test]
fn a_bad_record_of_a_type_that_is_not_mapped_rejects_its_person_too() {
    let message = one_bad(ole().raw(format!("014{OLE}9999999999").into_bytes()));
    assert_eq!(message.record, Some(14));
}

#[test]
fn a_person_without_001() {
    let message = one_bad(ole().without("001"));
    assert!(message.text.contains("record 001") && message.text.contains("found none"), "{}", message.text);
    assert_eq!(message.person.as_deref(), Some("120471-****"));
    let (line, byte, _) = place(&extract("2021-04-01", [lise(), ole().without("001"), bo()]), OLE.as_bytes());
    assert_eq!((message.line, message.byte), (Some(line), Some(byte)));
}

#[test]
fn two_001_for_one_person() {
    let twice = ole().raw(ole().works_as("Pilot").records.into_iter().find(|r| r.starts_with(b"001")).unwrap());
    let message = one_bad(twice);
    assert!(message.text.contains("one record 001") && message.text.contains("found two"), "{}", message.text);
}

#[test]
fn two_001_for_one_person_far_apart() {
    let mut register = Register::default();
    let report = register.take(&extract("2021-04-01", [ole(), lise(), person(OLE), bo()]));
    assert_eq!(outcome(&report.counts), [2, 0, 0, 0, 1], "{:?}", texts(&report));
    assert_eq!(taken(&register), [BO, LISE]);
    assert_eq!(report.messages.len(), 1);
}

#[test]
fn a_person_whose_number_is_none() {
    let mut nobody = ole();
    for record in &mut nobody.records {
        record[3..13].copy_from_slice(b"3213713011");
    }
    let mut register = Register::default();
    let report = register.take(&extract("2021-04-01", [lise(), nobody.clone(), bo()]));
    assert_eq!(outcome(&report.counts), [2, 0, 0, 0, 1], "{:?}", texts(&report));
    assert_eq!(taken(&register), [BO, LISE]);
    assert_eq!(report.messages.len(), nobody.records.len(), "each record is reported with its place");
    assert!(report.messages.iter().all(|m| m.line.is_some() && m.byte.is_some() && m.person.is_none()));
}

/// Takes in Lise, Ole and Bo with one record of Ole's made unreadable, and expects that Ole is not taken in without it.
#[track_caller]
fn ole_loses_a_record(record_type: &str, spoil: impl FnOnce(&mut Vec<u8>)) -> (Register, FileReport) {
    let mut whole = extract("2021-04-01", [lise(), ole(), bo()]);
    let is_it = |record: &&mut Vec<u8>| record.starts_with(format!("{record_type}{OLE}").as_bytes());
    spoil(whole.records.iter_mut().find(is_it).expect("the record"));
    let mut register = Register::default();
    let report = register.take(&whole);
    assert!(!taken(&register).contains(&OLE.to_owned()), "a person who lost record {record_type} is taken in");
    assert!(report.counts.rejected >= 1);
    assert!(report.messages.iter().any(|message| message.line.is_some() && message.byte.is_some()));
    (register, report)
}

#[test]
fn a_record_whose_number_is_none_keeps_its_person_out() {
    for record_type in ["001", "002", "003", "004", "008", "012"] {
        ole_loses_a_record(record_type, |record| record[3..13].copy_from_slice(b"12O4713011"));
    }
}

#[test]
fn a_record_too_short_to_hold_its_key_keeps_its_person_out() {
    for record_type in ["001", "002", "003", "004", "008", "012"] {
        ole_loses_a_record(record_type, |record| record.truncate(9));
    }
}

#[test]
fn a_record_whose_type_is_unreadable_keeps_its_person_out() {
    for record_type in ["002", "003", "004", "008", "012"] {
        ole_loses_a_record(record_type, |record| record[..3].copy_from_slice(b"0x4"));
    }
}

#[test]
fn a_record_that_strayed_to_another_number_keeps_its_person_out() {
    // A digit that flipped leaves a number that is well-formed, and nobody's in the file.
    for record_type in ["002", "003", "004", "008", "012"] {
        let (_, report) = ole_loses_a_record(record_type, |record| record[12] = b'9');
        assert!(report.messages.iter().all(|message| message.line != Some(0)), "lines count from 1");
    }
}

#[test]
fn a_last_record_that_strayed_to_another_number_keeps_its_person_out() {
    // Nothing of its person stands behind it.
    let minimal = |number: &'static str| person(number).protected("0001", "2020-05-01", "");
    let mut whole = extract("2021-04-01", [minimal(LISE), minimal(OLE), minimal(BO)]);
    whole.records.iter_mut().find(|r| r.starts_with(format!("004{OLE}").as_bytes())).unwrap()[12] = b'9';
    let mut register = Register::default();
    register.take(&whole);
    assert!(!taken(&register).contains(&OLE.to_owned()), "nobody is taken in without his protection");
}

#[test]
fn a_rejected_person_keeps_what_was_known() {
    let mut register = Register::with([extract("2021-04-01", [ole()])]);
    let before = register.says();
    let report = register.take(&extract("2021-04-02", [ole().works_as("Pilot").spoil("004", 18, b"2021-02-30")]));
    assert_eq!(outcome(&report.counts), [0, 0, 0, 0, 1]);
    assert_eq!(register.says(), before);

    // Ordered again, the person comes in a file of the same day.
    let report = register.take(&extract("2021-04-02", [ole().works_as("Pilot")]));
    assert_eq!(outcome(&report.counts), [0, 1, 0, 0, 0]);
}

#[test]
fn a_rejected_persons_relatives_make_no_placeholders() {
    let mut register = Register::default();
    register.take(&extract("2021-04-01", [ole().father(BO).spoil("004", 18, b"2021-02-30")]));
    assert_eq!(register.count("contact"), 0);
}

#[test]
fn an_unknown_record_type_is_a_remark_and_the_person_is_taken_in() {
    let strange = ole().raw(format!("061{OLE}something new").into_bytes());
    let mut register = Register::default();
    let report = register.take(&extract("2021-04-01", [lise(), strange.clone(), bo()]));
    assert_eq!(outcome(&report.counts), [3, 0, 0, 0, 0], "{:?}", texts(&report));
    assert_eq!(report.counts.remarks, 1);
    let message = &report.messages[0];
    let (line, byte, _) = place(&extract("2021-04-01", [lise(), strange, bo()]), b"061");
    assert_eq!((message.severity, message.code.as_str()), (Severity::Remark, "unknown-type"));
    assert_eq!((message.line, message.byte, message.record), (Some(line), Some(byte), Some(61)));
    assert_eq!(register.person(OLE).home().protection.as_deref(), Some("2020-06-01"));
}

#[test]
fn an_unknown_record_type_with_a_bad_key_rejects_those_beside_it() {
    let strange = ole().raw(b"061nonsense".to_vec());
    let mut register = Register::default();
    let report = register.take(&extract("2021-04-01", [lise(), strange, bo()]));
    assert!(report.counts.rejected >= 1);
    assert!(taken(&register).contains(&LISE.to_owned()));
    assert!(!taken(&register).contains(&OLE.to_owned()));
}

#[test]
fn places_in_a_file_without_line_ends_are_bytes_alone() {
    let whole = extract("2021-04-01", [lise(), ole().spoil("004", 18, b"2021-02-30"), bo()]);
    let bytes = whole.bytes(UNTERMINATED);
    let at = bytes.windows(10).position(|window| window == b"2021-02-30").unwrap() as u64;
    let report = Register::default().take_bytes(&bytes);
    assert_eq!(outcome(&report.counts), [2, 0, 0, 0, 1]);
    assert_eq!((report.messages[0].line, report.messages[0].byte), (None, Some(at)));
}

#[test]
fn receipts_and_errors_of_cpr_are_remarks_without_their_text() {
    let mut error = format!("910{OLE}").into_bytes();
    error.resize(157, b' ');
    error[88..92].copy_from_slice(b"0042");
    error[92..112].copy_from_slice(b"PNR 1204713011 fejl ");
    let receipt = format!("997{OLE}202104011200A45");
    let mut whole = extract("2021-04-01", [lise()]);
    whole.records.extend([error, receipt.into_bytes()]);

    let report = Register::default().take(&whole);
    assert_eq!(outcome(&report.counts), [1, 0, 0, 0, 0]);
    let codes: Vec<_> = report.messages.iter().map(|m| (m.severity, m.code.as_str())).collect();
    assert_eq!(codes, [(Severity::Remark, "error-910"), (Severity::Remark, "receipt-997")]);
    assert!(report.messages[0].text.contains("error number 0042"));
}

#[test]
fn a_thousand_bad_persons_are_all_reported_and_the_good_ones_taken_in() {
    let number = |serial: usize| -> &'static str { format!("010170{:04}", serial + 1_000).leak() };
    let persons = (0..2_000).map(|serial| {
        let person = person(number(serial)).named("Kim", "", "Bro");
        if serial % 2 == 0 { person } else { person.spoil("001", 40, b"1970-13-01") }
    });
    let mut register = Register::default();
    let report = register.take(&extract("2021-04-01", persons));
    assert_eq!(outcome(&report.counts), [1_000, 0, 0, 0, 1_000]);
    assert_eq!(register.count("contact"), 1_000);
    assert_eq!(register.count("run_message WHERE severity = 'error'"), 1_000);
    let log = std::fs::read_to_string(report.error_log.unwrap()).unwrap();
    assert_eq!(log.lines().filter(|line| line.contains("FOED_DT")).count(), 1_000);
}

#[test]
fn a_person_with_more_records_than_anybody_can_have_is_rejected_without_reading_them_all() {
    let note = format!("019{OLE}01{:<40}2021-01-01", "x").into_bytes();
    let mut endless = ole();
    endless.records.extend(std::iter::repeat_n(note, 100_000));
    let message = one_bad(endless);
    assert!(message.text.contains("4 MiB"), "{}", message.text);
}

#[test]
fn two_records_of_which_a_person_has_one_reject_the_person_when_they_differ() {
    let other = ole().living(crate::support::person::SKOVVEJ).bytes_of("003").clone();
    let message = one_bad(ole().raw(other));
    assert_eq!((message.code.as_str(), message.record), ("two-records", Some(3)));
}

#[test]
fn a_record_that_comes_twice_the_same_counts_once() {
    let again = ole().bytes_of("003").clone();
    let mut register = Register::default();
    let report = register.take(&extract("2021-04-01", [ole().raw(again)]));
    assert_eq!(outcome(&report.counts), [1, 0, 0, 0, 0], "{:?}", texts(&report));
    assert_eq!(register.rows("SELECT priority FROM contact_info WHERE custom_label = 'Postdist'"), ["1"]);
}

#[test]
fn the_message_about_somebody_in_the_register_names_the_contact() {
    let mut register = Register::with([extract("2021-04-01", [lise(), ole()])]);
    register.take(&extract("2021-04-02", [lise(), ole().spoil("004", 18, b"2021-02-30")]));
    assert_eq!(register.rows("SELECT name_code FROM run_message JOIN contact USING (contact_key)"), [OLE]);
}
