//! Files whose frame is broken: refused before anything is written, with line, byte and reason.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use kartotek_service::cpr_extract::{Accept, ExtractImport, ImportError};

use crate::support::extract::{Extract, LF, UNTERMINATED, extract};
use crate::support::person::{AAVEJ, Person, person};
use crate::support::register::{Register, outcome};
use crate::support::sample::SAMPLE;

const LISE: &str = "2103724010";

fn lise() -> Person {
    person(LISE).named("Lise", "", "Åstrup").living(AAVEJ)
}

fn april() -> Extract {
    extract("2021-04-01", [lise()])
}

/// Refused, with nothing of it in the register; returns the reason.
#[track_caller]
fn refused(bytes: &[u8]) -> String {
    let mut register = Register::default();
    let path = register.write(bytes);
    refused_by(&mut register, &ExtractImport::default(), &path)
}

#[track_caller]
fn refused_by(register: &mut Register, import: &ExtractImport, path: &Path) -> String {
    let tables = ["contact", "address", "run", "delivery", "run_message", "change"];
    let before = tables.map(|table| register.count(table));
    let error = register.import(import, path).map(|report| report.counts).expect_err("a refusal");
    assert_eq!(tables.map(|table| register.count(table)), before, "nothing is written");
    error.to_string()
}

#[track_caller]
fn assert_says(reason: &str, parts: &[&str]) {
    for part in parts {
        assert!(reason.contains(part), "expected {part:?} in: {reason}");
    }
}

/// The lines of April's file.
fn lines() -> Vec<Vec<u8>> {
    april().bytes(LF).split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
}

#[test]
fn empty() {
    assert_says(&refused(b""), &["empty"]);
}

#[test]
fn blank_lines_only() {
    assert_says(&refused(b"\n\n\n"), &["record 000"]);
}

#[test]
fn not_an_extract() {
    assert_says(&refused(b"navn;adresse\nLise;Vejen\n"), &["does not begin with record 000"]);
    assert_says(&refused(b"PK\x03\x04zipped"), &["does not begin with record 000"]);
}

#[test]
fn without_000() {
    assert_says(&refused(&lines()[1..].concat()), &["does not begin with record 000"]);
}

#[test]
fn a_second_000() {
    let mut lines = lines();
    lines.insert(2, lines[0].clone());
    assert_says(&refused(&lines.concat()), &["line 3", "second record 000"]);
}

#[test]
fn without_999() {
    let lines = lines();
    let whole = lines.len() - 1;
    assert_says(&refused(&lines[..whole].concat()), &["999 is missing", "cut off"]);
}

#[test]
fn cut_off_anywhere() {
    let whole = april().bytes(LF);
    // Without the last line end the file is whole, and without some of the digits of the counter it is not.
    for cut in (0..whole.len() - 2).step_by(7) {
        refused(&whole[..cut]);
    }
    let whole = april().bytes(UNTERMINATED);
    for cut in (0..whole.len() - 1).step_by(7) {
        refused(&whole[..cut]);
    }
}

#[test]
fn data_after_999() {
    let mut lines = lines();
    lines.push(lines[1].clone());
    assert_says(&refused(&lines.concat()), &[&format!("line {}", lines.len()), "data after record 999"]);
}

#[test]
fn two_extracts_in_one() {
    let whole = april().bytes(LF);
    assert_says(&refused(&[whole.clone(), whole].concat()), &["data after record 999", "two extracts in one"]);
}

#[test]
fn start_record_that_cannot_be_read() {
    for (from, to, parts) in [
        ("20210401", "20210431", ["line 1", "PRODDTO"]),
        ("20210401", "00000000", ["line 1", "production date"]),
        ("110901", "11O901", ["line 1", "OPGAVENR"]),
    ] {
        let start = String::from_utf8(lines()[0].clone()).unwrap().replacen(from, to, 1);
        let mut lines = lines();
        lines[0] = start.into_bytes();
        assert_says(&refused(&lines.concat()), &parts);
    }
}

#[test]
fn end_record_that_cannot_be_read() {
    let mut lines = lines();
    let last = lines.len() - 1;
    lines[last] = b"9999999999999000000x5\n".to_vec();
    assert_says(&refused(&lines.concat()), &[&format!("line {}", last + 1), "TAELLER"]);
}

