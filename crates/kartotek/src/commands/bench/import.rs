//! `kartotek bench import`

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use kartotek_register::mapping::cpr::MappingOptions;
use kartotek_register::ports::{Store, SystemClock};
use kartotek_service::cpr_extract::{ExtractImport, FileReport, decode_file};
use kartotek_simulators::population::{Population, PopulationOptions, Shape};
use kartotek_store::{DatabaseUrl, postgres, sqlite};

use crate::commands::generate;
use crate::exit::{Exit, Failure};
use crate::output::count;

use super::machine;

#[derive(Args)]
pub(super) struct BenchImport {
    /// How many persons.
    #[arg(long, default_value_t = 200_000, value_name = "N")]
    persons: u32,
    /// How often each load is measured; the median counts.
    #[arg(long, default_value_t = 3, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// A PostgreSQL server to measure too; databases of our own are made in it and dropped.
    #[arg(long, value_name = "URL")]
    postgres: Option<DatabaseUrl>,
    /// Leave SQLite out.
    #[arg(long)]
    no_sqlite: bool,
    /// Folder for the files; a temporary one unless given.
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

const TASK: u32 = 990_001;

impl BenchImport {
    pub fn run(&self) -> Result<Exit, Failure> {
        self.measure().map_err(Failure::unreachable)?;
        Ok(Exit::Done)
    }

    fn measure(&self) -> anyhow::Result<()> {
        let temporary = tempfile::tempdir()?;
        let folder = self.folder.as_deref().unwrap_or(temporary.path());
        let mut out = io::stdout();
        writeln!(out, "machine: {}", machine::describe())?;

        let mut population = Population::new(PopulationOptions::new(self.persons, 1))?;
        let files = generate::extracts(&mut population, Shape::default(), TASK, 1, folder)?;
        let [(first, counts), (changes, of_changes)] = files.as_slice() else { anyhow::bail!("two extracts expected") };
        writeln!(
            out,
            "extract: {} persons, {} MB; a day's changes: {} persons",
            count(counts.persons),
            count(counts.bytes / 1_000_000),
            count(of_changes.persons)
        )?;

        let decoded =
            (0..self.runs).map(|_| decode_file(first, &MappingOptions::default())).collect::<Result<Vec<_>, _>>()?;
        let time = machine::median(decoded.iter().map(|run| run.time).collect());
        let bytes = decoded.first().map_or(0, |run| run.bytes);
        writeln!(
            out,
            "decode and map, one core: {:.0} MB/s, {} persons/s",
            machine::per_second(bytes, time) / 1e6,
            rounded(machine::per_second(counts.persons, time))
        )?;

        let again = folder.join("again.txt");
        std::fs::copy(first, &again)?;
        let files = Files { first, again: &again, changes, persons: counts.persons };
        if !self.no_sqlite {
            self.sqlite(&mut out, folder, &files)?;
        }
        if let Some(DatabaseUrl::Postgres(config)) = &self.postgres {
            self.postgres(&mut out, config, &files)?;
        }
        Ok(())
    }

    fn sqlite(&self, out: &mut impl Write, folder: &Path, files: &Files<'_>) -> anyhow::Result<()> {
        let mut rounds = Rounds::default();
        for _ in 0..self.runs {
            let (register, raw) = (folder.join("import.db"), folder.join("raw.db"));
            clear(&[&register, &raw])?;
            rounds.import(&mut sqlite::SqliteStore::open(&register)?, files)?;
            for indexes_last in [true, false] {
                clear(&[&raw])?;
                let load = sqlite::raw_load(&register, &raw, indexes_last)?;
                rounds.raw(indexes_last, load.rows, load.time);
            }
            clear(&[&register, &raw])?;
        }
        rounds.print(out, "SQLite", "prepared inserts", files.persons)
    }

