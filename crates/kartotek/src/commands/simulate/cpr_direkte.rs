use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use clap::Args;
use kartotek_formats::cpr_direkte::{CustomerNumber, Password, UserId};
use kartotek_simulators::cpr_direkte::{
    Control, Exchange, ExchangeEvent, FaultOrder, Observer, RequestKind, Simulator, SimulatorOptions, StartError,
};
use kartotek_simulators::population::{PersonState, Population, PopulationOptions, SharedPopulation};
use serde_json::json;

use crate::cli::Global;
use crate::commands::generate;
use crate::exit::{Exit, Failure};
use crate::output;

use super::night;
use super::process::{Nights, absolute, say};

/// Persons whose numbers are printed, to look up.
const EXAMPLES: u32 = 3;

#[derive(Args)]
pub(super) struct SimulateCprDirekte {
    /// How many persons, up to 20 million; as `kartotek generate cpr` makes them.
    #[arg(long, default_value_t = 2_000, value_name = "N")]
    persons: u32,
    /// The same seed gives the same persons.
    #[arg(long, default_value_t = 1, value_name = "S")]
    seed: u64,
    /// Working days after the start date; answers are as of that day, whose batch file is out already.
    #[arg(long, default_value_t = 0, value_name = "D")]
    day: u32,
    /// Address to listen on.
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST), value_name = "ADDRESS")]
    bind: IpAddr,
    /// Port to listen on; 0 takes any that is free.
    #[arg(long, default_value_t = 5000, value_name = "PORT")]
    port: u16,
    /// Customer number.
    #[arg(long, default_value = "0001", value_name = "NNNN", value_parser = customer)]
    customer: CustomerNumber,
    /// User id.
    #[arg(long, default_value = "SIMUSER1", value_name = "USER", value_parser = UserId::parse)]
    user: UserId,
    /// Password of the user, eight characters. It is no secret: it opens nothing but made-up persons.
    #[arg(long, default_value = "Simu-123", value_name = "PASSWORD", value_parser = Password::parse)]
    password: Password,
    /// How long a token is good.
    #[arg(long, default_value_t = 30, value_name = "MINUTES")]
    token_minutes: u64,
    /// Refuse whatever deviates from the documented layout, by error 99 and the position.
    #[arg(long)]
    strict: bool,
    /// Play the local proxy (CPR Klient) instead: no TLS, and nobody signs on.
    #[arg(long)]
    plain: bool,
    /// A further host name or address that the certificate is for; may be repeated.
    #[arg(long, value_name = "NAME")]
    name: Vec<String>,
    /// Writes the certificate of the authority that the client is to trust, for `cpr.direkte.ca_file`.
    #[arg(long, default_value = "cpr-direkte-ca.pem", value_name = "FILE")]
    ca_out: PathBuf,
    /// The password has expired: error 02 until a sign-on brings a new one.
    #[arg(long, conflicts_with = "plain")]
    password_expired: bool,
    /// An address that may ask; any other one is answered by error 16. May be repeated; without it all may.
    #[arg(long, value_name = "ADDRESS")]
    approve: Vec<IpAddr>,
    /// Spoils requests: error-NN, slow, bytewise, late-close, no-close, no-close-notify, cut-off, reset, too-long,
    /// silence, wrong-count, unknown-record, another-person, short-logon, close-at-accept or close-in-handshake. All
    /// requests that it concerns, or with `logon:` and `lookup:` before it only those, or with `*N` behind it only the
    /// next N. May be repeated; of several the first strikes first.
    #[arg(long, value_name = "[logon:|lookup:]NAME[*N]")]
    fault: Vec<FaultOrder>,
    /// Folder for the batch files that follow from the subscriptions set here, for `kartotek import cpr`: the next
    /// day's file at each signal SIGUSR1, upon which that day begins, and when it ends.
    #[arg(long, value_name = "FOLDER")]
    batch_out: Option<PathBuf>,
    /// Task number of the batch files.
    #[arg(long, default_value_t = generate::TASK, value_name = "NNNNNN", value_parser = clap::value_parser!(u32).range(1..=999_999))]
    task: u32,
}

/// Reads a customer number.
pub(super) fn customer(text: &str) -> Result<CustomerNumber, &'static str> {
    CustomerNumber::new(text.as_bytes()).ok_or("expected a customer number of four digits")
}

