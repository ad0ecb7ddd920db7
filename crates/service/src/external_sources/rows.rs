//! An export of the table External Sources: a row a line, `NAME`, a tabulator or `;`, `PARAMETERS`. Parameters may go on over
//! the following lines, or stand in double quotes.

use std::fmt;

use zeroize::Zeroizing;

use super::{SourceName, SourceNameError};

/// A row of an export. `Debug` hides the parameters, since a password may stand among them.
#[derive(Clone, PartialEq, Eq)]
pub struct LegacyRow {
    /// The line on which it begins, from 1.
    pub line: usize,
    /// Its name.
    pub name: SourceName,
    /// Its parameters as they stand.
    pub parameters: Zeroizing<String>,
}

/// What is wrong with an export as a table; each with its line, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowsError(pub Vec<(usize, RowProblem)>);

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowProblem {
    /// It is no row, and none goes on.
    #[error("expected NAME, a tabulator or ; and the parameters")]
    NoRow,
    /// Its name is none.
    #[error("{0}")]
    Name(#[from] SourceNameError),
    /// Its name stands on an earlier line too.
    #[error("source {name} stands here a second time; the first is on line {first}")]
    Twice {
        /// The name.
        name: SourceName,
        /// The first.
        first: usize,
    },
    /// A quote that is opened only.
    #[error("the double quote in front of the parameters is not closed")]
    OpenQuote,
    /// There is no row at all.
    #[error("the file has no row")]
    Empty,
}

/// Reads an export, in UTF-8, UTF-16 or ISO-8859-1.
pub fn rows(bytes: &[u8]) -> Result<Vec<LegacyRow>, RowsError> {
    let text = decode(bytes);
    let mut rows: Vec<LegacyRow> = Vec::new();
    let mut problems = Vec::new();
    let mut lines = text.lines().zip(1..);
    let mut goes_on = false;
    while let Some((line, at)) = lines.next() {
        if line.trim_start().starts_with('#') {
            continue;
        }
        match beginning(line).filter(|_| !goes_on) {
            Some((name, parameters)) if is_heading(name, parameters) => {}
            Some((name, parameters)) => {
                let mut parameters = Zeroizing::new(parameters.to_owned());
                if parameters.trim_start().starts_with('"') {
                    parameters = quoted(&parameters, &mut lines).unwrap_or_else(|| {
                        problems.push((at, RowProblem::OpenQuote));
                        Zeroizing::default()
                    });
                }
                match name.parse::<SourceName>() {
                    Err(error) => problems.push((at, error.into())),
                    Ok(name) => match rows.iter().find(|row| row.name == name) {
                        Some(row) => problems.push((at, RowProblem::Twice { name, first: row.line })),
                        None => rows.push(LegacyRow { line: at, name, parameters }),
                    },
                }
            }
            None => match rows.last_mut() {
                Some(row) => {
                    row.parameters.push('\n');
                    row.parameters.push_str(line);
                }
                None if line.trim().is_empty() => {}
                None => problems.push((at, RowProblem::NoRow)),
            },
        }
        goes_on = !rows.is_empty() && line.trim_end().ends_with(['=', ':', '\\', '.', '-', ',']);
    }
    if rows.is_empty() && problems.is_empty() {
        problems.push((1, RowProblem::Empty));
    }
    if problems.is_empty() { Ok(rows) } else { Err(RowsError(problems)) }
}

/// Name and parameters, if a row begins here. A line that goes on has `=` or `:` in front of its first `;`.
fn beginning(line: &str) -> Option<(&str, &str)> {
    let (name, parameters) = line.split_once(['\t', ';'])?;
    let name = name.trim().trim_matches('"').trim();
    let is_name = !name.is_empty() && !name.contains(['=', ':', '\\', '.', ',', ' ', '"']);
    let begins_with_key = parameters.trim_start().starts_with(|c: char| c.is_alphabetic() || c == '"');
    (is_name && (begins_with_key || parameters.trim().is_empty())).then_some((name, parameters))
}

fn is_heading(name: &str, parameters: &str) -> bool {
    let parameters = parameters.trim().trim_matches('"').to_lowercase();
    matches!(name.to_lowercase().as_str(), "name" | "navn") && parameters.starts_with("paramet")
}

/// Parameters in double quotes, over as many lines as they take; a doubled quote stands for one.
fn quoted<'a>(first: &str, lines: &mut impl Iterator<Item = (&'a str, usize)>) -> Option<Zeroizing<String>> {
    let mut rest = Zeroizing::new(first.trim_start().strip_prefix('"')?.to_owned());
    let mut value = Zeroizing::new(String::new());
    loop {
        let mut characters = rest.chars().peekable();
        while let Some(c) = characters.next() {
            if c != '"' {
                value.push(c);
            } else if characters.peek() == Some(&'"') {
                characters.next();
                value.push('"');
            } else {
                return Some(value);
            }
        }
        value.push('\n');
        rest = Zeroizing::new(lines.next()?.0.to_owned());
    }
}

fn decode(bytes: &[u8]) -> Zeroizing<String> {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = bytes
            .chunks_exact(2)
            .map(|pair| unit([pair.first().copied().unwrap_or(0), pair.last().copied().unwrap_or(0)]));
        char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect::<String>()
    };
    Zeroizing::new(match bytes {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.trim_start_matches('\u{FEFF}').to_owned(),
            Err(_) => bytes.iter().copied().map(char::from).collect(),
        },
    })
}

impl fmt::Debug for LegacyRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LegacyRow({} on line {})", self.name, self.line)
    }
}

impl fmt::Display for RowsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (line, problem)) in self.0.iter().enumerate() {
            let part = if at > 0 { "; " } else { "" };
            write!(f, "{part}line {line}: {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for RowsError {}
