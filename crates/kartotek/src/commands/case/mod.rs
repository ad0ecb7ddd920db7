//! `kartotek case open|close|reopen|add-party|remove-party|import`

mod change;
mod import;
mod refresh;

use clap::{Args, Subcommand};
use kartotek_register::contact::ContactId;
use kartotek_register::ports::Store;
use kartotek_service::cases::{CaseError, ContactTextError, parse_contact};
use kartotek_store::DatabaseUrl;

use crate::cli::Global;
use crate::exit::{Exit, Failure};

/// Keep cases and their parties, which the subscription rules read.
#[derive(Args)]
pub struct Case {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Open a case.
    Open(change::Open),
    /// Close a case as of today.
    Close(change::Close),
    /// Open a closed case again; its parties are subscribed again.
    Reopen(change::Reopen),
    /// Put a contact on an open case; a person is subscribed and fetched.
    AddParty(change::AddParty),
    /// End a party of a case as of today.
    RemoveParty(change::RemoveParty),
    /// Take a CSV file of cases and parties in, all of it or nothing; new parties are subscribed and fetched.
    Import(import::Import),
}

impl Case {
    /// Runs the command.
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        match &self.command {
            Command::Open(command) => command.run(global),
            Command::Close(command) => command.run(global),
            Command::Reopen(command) => command.run(global),
            Command::AddParty(command) => command.run(global),
            Command::RemoveParty(command) => command.run(global),
            Command::Import(command) => command.run(global),
        }
    }
}

/// Opens a register that is there; a slip in `--database` must not make another one.
pub fn open_existing(url: &DatabaseUrl) -> Result<Box<dyn Store>, Failure> {
    open_made_by("kartotek import cpr FILE", url)
}

/// As [`open_existing`]; when there is no register, this command is told as the one that makes it.
pub fn open_made_by(command: &str, url: &DatabaseUrl) -> Result<Box<dyn Store>, Failure> {
    if let DatabaseUrl::Sqlite(path) = url
        && !path.exists()
    {
        return Err(Failure::unreachable(anyhow::anyhow!(
            "no register at {url}; `{command}` makes one, and --database says where it is"
        )));
    }
    Ok(kartotek_store::open(url)?)
}

/// A contact of the command line. clap repeats what it refuses, so that the refusal says nothing of the number.
#[derive(Clone)]
struct ContactText(Result<ContactId, ContactTextError>);

impl std::str::FromStr for ContactText {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(parse_contact(text)))
    }
}

impl ContactText {
    fn id(&self) -> Result<ContactId, Failure> {
        self.0.clone().map_err(Failure::refused)
    }
}

impl From<CaseError> for Failure {
    fn from(error: CaseError) -> Self {
        match error {
            CaseError::Store(error) => error.into(),
            error => Self::refused(error),
        }
    }
}