impl SimulateCprDirekte {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        if let Some(folder) = self.batch_out.as_ref().filter(|folder| !folder.is_dir()) {
            let error = format!("expected a folder for the batch files, found none at {}", folder.display());
            return Err(Failure::refused(anyhow!(error)));
        }
        let population = Population::new(PopulationOptions::new(self.persons, self.seed)).map_err(Failure::refused)?;
        let population = SharedPopulation::from(population);
        let simulator = Simulator::start(self.options(), population.clone()).map_err(|error| match error {
            StartError::Listen { .. } => Failure::unreachable(error),
            StartError::Authority(_) => Failure::refused(error),
        })?;
        let control = simulator.control();
        for FaultOrder { fault, scope, times } in self.fault.clone() {
            control.fault(fault, scope, times);
        }
        if !self.plain {
            std::fs::write(&self.ca_out, simulator.ca_pem())
                .with_context(|| format!("cannot write {}", self.ca_out.display()))
                .map_err(Failure::refused)?;
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            // Before anybody is told that it listens, and so may want it to end.
            let nights = Nights::new(self.batch_out.is_some())?;
            self.announce(&simulator, &population, global)?;
            nights.until_stopped(|| self.night(control, &population)).await?;
            self.night(control, &population)?;
            Ok(Exit::Done)
        })
    }

    /// Lets a night pass, if somebody wants the file of it.
    fn night(&self, control: &Control, population: &SharedPopulation) -> Result<(), Failure> {
        let Some(folder) = &self.batch_out else { return Ok(()) };
        let (path, counts) = night::pass(control, population, self.task, folder).map_err(Failure::unreachable)?;
        let (persons, records) = (output::count(counts.persons), output::count(counts.records));
        say(format_args!("{}: {persons} persons, {records} records", path.display()));
        Ok(())
    }

    fn options(&self) -> SimulatorOptions {
        let defaults = SimulatorOptions::new(self.customer, self.user, self.password.clone());
        let mut names = [defaults.names.as_slice(), &self.name].concat();
        if !self.bind.is_loopback() && !self.bind.is_unspecified() {
            names.push(self.bind.to_string());
        }
        SimulatorOptions {
            bind: SocketAddr::new(self.bind, self.port),
            day: self.day,
            token_lifetime: Duration::from_secs(self.token_minutes.saturating_mul(60)),
            password_expired: self.password_expired,
            approved: (!self.approve.is_empty()).then(|| self.approve.clone()),
            strict: self.strict,
            plain: self.plain,
            names,
            observer: Some(Observer(Arc::new(log))),
            ..defaults
        }
    }

    /// Says where it listens, and how a client is set up for it.
    fn announce(&self, simulator: &Simulator, population: &SharedPopulation, global: &Global) -> Result<(), Failure> {
        let (addr, ca_file) = (simulator.addr(), absolute(&self.ca_out));
        let host = if addr.ip().is_unspecified() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { addr.ip() };
        let numbers: Vec<String> = {
            let population = population.read();
            let persons = (0..population.indices(self.day)).filter_map(|index| population.person(index, self.day));
            // These persons do not exist, and somebody has to know whom to ask for.
            persons.filter(PersonState::is_active).take(EXAMPLES as usize).map(|own| own.number().reveal()).collect()
        };
        let mut out = io::stdout().lock();
        if global.json {
            drop(out);
            output::json(&json!({
                "listens": addr.to_string(),
                "tls": !self.plain,
                "ca_file": (!self.plain).then(|| ca_file.display().to_string()),
                "persons": self.persons,
                "examples": numbers,
            }))?;
            return io::stdout().flush().map_err(Failure::from);
        }
        let way = if self.plain { "as a local proxy, without TLS" } else { "over TLS" };
        writeln!(
            out,
            "CPR Direkte of {} persons who do not exist listens on {addr} {way}.",
            output::count(u64::from(self.persons))
        )?;
        writeln!(out, "Numbers to ask for: {}", numbers.join(", "))?;
        if let Some(folder) = &self.batch_out {
            let (process, folder) = (std::process::id(), folder.display());
            writeln!(out, "`kill -USR1 {process}` lets a night pass, and so does the end; its file goes to {folder}.")?;
        }
        if !self.plain {
            let password = String::from_utf8_lossy(self.password.reveal()).into_owned();
            writeln!(out, "\nSettings of a client, whose password is {password}:\n")?;
            writeln!(out, "[cpr.direkte]\nhost = \"{host}\"\nport = {}\ntransaction = \"OFF4\"", addr.port())?;
            writeln!(out, "customer = \"{}\"\nuser = \"{}\"", self.customer.as_str(), self.user.as_str())?;
            writeln!(out, "ca_file = {}", json!(ca_file.display().to_string()))?;
        }
        writeln!(out, "\nCtrl-C ends it.")?;
        out.flush().map_err(Failure::from)
    }
}

/// A line for each request: who asked what, the error number, and why strict mode refuses it, but not about whom.
fn log(exchange: &Exchange) {
    let peer = exchange.peer;
    let kind = match exchange.kind {
        RequestKind::Logon => "sign-on",
        RequestKind::Lookup => "look-up",
    };
    match exchange.event {
        ExchangeEvent::Answered { error, bytes, faulty, violation } => {
            let faulty = if faulty { ", spoilt" } else { "" };
            let reason = violation.map(|violation| format!(", {violation}")).unwrap_or_default();
            say(format_args!("{peer}: {kind}, error {:02}, {bytes} bytes{faulty}{reason}", error.as_number()));
        }
        ExchangeEvent::MoreFollowed(violation) => say(format_args!("{peer}: {kind}, {violation}")),
    }
}
