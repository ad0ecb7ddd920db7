use std::io::{self, BufRead};

use kartotek_formats::identifiers::CprNumber;

use crate::subscriptions::SubscriptionError;

/// CPR's list of the numbers that the customer subscribes to, sorted, eight bytes a number.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct SubscribedList {
    numbers: Vec<u64>,
    bad: Vec<BadLine>,
    bad_count: u64,
    repeated: u64,
}

impl std::fmt::Debug for SubscribedList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SubscribedList({} numbers, {} bad lines)", self.numbers.len(), self.bad_count)
    }
}

/// A line without a number. Holds nothing of its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadLine {
    /// The line, from 1.
    pub line: u64,
    /// What should be there.
    pub expected: &'static str,
}

/// Longer ones are no lines of a list.
const LONGEST_LINE: u64 = 4_096;

impl SubscribedList {
    /// Bad lines that are kept; further ones are counted.
    pub const BAD_LINES: usize = 1_000;

    /// Reads a list: a number a line, or, with a position (from 1), lines with ten digits there. Blank lines, lines that
    /// begin with `#`, line ends of either kind, and hyphens are tolerated; without a position, so are blanks and a
    /// comment behind the number. With a position the list may be a file of records, whose start and end, 000 and 999, are
    /// passed over.
    pub fn read(mut input: impl BufRead, position: Option<usize>) -> Result<Self, SubscriptionError> {
        let mut list = Self::default();
        let mut line = Vec::new();
        for at in 1.. {
            line.clear();
            let is_whole = read_line(&mut input, &mut line).map_err(SubscriptionError::List)?;
            let Some(is_whole) = is_whole else { break };
            let text = line.strip_prefix(b"\xEF\xBB\xBF").filter(|_| at == 1).unwrap_or(&line);
            if text.trim_ascii().is_empty() || text.trim_ascii_start().starts_with(b"#") {
                continue;
            }
            // No number begins so: days go from 01 to 31, and from 61 to 91.
            if position.is_some() && (text.starts_with(b"000") || text.starts_with(b"999")) {
                continue;
            }
            match number(text, position) {
                Ok(number) if is_whole => list.numbers.push(number.as_number()),
                Ok(_) => list.bad(BadLine { line: at, expected: "a line of at most 4096 characters" }),
                Err(expected) => list.bad(BadLine { line: at, expected }),
            }
        }
        list.numbers.sort_unstable();
        let all = list.numbers.len();
        list.numbers.dedup();
        list.repeated = (all - list.numbers.len()) as u64;
        Ok(list)
    }

    /// The numbers, ascending, each once.
    pub(super) fn numbers(&self) -> &[u64] {
        &self.numbers
    }

    /// How many numbers there are.
    pub fn count(&self) -> u64 {
        self.numbers.len() as u64
    }

    /// The first lines that cannot be read.
    pub fn bad_lines(&self) -> &[BadLine] {
        &self.bad
    }

    /// How many lines cannot be read.
    pub fn bad_count(&self) -> u64 {
        self.bad_count
    }

    /// How many lines repeat a number.
    pub fn repeated(&self) -> u64 {
        self.repeated
    }

    fn bad(&mut self, bad: BadLine) {
        self.bad_count += 1;
        if self.bad.len() < Self::BAD_LINES {
            self.bad.push(bad);
        }
    }
}

/// Reads a line without its end, of a long one only the beginning; says whether that was all of it. `None` at the end.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<Option<bool>> {
    let read = io::Read::take(&mut *input, LONGEST_LINE).read_until(b'\n', line)?;
    if read == 0 {
        return Ok(None);
    }
    let is_whole = line.last() == Some(&b'\n') || read < usize::try_from(LONGEST_LINE).unwrap_or(usize::MAX);
    if line.last() == Some(&b'\n') {
        line.pop();
    }
    if !is_whole {
        let mut rest = Vec::new();
        while io::Read::take(&mut *input, LONGEST_LINE).read_until(b'\n', &mut rest)? > 0 && rest.last() != Some(&b'\n')
        {
            rest.clear();
        }
    }
    Ok(Some(is_whole))
}

