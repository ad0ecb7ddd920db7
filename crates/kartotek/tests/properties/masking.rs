//! Invariant 7: no number, name or address of the population in what is printed, logged or kept as a message, however
//! the file is spoilt.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use kartotek_register::contact::{ContactId, NameType, SourceId};
use kartotek_service::cpr_extract::error_log_path;

use crate::support::{Case, Dice, Extract, Files, Kind, Register, anyway, import};

property_in_each_store! {
    no_message_error_or_log_tells_who_somebody_is: 60, 20, 4;
    nothing_that_a_reader_gives_shows_it_in_debug: 2, 1, 1;
}

fn no_message_error_or_log_tells_who_somebody_is(kind: Kind, case: &Case) {
    let mut dice = case.dice();
    let secrets = Secrets::of(&case.extracts());
    let mut files = Files::default();
    for extract in case.extracts() {
        files.add(&spoilt(extract.bytes(), &mut dice));
    }
    let mut register = Register::new(kind);
    for path in &files.paths {
        let mut said = String::new();
        match import(register.store.as_mut(), &anyway(), path) {
            Ok(report) => {
                for message in &report.messages {
                    writeln!(said, "{message:?} {}", message.text).unwrap();
                }
                said += report.error_log_failed.as_deref().unwrap_or_default();
            }
            Err(error) => writeln!(said, "{error} {error:?}").unwrap(),
        }
        said += &std::fs::read_to_string(error_log_path(path)).unwrap_or_default();
        secrets.assert_kept(&said);
        if kind == Kind::Sqlite {
            secrets.assert_kept(&told_by_the_program(path, files.folder()));
        }
    }
}

/// Everything but the names of files.
fn told_by_the_program(path: &Path, folder: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_kartotek"))
        .current_dir(folder)
        .args(["--database", "sqlite:program.db", "import", "cpr", "--accept", "chain,count"])
        .arg(path.file_name().unwrap())
        .output()
        .unwrap();
    [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat()
}

/// Overwrites, cuts and repeats bytes and lines.
fn spoilt(mut bytes: Vec<u8>, dice: &mut Dice) -> Vec<u8> {
    for _ in 0..dice.below(12) {
        let at = dice.below(bytes.len());
        match dice.below(6) {
            0 => bytes[at] = b'x',
            1 => bytes[at] = 0x85,
            2 => drop(bytes.remove(at)),
            3 => bytes.insert(at, b'7'),
            4 => {
                let line = bytes[at..].iter().position(|byte| *byte == b'\n').map_or(at, |next| at + next + 1);
                let copy: Vec<u8> = bytes[line..].iter().copied().take_while(|byte| *byte != b'\n').collect();
                bytes.splice(line..line, copy.into_iter().chain(*b"\n"));
            }
            _ => {
                let line = bytes[at..].iter().position(|byte| *byte == b'\n').map_or(at, |next| at + next + 1);
                // The number of a record, or its type.
                bytes.iter_mut().skip(line + dice.below(10)).take(3).for_each(|byte| *byte = b'9');
            }
        }
    }
    bytes
}

fn nothing_that_a_reader_gives_shows_it_in_debug(kind: Kind, case: &Case) {
    let case = Case { persons: case.persons.min(100), days: 2, ..*case };
    let extracts = case.extracts();
    let secrets = Secrets::of(&extracts);
    let register = Register::with(kind, &anyway(), &case.files().paths);
    let mut reader = register.reader();
    for number in extracts[0].persons.keys() {
        let name_code: compact_str::CompactString = str::from_utf8(number).unwrap().into();
        let id = ContactId { name_type: NameType::CPR_PERSON, name_code: name_code.clone() };
        let card = reader.contact(&id).unwrap();
        let known = reader.known(SourceId::CPR, &[name_code]).unwrap();
        let history = reader.history(&id).unwrap();
        secrets.assert_kept(&format!("{id:?} {card:?} {history:?}"));
        // Hashes are long numbers themselves; a person number would stand between other characters.
        assert!(!format!(" {known:?}").contains(&format!(" {}", id.name_code)));
    }
    let query = kartotek_register::ports::FindQuery { limit: 1_000, ..Default::default() };
    secrets.assert_kept(&format!("{:?}", reader.find(&query).unwrap()));
}

/// Numbers, and the names and address lines that are long enough not to stand in a message by chance.
struct Secrets {
    numbers: BTreeSet<String>,
    texts: BTreeSet<String>,
}

impl Secrets {
    fn of(extracts: &[Extract]) -> Self {
        let persons = || extracts.iter().flat_map(|extract| &extract.persons);
        let numbers = persons().map(|(number, _)| String::from_utf8(number.clone()).unwrap()).collect();
        let mut texts = BTreeSet::new();
        for record in persons().flat_map(|(_, records)| records) {
            let fields: &[(usize, usize)] = match &record[..3] {
                b"008" => &[(13, 50), (105, 40)],
                b"003" => &[(13, 34), (47, 34), (115, 34)],
                _ => &[],
            };
            for (start, len) in fields {
                let field = record.get(*start..record.len().min(start + len)).unwrap_or_default();
                let text: String = field.iter().copied().map(char::from).collect();
                if text.trim().chars().count() >= 6 {
                    texts.insert(text.trim().to_owned());
                }
            }
        }
        Self { numbers, texts }
    }

    #[track_caller]
    fn assert_kept(&self, said: &str) {
        let digits = said.as_bytes().windows(10).filter(|window| window.iter().all(u8::is_ascii_digit));
        for window in digits {
            let number = str::from_utf8(window).unwrap();
            assert!(!self.numbers.contains(number), "a person number in: {said}");
        }
        for text in &self.texts {
            assert!(!said.contains(text.as_str()), "{text:?} in: {said}");
        }
    }
}
