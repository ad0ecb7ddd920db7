//! From bytes to rows.

use std::borrow::Cow;

use csv::{ReaderBuilder, StringRecord};
use kartotek_formats::dates::PartialDate;
use kartotek_formats::latin1;
use kartotek_register::contact::ContactId;

use super::CaseImportError;
use crate::cases::change::check_case_no;
use crate::cases::{CaseError, ContactTextError, parse_contact};

/// The columns, in the order of the documentation.
pub(super) const COLUMNS: [&str; 9] =
    ["case_no", "case_type", "state", "start_date", "end_date", "contact", "role", "party_start", "party_end"];

/// What is wrong with a row, and where. Never holds what stood there.
#[derive(Debug, thiserror::Error)]
#[error("line {line}, column {column}: {problem}")]
pub struct RowError {
    /// The line on which the row begins, from 1.
    pub line: u64,
    /// The column.
    pub column: &'static str,
    /// What was expected.
    pub problem: Problem,
}

/// What is wrong with a value.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// Another number of columns than the header has.
    #[error("expected {expected} columns, found {found}")]
    Columns {
        /// In the header.
        expected: usize,
        /// In the row.
        found: usize,
    },
    /// The case number.
    #[error("expected a case number of 1 to 100 characters")]
    CaseNo,
    /// The state.
    #[error("expected open or closed, or nothing for open")]
    State,
    /// A date.
    #[error("expected a date of the form YYYY-MM-DD, or nothing")]
    Date,
    /// A period of negative length.
    #[error("expected a date that is not before the start")]
    EndsBeforeItStarts,
    /// A closed case tells since when.
    #[error("expected a date, since the case is closed")]
    ClosedWithoutEnd,
    /// The contact.
    #[error(transparent)]
    Contact(#[from] ContactTextError),
    /// A control character, as text in a DOS code page or a binary file has.
    #[error("expected text without control characters; is the file in UTF-8 or ISO-8859-1?")]
    ControlCharacter,
    /// A role or a date of nobody.
    #[error("expected nothing, since the row has no contact")]
    NoContact,
    /// Two rows of one case say different things.
    #[error("expected the same as in line {line}, since it is the same case")]
    Differs {
        /// The first row of the case.
        line: u64,
    },
    /// Two rows of one party.
    #[error("the party stands in line {line} already")]
    PartyTwice {
        /// The first row of the party.
        line: u64,
    },
    /// The start of a case that the register has.
    #[error("expected {expected} or nothing, since the case is in the register and started then")]
    StartDiffers {
        /// The start in the register.
        expected: PartialDate,
    },
    /// The contact cannot be put on a case.
    #[error("{0}")]
    NotAParty(CaseError),
}

/// A row that is right in itself.
pub(super) struct Row {
    pub line: u64,
    pub case_no: String,
    pub case_type: String,
    pub is_open: bool,
    pub start_date: Option<PartialDate>,
    pub end_date: Option<PartialDate>,
    pub party: Option<RowParty>,
}

pub(super) struct RowParty {
    pub contact: ContactId,
    pub role: String,
    pub start_date: Option<PartialDate>,
    pub end_date: Option<PartialDate>,
}

/// Reads all rows, or tells every error.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Row>, CaseImportError> {
    let text = decode(bytes);
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter(&text)).flexible(true).has_headers(false).from_reader(text.as_bytes());
    let mut records = reader.records();
    let header = match records.next() {
        Some(Ok(header)) => header,
        Some(Err(error)) => return Err(CaseImportError::Header(error.to_string())),
        None => return Err(CaseImportError::Header("the file is empty; expected a header".to_owned())),
    };
    let places = places(&header)?;
    let mut rows = Vec::new();
    let mut errors = Vec::new();
    let mut lines = Lines { text: &text, at: 0, line: 1 };
    for record in records {
        // Only input and character sets can fail here, and neither can with a text in memory.
        let Ok(record) = record else { continue };
        let line = lines.of_record_at(record.position().map_or(0, csv::Position::byte));
        let mut of_row = RowReader { record: &record, places: &places, line, errors: &mut errors };
        rows.extend(of_row.read(header.len()));
    }
    if errors.is_empty() { Ok(rows) } else { Err(CaseImportError::Rows(errors)) }
}

/// Counts lines as an editor does. The reader's own count is behind where lines end in CR LF or are blank.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line on which the record begins that was found from a byte on; bytes never go back.
    fn of_record_at(&mut self, byte: u64) -> u64 {
        let from = usize::try_from(byte).unwrap_or(usize::MAX);
        let rest = self.text.as_bytes().get(from..).unwrap_or_default();
        let to = from + rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = self.text.as_bytes().get(self.at..to).unwrap_or_default();
        self.line += passed.split(|byte| *byte == b'\n').skip(1).count() as u64;
        self.at = to;
        self.line
    }
}

