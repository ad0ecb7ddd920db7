//! An export of the table External Sources: a row a line, `NAME`, a tabulator or `;`, `PARAMETERS`. Parameters may go on over
//! the following lines, or stand in double quotes.
//!
//! A name and a tabulator always begin a row, and so do a name that Kartotek knows and `;`. Another word in front of `;` may
//! as well be the rest of a line that was wrapped, and of a password: it begins a row only where nothing can go on.

use std::fmt;

use zeroize::Zeroizing;

use super::decode::{NoText, decode};
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

/// What is wrong with a line. Holds nothing of it but a name that is right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowProblem {
    /// The file is no text.
    #[error(transparent)]
    NoText(#[from] NoText),
    /// It is no row, and none goes on.
    #[error("expected NAME, a tabulator or ; and the parameters")]
    NoRow,
    /// It may be a row, or the rest of the line before.
    #[error(
        "either a row or the rest of the line before: end that one with ; if this is a row, and join the two if it is not"
    )]
    RowOrRest,
    /// It may be a comment, or the rest of the line before.
    #[error(
        "either a comment or the rest of the line before: end that one with ; if this is a comment, and join the two if it \
         is not"
    )]
    CommentOrRest,
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
    /// More text behind the closing quote.
    #[error(
        "expected the end of the line after the closing quote; a double quote among the parameters is written twice"
    )]
    AfterQuote,
    /// There is no row at all.
    #[error("the file has no row")]
    Empty,
}

/// Reads an export, in UTF-8, UTF-16, ISO-8859-1 or Windows-1252.
pub fn rows(bytes: &[u8]) -> Result<Vec<LegacyRow>, RowsError> {
    let text = decode(bytes).map_err(|error| RowsError(vec![(1, error.into())]))?;
    let mut table = Table { rows: Vec::new(), problems: Vec::new(), before: Before::Nothing, separator: '\t' };
    let mut lines = text.lines().zip(1..);
    while let Some((line, at)) = lines.next() {
        table.line(line, at, &mut lines);
    }
    let Table { rows, mut problems, .. } = table;
    if rows.is_empty() && problems.is_empty() {
        problems.push((1, RowProblem::Empty));
    }
    if problems.is_empty() { Ok(rows) } else { Err(RowsError(problems)) }
}

impl LegacyRow {
    /// The parameters of one source, as they stand or as a whole in quotes, with quotes inside written twice.
    pub fn of_one(name: SourceName, text: &str) -> Self {
        let inner = ['"', '\''].into_iter().find_map(|quote| {
            let inner = text.trim().strip_prefix(quote)?.strip_suffix(quote)?;
            let twice = String::from_iter([quote, quote]);
            let is_whole = inner.split(&twice).all(|part| !part.contains(quote));
            is_whole.then(|| inner.replace(&twice, quote.encode_utf8(&mut [0; 4])))
        });
        Self { line: 1, name, parameters: Zeroizing::new(inner.unwrap_or_else(|| text.to_owned())) }
    }
}

/// What has been read of a table.
struct Table {
    rows: Vec<LegacyRow>,
    problems: Vec<(usize, RowProblem)>,
    before: Before,
    /// What stood between name and parameters of the last row.
    separator: char,
}

/// How the line before ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// No row has begun.
    Nothing,
    /// With the quote that ends parameters.
    Closed,
    /// With `;`, which ends a value.
    Ended,
    /// Behind the sign of a key, whose value is to come.
    Key,
    /// Otherwise: within a value or behind it.
    Open,
}

/// Name and parameters, where a row may begin.
struct Beginning<'a> {
    name: &'a str,
    separator: char,
    parameters: &'a str,
}

