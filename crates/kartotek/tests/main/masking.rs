//! No message, log or error text holds a CPR number, a name or a street, whatever is wrong with the file.

use std::path::Path;

use crate::support::cli::{kartotek, run};
use crate::support::extract::{Extract, LF, UNTERMINATED, extract};
use crate::support::masking::{assert_masked, personal_data};
use crate::support::person::{AAVEJ, Person, person};
use crate::support::sample::SAMPLE;

const LISE: &str = "2103724010";
const OLE: &str = "1204713011";
const BO: &str = "0908704017";

fn lise() -> Person {
    person(LISE)
        .named("Liselotte", "Rønnebæk", "Åstruplund")
        .living(AAVEJ)
        .protected("0001", "2020-05-01", "")
        .civil("G", OLE, "1998-05-02")
        .father_named("Nikolaj Rønnebæk")
        .mother(BO)
        .guardian_named("Advokat Blåbjerg", "2019-06-01")
}

fn ole() -> Person {
    person(OLE).named("Ole", "", "Åstruplund").living(AAVEJ).civil("G", LISE, "1998-05-02")
}

/// Takes a file in with the program, in people's and machines' words, and searches everything that comes out of it but
/// the register itself. Returns the exit code.
#[track_caller]
fn searched(name: &str, bytes: &[u8]) -> i32 {
    let mut personal = personal_data(lise().records.iter().chain(&ole().records));
    personal.extend(personal_data(bytes.split(|byte| *byte == b'\n')));
    let mut code = None;
    for json in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("extract"), bytes).unwrap();
        std::fs::write(folder.path().join("kartotek.toml"), "[log]\ncprbatch = \"cprbatch.log\"\n").unwrap();
        let mut command = kartotek(folder.path());
        command.args(["import", "cpr", "extract", "--config", "kartotek.toml"]);
        let ended = run(if json { command.arg("--json") } else { &mut command });
        assert_masked(&format!("{name}: stdout"), &ended.stdout, &personal);
        assert_masked(&format!("{name}: stderr"), &ended.stderr, &personal);
        for log in ["errextract", "cprbatch.log"] {
            assert_masked(&format!("{name}: {log}"), &read(&folder.path().join(log)), &personal);
        }
        let messages = messages(folder.path());
        assert_masked(&format!("{name}: run_message"), &messages, &personal);
        assert!(!ended.stdout.is_empty() || !ended.stderr.is_empty(), "{name}: something is said");
        assert_eq!(*code.get_or_insert(ended.code), ended.code, "{name}: --json makes no difference");
    }
    code.unwrap()
}

/// Text of a log; every one of these files has both.
fn read(log: &Path) -> String {
    std::fs::read_to_string(log).unwrap_or_else(|error| panic!("{}: {error}", log.display()))
}

/// All that the register's tables of runs hold; a file that was refused makes no register.
fn messages(folder: &Path) -> String {
    if !folder.join("kartotek.db").exists() {
        return String::new();
    }
    let tables = rusqlite::Connection::open(folder.join("kartotek.db")).unwrap();
    let mut all = tables.prepare("SELECT code, coalesce(person, ''), text FROM run_message").unwrap();
    let rows = all
        .query_map([], |row| {
            let [code, person, text] = [0, 1, 2].map(|column| row.get::<_, String>(column).unwrap());
            Ok(format!("{code} {person} {text}\n"))
        })
        .unwrap();
    rows.map(Result::unwrap).collect()
}

fn rejected(name: &str, persons: impl IntoIterator<Item = Person>) {
    assert_eq!(searched(name, &extract("2021-04-01", persons).bytes(LF)), 1, "{name}");
}

fn refused(name: &str, bytes: &[u8]) {
    assert_eq!(searched(name, bytes), 2, "{name}");
}

