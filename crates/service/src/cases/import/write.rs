//! Comparing the cases of a file with the register, and writing the difference.

use std::collections::{BTreeMap, BTreeSet};

use kartotek_formats::dates::PartialDate;
use kartotek_formats::identifiers::CprNumber;
use kartotek_register::contact::{ContactId, ContactKey, SourceId};
use kartotek_register::import::make_placeholders;
use kartotek_register::ports::{
    CaseKey, Clock, Counts, NewCase, NewRun, Party, RunState, Store, StoreError, Transaction,
};

use super::CaseImportError;
use super::rows::FileCase;
use super::table::{Problem, Row, RowError, RowParty};
use crate::cases::CaseError;
use crate::cases::contact::{cpr_number, current_persons, may_be_party, rows};
use crate::danish_time;

/// What taking a file of cases in did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CasesImported {
    /// Cases that were new.
    pub cases_new: u64,
    /// Cases whose type, state, start or end changed.
    pub cases_changed: u64,
    /// Cases that were so already.
    pub cases_unchanged: u64,
    /// Parties that were new.
    pub parties_new: u64,
    /// Parties whose dates changed.
    pub parties_changed: u64,
    /// Parties that were so already.
    pub parties_unchanged: u64,
    /// Persons whom the register did not know, each a placeholder now.
    pub placeholders: u64,
    /// The persons to whom a case has become a reason to be subscribed: new current parties of open cases, and the current
    /// parties of cases that became open. By number.
    pub concerned: Vec<CprNumber>,
}

pub(super) fn write(
    store: &mut dyn Store,
    clock: &dyn Clock,
    cases: &[FileCase],
) -> Result<CasesImported, CaseImportError> {
    let now = clock.now_text();
    let today = danish_time::today(clock);
    let mut transaction = store.begin()?;
    let mut errors = Vec::new();
    let mut report = CasesImported::default();

    let mut contacts = known_contacts(transaction.as_mut(), cases)?;
    let missing = missing(cases, &contacts, &mut errors);
    let written = write_cases(transaction.as_mut(), today, cases, &mut report, &mut errors)?;
    let changed = changed_parties(transaction.as_mut(), today, cases, &written, &contacts, &mut report)?;
    check_contacts(transaction.as_mut(), today, &changed, &contacts, &mut errors)?;
    if !errors.is_empty() {
        errors.sort_by_key(|error| error.line);
        return Err(CaseImportError::Rows(errors));
    }

    if !missing.is_empty() {
        let run =
            transaction.insert_run(&NewRun { kind: "case import", source: SourceId::HAND, started_at: now.clone() })?;
        let keys = make_placeholders(transaction.as_mut(), &missing, danish_time::stamp(clock), run, &now)?;
        report.placeholders = missing.len() as u64;
        let counts = Counts { placeholders: report.placeholders, ..Counts::default() };
        transaction.finish_run(run, RunState::Done, &counts, &now)?;
        contacts.extend(missing.iter().map(|number| ContactId::person(*number)).zip(keys));
    }
    let mut concerned = BTreeSet::new();
    for Changed { case, party, is_open, was_current, .. } in &changed {
        let Some(contact) = contacts.get(&party.contact) else { continue };
        let row = Party {
            case: *case,
            contact: *contact,
            role: party.role.clone(),
            start_date: party.start_date,
            end_date: party.end_date,
        };
        transaction.put_party(&row)?;
        if *is_open && !was_current && row.is_current_on(today) {
            concerned.extend(cpr_number(&party.contact));
        }
    }
    for case in written.iter().filter(|case| case.became_open) {
        concerned.extend(current_persons(transaction.as_mut(), case.key, today)?);
    }
    report.concerned = concerned.into_iter().collect();
    transaction.commit()?;
    Ok(report)
}

/// The contacts of the file that the register has.
fn known_contacts(
    transaction: &mut dyn Transaction,
    cases: &[FileCase],
) -> Result<BTreeMap<ContactId, ContactKey>, StoreError> {
    let ids: BTreeSet<&ContactId> =
        cases.iter().flat_map(|case| case.parties.iter().map(|(_, party)| &party.contact)).collect();
    let ids: Vec<ContactId> = ids.into_iter().cloned().collect();
    let mut known = BTreeMap::new();
    for ids in ids.chunks(1_000) {
        let keys = transaction.contact_keys(ids)?;
        known.extend(ids.iter().zip(keys).filter_map(|(id, key)| Some((id.clone(), key?))));
    }
    Ok(known)
}

/// The persons of the file who get placeholders; other contacts that are not there are errors.
fn missing(
    cases: &[FileCase],
    contacts: &BTreeMap<ContactId, ContactKey>,
    errors: &mut Vec<RowError>,
) -> Vec<CprNumber> {
    let mut missing = BTreeSet::new();
    for (line, party) in cases.iter().flat_map(|case| &case.parties) {
        if contacts.contains_key(&party.contact) {
            continue;
        }
        match cpr_number(&party.contact) {
            Some(number) => {
                missing.insert(number);
            }
            None => errors.push(RowError {
                line: *line,
                column: "contact",
                problem: Problem::NotAParty(CaseError::NoSuchContact),
            }),
        }
    }
    missing.into_iter().collect()
}

