//! `kartotek bench lookup`

use std::io::{self, Write};
use std::num::{NonZeroU32, NonZeroUsize};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow};
use clap::Args;
use kartotek_formats::cpr_direkte::{CustomerNumber, Password, UserId};
use kartotek_formats::identifiers::CprNumber;
use kartotek_register::ports::{RunState, SystemClock};
use kartotek_service::cpr_online::{Ask, Connection, Fetched, FixedPassword, Online, OnlineImport, OnlineRun};
use kartotek_simulators::cpr_direkte::{Simulator, SimulatorOptions, look_up_unchecked};
use kartotek_simulators::population::{Population, PopulationOptions};
use kartotek_store::sqlite::SqliteStore;

use crate::exit::{Exit, Failure};
use crate::output::count;

use super::machine;

#[derive(Args)]
pub(super) struct BenchLookup {
    /// How many persons.
    #[arg(long, default_value_t = 20_000, value_name = "N")]
    persons: u32,
    /// Look-ups at a time.
    #[arg(long, default_value_t = NonZeroUsize::new(64).unwrap_or(NonZeroUsize::MIN), value_name = "N")]
    connections: NonZeroUsize,
    /// How often each is measured; the median counts.
    #[arg(long, default_value_t = 3, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
}

const PASSWORD: &str = "aB34-xyz";
const CUSTOMER: &str = "0132";
const USER: &str = "BENCH";

/// Persons that are taken in together, as `kartotek cpr lookup` does.
const BATCH: usize = 200;

const NOT_TAKEN: &str = "an answer that cannot be taken in";

impl BenchLookup {
    pub fn run(&self) -> Result<Exit, Failure> {
        self.measure().map_err(Failure::unreachable)?;
        Ok(Exit::Done)
    }

    fn measure(&self) -> anyhow::Result<()> {
        let mut out = io::stdout();
        writeln!(out, "machine: {}", machine::describe())?;
        let population = Population::new(PopulationOptions::new(self.persons, 1))?;
        let everybody = (0..self.persons).filter_map(|index| population.person(index, 0));
        let numbers: Vec<CprNumber> = everybody.map(|person| person.number()).collect();

        let customer = CustomerNumber::new(CUSTOMER.as_bytes()).context("customer number")?;
        let options = SimulatorOptions::new(customer, UserId::parse(USER)?, Password::parse(PASSWORD)?);
        let simulator = Simulator::start(options.clone(), population)?;
        let folder = tempfile::tempdir()?;
        let online = self.online(&simulator, folder.path())?;
        writeln!(
            out,
            "{} persons, {} look-ups at a time, TLS 1.3, a connection each; simulator and client share the machine",
            count(numbers.len() as u64),
            self.connections
        )?;

        let mut rounds = [Vec::new(), Vec::new(), Vec::new()];
        for run in 0..self.runs {
            let register = folder.path().join(format!("register-{run}.db"));
            let times = [
                look_up_unchecked(&simulator, &options, &numbers, self.connections.get())?,
                fetch(&online, &numbers)?,
                fetch_and_import(&online, &numbers, &register)?,
            ];
            for (round, time) in rounds.iter_mut().zip(times) {
                round.push(time);
            }
        }
        let [ceiling, fetched, imported] =
            rounds.map(|times| machine::per_second(numbers.len() as u64, machine::median(times)));
        writeln!(out, "  {:<46} {:>10}  of the ceiling", "median", "look-ups/s")?;
        for (name, rate) in [
            ("bare requests, the simulator's own ceiling", ceiling),
            ("client: checked and mapped", fetched),
            ("client: taken into an empty SQLite register", imported),
        ] {
            writeln!(out, "  {name:<46} {rate:>10.0}  {:.2}", rate / ceiling)?;
        }
        Ok(())
    }

    fn online(&self, simulator: &Simulator, folder: &std::path::Path) -> anyhow::Result<Online> {
        let ca_file = folder.join("ca.pem");
        std::fs::write(&ca_file, simulator.ca_pem())?;
        let connection = Connection {
            host: simulator.addr().ip().to_string(),
            port: simulator.addr().port(),
            customer: Some(CUSTOMER.to_owned()),
            user: Some(USER.to_owned()),
            ca_file: Some(ca_file),
            connections: self.connections,
            tries: NonZeroU32::MIN,
            ..Connection::default()
        };
        let client = connection.client(None, Arc::new(FixedPassword(Password::parse(PASSWORD)?)))?;
        Ok(Online::new(client, Arc::new(SystemClock))?)
    }
}

/// Fetches everybody, checks and maps each answer.
fn fetch(online: &Online, numbers: &[CprNumber]) -> anyhow::Result<Duration> {
    let import = OnlineImport::default();
    let began = Instant::now();
    let mut failed = None;
    online.fetch_all(numbers.to_vec(), Ask::Fetch, |_, answer| {
        failed = match answer {
            // What is mapped is let go of: a caller that keeps it pays for that elsewhere.
            Ok(Some(fetched)) if fetched.map(&import.mapping).update.is_some() => return ControlFlow::Continue(()),
            Ok(_) => Some(anyhow!(NOT_TAKEN)),
            Err(error) => Some(error.into()),
        };
        ControlFlow::Break(())
    });
    failed.map_or(Ok(began.elapsed()), Err)
}

/// Fetches everybody into a register.
fn fetch_and_import(online: &Online, numbers: &[CprNumber], register: &std::path::Path) -> anyhow::Result<Duration> {
    let (import, clock) = (OnlineImport::default(), SystemClock);
    let mut store = SqliteStore::open(register)?;
    let began = Instant::now();
    let mut run = import.begin(&mut store, &clock, "bench lookup")?;
    let mut waiting = Vec::with_capacity(BATCH);
    let mut failed: Option<anyhow::Error> = None;
    online.fetch_all(numbers.to_vec(), Ask::Fetch, |_, answer| {
        match answer {
            Ok(fetched) => waiting.extend(fetched),
            Err(error) => failed = Some(error.into()),
        }
        if waiting.len() >= BATCH {
            let batch = std::mem::take(&mut waiting);
            failed = take_in(&mut run, &mut store, &batch).err();
        }
        if failed.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    if let Some(error) = failed {
        return Err(error);
    }
    take_in(&mut run, &mut store, &waiting)?;
    run.finish(&mut store, RunState::Done)?;
    Ok(began.elapsed())
}

/// Takes a batch in; what is not taken in would count as if it were.
fn take_in(run: &mut OnlineRun<'_>, store: &mut SqliteStore, batch: &[Fetched]) -> anyhow::Result<()> {
    let taken = run.take_in(store, batch, false)?;
    anyhow::ensure!(taken.iter().all(|person| person.outcome.is_some()), NOT_TAKEN);
    Ok(())
}