    fn postgres(&self, out: &mut impl Write, config: &postgres::Config, files: &Files<'_>) -> anyhow::Result<()> {
        let mut rounds = Rounds::default();
        for _ in 0..self.runs {
            let register = postgres::ScratchDatabase::create(config)?;
            rounds.import(&mut postgres::PostgresStore::open(register.config())?, files)?;
            for indexes_last in [true, false] {
                let raw = postgres::ScratchDatabase::create(config)?;
                let load = postgres::raw_load(register.config(), raw.config(), indexes_last)?;
                rounds.raw(indexes_last, load.rows, load.time);
            }
        }
        rounds.print(out, "PostgreSQL", "COPY", files.persons)
    }
}

struct Files<'a> {
    first: &'a Path,
    again: &'a Path,
    changes: &'a Path,
    persons: u64,
}

/// What was measured in each round.
#[derive(Default)]
struct Rounds {
    first: Vec<Duration>,
    again: Vec<Duration>,
    changes: Vec<Duration>,
    changed: u64,
    raw_indexes_last: Vec<Duration>,
    raw: Vec<Duration>,
    rows: u64,
    memory_mb: Option<u64>,
}

impl Rounds {
    fn import(&mut self, store: &mut dyn Store, files: &Files<'_>) -> anyhow::Result<()> {
        machine::reset_peak_memory();
        self.first.push(import(store, files.first, false)?.time);
        // Later rounds have the memory of the raw loads, which the allocator keeps.
        self.memory_mb = self.memory_mb.or_else(machine::peak_memory_mb);
        let again = import(store, files.again, true)?;
        anyhow::ensure!(again.counts.unchanged == files.persons, "a second import changed something");
        self.again.push(again.time);
        let changes = import(store, files.changes, false)?;
        self.changes.push(changes.time);
        self.changed = changes.counts.persons();
        Ok(())
    }

    fn raw(&mut self, indexes_last: bool, rows: u64, time: Duration) {
        self.rows = rows;
        if indexes_last { &mut self.raw_indexes_last } else { &mut self.raw }.push(time);
    }

    fn print(self, out: &mut impl Write, name: &str, means: &str, persons: u64) -> anyhow::Result<()> {
        let first = machine::median(self.first);
        let again = machine::median(self.again);
        let changes = machine::median(self.changes);
        let rate = |time| rounded(machine::per_second(persons, time));
        let ratio = |raw: Duration| raw.as_secs_f64() / first.as_secs_f64();
        let [raw_last, raw] = [self.raw_indexes_last, self.raw].map(machine::median);
        writeln!(out, "{name}")?;
        writeln!(out, "  first import:            {:>7.2} s, {} persons/s", first.as_secs_f64(), rate(first))?;
        if let Some(memory) = self.memory_mb {
            writeln!(out, "  peak memory of it:       {memory:>7} MB")?;
        }
        for (how, time) in [("indexes last", raw_last), ("indexes from the start", raw)] {
            writeln!(
                out,
                "  the same {} rows by {means}, {how}: {:.2} s, {} persons/s; the import is {:.2} of it",
                count(self.rows),
                time.as_secs_f64(),
                rate(time),
                ratio(time)
            )?;
        }
        writeln!(
            out,
            "  again, unchanged:        {:>7.2} s, {} persons/s; {:.1} times the first import",
            again.as_secs_f64(),
            rate(again),
            first.as_secs_f64() / again.as_secs_f64()
        )?;
        writeln!(out, "  a day's changes:         {:>7.2} s, {} persons", changes.as_secs_f64(), count(self.changed))?;
        Ok(())
    }
}

fn import(store: &mut dyn Store, path: &Path, again: bool) -> anyhow::Result<FileReport> {
    let import = ExtractImport { again, ..ExtractImport::default() };
    import.file(store, path, &SystemClock, &mut |_| {}, &mut |_| {}).with_context(|| path.display().to_string())
}

fn clear(databases: &[&PathBuf]) -> io::Result<()> {
    for database in databases {
        for suffix in ["", "-wal", "-shm"] {
            let mut path = database.as_os_str().to_owned();
            path.push(suffix);
            match std::fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
    }
    Ok(())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rate for people")]
pub(super) fn rounded(rate: f64) -> String {
    count((rate / 100.0).round() as u64 * 100)
}