#[test]
fn bad_fields_of_every_record() {
    for record in lise().records {
        let (head, rest) = record.split_at(13);
        let record_type = std::str::from_utf8(&head[..3]).unwrap().to_owned();
        // Every position once: digits become letters and letters control characters.
        let places: Vec<usize> = (14..14 + rest.len()).step_by(19).collect();
        for place in places {
            let mut bad = lise();
            let byte = &mut bad.bytes_of(&record_type)[place - 1];
            *byte = if byte.is_ascii_digit() { b'x' } else { 0x07 };
            let bytes = extract("2021-04-01", [bad, ole()]).bytes(LF);
            let code = searched(&format!("record {record_type} position {place}"), &bytes);
            assert_eq!(code, 1, "record {record_type} position {place}");
        }
    }
}

#[test]
fn records_without_their_person() {
    let mut nobody = lise();
    nobody.records.iter_mut().for_each(|record| record[3..13].copy_from_slice(b"3203724010"));
    rejected("a number that is none", [nobody, ole()]);
    rejected("without 001", [lise().without("001"), ole()]);
    rejected("001 twice", [lise(), lise(), ole()]);
    rejected("a record too short", [lise().raw(b"00421037".to_vec()), ole()]);
    rejected("a key in the wrong place", [lise().raw(format!("004 {LISE}0001").into_bytes()), ole()]);
    rejected("a type of letters", [lise().raw(format!("ABC{LISE}0001").into_bytes()), ole()]);
    rejected("a name for a record", [lise().raw("Liselotte Åstruplund".bytes().collect::<Vec<u8>>()), ole()]);
}

#[test]
fn unknown_types_receipts_and_errors() {
    let strange = lise().raw(format!("061{LISE}Liselotte").into_bytes());
    let mut whole = extract("2021-04-01", [strange]);
    let mut error = format!("910{LISE}{LISE} Liselotte").into_bytes();
    error.resize(157, b' ');
    error[88..92].copy_from_slice(b"Lise");
    error[92..102].copy_from_slice(LISE.as_bytes());
    whole.records.extend([error, format!("997{LISE}202104011200A45").into_bytes()]);
    assert_eq!(searched("remarks", &whole.bytes(LF)), 0);
}

#[test]
fn broken_frames() {
    let whole = extract("2021-04-01", [lise(), ole()]);
    let lines = whole.bytes(LF);
    refused("cut off", &lines[..lines.len() - 40]);
    refused("twice", &[lines.clone(), lines.clone()].concat());
    refused("data after the end", &[lines.clone(), whole.records[0].clone()].concat());
    refused("wrong count", &whole.clone().stating(4).bytes(LF));
    refused("without 000", &lines[36..]);
    refused("a start that is a person", &[b"000".as_slice(), &lines[39..]].concat());
    refused("one endless line", &[&lines[..lines.len() - 40], &b"Liselotte".repeat(20_000)].concat());
    let text: String = SAMPLE.iter().copied().map(char::from).collect();
    refused("UTF-8", text.as_bytes());

    let unterminated = whole.bytes(UNTERMINATED);
    refused("cut off, without line ends", &unterminated[..unterminated.len() - 40]);
    let strange =
        Extract { records: [whole.records.clone(), vec![format!("061{LISE}").into_bytes()]].concat(), ..whole };
    refused("unknown type, without line ends", &strange.bytes(UNTERMINATED));
}

#[test]
fn a_good_file() {
    let folder = tempfile::tempdir().unwrap();
    extract("2021-04-01", [lise(), ole()]).write(&folder.path().join("extract"));
    let personal = personal_data(lise().records.iter().chain(&ole().records));
    let ended = run(kartotek(folder.path()).args(["import", "cpr", "extract"]));
    assert_eq!(ended.code, 0);
    assert_masked("stdout", &ended.stdout, &personal);
    assert_masked("stderr", &ended.stderr, &personal);
}

#[test]
fn the_helper_sees_what_it_looks_for() {
    let personal = personal_data(&lise().records);
    for secret in [LISE, "210372-4010", OLE, BO, "Liselotte", "Rønnebæk", "Nikolaj Rønnebæk", "Advokat Blåbjerg"] {
        assert!(personal.iter().any(|known| known == secret), "{secret} is looked for");
    }
}
