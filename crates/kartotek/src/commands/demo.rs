//! `kartotek demo`

mod nights;
mod online;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use kartotek_formats::identifiers::CprNumber;
use kartotek_register::contact::NameType;
use kartotek_register::ports::{FindQuery, Store};
use kartotek_service::cpr_extract::FileReport;
use kartotek_simulators::population::{Counts, PersonState, Population, PopulationOptions, Shape, SharedPopulation};
use kartotek_store::sqlite::SqliteStore;

use crate::cli::Global;
use crate::exit::{Exit, Failure};
use crate::output::count;

use super::generate;
use nights::Nights;

/// A register from nothing: make persons, let CPR Batch fetch and import them and five nights of changes, ask about some of
/// them online, import what CPR sends because they are subscribed, and show what to try.
#[derive(Args)]
pub struct Demo {
    /// Folder for the extracts and the register; a register that an earlier demo left there is made anew.
    #[arg(long, default_value = "kartotek-demo", value_name = "FOLDER")]
    folder: PathBuf,
    /// How many persons.
    #[arg(long, default_value_t = 2_000, value_name = "N")]
    persons: u32,
}

const DAYS: u32 = 5;
const SEED: u64 = 2026;

impl Demo {
    /// Runs the command.
    pub fn run(&self, _global: &Global) -> Result<Exit, Failure> {
        let mut out = io::stdout().lock();
        let database = self.folder.join("register.db");
        prepare(&self.folder, &database).map_err(Failure::unreachable)?;

        writeln!(out, "Making {} persons who do not exist, and {DAYS} days of their lives ...", self.persons)?;
        // All else by default, so that `kartotek simulate` makes the same persons.
        let mut population = Population::new(PopulationOptions::new(self.persons, SEED)).map_err(Failure::refused)?;
        let files = generate::extracts(&mut population, Shape::default(), generate::TASK, DAYS, &self.folder)
            .map_err(Failure::unreachable)?;

        let mut store = SqliteStore::open(&database)?;
        let mut nights = Nights::start(&self.folder, &mut store).map_err(Failure::unreachable)?;
        writeln!(
            out,
            "Starting CPR's file server on {}, over TLS; each night its new file goes into",
            nights.address()
        )?;
        writeln!(out, "{} ...\n", database.display())?;
        heading(&mut out)?;
        pass_nights(&mut out, &mut store, &mut nights, &files).map_err(Failure::unreachable)?;
        let population = SharedPopulation::from(population);
        let parties = parties(&population.read());
        let night = online::run(&mut out, &mut store, &population, DAYS, &parties, &self.folder);
        let night = night.map_err(Failure::unreachable)?;
        writeln!(out, "\nTaking in what CPR sends from now on because of the subscriptions ...\n")?;
        heading(&mut out)?;
        nights.deliver(&night).and_then(|()| nights.pass(&mut out, &mut store)).map_err(Failure::unreachable)?;

        let program = std::env::args().next().unwrap_or_else(|| "kartotek".to_owned());
        try_next(&mut out, &program, &store, &population.read(), &database)?;
        if let Some(person) = parties.first().copied() {
            let population = format!("--persons {} --seed {SEED} --day {}", self.persons, DAYS + 1);
            let go_on =
                online::GoOn { program: &program, folder: &self.folder, database: &database, population, person };
            go_on.tell(&mut out)?;
        }
        Ok(Exit::Done)
    }
}

/// Three persons for a case: of those to whom something happened, who are alive and live here.
fn parties(population: &Population) -> Vec<CprNumber> {
    let changed = population.changed_on(DAYS).iter().filter_map(|index| population.person(*index, DAYS));
    changed.filter(PersonState::is_active).map(|person| person.number()).take(3).collect()
}

/// Commands that show something: somebody who changed, where values came from, those who moved abroad, and whom the last
/// night's file was about.
fn try_next(
    out: &mut impl Write,
    program: &str,
    store: &SqliteStore,
    population: &Population,
    database: &Path,
) -> Result<(), Failure> {
    let mut reader = store.reader()?;
    let changed = population.changed_on(DAYS).iter().filter_map(|index| population.person(*index, DAYS));
    let mut most: Option<(usize, String)> = None;
    for person in changed.filter(PersonState::is_active) {
        let id = kartotek_register::contact::ContactId::person(person.number());
        let entries = reader.history(&id)?.len();
        if most.as_ref().is_none_or(|(before, _)| entries > *before) {
            most = Some((entries, format!("{}:{}", NameType::CPR_PERSON.as_char(), id.name_code)));
        }
    }
    let database = format!("--database sqlite:{}", database.display());
    writeln!(out, "\nTry:")?;
    if let Some((_, contact)) = most {
        writeln!(out, "  {program} contact show {contact} {database}")?;
        writeln!(out, "  {program} contact history {contact} {database}")?;
    }
    let abroad = FindQuery { status: Some("80".to_owned()), limit: 1, ..FindQuery::default() };
    let status = if reader.find(&abroad)?.is_empty() { "01" } else { "80" };
    writeln!(out, "  {program} contact find --status {status} {database}")?;
    writeln!(out, "  {program} cpr-batch persons {database}")?;
    Ok(())
}

/// Makes the folder, and clears away the register of an earlier demo.
fn prepare(folder: &Path, database: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    for suffix in ["", "-wal", "-shm"] {
        let mut path = database.as_os_str().to_owned();
        path.push(suffix);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot clear {}", database.display()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The nights of the extracts. In the third the connection breaks; the file of the fourth does not come, and is there in the
/// sixth.
fn pass_nights(
    out: &mut impl Write,
    store: &mut SqliteStore,
    nights: &mut Nights,
    files: &[(PathBuf, Counts)],
) -> anyhow::Result<()> {
    let (broken, missing) = (2, 3);
    for (night, (path, _)) in files.iter().enumerate() {
        if night == broken {
            nights.cut_next_fetch();
        }
        if night == missing + 2
            && let Some((late, _)) = files.get(missing)
        {
            nights.deliver(late)?;
        }
        if night != missing {
            nights.deliver(path)?;
        }
        nights.pass(out, store)?;
    }
    Ok(())
}

fn heading(out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "  {:<18} {:>6} {:>8} {:>10} {:>13}", "extract", "new", "changed", "unchanged", "placeholders")
}

fn line(out: &mut impl Write, report: &FileReport) -> io::Result<()> {
    let counts = &report.counts;
    writeln!(
        out,
        "  {:<18} {:>6} {:>8} {:>10} {:>13}",
        report.name,
        count(counts.created),
        count(counts.updated),
        count(counts.unchanged),
        count(counts.placeholders)
    )
}
