//! Registers with a life of one case.

use std::path::{Path, PathBuf};

use kartotek_register::memory::MemoryStore;
use kartotek_register::ports::{Reader, Store, SystemClock};
use kartotek_service::cpr_extract::{Accept, ExtractImport, FileReport, ImportError};
use kartotek_store::DatabaseUrl;
use kartotek_store::postgres::{Config, PostgresStore, ScratchDatabase};
use kartotek_store::sqlite::SqliteStore;
use tempfile::TempDir;

use super::Tables;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Memory,
    Sqlite,
    Postgres,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Memory, Self::Sqlite, Self::Postgres];
}

pub struct Register {
    // Before its home, so that it is closed first.
    pub store: Box<dyn Store>,
    home: Home,
}

enum Home {
    Memory(MemoryStore),
    Sqlite(TempDir),
    Postgres(Box<ScratchDatabase>),
}

impl Home {
    fn new(kind: Kind) -> Self {
        match kind {
            Kind::Memory => Self::Memory(MemoryStore::new()),
            Kind::Sqlite => Self::Sqlite(tempfile::tempdir().unwrap()),
            Kind::Postgres => Self::Postgres(Box::new(ScratchDatabase::create(&server()).unwrap())),
        }
    }

    fn open(&self) -> Box<dyn Store> {
        match self {
            Self::Memory(store) => Box::new(store.clone()),
            Self::Sqlite(folder) => Box::new(SqliteStore::open(&file(folder)).unwrap()),
            Self::Postgres(database) => Box::new(PostgresStore::open(database.config()).unwrap()),
        }
    }
}

impl Register {
    /// A register that nobody has opened yet: not even its tables are there.
    pub fn empty(kind: Kind) -> Self {
        Self { store: Box::new(MemoryStore::new()), home: Home::new(kind) }
    }

    pub fn new(kind: Kind) -> Self {
        let home = Home::new(kind);
        Self { store: home.open(), home }
    }

    /// A register that took these files in, one after the other.
    pub fn with(kind: Kind, import: &ExtractImport, files: &[PathBuf]) -> Self {
        let mut register = Self::new(kind);
        for path in files {
            register.take(import, path);
        }
        register
    }

    pub fn take(&mut self, settings: &ExtractImport, path: &Path) -> FileReport {
        import(self.store.as_mut(), settings, path).unwrap()
    }

    pub fn reader(&self) -> Box<dyn Reader> {
        self.store.reader().unwrap()
    }

    /// Another process's view of the register.
    pub fn open_another(&self) -> Box<dyn Store> {
        self.home.open()
    }

    /// As if the process had ended and started again.
    pub fn reopen(&mut self) {
        self.store = self.home.open();
    }

    /// For `--database`.
    pub fn kind(&self) -> Kind {
        match self.home {
            Home::Memory(_) => Kind::Memory,
            Home::Sqlite(_) => Kind::Sqlite,
            Home::Postgres(_) => Kind::Postgres,
        }
    }

    pub fn address(&self) -> String {
        match &self.home {
            Home::Memory(_) => panic!("a register in memory has no address"),
            Home::Sqlite(folder) => format!("sqlite:{}", file(folder).display()),
            Home::Postgres(database) => {
                let (server, _) = server_address().rsplit_once('/').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
                format!("{server}/{}", database.config().get_dbname().unwrap())
            }
        }
    }

    /// Whether somebody holds the writer's place.
    pub fn is_being_written(&self) -> bool {
        self.is_made() && self.tables().is_being_written()
    }

    /// Whether somebody has made the tables.
    pub fn has_tables(&self) -> bool {
        self.is_made() && self.tables().has_register()
    }

    /// Whether there is a database. Looking for tables in a SQLite file that does not exist would make it.
    fn is_made(&self) -> bool {
        !matches!(&self.home, Home::Sqlite(folder) if !file(folder).exists())
    }

    /// The public tables, as an authority's own tools see them. A register in memory has none.
    pub fn tables(&self) -> Tables {
        match &self.home {
            Home::Memory(_) => panic!("a register in memory has no tables"),
            Home::Sqlite(folder) => Tables::sqlite(&file(folder)),
            Home::Postgres(database) => Tables::postgres(database.config()),
        }
    }
}

fn file(folder: &TempDir) -> PathBuf {
    folder.path().join("register.db")
}

/// The PostgreSQL server of the tests.
pub fn server() -> Config {
    match server_address().parse() {
        Ok(DatabaseUrl::Postgres(config)) => *config,
        _ => panic!("KARTOTEK_TEST_POSTGRES is no address of a PostgreSQL server"),
    }
}

pub fn server_address() -> String {
    std::env::var("KARTOTEK_TEST_POSTGRES").unwrap_or_else(|_| {
        panic!("no PostgreSQL server: run scripts/test, or scripts/with-postgres cargo nextest run -p kartotek")
    })
}

/// An import that takes files in any order.
pub fn anyway() -> ExtractImport {
    let accept = Accept { chain: true, count: true, task: false };
    ExtractImport { accept, ..ExtractImport::default() }
}

pub fn import(store: &mut dyn Store, settings: &ExtractImport, path: &Path) -> Result<FileReport, ImportError> {
    settings.file(store, path, &SystemClock, &mut |_| {}, &mut |_| {})
}
