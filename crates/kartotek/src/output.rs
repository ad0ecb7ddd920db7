//! What people read on a terminal, and what machines read with `--json`.

use std::io::{self, Write};

use kartotek_register::ports::Counts;
use serde_json::{Value, json};

/// Writes one JSON document.
pub fn json(value: &Value) -> io::Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, value)?;
    writeln!(out)
}

/// What became of persons.
pub fn persons(counts: &Counts) -> Value {
    json!({
        "new": counts.created,
        "changed": counts.updated,
        "unchanged": counts.unchanged,
        "older": counts.older,
        "rejected": counts.rejected,
    })
}

/// A number with thousands apart: `12,345`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Persons a second; nothing for a time too short to tell.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rate for people"
)]
pub fn rate(persons: u64, time: std::time::Duration) -> u64 {
    let seconds = time.as_secs_f64();
    if seconds > 0.0 { (persons as f64 / seconds) as u64 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_000), "1,000");
        assert_eq!(count(12_345_678), "12,345,678");
    }
}
