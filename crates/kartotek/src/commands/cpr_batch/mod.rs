//! `kartotek cpr-batch settings|set|connect|list|get|import|send|run|accept-gap|persons`

mod accept_gap;
mod connect;
mod failure;
mod list;
mod persons;
mod report;
mod session;
mod set;
mod settings;
mod steps;

use clap::{Args, Subcommand};

use crate::cli::Global;
use crate::exit::{Exit, Failure};

/// CPR Batch: fetch CPR's files, import them, send subscription files, by hand or unattended.
#[derive(Args)]
pub struct CprBatch {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// The settings, by their names in the guide, and what they mean.
    Settings(settings::Settings),
    /// Change settings; they are kept in the register.
    Set(set::Set),
    /// Log on to the file server, and say what is there.
    Connect(connect::Connect),
    /// The files at the server (a name in brackets is migrated) and in the interim directory.
    List(list::List),
    /// Step 1: fetch files into the interim directory.
    Get(steps::Get),
    /// Step 2: import files of the interim directory.
    Import(steps::Import),
    /// Send subscription files to CPR.
    Send(steps::Send),
    /// Unattended: send, get all, import all.
    Run(steps::Run),
    /// Import a file although a delivery is missing before it, or let one be that was refused.
    AcceptGap(accept_gap::AcceptGap),
    /// The persons of a run with what became of each, or one person in all runs.
    Persons(persons::Persons),
}

impl CprBatch {
    /// Runs the command.
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        match &self.command {
            Command::Settings(command) => command.run(global),
            Command::Set(command) => command.run(global),
            Command::Connect(command) => command.run(global),
            Command::List(command) => command.run(global),
            Command::Get(command) => command.run(global),
            Command::Import(command) => command.run(global),
            Command::Send(command) => command.run(global),
            Command::Run(command) => command.run(global),
            Command::AcceptGap(command) => command.run(global),
            Command::Persons(command) => command.run(global),
        }
    }
}
