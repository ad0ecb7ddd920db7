//! `kartotek simulate`

mod cpr_direkte;
mod cpr_ftp;
pub mod night;
mod process;

use clap::{Args, Subcommand};

use crate::cli::Global;
use crate::exit::{Exit, Failure};

/// Play a register that Kartotek asks.
#[derive(Args)]
pub struct Simulate {
    #[command(subcommand)]
    register: Register,
}

#[derive(Subcommand)]
enum Register {
    /// CPR Direkte about persons who do not exist (docs/SYNTHETIC.md), until Ctrl-C.
    CprDirekte(Box<cpr_direkte::SimulateCprDirekte>),
    /// CPR's file server with extracts about persons who do not exist (docs/SYNTHETIC.md), until Ctrl-C.
    CprFtp(Box<cpr_ftp::SimulateCprFtp>),
}

impl Simulate {
    /// Runs the command.
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        match &self.register {
            Register::CprDirekte(command) => command.run(global),
            Register::CprFtp(command) => command.run(global),
        }
    }
}
