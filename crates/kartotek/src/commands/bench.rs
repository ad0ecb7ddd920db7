//! `kartotek bench`: the figures that docs/PERFORMANCE.md quotes, for anybody to see again.

mod batch;
mod denmark;
mod import;
mod lookup;
mod machine;

use clap::{Args, Subcommand};

use crate::cli::Global;
use crate::exit::{Exit, Failure};

/// Measure, and print the figures that docs/PERFORMANCE.md quotes.
#[derive(Args)]
pub struct Bench {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Importing, beside loading the same rows with nothing but inserts (SQLite) and COPY (PostgreSQL).
    Import(import::BenchImport),
    /// Looking persons up at a simulator of CPR Direkte, beside what the simulator itself can do.
    Lookup(lookup::BenchLookup),
    /// A night of CPR Batch with a large file, from a simulated file server to the register.
    Batch(batch::BenchBatch),
    /// All of Denmark: 10 million persons into an empty register.
    Denmark(denmark::BenchDenmark),
}

impl Bench {
    /// Runs the command.
    pub fn run(&self, _global: &Global) -> Result<Exit, Failure> {
        match &self.command {
            Command::Import(command) => command.run(),
            Command::Lookup(command) => command.run(),
            Command::Batch(command) => command.run(),
            Command::Denmark(command) => command.run(),
        }
    }
}
