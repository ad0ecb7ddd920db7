//! The same synthetic register in SQLite and in PostgreSQL, taken in as an authority would.

use std::path::Path;
use std::sync::OnceLock;

use kartotek_register::ports::{Store, SystemClock};
use kartotek_service::cpr_extract::ExtractImport;
use kartotek_simulators::population::{Population, PopulationOptions, Shape};
use kartotek_store::postgres::{PostgresStore, ScratchDatabase};
use kartotek_store::sqlite::SqliteStore;
use rusqlite::types::ValueRef;
use tempfile::TempDir;

/// Working days after the establishing extract.
const DAYS: u32 = 5;

/// The extracts: an establishing one with five days of changes, and one day of another task, of persons whose relatives
/// are not known. The last day has a record that cannot be read, so that somebody is rejected.
fn extracts() -> &'static [Vec<u8>] {
    static EXTRACTS: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    EXTRACTS.get_or_init(|| {
        let mut population = population(400, 1);
        let mut files = vec![Vec::new()];
        population.write_establishing(Shape::default(), 990_001, &mut files[0]).unwrap();
        for day in 1..=DAYS {
            let mut file = Vec::new();
            population.write_changes(day, Shape::default(), 990_001, &mut file).unwrap();
            files.push(file);
        }
        let mut strangers = Vec::new();
        population_of_strangers().write_changes(1, Shape::default(), 990_002, &mut strangers).unwrap();
        files.insert(1, strangers);
        damage(files.last_mut().unwrap());
        files
    })
}

fn population(persons: u32, seed: u64) -> Population {
    Population::new(PopulationOptions { changes_per_mille: 60, ..PopulationOptions::new(persons, seed) }).unwrap()
}

fn population_of_strangers() -> Population {
    population(200, 2)
}

/// Makes the date of birth of one person's 001 unreadable (FOED_DT, position 40).
fn damage(extract: &mut [u8]) {
    let at = extract.windows(4).position(|bytes| bytes == b"\n001").unwrap();
    extract[at + 40..at + 44].copy_from_slice(b"19xx");
}

/// Takes every extract in, in order.
fn take_in(store: &mut dyn Store) {
    let folder = tempfile::tempdir().unwrap();
    for (nth, bytes) in (1..).zip(extracts()) {
        let path = folder.path().join(format!("extract-{nth}"));
        std::fs::write(&path, bytes).unwrap();
        ExtractImport::default().file(store, &path, &SystemClock, &mut |_| {}, &mut |_| {}).unwrap();
    }
}

/// A register that statements can be tried on.
pub trait Register {
    /// The rows of a query as text, NULL as `-`. Every value must be text or a whole number.
    fn query(&mut self, sql: &str) -> Result<Vec<Vec<String>>, String>;

    /// Runs statements that write.
    fn execute(&mut self, sql: &str) -> Result<(), String>;

    /// Tables and views with their columns and types: name, column, type.
    fn columns(&mut self) -> Vec<[String; 3]>;
}

pub struct Sqlite {
    connection: rusqlite::Connection,
    _folder: TempDir,
}

impl Sqlite {
    pub fn imported() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("register.db");
        take_in(&mut SqliteStore::open(&path).unwrap());
        Self { connection: open(&path), _folder: folder }
    }
}

fn open(path: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(path).unwrap()
}

impl Register for Sqlite {
    fn query(&mut self, sql: &str) -> Result<Vec<Vec<String>>, String> {
        let read = || {
            let mut statement = self.connection.prepare(sql)?;
            let columns = statement.column_count();
            let rows = statement.query_map([], |row| (0..columns).map(|at| Ok(shown(row.get_ref(at)?))).collect())?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(|error| error.to_string())
    }

    fn execute(&mut self, sql: &str) -> Result<(), String> {
        self.connection.execute_batch(sql).map_err(|error| error.to_string())
    }

    fn columns(&mut self) -> Vec<[String; 3]> {
        let declared = self
            .query(
                "SELECT t.name, c.name, c.type FROM sqlite_schema AS t JOIN pragma_table_info(t.name) AS c
                 WHERE t.type IN ('table', 'view') AND t.name NOT LIKE 'sqlite_%'",
            )
            .unwrap();
        declared
            .into_iter()
            .map(|row| {
                let [table, column, mut kind]: [String; 3] = row.try_into().unwrap();
                // A column of a view that is computed has no declared type, but its values have one.
                if kind.is_empty() {
                    let sql =
                        format!("SELECT DISTINCT upper(typeof({column})) FROM {table} WHERE {column} IS NOT NULL");
                    kind = self.query(&sql).unwrap().concat().join(" or ");
                }
                [table, column, kind]
            })
            .collect()
    }
}

fn shown(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "-".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        value => value.as_str().unwrap().to_owned(),
    }
}

pub struct Postgres {
    store: PostgresStore,
    _database: ScratchDatabase,
}

impl Postgres {
    pub fn imported() -> Self {
        let database = ScratchDatabase::create(&server()).unwrap();
        let mut store = PostgresStore::open(database.config()).unwrap();
        take_in(&mut store);
        Self { store, _database: database }
    }
}

fn server() -> kartotek_store::postgres::Config {
    let url = std::env::var("KARTOTEK_TEST_POSTGRES").unwrap_or_else(|_| {
        panic!("no PostgreSQL server: run scripts/test, or scripts/with-postgres cargo test -p kartotek --test docs")
    });
    url.parse().unwrap()
}

impl Register for Postgres {
    /// Wraps the query so that the server turns every value into text.
    fn query(&mut self, sql: &str) -> Result<Vec<Vec<String>>, String> {
        let sql = format!(
            "SELECT ARRAY(SELECT coalesce(value, '-') FROM json_each_text(row_to_json(q))) FROM ({}) AS q",
            sql.trim_end().trim_end_matches(';')
        );
        let rows = self.store.with_client(async |client| client.query(sql.as_str(), &[]).await);
        let rows = rows.map_err(|error| error.to_string())?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    fn execute(&mut self, sql: &str) -> Result<(), String> {
        let done = self.store.with_client(async |client| client.batch_execute(sql).await);
        done.map_err(|error| error.to_string())
    }

    fn columns(&mut self) -> Vec<[String; 3]> {
        let rows = self.query(
            "SELECT table_name::text AS t, column_name::text AS c, data_type::text AS d
             FROM information_schema.columns WHERE table_schema = 'public'",
        );
        rows.unwrap().into_iter().map(|row| row.try_into().unwrap()).collect()
    }
}