impl Table {
    fn line<'a>(&mut self, line: &str, at: usize, lines: &mut impl Iterator<Item = (&'a str, usize)>) {
        let is_comment = line.trim_start().starts_with('#');
        match (beginning(line), self.before) {
            (_, Before::Nothing | Before::Closed | Before::Ended) if is_comment => {}
            (_, Before::Open) if is_comment => self.problems.push((at, RowProblem::CommentOrRest)),
            (Some(row), Before::Nothing) if is_heading(&row) => {}
            (Some(row), _) if row.separator == '\t' || row.is_known() => self.begin(&row, line, at, lines),
            (Some(row), Before::Nothing | Before::Closed) => self.begin(&row, line, at, lines),
            (Some(row), Before::Ended) if self.separator == ';' => self.begin(&row, line, at, lines),
            (Some(_), Before::Open) if self.separator == ';' => self.problems.push((at, RowProblem::RowOrRest)),
            (None, Before::Nothing | Before::Closed) if line.trim().is_empty() => {}
            (None, Before::Nothing | Before::Closed) => self.problems.push((at, RowProblem::NoRow)),
            _ => self.go_on(line),
        }
    }

    fn begin<'a>(
        &mut self,
        row: &Beginning<'_>,
        line: &str,
        at: usize,
        lines: &mut impl Iterator<Item = (&'a str, usize)>,
    ) {
        let mut parameters = Zeroizing::new(row.parameters.to_owned());
        self.separator = row.separator;
        self.before = ending(line);
        if parameters.trim_start().starts_with('"') {
            self.before = Before::Closed;
            match quoted(&parameters, lines) {
                None => self.problems.push((at, RowProblem::OpenQuote)),
                Some((inside, behind)) => {
                    if behind.contains(|c: char| !c.is_whitespace() && !matches!(c, ';' | ',')) {
                        self.problems.push((at, RowProblem::AfterQuote));
                    }
                    parameters = inside;
                }
            }
        }
        match row.name.parse::<SourceName>() {
            Err(error) => self.problems.push((at, error.into())),
            Ok(name) => match self.rows.iter().find(|row| row.name == name) {
                Some(row) => self.problems.push((at, RowProblem::Twice { name, first: row.line })),
                None => self.rows.push(LegacyRow { line: at, name, parameters }),
            },
        }
    }

    fn go_on(&mut self, line: &str) {
        if let Some(row) = self.rows.last_mut() {
            row.parameters.push('\n');
            row.parameters.push_str(line);
        }
        if !line.trim().is_empty() {
            self.before = ending(line);
        }
    }
}

impl Beginning<'_> {
    fn is_known(&self) -> bool {
        self.name.parse::<SourceName>().is_ok_and(|name| name.is_known())
    }
}

/// Name and parameters, if a row may begin here. A line that goes on has `=` or `:` in front of its first tabulator or `;`,
/// or behind it.
fn beginning(line: &str) -> Option<Beginning<'_>> {
    let separator = line.chars().find(|c| matches!(c, '\t' | ';'))?;
    let (name, parameters) = line.split_once(separator)?;
    let name = name.trim().trim_matches('"').trim();
    let starts = |is: fn(char) -> bool| parameters.trim_start().starts_with(is);
    let begins = match separator {
        '\t' => !name.contains(['=', ':', '\\', ',']) && !starts(|c| matches!(c, '=' | ':')),
        _ => {
            !name.contains(['=', ':', '\\', '.', ',', ' ', '"'])
                && (parameters.trim().is_empty() || starts(|c| c.is_alphabetic() || c == '"'))
        }
    };
    (!name.is_empty() && begins).then_some(Beginning { name, separator, parameters })
}

fn is_heading(row: &Beginning<'_>) -> bool {
    let parameters = row.parameters.trim().trim_matches('"').to_lowercase();
    matches!(row.name.to_lowercase().as_str(), "name" | "navn") && parameters.starts_with("paramet")
}

/// How a line ends. An `=` that ends a value, as that of a password in base64 may, is not the sign of a key.
fn ending(line: &str) -> Before {
    let line = line.trim_end();
    if line.ends_with(';') {
        return Before::Ended;
    }
    let is_key = line.strip_suffix(['=', ':']).is_some_and(|line| {
        let line = line.trim_end();
        let before = line.trim_end_matches(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-'));
        let parts = before.is_empty() || before.ends_with(|c: char| c.is_whitespace() || matches!(c, ';' | ','));
        before.len() < line.len() && parts && !before.trim_end().ends_with(['=', ':'])
    });
    if is_key { Before::Key } else { Before::Open }
}

/// Parameters in double quotes, over as many lines as they take, and what stands behind them on their last line; a doubled
/// quote stands for one.
fn quoted<'a>(
    first: &str,
    lines: &mut impl Iterator<Item = (&'a str, usize)>,
) -> Option<(Zeroizing<String>, Zeroizing<String>)> {
    let mut rest = Zeroizing::new(first.trim_start().strip_prefix('"')?.to_owned());
    let mut value = Zeroizing::new(String::new());
    loop {
        let mut characters = rest.chars();
        while let Some(c) = characters.next() {
            if c != '"' {
                value.push(c);
            } else if characters.as_str().starts_with('"') {
                characters.next();
                value.push('"');
            } else {
                return Some((value, Zeroizing::new(characters.as_str().to_owned())));
            }
        }
        value.push('\n');
        rest = Zeroizing::new(lines.next()?.0.to_owned());
    }
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
