//! Databases with a life of one test, and the tools of people who use them without Kartotek.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use rusqlite::types::ValueRef;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::{Client, Config, NoTls, SimpleQueryMessage};

mod sqlite_migrations {
    refinery::embed_migrations!("migrations/sqlite");
}

mod postgres_migrations {
    refinery::embed_migrations!("migrations/postgres");
}

pub(crate) struct Sqlite {
    folder: TempDir,
}

impl Sqlite {
    pub fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("register.db")
    }

    /// Makes the tables as a version made them.
    pub fn make_version(&self, version: i32) {
        let mut connection = rusqlite::Connection::open(self.path()).unwrap();
        let runner = sqlite_migrations::migrations::runner();
        runner.set_target(refinery::Target::Version(version)).run(&mut connection).unwrap();
        connection.execute_batch(include_str!("../../migrations/sqlite/deferrable.sql")).unwrap();
    }

    pub fn execute(&self, sql: &str) -> Result<(), String> {
        rusqlite::Connection::open(self.path()).unwrap().execute_batch(sql).map_err(|error| error.to_string())
    }

    pub fn query(&self, sql: &str) -> Vec<Vec<String>> {
        let connection = rusqlite::Connection::open(self.path()).unwrap();
        let mut statement = connection.prepare(sql).unwrap();
        let columns = statement.column_count();
        let text = |value: ValueRef<'_>| match value {
            ValueRef::Null => "-".to_owned(),
            ValueRef::Integer(number) => number.to_string(),
            value => value.as_str().unwrap().to_owned(),
        };
        let rows = statement.query_map([], |row| (0..columns).map(|at| Ok(text(row.get_ref(at)?))).collect());
        rows.unwrap().map(Result::unwrap).collect()
    }
}

pub(crate) struct Postgres {
    pub config: Config,
    name: String,
}

static DATABASES: AtomicU32 = AtomicU32::new(0);

impl Postgres {
    pub fn new() -> Self {
        let name = format!("test_{}_{}", std::process::id(), DATABASES.fetch_add(1, Ordering::Relaxed));
        let server = server();
        // The Danish collation sorts Å behind Z and takes AA for Å: the order of results must not hang on it.
        let create = format!(
            "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C' LOCALE_PROVIDER icu ICU_LOCALE 'da-DK'"
        );
        Session::open(&server).execute(&create).unwrap();
        let mut config = server;
        config.dbname(&name);
        Self { config, name }
    }

    /// Makes the tables as a version made them.
    pub fn make_version(&self, version: i32) {
        let mut session = Session::open(&self.config);
        let runner = postgres_migrations::migrations::runner().set_target(refinery::Target::Version(version));
        session.runtime.block_on(runner.run_async(&mut session.client)).unwrap();
        session.execute(include_str!("../../migrations/postgres/deferrable.sql")).unwrap();
    }

    pub fn execute(&self, sql: &str) -> Result<(), String> {
        Session::open(&self.config).execute(sql)
    }

    pub fn query(&self, sql: &str) -> Vec<Vec<String>> {
        let session = Session::open(&self.config);
        let messages = session.runtime.block_on(session.client.simple_query(sql)).unwrap();
        let rows = messages.iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        rows.map(|row| (0..row.len()).map(|at| row.get(at).unwrap_or("-").to_owned()).collect()).collect()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let dropped = Session::open(&server()).execute(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
        if !std::thread::panicking() {
            dropped.unwrap();
        }
    }
}

pub(crate) fn server() -> Config {
    let url = std::env::var("KARTOTEK_TEST_POSTGRES").unwrap_or_else(|_| {
        panic!("no PostgreSQL server: run scripts/test, or scripts/with-postgres cargo test -p kartotek-store")
    });
    url.parse().unwrap()
}

pub(crate) struct Session {
    runtime: Runtime,
    client: Client,
}

impl Session {
    pub fn open(config: &Config) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let client = runtime.block_on(async {
            let (client, connection) = config.connect(NoTls).await.unwrap();
            tokio::spawn(async { drop(connection.await) });
            client
        });
        Self { runtime, client }
    }

    pub fn execute(&self, sql: &str) -> Result<(), String> {
        let result = self.runtime.block_on(self.client.batch_execute(sql));
        result.map_err(|error| error.as_db_error().map_or_else(|| error.to_string(), |e| e.message().to_owned()))
    }
}
