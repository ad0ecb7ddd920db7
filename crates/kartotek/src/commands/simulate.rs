//! `kartotek simulate cpr-direkte`

mod cpr_direkte;
pub mod night;

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
    CprDirekte(cpr_direkte::SimulateCprDirekte),
}

impl Simulate {
    /// Runs the command.
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let Register::CprDirekte(command) = &self.register;
        command.run(global)
    }
}
