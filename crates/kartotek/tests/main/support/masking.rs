//! Finds personal data where it does not belong.

use kartotek_formats::latin1;
use kartotek_formats::records::u12170::PublicRecord;
use kartotek_formats::records::{FieldSpec, read_type};

/// Fields that hold the name of somebody.
const NAMES: [&str; 10] = [
    "ADRNVN",
    "CONVN",
    "FORNVN",
    "MELNVN",
    "EFTERNVN",
    "AEGTENVN",
    "MORNVN",
    "FARNVN",
    "RELADRSAT_RELPNR_TXT",
    "STANDARDADR",
];

/// Every person number, name and street of records, as an output would show them.
pub fn personal_data(records: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Vec<String> {
    let mut found = Vec::new();
    for record in records {
        let record = record.as_ref();
        found.extend(numbers(record));
        let fields = read_type(record).and_then(PublicRecord::fields).unwrap_or_default();
        found.extend(fields.iter().filter(|f| NAMES.contains(&f.name)).filter_map(|f| name(record, f)));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Runs of ten digits where a field of ten begins, with and without the hyphen.
fn numbers(record: &[u8]) -> Vec<String> {
    let fields = read_type(record).and_then(PublicRecord::fields).unwrap_or_default();
    let keys = [FieldSpec { name: "", start: 4, len: 10 }];
    let wide = fields.iter().filter(|f| f.len == 10).chain(&keys);
    wide.filter_map(|f| record.get(f.start - 1..f.start + 9))
        .filter(|digits| digits.iter().all(u8::is_ascii_digit) && digits.iter().any(|digit| *digit != b'0'))
        .filter(|digits| *digits != b"9999999999")
        .map(|digits| String::from_utf8(digits.to_vec()).unwrap())
        .flat_map(|digits| [format!("{}-{}", &digits[..6], &digits[6..]), digits])
        .collect()
}

fn name(record: &[u8], field: &FieldSpec) -> Option<String> {
    let from = (field.start - 1).min(record.len());
    let to = (from + field.len).min(record.len());
    let text = latin1::decode(&record[from..to]).trim().to_owned();
    // Shorter ones occur within other words.
    (text.chars().count() > 3).then_some(text)
}

/// Fails when an output shows any of it. Names the output and the place in it, not the data.
pub fn assert_masked(what: &str, output: &str, personal: &[String]) {
    assert!(!personal.is_empty(), "the input has personal data, or the test would prove nothing");
    for secret in personal {
        let at = output.find(secret.as_str());
        assert_eq!(at, None, "{what} shows personal data of {} characters at this byte", secret.len());
    }
}
