//! `kartotek secret set|list|remove|rotate-key`

mod list;
mod remove;
mod rotate_key;
mod set;

use clap::{Args, Subcommand};

use crate::cli::Global;
use crate::exit::{Exit, Failure};

/// Passwords and other secrets: set them, and change the key that seals them. None is ever printed.
#[derive(Args)]
pub struct Secret {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Keep a secret, over one that was there. It is typed without being shown, or read from standard input or a file.
    Set(set::Set),
    /// The names of the secrets, with their versions and keys.
    List(list::List),
    /// Forget a secret.
    Remove(remove::Remove),
    /// Seal all secrets with a new key: of the key file, or that of KARTOTEK_SECRET_KEY.
    RotateKey(rotate_key::RotateKey),
}

impl Secret {
    /// Runs the command.
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        match &self.command {
            Command::Set(command) => command.run(global),
            Command::List(command) => command.run(global),
            Command::Remove(command) => command.run(global),
            Command::RotateKey(command) => command.run(global),
        }
    }
}
