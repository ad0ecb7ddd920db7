//! Cases and their parties.

use kartotek_formats::dates::PartialDate;
use kartotek_register::ports::{Case, CaseBook, CaseKey, NewCase, Party, StoreError};

use super::bind::{Day, get_day};
use super::error::Failure;
use super::session::Link;
use super::transaction::PostgresTransaction;

impl CaseBook for PostgresTransaction<'_> {
    fn case(&mut self, case_no: &str) -> Result<Option<Case>, StoreError> {
        self.run("look for a case", async |link| case(link, case_no).await)
    }

    fn insert_case(&mut self, case: &NewCase) -> Result<CaseKey, StoreError> {
        self.run("enter a case", async |link| insert_case(link, case).await)
    }

    fn set_case_state(
        &mut self,
        case: CaseKey,
        is_open: bool,
        end_date: Option<PartialDate>,
    ) -> Result<(), StoreError> {
        self.run("open or close a case", async |link| {
            let sql = "UPDATE case_file SET state = $2, end_date = $3 WHERE case_key = $1";
            link.execute(sql, &[&case, &state(is_open), &Day::of(end_date)]).await
        })
    }

    fn set_case_start(&mut self, case: CaseKey, start_date: PartialDate) -> Result<(), StoreError> {
        self.run("set the start of a case", async |link| {
            let sql = "UPDATE case_file SET start_date = $2 WHERE case_key = $1";
            link.execute(sql, &[&case, &Day::of(Some(start_date))]).await
        })
    }

    fn set_case_type(&mut self, case: CaseKey, case_type: Option<&str>) -> Result<(), StoreError> {
        self.run("set the type of a case", async |link| {
            link.execute("UPDATE case_file SET case_type = $2 WHERE case_key = $1", &[&case, &case_type]).await
        })
    }

    fn parties(&mut self, case: CaseKey) -> Result<Vec<Party>, StoreError> {
        self.run("read the parties of a case", async |link| parties(link, case).await)
    }

    fn put_party(&mut self, party: &Party) -> Result<(), StoreError> {
        self.run("enter a party", async |link| {
            let sql = "INSERT INTO case_party (case_key, contact_key, role, start_date, end_date)
                       VALUES ($1, $2, $3, $4, $5)
                       ON CONFLICT (case_key, contact_key, role)
                       DO UPDATE SET start_date = excluded.start_date, end_date = excluded.end_date";
            let (start, end) = (Day::of(party.start_date), Day::of(party.end_date));
            link.execute(sql, &[&party.case, &party.contact, &party.role, &start, &end]).await
        })
    }
}

/// The word in the public table.
fn state(is_open: bool) -> &'static str {
    if is_open { "open" } else { "closed" }
}

async fn case(link: &Link, case_no: &str) -> Result<Option<Case>, Failure> {
    let sql = "SELECT case_key, case_no, case_type, state, start_date, end_date FROM case_file WHERE case_no = $1";
    let Some(row) = link.first(sql, &[&case_no]).await? else { return Ok(None) };
    Ok(Some(Case {
        key: row.try_get(0)?,
        case_no: row.try_get(1)?,
        case_type: row.try_get(2)?,
        is_open: row.try_get::<_, &str>(3)? == state(true),
        start_date: get_day(&row, 4)?,
        end_date: get_day(&row, 5)?,
    }))
}

/// A case system may have entered cases under keys of its own, which the sequence knows nothing of.
async fn insert_case(link: &Link, case: &NewCase) -> Result<CaseKey, Failure> {
    let sql = "INSERT INTO case_file (case_key, case_no, case_type, state, start_date)
               VALUES (greatest(nextval(pg_get_serial_sequence('case_file', 'case_key')),
                                (SELECT max(case_key) + 1 FROM case_file)),
                       $1, $2, $3, $4)
               RETURNING case_key";
    let start = Day::of(Some(case.start_date));
    Ok(link.one(sql, &[&case.case_no, &case.case_type, &state(true), &start]).await?.try_get(0)?)
}

async fn parties(link: &Link, case: CaseKey) -> Result<Vec<Party>, Failure> {
    let sql = "SELECT contact_key, role, start_date, end_date FROM case_party WHERE case_key = $1
               ORDER BY contact_key, role COLLATE \"C\"";
    let rows = link.query(sql, &[&case]).await?;
    rows.iter()
        .map(|row| {
            Ok(Party {
                case,
                contact: row.try_get(0)?,
                role: row.try_get(1)?,
                start_date: get_day(row, 2)?,
                end_date: get_day(row, 3)?,
            })
        })
        .collect()
}
