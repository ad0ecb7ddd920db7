//! Calls that are not understood.

use std::process::ExitCode;

/// As many digits as only the numbers of persons have among what a call holds.
const DIGITS: usize = 9;

/// Tells what clap says of a call, and ends as it would: with 2 for a mistake, which is our number for it too. clap repeats
/// what it does not understand, and that may be the number of a person, which belongs in no error text.
pub fn tell(error: &clap::Error) -> ExitCode {
    let text = error.render().to_string();
    let masked = without_numbers(&text);
    if masked == text {
        // Whoever reads it may have closed the output: `kartotek --help | head`.
        let _ = error.print();
    } else {
        eprint!("{masked}");
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// The text with stars for long numbers, in one piece or with a hyphen or blank between their digits.
fn without_numbers(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let (number, after) = from.split_at(number_at_start(from));
        out.push_str(before);
        let digits = number.bytes().filter(u8::is_ascii_digit).count();
        out.push_str(if digits < DIGITS { number } else { "**********" });
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The length of the number that a text begins with.
fn number_at_start(text: &str) -> usize {
    let mut end = 0;
    let mut was_digit = true;
    for (at, byte) in text.bytes().enumerate() {
        if byte.is_ascii_digit() {
            (end, was_digit) = (at + 1, true);
        } else if was_digit && matches!(byte, b'-' | b' ') {
            was_digit = false;
        } else {
            break;
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_persons_are_masked_in_every_spelling_and_nothing_else_is() {
        for (text, masked) in [
            ("unexpected argument '0101010001' found", "unexpected argument '**********' found"),
            ("'010101-0001' and '010101 0001-'", "'**********' and '**********-'"),
            ("æ0101010001ø x01010100011", "æ**********ø x**********"),
            ("a date 2026-01-05, port 5000, 1 2", "a date 2026-01-05, port 5000, 1 2"),
            ("", ""),
        ] {
            assert_eq!(without_numbers(text), masked);
        }
    }
}
