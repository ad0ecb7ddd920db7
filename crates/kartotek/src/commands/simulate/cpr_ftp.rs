use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use kartotek_formats::cpr_direkte::CustomerNumber;
use kartotek_simulators::authority::Authority;
use kartotek_simulators::cpr_ftp::{
    Delivered, DeliveryFault, DeliveryOrder, Exchange, Face, FaultOrder, Nightly, NightlyOptions, Observer, Options,
    Recall, Server, StartError, TlsMode,
};
use kartotek_simulators::population::{Population, PopulationOptions};
use serde_json::json;

use crate::cli::Global;
use crate::commands::generate;
use crate::exit::{Exit, Failure};
use crate::output;

use super::cpr_direkte::customer;
use super::process::{Nights, absolute, say};

#[derive(Args)]
pub(super) struct SimulateCprFtp {
    /// Folder with the server's directories `ud` and `ind`; made where it is missing.
    #[arg(long, default_value = "cpr-ftp", value_name = "FOLDER")]
    folder: PathBuf,
    /// How many persons, up to 20 million; as `kartotek generate cpr` makes them.
    #[arg(long, default_value_t = 2_000, value_name = "N")]
    persons: u32,
    /// The same seed gives the same persons.
    #[arg(long, default_value_t = 1, value_name = "S")]
    seed: u64,
    /// Working days after the start date whose files are out already, each made of what lies in `ind` for it.
    #[arg(long, default_value_t = 0, value_name = "D")]
    day: u32,
    /// Deliver everybody: an establishing extract, and everybody's changes. Those of the subscribed otherwise.
    #[arg(long)]
    everybody: bool,
    /// Address to listen on.
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST), value_name = "ADDRESS")]
    bind: IpAddr,
    /// Port to listen on; 0 takes any that is free.
    #[arg(long, default_value_t = 2121, value_name = "PORT")]
    port: u16,
    /// Name of the user.
    #[arg(long, default_value = "simuser1", value_name = "USER")]
    user: String,
    /// Password of the user. It is no secret: it opens nothing but made-up persons.
    #[arg(long, default_value = "Simu-123", value_name = "PASSWORD")]
    password: String,
    /// Customer number, which subscription files must have.
    #[arg(long, default_value = "0001", value_name = "NNNN", value_parser = customer)]
    customer: CustomerNumber,
    /// Task number of the files.
    #[arg(long, default_value_t = generate::TASK, value_name = "NNNNNN", value_parser = clap::value_parser!(u32).range(1..=999_999))]
    task: u32,
    /// What the server says it is.
    #[arg(long, value_enum, default_value_t = System::Posix)]
    face: System,
    /// How connections are protected.
    #[arg(long, value_enum, default_value_t = Protection::Explicit)]
    tls: Protection,
    /// Refuse data connections that do not resume the TLS session of their control connection.
    #[arg(long, conflicts_with = "plain")]
    demand_session_reuse: bool,
    /// No TLS at all.
    #[arg(long, conflicts_with = "tls")]
    plain: bool,
    /// A file of `ud` that is on slow storage. May be repeated.
    #[arg(long, value_name = "NAME")]
    migrate: Vec<String>,
    /// How often a migrated file is refused before it is back.
    #[arg(long, default_value_t = 1, value_name = "N")]
    recall_refusals: u32,
    /// Say nothing for so long instead of refusing a migrated file.
    #[arg(long, value_name = "SECONDS", conflicts_with = "recall_refusals")]
    recall_wait: Option<u64>,
    /// A further host name or address that the certificate is for; may be repeated.
    #[arg(long, value_name = "NAME")]
    name: Vec<String>,
    /// Writes the certificate of the authority that the client is to trust.
    #[arg(long, default_value = "cpr-ftp-ca.pem", value_name = "FILE")]
    ca_out: PathBuf,
    /// Lets something go wrong with connections: too-many-users, no-log-on, no-size, no-rename, no-restart, no-epsv,
    /// foreign-address, session-lost, drop-handshake, stall-handshake, busy, cut-off, cut-off-untold, cut-off-complete,
    /// stall, no-close-notify, cut-upload, drop-control, drop-after-data, drop-after-upload or silence. Every time, or with
    /// `*N` behind it only the next N times; cut-off, cut-upload and stall strike after 500 bytes, or as many as follow `:`.
    /// May be repeated; of several the first strikes first.
    #[arg(long, value_name = "NAME[:BYTES][*N]")]
    fault: Vec<FaultOrder>,
    /// Lets something be wrong with the file of a day: truncated (after 500 bytes, or as many as follow `:`), wrong-count,
    /// missing, or also-as:NAME. May be repeated.
    #[arg(long, value_name = "DAY:FAULT")]
    spoil: Vec<DeliveryOrder>,
}

/// What the server says it is.
#[derive(Clone, Copy, ValueEnum)]
enum System {
    /// A POSIX system.
    Posix,
    /// A mainframe.
    Zos,
}

/// How connections are protected.
#[derive(Clone, Copy, ValueEnum)]
enum Protection {
    /// By AUTH TLS.
    Explicit,
    /// By TLS from the first byte.
    Implicit,
}

