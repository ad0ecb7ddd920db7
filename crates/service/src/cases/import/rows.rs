//! Rows of one case belong together.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use kartotek_register::contact::ContactId;

use super::CaseImportError;
use super::table::{Problem, Row, RowError, RowParty};

/// A case of the file with all its parties.
pub(super) struct FileCase {
    /// The first row, whose party has been taken out.
    pub row: Row,
    /// Each party with its line.
    pub parties: Vec<(u64, RowParty)>,
}

/// Puts rows of one case together, in the order of their first rows.
pub(super) fn group(rows: Vec<Row>) -> Result<Vec<FileCase>, CaseImportError> {
    let mut cases: Vec<FileCase> = Vec::new();
    let mut by_no: BTreeMap<String, usize> = BTreeMap::new();
    let mut parties: BTreeMap<(usize, ContactId, String), u64> = BTreeMap::new();
    let mut errors = Vec::new();
    for mut row in rows {
        let line = row.line;
        let party = row.party.take();
        let at = match by_no.entry(row.case_no.clone()) {
            Entry::Occupied(known) => {
                let at = *known.get();
                if let Some(case) = cases.get(at) {
                    errors.extend(differences(&case.row, &row));
                }
                at
            }
            Entry::Vacant(place) => {
                cases.push(FileCase { row, parties: Vec::new() });
                *place.insert(cases.len() - 1)
            }
        };
        let Some(party) = party else { continue };
        match parties.entry((at, party.contact.clone(), party.role.clone())) {
            Entry::Occupied(first) => {
                errors.push(RowError { line, column: "contact", problem: Problem::PartyTwice { line: *first.get() } });
            }
            Entry::Vacant(place) => {
                place.insert(line);
                if let Some(case) = cases.get_mut(at) {
                    case.parties.push((line, party));
                }
            }
        }
    }
    if errors.is_empty() { Ok(cases) } else { Err(CaseImportError::Rows(errors)) }
}

fn differences(first: &Row, row: &Row) -> impl Iterator<Item = RowError> {
    let (line, problem_line) = (row.line, first.line);
    [
        ("case_type", first.case_type == row.case_type),
        ("state", first.is_open == row.is_open),
        ("start_date", first.start_date == row.start_date),
        ("end_date", first.end_date == row.end_date),
    ]
    .into_iter()
    .filter(|(_, same)| !same)
    .map(move |(column, _)| RowError { line, column, problem: Problem::Differs { line: problem_line } })
}