#[test]
fn a_wrong_count() {
    let right = april().records.len();
    let reason = refused(&april().stating(right + 1).bytes(LF));
    assert_says(&reason, &[&format!("states {} records", right + 1), &format!("found {right}"), "--accept count"]);
}

#[test]
fn a_wrong_count_that_is_accepted() {
    let mut register = Register::default();
    let accept = Accept { count: true, ..Accept::default() };
    let report = register.take_with(&ExtractImport { accept, ..Default::default() }, &april().stating(99));
    assert_eq!(outcome(&report.counts), [1, 0, 0, 0, 0]);
}

#[test]
fn a_task_other_than_the_expected_ones() {
    let mut register = Register::default();
    let tasks = vec!["110902".to_owned(), "110903".to_owned()];
    let import = ExtractImport { tasks, ..ExtractImport::default() };
    let path = register.write(&april().bytes(LF));
    let reason = refused_by(&mut register, &import, &path);
    assert_says(&reason, &["of task 110901", "expected 110902 or 110903", "--accept task"]);

    let accept = Accept { task: true, ..Accept::default() };
    register.take_with(&ExtractImport { accept, ..import.clone() }, &april());
    register.take_with(&import, &april().of_task("110903").stating(april().records.len()));
}

#[test]
fn a_task_other_than_the_one_in_the_files_name() {
    let mut register = Register::default();
    for name in ["d210401.l110902", "D210401.L110902"] {
        let path = register.file(name);
        april().write(&path);
        let reason = refused_by(&mut register, &ExtractImport::default(), &path);
        assert_says(&reason, &["of task 110901", "expected 110902"]);
    }
    let path = register.file("d210401.l110901");
    april().write(&path);
    register.import(&ExtractImport::default(), &path).unwrap();
}

#[test]
fn a_gap_in_the_chain() {
    let mut register = Register::with([april()]);
    let may = extract("2021-05-03", [lise().works_as("Pilot")]).following("2021-04-20");
    let path = register.write(&may.bytes(LF));
    let reason = refused_by(&mut register, &ExtractImport::default(), &path);
    assert_says(&reason, &["produced on 2021-04-20", "produced on 2021-04-01", "110901", "--accept chain"]);

    let accept = Accept { chain: true, ..Accept::default() };
    let report = register.take_with(&ExtractImport { accept, ..Default::default() }, &may);
    assert_eq!(outcome(&report.counts), [0, 1, 0, 0, 0]);
}

#[test]
fn a_chain_without_a_gap() {
    let mut register = Register::with([april()]);
    register.take(&extract("2021-04-05", [lise().works_as("Pilot")]).following("2021-04-01"));
    // A day that was missing and comes late is older than the last one: its persons' stamps settle it.
    register.take(&extract("2021-04-03", [lise()]).following("2021-04-02"));
    register.take(&extract("2021-04-06", [lise()]).following("2021-04-05"));
}

#[test]
fn each_task_has_a_chain_of_its_own() {
    let mut register = Register::with([april()]);
    register.take(&extract("2021-05-03", [lise()]).following("2021-04-20").of_task("220000"));
}

#[test]
fn a_gap_is_seen_after_a_dry_run_of_the_missing_file_too() {
    let mut register = Register::with([april()]);
    register.plan(&extract("2021-04-20", [lise()]).following("2021-04-01"));
    let may = register.write(&extract("2021-05-03", [lise()]).following("2021-04-20").bytes(LF));
    refused_by(&mut register, &ExtractImport::default(), &may);
}

#[test]
fn a_status_extract_names_no_other_before_it() {
    let mut register = Register::with([april()]);
    register.take(&extract("2021-05-03", [lise()]).following("2021-05-03"));
}

#[test]
fn other_character_sets() {
    let text: String = SAMPLE.iter().copied().map(char::from).collect();
    assert_says(&refused(text.as_bytes()), &["UTF-8", "ISO-8859-1", "line "]);
    assert_says(&refused(format!("\u{FEFF}{text}").as_bytes()), &["UTF-8 byte order mark"]);
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_says(&refused(&utf16), &["UTF-16"]);
    let dos = |c| match c {
        'æ' => 0x91,
        'ø' => 0x9B,
        'å' => 0x86,
        'Æ' => 0x92,
        'Ø' => 0x9D,
        'Å' => 0x8F,
        'é' => 0x82,
        'ü' => 0x81,
        other => u8::try_from(other).unwrap(),
    };
    assert_says(&refused(&text.chars().map(dos).collect::<Vec<_>>()), &["DOS code page", "line "]);
    assert_says(&refused(b"\xF0\xF0\xF0\xF0\xF0\xF0\xF0\xF0"), &["EBCDIC"]);
}

