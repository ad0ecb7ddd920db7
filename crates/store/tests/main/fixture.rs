//! A register of its own for each test, in each of the stores.

use kartotek_register::contact::ContactId;
use kartotek_register::import::Changes;
use kartotek_register::memory::MemoryStore;
use kartotek_register::ports::{ContactCard, NewRun, Reader, RunKey, Store, StoreError, Transaction};
use kartotek_store::postgres::PostgresStore;
use kartotek_store::sqlite::SqliteStore;

use crate::databases::{Postgres, Session, Sqlite};
use crate::rows::{NOW, SOURCE};

pub(crate) struct Register {
    pub store: Box<dyn Store>,
    pub home: Home,
}

pub(crate) enum Home {
    Memory(MemoryStore),
    Sqlite(Sqlite),
    Postgres(Box<Postgres>),
}

impl Register {
    pub fn in_memory() -> Self {
        let memory = MemoryStore::new();
        Self { store: Box::new(memory.clone()), home: Home::Memory(memory) }
    }

    pub fn on_sqlite() -> Self {
        let sqlite = Sqlite::new();
        Self { store: Box::new(SqliteStore::open(&sqlite.path()).unwrap()), home: Home::Sqlite(sqlite) }
    }

    pub fn on_postgres() -> Self {
        let postgres = Postgres::new();
        Self {
            store: Box::new(PostgresStore::open(&postgres.config).unwrap()),
            home: Home::Postgres(Box::new(postgres)),
        }
    }

    /// Opens the same register once more.
    pub fn open_again(&self) -> Box<dyn Store> {
        self.try_open_again().unwrap()
    }

    pub fn try_open_again(&self) -> Result<Box<dyn Store>, StoreError> {
        Ok(match &self.home {
            Home::Memory(memory) => Box::new(memory.clone()),
            Home::Sqlite(sqlite) => Box::new(SqliteStore::open(&sqlite.path())?),
            Home::Postgres(postgres) => Box::new(PostgresStore::open(&postgres.config)?),
        })
    }

    /// The store in memory, which people edit by calls.
    pub fn memory(&self) -> Option<&MemoryStore> {
        match &self.home {
            Home::Memory(memory) => Some(memory),
            Home::Sqlite(_) | Home::Postgres(_) => None,
        }
    }

    /// A connection of a tool of one's own.
    pub fn postgres_session(&self) -> Session {
        match &self.home {
            Home::Postgres(postgres) => Session::open(&postgres.config),
            Home::Memory(_) | Home::Sqlite(_) => panic!("not a PostgreSQL register"),
        }
    }

    /// A connection of a tool of one's own.
    pub fn sqlite_connection(&self) -> rusqlite::Connection {
        match &self.home {
            Home::Sqlite(sqlite) => rusqlite::Connection::open(sqlite.path()).unwrap(),
            Home::Memory(_) | Home::Postgres(_) => panic!("not a SQLite register"),
        }
    }

    /// Until somebody waits for the one writer's place in PostgreSQL.
    pub fn wait_for_somebody_who_waits(&self) {
        let waiting = "SELECT count(*) FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database
                       WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted";
        let began = std::time::Instant::now();
        while self.query(waiting).concat() != ["1"] {
            assert!(began.elapsed().as_secs() < 60, "nobody waits");
            std::thread::yield_now();
        }
    }

    /// Runs statements with a tool of one's own.
    pub fn sql(&self, sql: &str) {
        self.try_sql(sql).unwrap();
    }

    pub fn try_sql(&self, sql: &str) -> Result<(), String> {
        match &self.home {
            Home::Memory(_) => panic!("a register in memory has no SQL"),
            Home::Sqlite(sqlite) => sqlite.execute(sql),
            Home::Postgres(postgres) => postgres.execute(sql),
        }
    }

    /// The rows of a query as text, NULL as `-`.
    pub fn query(&self, sql: &str) -> Vec<Vec<String>> {
        match &self.home {
            Home::Memory(_) => panic!("a register in memory has no SQL"),
            Home::Sqlite(sqlite) => sqlite.query(sql),
            Home::Postgres(postgres) => postgres.query(sql),
        }
    }

    /// The columns of a table or view, in alphabetical order.
    pub fn columns(&self, table: &str) -> Vec<String> {
        let sql = match &self.home {
            Home::Memory(_) => panic!("a register in memory has no columns"),
            Home::Sqlite(_) => format!("SELECT name FROM pragma_table_info('{table}')"),
            Home::Postgres(_) => {
                format!("SELECT column_name FROM information_schema.columns WHERE table_name = '{table}'")
            }
        };
        let mut columns: Vec<_> = self.query(&sql).concat();
        columns.sort();
        columns
    }

    /// The indexes of the tables.
    pub fn indexes(&self) -> Vec<String> {
        self.query(match &self.home {
            Home::Memory(_) => panic!("a register in memory has no indexes"),
            Home::Sqlite(_) => "SELECT name FROM sqlite_schema WHERE type = 'index' ORDER BY name",
            Home::Postgres(_) => "SELECT indexname FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname",
        })
        .concat()
    }

    /// Enters a run, writes `changes` for it, and commits.
    pub fn apply(&mut self, changes: &Changes) -> RunKey {
        self.write(|transaction| {
            let run = new_run(transaction);
            transaction.apply(changes, run, None, NOW).unwrap();
            run
        })
    }

    /// Does something in a transaction and commits.
    pub fn write<T>(&mut self, work: impl FnOnce(&mut dyn Transaction) -> T) -> T {
        let mut transaction = self.store.begin().unwrap();
        let result = work(transaction.as_mut());
        transaction.commit().unwrap();
        result
    }

    /// Does something in a transaction and drops it.
    pub fn try_out<T>(&mut self, work: impl FnOnce(&mut dyn Transaction) -> T) -> T {
        work(self.store.begin().unwrap().as_mut())
    }

    pub fn reader(&self) -> Box<dyn Reader> {
        self.store.reader().unwrap()
    }

    pub fn card(&self, id: &ContactId) -> ContactCard {
        self.reader().contact(id).unwrap().unwrap()
    }
}

pub(crate) fn new_run(transaction: &mut dyn Transaction) -> RunKey {
    let run = NewRun { kind: "import cpr", source: SOURCE, started_at: "2026-01-05T07:59:00Z".into() };
    transaction.insert_run(&run).unwrap()
}
