use std::fmt;

use super::{LineError, SubscriptionLine};

/// What stands between the lines of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LineEnd {
    /// CR LF between lines and nothing after the last one. The default: the one client that is known to send key 06 in
    /// production writes it so.
    #[default]
    CrLf,
    /// LF after every line, as the other published client writes.
    Lf,
}

/// Why a file cannot be read or put together. Holds no person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// A line leaves the layout.
    #[error("line {line}, {error}")]
    Line {
        /// The line, from 1.
        line: usize,
        /// Where in it, and what was expected.
        error: LineError,
    },
    /// The lines do not ascend.
    #[error("line {line}: expected lines sorted ascending by their text")]
    NotSorted {
        /// The line that belongs before the one above it, from 1.
        line: usize,
    },
    /// A person occurs twice, so that it is not told what shall become of the subscription.
    #[error("line {line}: expected each person once")]
    Twice {
        /// The later of the two lines, from 1.
        line: usize,
    },
    /// There are no lines.
    #[error("expected at least one line")]
    Empty,
}

/// A whole file: its lines, sorted ascending by their text, each person once.
#[derive(Clone, PartialEq, Eq)]
pub struct SubscriptionFile {
    lines: Vec<SubscriptionLine>,
}

impl SubscriptionFile {
    /// Puts lines into their order.
    pub fn new(mut lines: Vec<SubscriptionLine>) -> Result<Self, FileError> {
        lines.sort_unstable_by_key(SubscriptionLine::encode);
        Self::sorted(lines)
    }

    fn sorted(lines: Vec<SubscriptionLine>) -> Result<Self, FileError> {
        if lines.is_empty() {
            return Err(FileError::Empty);
        }
        // Persons of equal number may stand apart, one to subscribe and one to unsubscribe.
        let mut numbers: Vec<_> = lines.iter().zip(1_usize..).map(|(line, at)| (line.number, at)).collect();
        numbers.sort_unstable();
        let twice = numbers.windows(2).find_map(|pair| match pair {
            [(first, _), (second, at)] if first == second => Some(*at),
            _ => None,
        });
        match twice {
            Some(line) => Err(FileError::Twice { line }),
            None => Ok(Self { lines }),
        }
    }

    /// The lines, in the order of the file: the first one is line 1.
    pub fn lines(&self) -> &[SubscriptionLine] {
        &self.lines
    }

    /// Writes the file.
    pub fn encode(&self, end: LineEnd) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.lines.len() * (SubscriptionLine::LENGTH + 2));
        for line in &self.lines {
            if end == LineEnd::CrLf && !out.is_empty() {
                out.extend_from_slice(b"\r\n");
            }
            out.extend_from_slice(&line.encode());
            if end == LineEnd::Lf {
                out.push(b'\n');
            }
        }
        out
    }

    /// Reads a file to the letter, with either line end, after the last line too or not.
    pub fn decode(bytes: &[u8]) -> Result<Self, FileError> {
        let bytes = bytes.strip_suffix(b"\n").map_or(bytes, |rest| rest.strip_suffix(b"\r").unwrap_or(rest));
        if bytes.is_empty() {
            return Err(FileError::Empty);
        }
        let mut lines = Vec::with_capacity(bytes.len() / SubscriptionLine::LENGTH);
        let mut before: Option<&[u8]> = None;
        for (text, line) in bytes.split(|byte| *byte == b'\n').zip(1..) {
            let text = text.strip_suffix(b"\r").unwrap_or(text);
            lines.push(SubscriptionLine::decode(text).map_err(|error| FileError::Line { line, error })?);
            if before.is_some_and(|before| before > text) {
                return Err(FileError::NotSorted { line });
            }
            before = Some(text);
        }
        Self::sorted(lines)
    }
}

