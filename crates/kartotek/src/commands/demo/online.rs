//! The part of the demonstration that asks: a CPR Direkte of the same persons, a case, and subscriptions by rule.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use kartotek_formats::cpr_direkte::{CustomerNumber, Password, UserId};
use kartotek_formats::identifiers::CprNumber;
use kartotek_register::contact::ContactId;
use kartotek_register::ports::{Clock as _, Store, SystemClock};
use kartotek_register::subscription::decide;
use kartotek_service::cases::{CaseDesk, NewParty, OpenCase};
use kartotek_service::cpr_online::{Connection, FixedPassword, Online, OnlineImport};
use kartotek_service::subscriptions::{DEFAULT_RULES, OnlineDirekte, Outcome, facts_of, parse_rules, subscribe_now};
use kartotek_simulators::cpr_direkte::{Simulator, SimulatorOptions};
use kartotek_simulators::population::SharedPopulation;

use crate::commands::generate;
use crate::commands::simulate::night;

const CUSTOMER: &str = "0001";
const USER: &str = "SIMUSER1";
/// No secret: it opens nothing but made-up persons.
const PASSWORD: &str = "Simu-123";
const CASE: &str = "2026-0001";

/// Starts a CPR Direkte as of `day`, tests the connection, and puts `persons` on a case, which subscribes and refreshes them.
/// Then a night passes: returns the batch file that follows from the subscriptions.
pub(super) fn run(
    out: &mut impl Write,
    store: &mut dyn Store,
    population: &SharedPopulation,
    day: u32,
    persons: &[CprNumber],
    folder: &Path,
) -> anyhow::Result<PathBuf> {
    let customer = CustomerNumber::new(CUSTOMER.as_bytes()).context("customer number")?;
    let mut options = SimulatorOptions::new(customer, UserId::parse(USER)?, Password::parse(PASSWORD)?);
    options.strict = true;
    options.day = day;
    let simulator = Simulator::start(options, population.clone())?;
    let ca_file = folder.join("cpr-direkte-ca.pem");
    std::fs::write(&ca_file, simulator.ca_pem())?;
    let address = simulator.addr();
    writeln!(out, "\nStarting a CPR Direkte of these persons on {address}, over TLS ...\n")?;

    let connection = Connection {
        host: address.ip().to_string(),
        port: address.port(),
        customer: Some(CUSTOMER.to_owned()),
        user: Some(USER.to_owned()),
        ca_file: Some(ca_file),
        ..Connection::default()
    };
    let client = connection.client(None, Arc::new(FixedPassword(Password::parse(PASSWORD)?)))?;
    let online = Online::new(client, Arc::new(SystemClock))?;
    let verdict = if online.test()?.is_good() { "Forbindelse og login er OK" } else { "no connection" };
    writeln!(out, "  {:<26} {verdict}", "connection test")?;

    let mut desk = CaseDesk::new(store, &SystemClock);
    desk.open(&OpenCase { case_no: CASE.to_owned(), case_type: Some("byg".to_owned()), start_date: None })?;
    for person in persons {
        desk.add_party(CASE, &NewParty { contact: ContactId::person(*person), role: String::new() })?;
    }
    writeln!(out, "  {:<26} {} parties", format!("case {CASE} opened"), persons.len())?;

    let rules = parse_rules(DEFAULT_RULES)?;
    let mut wanted = Vec::new();
    for person in persons {
        if let Some(facts) = facts_of(store.reader()?.as_mut(), &SystemClock, *person)? {
            let reason = decide(&facts, &rules, SystemClock.now()).reason.to_string();
            wanted.push((*person, facts.contact, reason));
        }
    }
    let mut direkte = OnlineDirekte::new(online, OnlineImport::default(), SystemClock);
    let outcomes = subscribe_now(store, &SystemClock, &mut direkte, "demo", &wanted, wanted.len())?;
    for (person, _, reason) in &wanted {
        let done = outcomes.iter().any(|(number, outcome)| number == person && *outcome == Outcome::Done);
        let what = if done { "subscribed and fetched from CPR" } else { "not fetched" };
        writeln!(out, "    {:<24} {what}: {reason}", person.masked())?;
    }
    let counts = simulator.control().counts();
    writeln!(out, "  {:<26} {} sign-on, {} look-ups", "CPR Direkte answered", counts.logons, counts.lookups)?;
    let (path, counts) = night::pass(simulator.control(), population, generate::TASK, folder)?;
    let (persons, records) = (counts.persons, counts.records);
    writeln!(out, "  {:<26} {persons} persons, {records} records", "the next night's file")?;
    Ok(path)
}

/// What somebody needs who wants to go on asking.
pub(super) struct GoOn<'a> {
    pub program: &'a str,
    pub folder: &'a Path,
    pub database: &'a Path,
    /// `--persons`, `--seed` and `--day` of the simulator.
    pub population: String,
    pub person: CprNumber,
}

impl GoOn<'_> {
    /// Writes the settings, and the commands to try with a simulator that goes on running.
    pub fn tell(&self, out: &mut impl Write) -> io::Result<()> {
        let Self { program, folder, database, population, person } = self;
        let (settings, ca_file) = (folder.join("kartotek.toml"), folder.join("cpr-direkte-ca.pem"));
        // TOML takes strings as Rust writes them, as far as paths go.
        let quoted = |path: &Path| format!("{:?}", path.display().to_string());
        let text = format!(
            "database = {:?}\n\n[cpr.direkte]\nhost = \"127.0.0.1\"\nport = 5000\ncustomer = \"{CUSTOMER}\"\n\
             user = \"{USER}\"\nca_file = {}\n",
            format!("sqlite:{}", database.display()),
            quoted(&ca_file),
        );
        std::fs::write(&settings, text)?;
        let config = format!("--config {}", settings.display());
        writeln!(out, "\nWith a CPR Direkte that goes on running, in another terminal:")?;
        let files = format!("--ca-out {} --batch-out {}", ca_file.display(), folder.display());
        writeln!(out, "  {program} simulate cpr-direkte {population} {files}")?;
        writeln!(out, "  echo {PASSWORD} | {program} cpr password --set {config}")?;
        writeln!(out, "  {program} cpr test {config}")?;
        writeln!(out, "  {program} cpr lookup {} {config}", person.reveal())?;
        writeln!(out, "  {program} subscription plan {config}")
    }
}