fn number(line: &[u8], position: Option<usize>) -> Result<CprNumber, &'static str> {
    let text = match position {
        None => {
            let text = line.trim_ascii();
            let end =
                text.iter().position(|byte| matches!(byte, b' ' | b'\t' | b'#' | b';' | b',')).unwrap_or(text.len());
            let (number, rest) = text.split_at_checked(end).unwrap_or((text, b""));
            let rest = rest.trim_ascii();
            if !matches!(rest, [] | [b';' | b',']) && !rest.starts_with(b"#") {
                return Err("a CPR number and nothing else, or --position for the place where it stands");
            }
            number
        }
        Some(position) => {
            let from =
                line.get(position.saturating_sub(1)..).ok_or("a line that reaches the position of the number")?;
            let length = if from.get(6) == Some(&b'-') { 11 } else { 10 };
            from.get(..length).ok_or("ten digits at the position of the number")?
        }
    };
    let text = str::from_utf8(text).map_err(|_| "a CPR number of ten digits")?;
    // A position names the first digit, so that a blank there is none.
    if text.starts_with(' ') {
        return Err("ten digits at the position of the number");
    }
    CprNumber::parse(text).map_err(|error| match error {
        kartotek_formats::identifiers::CprError::NotTenDigits => "a CPR number of ten digits",
        kartotek_formats::identifiers::CprError::NoSuchDate => "a CPR number that begins with a date",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8], position: Option<usize>) -> (Vec<String>, Vec<u64>) {
        let list = SubscribedList::read(text, position).unwrap();
        let numbers = list.numbers().iter().map(|number| format!("{number:010}")).collect();
        (numbers, list.bad_lines().iter().map(|bad| bad.line).collect())
    }

    #[test]
    fn one_number_a_line_in_every_form_that_people_make() {
        let text =
            b"\xEF\xBB\xBF0707614285\r\n\r\n# a comment\n 070761-4285 \n0101980014 # moved\n0101980014;\n\n1111111111";
        assert_eq!(read(text, None), (vec!["0101980014".into(), "0707614285".into(), "1111111111".into()], vec![]));
        let list = SubscribedList::read(text.as_slice(), None).unwrap();
        assert_eq!((list.count(), list.repeated(), list.bad_count()), (3, 2, 0));
    }

    #[test]
    fn a_line_that_cannot_be_read_is_told_by_its_number_and_the_others_count() {
        let text = b"0707614285\nx\n0013610000\n070761428\n0707614285 Lise\n0101980014\n\xE6\n";
        let (numbers, bad) = read(text, None);
        assert_eq!((numbers.len(), bad), (2, vec![2, 3, 4, 5, 7]));
    }

    #[test]
    fn lines_with_the_number_at_a_position() {
        let text = b"06123400OP0707614285               \r\n06123400SL010198-0014\nshort\n06123400OP 70761428\n\n";
        assert_eq!(read(text, Some(11)), (vec!["0101980014".into(), "0707614285".into()], vec![3, 4]));
    }

    #[test]
    fn the_start_and_the_end_of_a_file_of_records_hold_no_number() {
        let text = b"000990001 20260105\n0010707614285\n9990000001\n";
        assert_eq!(read(text, Some(4)), (vec!["0707614285".into()], vec![]));
        assert_eq!(read(b"000\n999\n", None), (vec![], vec![1, 2]), "a list of numbers has neither");
    }

    #[test]
    fn a_line_without_end_is_one_bad_line() {
        let mut text = vec![b'7'; 3 * 4_096 + 5];
        text.extend_from_slice(b"\n0707614285\n");
        assert_eq!(read(&text, None), (vec!["0707614285".into()], vec![1]));
        text.splice(..10, *b"0101980014");
        assert_eq!(read(&text, Some(1)), (vec!["0707614285".into()], vec![1]));
    }
}
