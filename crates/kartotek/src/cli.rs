//! The command line.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use kartotek_store::DatabaseUrl;

use crate::commands;
use crate::config::Config;
use crate::exit::{Exit, Failure};
use crate::logging::{self, LogLevel};
use crate::usage;

/// Keeps a Danish authority's contact register in step with the base registers.
#[derive(Parser)]
#[command(name = "kartotek", version, max_term_width = 110)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(clap::Args)]
pub struct Global {
    /// The register: sqlite:PATH or postgres://USER@HOST/DATABASE [default: sqlite:kartotek.db].
    #[arg(long, global = true, env = "KARTOTEK_DATABASE", hide_env_values = true, value_name = "URL")]
    database: Option<String>,
    /// Configuration file (TOML).
    #[arg(long, global = true, env = "KARTOTEK_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print JSON.
    #[arg(long, global = true)]
    pub json: bool,
    /// How much to log on the standard error; `cpr klient` logs its calls too unless told otherwise (info). Person numbers,
    /// names and secrets are never logged [default: warn].
    #[arg(long, global = true, env = "KARTOTEK_LOG", value_name = "LEVEL")]
    log: Option<LogLevel>,
}

impl Global {
    /// The configuration.
    pub fn config(&self) -> Result<Config, Failure> {
        Config::read(self.config.as_deref())
    }

    /// Where the register is: the command line before the configuration before the default.
    pub fn database(&self, config: &Config) -> Result<DatabaseUrl, Failure> {
        let text = self.database.as_deref().or(config.database.as_deref()).unwrap_or("sqlite:kartotek.db");
        text.parse().context("database").map_err(Failure::refused)
    }
}

#[derive(Subcommand)]
enum Command {
    /// A register from nothing: make persons, fetch and import them and five nights of changes, and show what to try.
    Demo(commands::demo::Demo),
    /// Take files of a base register in.
    Import(commands::import::Import),
    /// Make synthetic data.
    Generate(commands::generate::Generate),
    /// Play a register that Kartotek asks.
    Simulate(commands::simulate::Simulate),
    /// Look contacts up.
    Contact(commands::contact::Contact),
    /// CPR Direkte: test the connection, look persons up, change the password, be a local proxy.
    Cpr(commands::cpr::Cpr),
    /// CPR Batch: fetch CPR's files, import them, send subscription files, by hand or unattended.
    CprBatch(commands::cpr_batch::CprBatch),
    /// External sources: how each base register is reached.
    Source(commands::source::Source),
    /// Passwords and other secrets: set them, and change the key that seals them. None is ever printed.
    Secret(commands::secret::Secret),
    /// Keep cases and their parties, which the subscription rules read.
    Case(commands::case::Case),
    /// Who is subscribed at CPR: plan by rule, apply, list, reconcile with CPR's list, block.
    Subscription(commands::subscription::Subscription),
    /// Measure, and print the figures that docs/PERFORMANCE.md quotes.
    Bench(commands::bench::Bench),
}

impl Command {
    /// How much is logged when nobody says.
    fn log_level(&self) -> LogLevel {
        match self {
            Self::Cpr(command) => command.log_level(),
            _ => LogLevel::Warn,
        }
    }
}

/// Runs the command that was called.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage::tell(&error),
    };
    logging::start(cli.global.log.unwrap_or_else(|| cli.command.log_level()));
    let outcome = match cli.command {
        Command::Demo(command) => command.run(&cli.global),
        Command::Import(command) => command.run(&cli.global),
        Command::Generate(command) => command.run(&cli.global),
        Command::Simulate(command) => command.run(&cli.global),
        Command::Contact(command) => command.run(&cli.global),
        Command::Cpr(command) => command.run(&cli.global),
        Command::CprBatch(command) => command.run(&cli.global),
        Command::Source(command) => command.run(&cli.global),
        Command::Secret(command) => command.run(&cli.global),
        Command::Case(command) => command.run(&cli.global),
        Command::Subscription(command) => command.run(&cli.global),
        Command::Bench(command) => command.run(&cli.global),
    };
    match outcome {
        Ok(exit) => exit.into(),
        // Whoever reads our output has closed it: `kartotek contact find | head`.
        Err(failure) if is_broken_pipe(&failure) => Exit::Done.into(),
        Err(failure) => {
            eprintln!("error: {:#}", failure.error);
            failure.exit.into()
        }
    }
}

fn is_broken_pipe(failure: &Failure) -> bool {
    failure.error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}
