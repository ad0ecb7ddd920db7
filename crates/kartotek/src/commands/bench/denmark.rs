//! `kartotek bench denmark`: the claim that we make in public.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use kartotek_register::ports::SystemClock;
use kartotek_service::cpr_extract::{ExtractImport, Progress};
use kartotek_simulators::population::{Population, PopulationOptions, Shape};
use kartotek_store::DatabaseUrl;

use crate::commands::generate;
use crate::exit::{Exit, Failure};
use crate::output::count;

use super::import::rounded;
use super::machine;

#[derive(Args)]
pub(super) struct BenchDenmark {
    /// How many persons; all of Denmark's numbers in use are about 10 million.
    #[arg(long, default_value_t = 10_000_000, value_name = "N")]
    persons: u32,
    /// An empty register to load; a SQLite file in the folder unless given.
    #[arg(long, value_name = "URL")]
    into: Option<DatabaseUrl>,
    /// Folder for the extract (10 GB for 10 million persons) and the register; a temporary one unless given.
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

const TASK: u32 = 990_001;

impl BenchDenmark {
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
        let files = generate::extracts(&mut population, Shape::default(), TASK, 0, folder)?;
        drop(population);
        let Some((path, counts)) = files.first() else { anyhow::bail!("an extract expected") };
        writeln!(out, "extract: {} persons, {} MB", count(counts.persons), count(counts.bytes / 1_000_000))?;

        let url = match &self.into {
            Some(url) => url.clone(),
            None => DatabaseUrl::Sqlite(folder.join("denmark.db")),
        };
        let mut store = kartotek_store::open(&url)?;
        machine::reset_peak_memory();
        let mut next = 1_000_000;
        let mut progress = |at: Progress| {
            if let Progress::TakenIn(done, _) = at
                && done >= next
            {
                next += 1_000_000;
                // Only for whoever watches; the figures come at the end.
                eprintln!("  {} persons", count(done));
            }
        };
        let report = ExtractImport::default().file(store.as_mut(), path, &SystemClock, &mut progress, &mut |_| {})?;
        let seconds = report.time.as_secs_f64();
        writeln!(
            out,
            "into {url}: {} persons in {seconds:.0} s, {} persons/s",
            count(report.counts.persons()),
            rounded(machine::per_second(report.counts.persons(), report.time))
        )?;
        if let Some(memory) = machine::peak_memory_mb() {
            writeln!(out, "peak memory: {memory} MB")?;
        }
        if let DatabaseUrl::Sqlite(path) = &url {
            writeln!(out, "register: {} MB", count(std::fs::metadata(path)?.len() / 1_000_000))?;
        }
        Ok(())
    }
}
