//! Cases and their parties.

use kartotek_formats::dates::PartialDate;
use kartotek_register::ports::{Case, CaseBook, CaseKey, NewCase, Party, StoreError};
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use super::bind::{Iso, get_day};
use super::error::failed;
use super::transaction::SqliteTransaction;

impl CaseBook for SqliteTransaction<'_> {
    fn case(&mut self, case_no: &str) -> std::result::Result<Option<Case>, StoreError> {
        case(&self.inner, case_no).map_err(|error| failed("look for a case", &error))
    }

    fn insert_case(&mut self, case: &NewCase) -> std::result::Result<CaseKey, StoreError> {
        insert_case(&self.inner, case).map_err(|error| failed("enter a case", &error))
    }

    fn set_case_state(
        &mut self,
        case: CaseKey,
        is_open: bool,
        end_date: Option<PartialDate>,
    ) -> std::result::Result<(), StoreError> {
        set_case_state(&self.inner, case, is_open, end_date).map_err(|error| failed("open or close a case", &error))
    }

    fn set_case_start(&mut self, case: CaseKey, start_date: PartialDate) -> std::result::Result<(), StoreError> {
        set_case_start(&self.inner, case, start_date).map_err(|error| failed("set the start of a case", &error))
    }

    fn set_case_type(&mut self, case: CaseKey, case_type: Option<&str>) -> std::result::Result<(), StoreError> {
        set_case_type(&self.inner, case, case_type).map_err(|error| failed("set the type of a case", &error))
    }

    fn parties(&mut self, case: CaseKey) -> std::result::Result<Vec<Party>, StoreError> {
        parties(&self.inner, case).map_err(|error| failed("read the parties of a case", &error))
    }

    fn put_party(&mut self, party: &Party) -> std::result::Result<(), StoreError> {
        put_party(&self.inner, party).map_err(|error| failed("enter a party", &error))
    }
}

fn case(connection: &Connection, case_no: &str) -> Result<Option<Case>> {
    connection
        .prepare_cached(
            "SELECT case_key, case_no, case_type, state, start_date, end_date FROM case_file WHERE case_no = ?1",
        )?
        .query_row([case_no], |row| {
            Ok(Case {
                key: row.get(0)?,
                case_no: row.get(1)?,
                case_type: row.get(2)?,
                is_open: row.get_ref(3)?.as_str()? == state(true),
                start_date: get_day(row, 4)?,
                end_date: get_day(row, 5)?,
            })
        })
        .optional()
}

/// The word in the public table.
fn state(is_open: bool) -> &'static str {
    if is_open { "open" } else { "closed" }
}

fn insert_case(connection: &Connection, case: &NewCase) -> Result<CaseKey> {
    connection
        .prepare_cached(
            "INSERT INTO case_file (case_no, case_type, state, start_date) VALUES (?1, ?2, ?3, ?4) RETURNING case_key",
        )?
        .query_row(params![case.case_no, case.case_type, state(true), Iso::day(Some(case.start_date))], |row| {
            row.get(0)
        })
}

fn set_case_state(connection: &Connection, case: CaseKey, is_open: bool, end_date: Option<PartialDate>) -> Result<()> {
    connection
        .prepare_cached("UPDATE case_file SET state = ?2, end_date = ?3 WHERE case_key = ?1")?
        .execute(params![case, state(is_open), Iso::day(end_date)])
        .map(|_| ())
}

fn set_case_start(connection: &Connection, case: CaseKey, start_date: PartialDate) -> Result<()> {
    connection
        .prepare_cached("UPDATE case_file SET start_date = ?2 WHERE case_key = ?1")?
        .execute(params![case, Iso::day(Some(start_date))])
        .map(|_| ())
}

fn set_case_type(connection: &Connection, case: CaseKey, case_type: Option<&str>) -> Result<()> {
    connection
        .prepare_cached("UPDATE case_file SET case_type = ?2 WHERE case_key = ?1")?
        .execute(params![case, case_type])
        .map(|_| ())
}

fn parties(connection: &Connection, case: CaseKey) -> Result<Vec<Party>> {
    let mut statement = connection.prepare_cached(
        "SELECT contact_key, role, start_date, end_date FROM case_party WHERE case_key = ?1 ORDER BY contact_key, role",
    )?;
    let parties = statement.query_map([case], |row: &Row<'_>| {
        Ok(Party {
            case,
            contact: row.get(0)?,
            role: row.get(1)?,
            start_date: get_day(row, 2)?,
            end_date: get_day(row, 3)?,
        })
    })?;
    parties.collect()
}

fn put_party(connection: &Connection, party: &Party) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO case_party (case_key, contact_key, role, start_date, end_date) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (case_key, contact_key, role)
             DO UPDATE SET start_date = excluded.start_date, end_date = excluded.end_date",
        )?
        .execute(params![party.case, party.contact, party.role, Iso::day(party.start_date), Iso::day(party.end_date),])
        .map(|_| ())
}