/// A case that was written.
struct Written {
    key: CaseKey,
    is_new: bool,
    /// Whether it was in the register, not open, and is open now.
    became_open: bool,
}

/// Writes the cases, in the order of the file.
fn write_cases(
    transaction: &mut dyn Transaction,
    today: PartialDate,
    cases: &[FileCase],
    report: &mut CasesImported,
    errors: &mut Vec<RowError>,
) -> Result<Vec<Written>, StoreError> {
    let mut written = Vec::with_capacity(cases.len());
    for FileCase { row, .. } in cases {
        let case_type = Some(row.case_type.clone()).filter(|case_type| !case_type.is_empty());
        let Some(stored) = transaction.case(&row.case_no)? else {
            let start_date = row.start_date.or(row.end_date.filter(|end| *end < today)).unwrap_or(today);
            let key = transaction.insert_case(&NewCase { case_no: row.case_no.clone(), case_type, start_date })?;
            if !row.is_open || row.end_date.is_some() {
                transaction.set_case_state(key, row.is_open, row.end_date)?;
            }
            report.cases_new += 1;
            written.push(Written { key, is_new: true, became_open: false });
            continue;
        };
        let mut changed = false;
        match (stored.start_date, row.start_date) {
            (Some(expected), Some(found)) if expected != found => {
                let problem = Problem::StartDiffers { expected };
                errors.push(RowError { line: row.line, column: "start_date", problem });
            }
            (None, Some(start_date)) => {
                transaction.set_case_start(stored.key, start_date)?;
                changed = true;
            }
            _ => {}
        }
        if (stored.is_open, stored.end_date) != (row.is_open, row.end_date) {
            transaction.set_case_state(stored.key, row.is_open, row.end_date)?;
            changed = true;
        }
        if stored.case_type != case_type {
            transaction.set_case_type(stored.key, case_type.as_deref())?;
            changed = true;
        }
        if changed {
            report.cases_changed += 1;
        } else {
            report.cases_unchanged += 1;
        }
        let became_open = !stored.is_open_on(today) && is_open_on(row, today);
        written.push(Written { key: stored.key, is_new: false, became_open });
    }
    Ok(written)
}

fn is_open_on(row: &Row, today: PartialDate) -> bool {
    row.is_open && row.end_date.is_none_or(|end| end >= today)
}

/// A party that is to be written.
struct Changed<'f> {
    line: u64,
    /// Whether the case is open today.
    is_open: bool,
    /// Whether it was a party today before.
    was_current: bool,
    case: CaseKey,
    party: &'f RowParty,
}

fn changed_parties<'f>(
    transaction: &mut dyn Transaction,
    today: PartialDate,
    cases: &'f [FileCase],
    written: &[Written],
    contacts: &BTreeMap<ContactId, ContactKey>,
    report: &mut CasesImported,
) -> Result<Vec<Changed<'f>>, StoreError> {
    let mut changed = Vec::new();
    for (FileCase { row, parties }, case) in cases.iter().zip(written) {
        let is_open = is_open_on(row, today);
        let stored = if case.is_new || parties.is_empty() { Vec::new() } else { transaction.parties(case.key)? };
        let stored: BTreeMap<_, _> = stored.iter().map(|party| ((party.contact, party.role.as_str()), party)).collect();
        for (line, party) in parties {
            let key = contacts.get(&party.contact);
            let before = key.and_then(|key| stored.get(&(*key, party.role.as_str())));
            match before {
                Some(before) if (before.start_date, before.end_date) == (party.start_date, party.end_date) => {
                    report.parties_unchanged += 1;
                    continue;
                }
                Some(_) => report.parties_changed += 1,
                None => report.parties_new += 1,
            }
            let was_current = before.is_some_and(|before| before.is_current_on(today));
            changed.push(Changed { line: *line, is_open, was_current, case: case.key, party });
        }
    }
    Ok(changed)
}

/// A closed contact cannot be put on a case. That it was a party once may be entered, and that it is one of a case that
/// is closed itself.
fn check_contacts(
    transaction: &mut dyn Transaction,
    today: PartialDate,
    changed: &[Changed<'_>],
    contacts: &BTreeMap<ContactId, ContactKey>,
    errors: &mut Vec<RowError>,
) -> Result<(), StoreError> {
    let current =
        changed.iter().filter(|changed| changed.is_open && changed.party.end_date.is_none_or(|end| end >= today));
    let of_current: Vec<(u64, ContactKey)> =
        current.filter_map(|changed| Some((changed.line, *contacts.get(&changed.party.contact)?))).collect();
    let mut keys: Vec<ContactKey> = of_current.iter().map(|(_, key)| *key).collect();
    keys.sort_unstable();
    keys.dedup();
    let contacts: BTreeMap<_, _> = rows(transaction, &keys)?.into_iter().map(|row| (row.key, row)).collect();
    for (line, key) in of_current {
        if let Some(Err(error)) = contacts.get(&key).map(|contact| may_be_party(contact, today)) {
            errors.push(RowError { line, column: "contact", problem: Problem::NotAParty(error) });
        }
    }
    Ok(())
}
