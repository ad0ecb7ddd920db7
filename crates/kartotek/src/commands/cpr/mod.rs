//! `kartotek cpr test|lookup|subscribe|unsubscribe|password|klient|errors`

mod asking;
mod errors;
mod failure;
mod intake;
mod klient;
mod lookup;
mod numbers;
mod options;
mod password;
pub mod session;
mod show;
mod subscribe;
mod test;
mod unsubscribe;

use clap::{Args, Subcommand};

use crate::cli::Global;
use crate::exit::{Exit, Failure};
use crate::logging::LogLevel;

/// CPR Direkte: test the connection, look persons up, change the password, be a local proxy.
#[derive(Args)]
pub struct Cpr {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Connect and sign on, and show the reply field by field.
    Test(test::Test),
    /// Fetch persons from CPR, show them, and take them into the register.
    Lookup(lookup::Lookup),
    /// Fetch persons into the register and have CPR report their changes from now on.
    Subscribe(subscribe::Subscribe),
    /// Have CPR no longer report changes of persons.
    Unsubscribe(unsubscribe::Unsubscribe),
    /// Change the password at CPR, by hand or when it is due; or store the one that CPR gave.
    Password(password::Password),
    /// CPR Klient: a local proxy that signs on for the programs that ask it.
    Klient(klient::Klient),
    /// What CPR's error numbers mean, who must act, and what to do.
    Errors(errors::Errors),
}

impl Cpr {
    /// How much is logged when nobody says: CPR Klient logs each call.
    pub fn log_level(&self) -> LogLevel {
        match &self.command {
            Command::Klient(_) => LogLevel::Info,
            _ => LogLevel::Warn,
        }
    }

    /// Runs the command.
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        match &self.command {
            Command::Test(command) => command.run(global),
            Command::Lookup(command) => command.run(global),
            Command::Subscribe(command) => command.run(global),
            Command::Unsubscribe(command) => command.run(global),
            Command::Password(command) => command.run(global),
            Command::Klient(command) => command.run(global),
            Command::Errors(command) => command.run(global),
        }
    }
}
