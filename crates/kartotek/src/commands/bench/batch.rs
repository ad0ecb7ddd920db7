//! `kartotek bench batch`: a night with a large file, from the file server to the register.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;
use clap::Args;
use kartotek_register::ports::SystemClock;
use kartotek_service::cpr_batch::{Batch, Connector, Event, Which, change_settings};
use kartotek_service::cpr_extract::ExtractImport;
use kartotek_simulators::authority::Authority;
use kartotek_simulators::cpr_ftp::{Face, Options, Server};
use kartotek_simulators::population::{Population, PopulationOptions, Shape};
use kartotek_store::DatabaseUrl;
use zeroize::Zeroizing;

use crate::commands::generate;
use crate::exit::{Exit, Failure};
use crate::output::count;
use crate::register;

use super::import::rounded;
use super::machine;

#[derive(Args)]
pub(super) struct BenchBatch {
    /// How many persons; 10 million make a file of 10 GB, which is there three times in the end, as file, copy and register.
    #[arg(long, default_value_t = 1_000_000, value_name = "N")]
    persons: u32,
    /// Fetch and check only.
    #[arg(long)]
    no_import: bool,
    /// Folder for everything; a temporary one unless given.
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

const PASSWORD: &str = "Simu-123";

impl BenchBatch {
    pub fn run(&self) -> Result<Exit, Failure> {
        self.measure().map_err(Failure::unreachable)?;
        Ok(Exit::Done)
    }

    fn measure(&self) -> anyhow::Result<()> {
        let temporary = tempfile::tempdir()?;
        let folder = self.folder.as_deref().unwrap_or(temporary.path());
        let mut out = io::stdout();
        writeln!(out, "machine: {}", machine::describe())?;
        let (interim, delivered) = (folder.join("interim"), folder.join("cpr-ftp/ud"));
        for folder in [&interim, &delivered] {
            std::fs::create_dir_all(folder)?;
        }
        let mut population = Population::new(PopulationOptions::new(self.persons, 1))?;
        let files = generate::extracts(&mut population, Shape::default(), generate::TASK, 0, &delivered)?;
        drop(population);
        let (_, counts) = files.first().context("an extract expected")?;
        writeln!(out, "extract: {} persons, {} MB", count(counts.persons), count(counts.bytes / 1_000_000))?;
        self.night(&mut out, folder, &interim, counts.bytes)
    }

    fn night(&self, out: &mut impl Write, folder: &Path, interim: &Path, bytes: u64) -> anyhow::Result<()> {
        let authority = Authority::new()?;
        let ca_file = folder.join("ca.pem");
        std::fs::write(&ca_file, authority.pem())?;
        let server =
            Server::start(Options::new(Face::Posix, "kartotek", PASSWORD, folder.join("cpr-ftp")), &authority)?;
        let mut store = kartotek_store::open(&DatabaseUrl::Sqlite(folder.join("register.db")))?;
        let settings = [
            ("Site", server.address().to_string()),
            ("User name", "kartotek".to_owned()),
            ("Directory", "ud".to_owned()),
            ("Local Directory", interim.display().to_string()),
            ("Certificate file", ca_file.display().to_string()),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value));
        let settings = change_settings(store.as_mut(), &SystemClock, &settings)?;
        let password = Some(Zeroizing::new(PASSWORD.to_owned()));
        let mut connector = Connector::to(settings.server(settings.directory.as_deref(), password, false)?);
        let mut lease = register::lease(store.as_mut()).map_err(|failure| failure.error)?;
        let import = ExtractImport::default();
        let mut tell = |event: Event| {
            if event.kind.is_alarm() {
                eprintln!("{event}");
            }
        };
        machine::reset_peak_memory();
        let mut batch = Batch::new(store.as_mut(), &SystemClock, &settings, &import, lease.as_mut(), &mut tell)?;
        let began = Instant::now();
        let got = batch.get(&mut connector, &Which::All)?;
        anyhow::ensure!(got.fetched == 1, "the file was not fetched");
        let rate = machine::per_second(bytes / 1_000_000, began.elapsed());
        writeln!(out, "fetched over TLS and checked: {:.1} s, {rate:.0} MB/s", began.elapsed().as_secs_f64())?;
        memory(out)?;
        if !self.no_import {
            machine::reset_peak_memory();
            let began = Instant::now();
            let taken = batch.import(&Which::All, &mut |_| {})?;
            anyhow::ensure!(taken.imported == 1, "the file was not imported");
            let persons = taken.counts.persons();
            let rate = rounded(machine::per_second(persons, began.elapsed()));
            writeln!(
                out,
                "imported: {} persons in {:.1} s, {rate} persons/s",
                count(persons),
                began.elapsed().as_secs_f64()
            )?;
            memory(out)?;
        }
        Ok(())
    }
}

/// Server and client are one process here, so this is of both.
fn memory(out: &mut impl Write) -> io::Result<()> {
    match machine::peak_memory_mb() {
        Some(memory) => writeln!(out, "peak memory, with the server: {memory} MB"),
        None => Ok(()),
    }
}