#[test]
fn letters_that_a_conversion_has_lost() {
    // What a program that took the file for UTF-8 leaves of each letter that is none: U+FFFD.
    let lost: String = String::from_utf8_lossy(SAMPLE).into_owned();
    assert_says(&refused(lost.as_bytes()), &["UTF-8", "line "]);
}

#[test]
fn the_private_extract() {
    let private = include_bytes!("../../../formats/tests/fixtures/u09480-invented.txt");
    assert_says(&refused(private), &["U09480-P", "U12170-P"]);
}

#[test]
fn a_line_of_gigabytes_is_not_read_to_its_end() {
    let mut register = Register::default();
    let path = register.file("endless");
    let mut file = File::create(&path).unwrap();
    file.write_all(&lines()[..2].concat()).unwrap();
    // Sparse: it takes no place on the disk.
    file.set_len(8 << 30).unwrap();
    let reason = refused_by(&mut register, &ExtractImport::default(), &path);
    assert_says(&reason, &["line 3", "no line end within"]);
}

#[test]
fn an_unknown_type_in_a_file_without_line_ends() {
    let strange = lise().raw(format!("061{LISE}whatever").into_bytes());
    let bytes = extract("2021-04-01", [strange]).bytes(UNTERMINATED);
    assert_says(&refused(&bytes), &["byte ", "unknown record type", "without line ends"]);
}

#[test]
fn a_directory_a_missing_file_and_a_device() {
    let mut register = Register::default();
    let folder = register.folder.path().to_owned();
    assert_says(&refused_by(&mut register, &ExtractImport::default(), &folder), &["found a directory"]);
    let missing = register.file("missing");
    assert_says(&refused_by(&mut register, &ExtractImport::default(), &missing), &["cannot open the file"]);
    #[cfg(unix)]
    assert_says(
        &refused_by(&mut register, &ExtractImport::default(), Path::new("/dev/null")),
        &["found a device or a pipe"],
    );
}

/// A file large enough that the first pass tells how far it is while it reads.
fn large() -> Vec<u8> {
    let filler = b"910FOEDDTO".to_vec();
    let count = (10 << 20) / filler.len();
    let records = april().records.into_iter().chain(std::iter::repeat_n(filler, count)).collect();
    Extract { records, ..april() }.bytes(LF)
}

#[test]
fn a_file_that_is_cut_while_it_is_read() {
    let mut register = Register::default();
    let path = register.write(&large());
    let mut cut = false;
    let outcome = ExtractImport::default().file(
        register.store.as_mut(),
        &path,
        &kartotek_register::ports::SystemClock,
        &mut |_| {
            if !std::mem::replace(&mut cut, true) {
                File::options().write(true).open(&path).unwrap().set_len(1_000).unwrap();
            }
        },
        &mut |_| {},
    );
    assert!(cut, "the first pass told how far it was");
    assert!(matches!(outcome, Err(ImportError::Changed)), "not taken for a file that was cut off before");
    assert_eq!(register.count("contact"), 0);
    assert_eq!(register.count("delivery"), 0);
}

#[test]
fn a_refused_file_is_taken_in_once_it_is_whole() {
    let mut register = Register::default();
    let path = register.file("daily");
    std::fs::write(&path, lines()[..3].concat()).unwrap();
    refused_by(&mut register, &ExtractImport::default(), &path);
    april().write(&path);
    let report = register.import(&ExtractImport::default(), &path).unwrap();
    assert_eq!(outcome(&report.counts), [1, 0, 0, 0, 0]);
}

#[test]
fn an_extract_without_persons_is_taken_in() {
    let mut register = Register::default();
    let report = register.take(&extract("2021-04-01", []));
    assert_eq!(outcome(&report.counts), [0, 0, 0, 0, 0]);
    assert_eq!(register.rows("SELECT state FROM delivery"), ["done"]);
}