/// UTF-8, with or without a byte order mark; what is no UTF-8 is ISO-8859-1.
fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    str::from_utf8(bytes).map_or_else(|_| latin1::decode(bytes), Cow::Borrowed)
}

fn delimiter(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    if header.contains(';') { b';' } else { b',' }
}

/// Where each column stands. A column that is not there is as one that is empty; only the case's number must be there. What
/// the header says is not repeated: in a file without one it would be data.
fn places(header: &StringRecord) -> Result<[Option<usize>; 9], CaseImportError> {
    let names: Vec<_> = header.iter().map(|name| name.trim().to_ascii_lowercase()).collect();
    let expected = COLUMNS.join(",");
    for (at, name) in names.iter().enumerate() {
        let problem = if !COLUMNS.contains(&name.as_str()) {
            "is none of them"
        } else if names.iter().take(at).any(|before| before == name) {
            "is there twice"
        } else {
            continue;
        };
        let column = at + 1;
        return Err(CaseImportError::Header(format!("expected columns of {expected}; column {column} {problem}")));
    }
    let places = COLUMNS.map(|column| names.iter().position(|name| name == column));
    match places {
        [Some(_), ..] => Ok(places),
        [None, ..] => Err(CaseImportError::Header("expected the column case_no".to_owned())),
    }
}

struct RowReader<'r> {
    record: &'r StringRecord,
    places: &'r [Option<usize>; 9],
    line: u64,
    errors: &'r mut Vec<RowError>,
}

impl RowReader<'_> {
    fn read(&mut self, columns: usize) -> Option<Row> {
        let found = self.record.len();
        if found != columns {
            self.wrong("case_no", Problem::Columns { expected: columns, found });
            return None;
        }
        let before = self.errors.len();
        let case_no = self.text("case_no");
        if check_case_no(&case_no).is_err() {
            self.wrong("case_no", Problem::CaseNo);
        }
        let case_type = self.text("case_type");
        let is_open = match self.text("state").to_ascii_lowercase().as_str() {
            "" | "open" => true,
            "closed" => false,
            _ => {
                self.wrong("state", Problem::State);
                true
            }
        };
        let (start_date, end_date) = self.period("start_date", "end_date");
        if !is_open && end_date.is_none() && self.text("end_date").is_empty() {
            self.wrong("end_date", Problem::ClosedWithoutEnd);
        }
        let party = self.party();
        (self.errors.len() == before).then_some(Row {
            line: self.line,
            case_no,
            case_type,
            is_open,
            start_date,
            end_date,
            party,
        })
    }

    fn party(&mut self) -> Option<RowParty> {
        let contact = self.text("contact");
        let role = self.text("role");
        let (start_date, end_date) = self.period("party_start", "party_end");
        if contact.is_empty() {
            for column in ["role", "party_start", "party_end"] {
                if !self.text(column).is_empty() {
                    self.wrong(column, Problem::NoContact);
                }
            }
            return None;
        }
        match parse_contact(&contact) {
            Ok(contact) => Some(RowParty { contact, role, start_date, end_date }),
            Err(error) => {
                self.wrong("contact", error.into());
                None
            }
        }
    }

    fn period(&mut self, start: &'static str, end: &'static str) -> (Option<PartialDate>, Option<PartialDate>) {
        let (from, to) = (self.date(start), self.date(end));
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            self.wrong(end, Problem::EndsBeforeItStarts);
        }
        (from, to)
    }

    fn date(&mut self, column: &'static str) -> Option<PartialDate> {
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        let date = PartialDate::from_iso(text.as_bytes()).filter(|date| date.is_complete());
        if date.is_none() {
            self.wrong(column, Problem::Date);
        }
        date
    }

    fn text(&mut self, column: &'static str) -> String {
        let at = COLUMNS.iter().position(|name| *name == column).and_then(|nth| self.places.get(nth));
        let text = at.copied().flatten().and_then(|at| self.record.get(at)).unwrap_or_default().trim().to_owned();
        if text.contains(char::is_control) {
            let is_told = self.errors.iter().any(|error| error.line == self.line && error.column == column);
            if !is_told {
                self.wrong(column, Problem::ControlCharacter);
            }
        }
        text
    }

    fn wrong(&mut self, column: &'static str, problem: Problem) {
        self.errors.push(RowError { line: self.line, column, problem });
    }
}
