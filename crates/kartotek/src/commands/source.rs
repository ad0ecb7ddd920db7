//! `kartotek source list|show|set|import-legacy|remove`

mod import_legacy;
mod list;
mod name;
mod remove;
mod set;
mod show;

use clap::{Args, Subcommand};
use kartotek_register::ports::{Clock as _, Store, StoreError, SystemClock};
use kartotek_service::external_sources::{Source as Parameters, SourceName};

use crate::cli::Global;
use crate::exit::{Exit, Failure};

/// External sources: how each base register is reached.
#[derive(Args)]
pub struct Source {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// All sources with their parameters.
    List(list::List),
    /// The parameters of one source, in words.
    Show(show::Show),
    /// Change single parameters of a source.
    Set(set::Set),
    /// Take parameters over from the table External Sources of the system before.
    ImportLegacy(import_legacy::ImportLegacy),
    /// Remove a source.
    Remove(remove::Remove),
}

impl Source {
    /// Runs the command.
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        match &self.command {
            Command::List(command) => command.run(global),
            Command::Show(command) => command.run(global),
            Command::Set(command) => command.run(global),
            Command::ImportLegacy(command) => command.run(global),
            Command::Remove(command) => command.run(global),
        }
    }
}

/// Writes sources, all or none.
fn put(store: &mut dyn Store, sources: &[(SourceName, Parameters)]) -> Result<(), StoreError> {
    let now = SystemClock.now_text();
    let mut transaction = store.begin()?;
    for (name, source) in sources {
        transaction.put_external_source(name.as_str(), &source.canonical(), &now)?;
    }
    transaction.commit()
}