impl fmt::Debug for SubscriptionFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SubscriptionFile({} lines)", self.lines.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cpr_direkte::CustomerNumber;
    use crate::identifiers::CprNumber;
    use crate::subscription_file::{KeyConstant, SubscriptionAction};

    fn line(action: SubscriptionAction, number: &str) -> SubscriptionLine {
        SubscriptionLine {
            customer: CustomerNumber::new(b"1234").unwrap(),
            action,
            number: CprNumber::parse(number).unwrap(),
            key_constant: KeyConstant::EMPTY,
        }
    }

    #[test]
    fn lines_ascend_and_only_the_windows_shape_leaves_the_last_one_open() {
        use SubscriptionAction::{Create, Delete};
        let lines = vec![line(Delete, "0101980014"), line(Create, "0707614285"), line(Create, "0202980016")];
        let file = SubscriptionFile::new(lines).unwrap();
        let texts: Vec<_> = file.lines().iter().map(|line| format!("{line:?}")).collect();
        assert_eq!(
            texts,
            [
                "SubscriptionLine(OP 020298-****)",
                "SubscriptionLine(OP 070761-****)",
                "SubscriptionLine(SL 010198-****)"
            ]
        );
        assert_eq!(file.encode(LineEnd::CrLf).len(), 3 * 80 + 2 * 2);
        assert_eq!(file.encode(LineEnd::Lf).len(), 3 * 81);
        assert_eq!(format!("{file:?}"), "SubscriptionFile(3 lines)");
    }

    #[test]
    fn a_person_twice_an_empty_file_and_a_wrong_order_are_refused() {
        use SubscriptionAction::{Create, Delete};
        let twice = vec![line(Create, "0707614285"), line(Create, "0101980014"), line(Delete, "0707614285")];
        assert_eq!(SubscriptionFile::new(twice), Err(FileError::Twice { line: 3 }));
        assert_eq!(SubscriptionFile::new(Vec::new()), Err(FileError::Empty));
        assert_eq!(SubscriptionFile::decode(b""), Err(FileError::Empty));
        assert_eq!(SubscriptionFile::decode(b"\r\n"), Err(FileError::Empty));
        let unsorted =
            [line(Create, "0707614285").encode(), line(Create, "0101980014").encode()].join(b"\n".as_slice());
        assert_eq!(SubscriptionFile::decode(&unsorted), Err(FileError::NotSorted { line: 2 }));
        let blank_line = [line(Create, "0101980014").encode().as_slice(), b"\n\n"].concat();
        assert!(matches!(SubscriptionFile::decode(&blank_line), Err(FileError::Line { line: 2, .. })));
    }

    fn any_line() -> impl Strategy<Value = SubscriptionLine> {
        let number = (1_u64..=28, 1_u64..=12, 0_u64..=999_999).prop_filter_map("a number", |(day, month, rest)| {
            CprNumber::from_number(day * 100_000_000 + month * 1_000_000 + rest).ok()
        });
        let constant = proptest::collection::vec(prop_oneof![0x20_u8..=0x7E, 0xA0_u8..=0xFF], 0..=15);
        (0_u64..10_000, any::<bool>(), number, constant).prop_map(|(customer, creates, number, constant)| {
            SubscriptionLine {
                customer: CustomerNumber::from_number(customer).unwrap(),
                action: if creates { SubscriptionAction::Create } else { SubscriptionAction::Delete },
                number,
                key_constant: KeyConstant::new(&constant).unwrap(),
            }
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            lines in proptest::collection::vec(any_line(), 1..40),
            end in prop_oneof![Just(LineEnd::CrLf), Just(LineEnd::Lf)],
        ) {
            let mut lines = lines;
            lines.sort_by_key(|line| line.number);
            lines.dedup_by_key(|line| line.number);
            let file = SubscriptionFile::new(lines.clone()).unwrap();
            prop_assert_eq!(file.lines().len(), lines.len());
            prop_assert!(file.lines().is_sorted_by_key(SubscriptionLine::encode));
            let bytes = file.encode(end);
            let read = SubscriptionFile::decode(&bytes);
            prop_assert_eq!(read.as_ref(), Ok(&file));
            lines.reverse();
            prop_assert_eq!(SubscriptionFile::new(lines).unwrap().encode(end), bytes);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(file) = SubscriptionFile::decode(&bytes) {
                prop_assert!(!file.lines().is_empty());
            }
        }

        #[test]
        fn a_changed_byte_is_refused_or_read_as_it_stands(line in any_line(), at in 0_usize..80, byte in any::<u8>()) {
            let mut bytes = line.encode();
            bytes[at] = byte;
            if let Ok(read) = SubscriptionLine::decode(&bytes) {
                prop_assert_eq!(read.encode(), bytes);
            }
        }
    }
}