impl SimulateCprFtp {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let population = Population::new(PopulationOptions::new(self.persons, self.seed)).map_err(Failure::refused)?;
        let authority = Authority::new().map_err(Failure::refused)?;
        let server = Server::start(self.options(), &authority).map_err(|error| match error {
            StartError::Listen { .. } => Failure::unreachable(error),
            StartError::Folder { .. } | StartError::Authority(_) => Failure::refused(error),
        })?;
        let options = NightlyOptions { everybody: self.everybody, ..NightlyOptions::new(self.customer, self.task) };
        let nightly = Nightly::new(options, population, &self.folder)?;
        if self.everybody {
            tell(&nightly.establish().map_err(Failure::unreachable)?);
        }
        for day in 1..=self.day {
            self.night(&nightly, day)?;
        }
        for name in &self.migrate {
            server.control().migrate(name).map_err(Failure::refused)?;
        }
        for FaultOrder { fault, times } in &self.fault {
            server.control().order(*fault, *times);
        }
        if !self.plain {
            std::fs::write(&self.ca_out, authority.pem())
                .with_context(|| format!("cannot write {}", self.ca_out.display()))
                .map_err(Failure::refused)?;
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            // Before anybody is told that it listens, and so may want it to end.
            let nights = Nights::new(true)?;
            self.announce(&server, global)?;
            let mut day = self.day;
            nights
                .until_stopped(|| {
                    day += 1;
                    self.night(&nightly, day)
                })
                .await?;
            Ok(Exit::Done)
        })
    }

    /// Lets a day happen.
    fn night(&self, nightly: &Nightly, day: u32) -> Result<(), Failure> {
        let ordered = self.spoil.iter().filter(|order| order.day == day);
        let faults: Vec<DeliveryFault> = ordered.map(|order| order.fault.clone()).collect();
        tell(&nightly.produce_spoilt(day, &faults).map_err(Failure::unreachable)?);
        Ok(())
    }

    fn options(&self) -> Options {
        let face = match self.face {
            System::Posix => Face::Posix,
            System::Zos => Face::Zos,
        };
        let defaults = Options::new(face, &self.user, &self.password, &self.folder);
        let mut names = [defaults.names.as_slice(), &self.name].concat();
        if !self.bind.is_loopback() && !self.bind.is_unspecified() {
            names.push(self.bind.to_string());
        }
        Options {
            bind: SocketAddr::new(self.bind, self.port),
            tls: match self.tls {
                _ if self.plain => TlsMode::None,
                Protection::Explicit => TlsMode::Explicit,
                Protection::Implicit => TlsMode::Implicit,
            },
            demand_session_reuse: self.demand_session_reuse,
            recall: match self.recall_wait {
                Some(seconds) => Recall::Waits(Duration::from_secs(seconds)),
                None => Recall::Refuses(self.recall_refusals),
            },
            names,
            observer: Some(Observer(Arc::new(log))),
            ..defaults
        }
    }

    /// Says where it listens, and what a client has to know.
    fn announce(&self, server: &Server, global: &Global) -> Result<(), Failure> {
        let (address, ca_file, folder) = (server.address(), absolute(&self.ca_out), absolute(&self.folder));
        let mode = match self.tls {
            _ if self.plain => "none",
            Protection::Explicit => "explicit",
            Protection::Implicit => "implicit",
        };
        if global.json {
            output::json(&json!({
                "listens": address.to_string(),
                "tls": mode,
                "ca_file": (!self.plain).then(|| ca_file.display().to_string()),
                "folder": folder.display().to_string(),
                "user": self.user,
                "persons": self.persons,
            }))?;
            return io::stdout().flush().map_err(Failure::from);
        }
        let host = if address.ip().is_unspecified() { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { address.ip() };
        let way = if self.plain { "without TLS".to_owned() } else { format!("with {mode} TLS") };
        let (ud, ind) = match self.face {
            System::Posix => ("/ud", "/ind"),
            System::Zos => ("'CPR.UD.'", "'CPR.IND.'"),
        };
        let mut out = io::stdout().lock();
        writeln!(out, "CPR's file server listens on {address} {way}; its files are in {}.", folder.display())?;
        let process = std::process::id();
        writeln!(
            out,
            "`kill -USR1 {process}` lets a night pass: what lies in ind is read, and a file is put into ud."
        )?;
        writeln!(out, "\nWhat a client has to know:\n")?;
        writeln!(out, "host       {host}\nport       {}\nuser       {}", address.port(), self.user)?;
        writeln!(out, "password   {}\ndownload   {ud}\nupload     {ind}", self.password)?;
        writeln!(out, "task       {:06}\ncustomer   {}", self.task, self.customer.as_str())?;
        if !self.plain {
            writeln!(out, "authority  {}", ca_file.display())?;
        }
        writeln!(out, "\nCtrl-C ends it.")?;
        out.flush().map_err(Failure::from)
    }
}

/// A line for each command of a client, without passwords.
fn log(exchange: &Exchange<'_>) {
    let Exchange { peer, command, code } = exchange;
    match code {
        Some(code) => say(format_args!("{peer}: {command}, {code}")),
        None => say(format_args!("{peer}: {command}, no answer")),
    }
}

fn tell(delivered: &Delivered) {
    let Delivered { name, counts, read, refused } = delivered;
    for read in read {
        say(format_args!("{read}: read"));
    }
    let (persons, records) = (output::count(counts.persons), output::count(counts.records));
    let lines = match refused {
        0 => String::new(),
        lines => format!(", {lines} lines refused"),
    };
    say(format_args!("{name}: {persons} persons, {records} records{lines}"));
}
