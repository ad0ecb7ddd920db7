//! The tables of a register in a database, as they are.

use std::path::Path;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio_postgres::{Client, Config, NoTls};

/// The tables that imports write, apart from the ledger of runs and deliveries, in which every import leaves a trace.
pub const REGISTER: [&str; 9] = [
    "contact",
    "info_row",
    "date_row",
    "address",
    "part_row",
    "protection_row",
    "source_record",
    "change_row",
    "counter",
];

pub enum Tables {
    Sqlite(Box<rusqlite::Connection>),
    Postgres(Box<(Runtime, Client)>),
}

impl Tables {
    pub fn sqlite(path: &Path) -> Self {
        Self::Sqlite(Box::new(rusqlite::Connection::open(path).unwrap()))
    }

    pub fn postgres(config: &Config) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let client = runtime.block_on(async {
            let (client, connection) = config.connect(NoTls).await.unwrap();
            tokio::spawn(async { drop(connection.await) });
            client
        });
        Self::Postgres(Box::new((runtime, client)))
    }

    /// Some columns of the rows of a table, joined by `|`, nothing for NULL. `rest` begins with the table's name.
    pub fn rows(&mut self, columns: &[&str], rest: &str) -> Vec<String> {
        let rows = self.cells(columns, rest).into_iter();
        rows.map(|row| row.into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>().join("|")).collect()
    }

    /// Some columns of the rows of a table, as text.
    pub fn cells(&mut self, columns: &[&str], rest: &str) -> Vec<Vec<Option<String>>> {
        let cast = |column: &&str| format!("CAST({column} AS text)");
        let columns: Vec<_> = columns.iter().map(cast).collect();
        let list = columns.join(", ");
        match self {
            Self::Sqlite(connection) => {
                let mut statement = connection.prepare(&format!("SELECT {list} FROM {rest}")).unwrap();
                let rows = statement.query_map([], |row| (0..columns.len()).map(|at| row.get(at)).collect());
                rows.unwrap().map(Result::unwrap).collect()
            }
            Self::Postgres(session) => {
                let (runtime, client) = session.as_ref();
                let query = format!("SELECT ARRAY[{list}] FROM {rest}");
                let rows = runtime.block_on(client.query(&query, &[])).unwrap();
                rows.iter().map(|row| row.get(0)).collect()
            }
        }
    }

    /// The whole of a table, sorted.
    pub fn dump(&mut self, table: &str) -> Vec<String> {
        let columns = self.columns(table);
        let columns: Vec<_> = columns.iter().map(String::as_str).collect();
        self.dump_columns(table, &columns)
    }

    /// Some columns of a table, sorted.
    pub fn dump_columns(&mut self, table: &str, columns: &[&str]) -> Vec<String> {
        let mut rows = self.rows(columns, table);
        rows.sort_unstable();
        rows
    }

    /// The names of a table's columns.
    pub fn columns(&mut self, table: &str) -> Vec<String> {
        let rest = match self {
            Self::Sqlite(_) => format!("pragma_table_info('{table}')"),
            Self::Postgres(..) => {
                format!(
                    "(SELECT attname AS name FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum > 0) a"
                )
            }
        };
        self.rows(&["name"], &rest)
    }

    /// Every table that holds what the register says and remembers.
    pub fn register(&mut self) -> Vec<String> {
        REGISTER
            .iter()
            .flat_map(|table| self.dump(table).into_iter().map(move |row| format!("{table}: {row}")))
            .collect()
    }

    pub fn number(&mut self, expression: &str, rest: &str) -> i64 {
        self.rows(&[expression], rest)[0].parse().unwrap()
    }

    /// A statement as a person would give it with tools of their own.
    pub fn by_hand(&mut self, statement: &str) {
        match self {
            Self::Sqlite(connection) => connection.execute_batch(statement).unwrap(),
            Self::Postgres(session) => {
                let (runtime, client) = session.as_ref();
                runtime.block_on(client.batch_execute(statement)).unwrap();
            }
        }
    }

    /// Whether the register has been made.
    pub fn has_register(&mut self) -> bool {
        let rest = match self {
            Self::Sqlite(_) => "sqlite_schema WHERE name = 'counter'",
            Self::Postgres(..) => "pg_class WHERE oid = to_regclass('counter')",
        };
        self.number("count(*)", rest) == 1
    }

    /// Whether somebody holds the writer's place.
    pub fn is_being_written(&mut self) -> bool {
        match self {
            Self::Sqlite(connection) => {
                connection.busy_timeout(Duration::ZERO).unwrap();
                connection.execute_batch("BEGIN IMMEDIATE; ROLLBACK").is_err()
            }
            Self::Postgres(..) => {
                let locks = "pg_locks JOIN pg_database AS d ON d.oid = database
                             WHERE locktype = 'advisory' AND granted AND datname = current_database()";
                self.number("count(*)", locks) > 0
            }
        }
    }

    pub fn indexes(&mut self) -> Vec<String> {
        let rest = match self {
            Self::Sqlite(_) => "sqlite_schema WHERE type = 'index' AND name NOT LIKE 'sqlite_%' ORDER BY name",
            Self::Postgres(..) => {
                "(SELECT indexname AS name FROM pg_indexes WHERE schemaname = 'public') AS i ORDER BY name"
            }
        };
        self.rows(&["name"], rest)
    }

    /// What the database itself can tell about the state of its files.
    pub fn check_integrity(&mut self) {
        if let Self::Sqlite(_) = self {
            assert_eq!(self.rows(&["integrity_check"], "pragma_integrity_check"), ["ok"]);
        }
    }

    /// Journal numbers count from 1 without gaps, whoever wrote at the same time.
    #[track_caller]
    pub fn assert_gapless(&mut self) {
        let numbers = ["count(*)", "coalesce(min(change_seq), 1)", "coalesce(max(change_seq), 0)"];
        let found = &self.cells(&numbers, "change_row")[0];
        assert_eq!((&found[0], found[1].as_deref()), (&found[2], Some("1")), "journal numbers: {found:?}");
    }
}
