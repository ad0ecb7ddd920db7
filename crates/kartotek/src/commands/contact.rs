//! `kartotek contact show|find|history`

mod find;
mod history;
mod show;

use clap::{Args, Subcommand};
use compact_str::CompactString;
use kartotek_register::contact::{ContactId, NameType};
use kartotek_register::ports::Reader;
use kartotek_store::DatabaseUrl;

use crate::cli::Global;
use crate::exit::{Exit, Failure};

pub use history::{ChangedField, changed_fields};
pub use show::{document, print};

/// Look contacts up.
#[derive(Args)]
pub struct Contact {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// One contact with everything about it.
    Show(show::Show),
    /// Contacts by number, name, postcode, status or placeholder.
    Find(find::Find),
    /// What happened to a contact: every value with the run and the delivery that set it.
    History(history::History),
}

impl Contact {
    /// Runs the command.
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let url = global.database(&global.config()?)?;
        let mut reader = open(&url)?;
        match &self.command {
            Command::Show(command) => command.run(global, reader.as_mut()),
            Command::Find(command) => command.run(global, reader.as_mut()),
            Command::History(command) => command.run(global, reader.as_mut()),
        }
    }
}

/// Looking must not make a register where there is none.
pub fn open(url: &DatabaseUrl) -> Result<Box<dyn Reader>, Failure> {
    if let DatabaseUrl::Sqlite(path) = url
        && !path.exists()
    {
        return Err(Failure::unreachable(anyhow::anyhow!(
            "no register at {url}; `kartotek import cpr FILE` makes one, and --database says where it is"
        )));
    }
    Ok(kartotek_store::open_reader(url)?)
}

/// A contact as it is written on the command line: `C:0707614285`, `C:070761-4285`, or ten digits for a person.
#[derive(Clone)]
pub struct ContactArg(ContactId);

impl ContactArg {
    /// What it stands for.
    pub fn id(&self) -> &ContactId {
        &self.0
    }
}

impl std::str::FromStr for ContactArg {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name_type, code) = match text.split_once(':') {
            Some((name_type, code)) => (name_type, code),
            None if text.bytes().filter(u8::is_ascii_digit).count() == 10 => ("C", text),
            None => return Err("expected TYPE:NUMBER, for example C:0707614285"),
        };
        let &[name_type] = name_type.as_bytes() else {
            return Err("expected one character before the colon, for example C for a person with a CPR number");
        };
        let name_type = NameType(name_type.to_ascii_uppercase());
        let code = code.trim();
        let name_code = match (name_type, code.split_once('-')) {
            (NameType::CPR_PERSON, Some((date, serial))) => CompactString::from(format!("{date}{serial}")),
            _ => CompactString::new(code),
        };
        if name_code.is_empty() {
            return Err("expected a number after the colon");
        }
        Ok(Self(ContactId { name_type, name_code }))
    }
}

fn shown_id(id: &ContactId) -> String {
    format!("{}:{}", id.name_type.as_char(), id.name_code)
}

/// Two names as one line.
fn full_name(name1: &str, name2: &str) -> String {
    [name1, name2].iter().filter(|name| !name.is_empty()).copied().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_is_read_with_and_without_its_type() {
        for text in ["C:0707614285", "c:070761-4285", "0707614285", "070761-4285"] {
            let contact: ContactArg = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(shown_id(contact.id()), "C:0707614285");
        }
        for text in ["", "x", "C:", "CC:1", "07076142"] {
            assert!(text.parse::<ContactArg>().is_err(), "{text}");
        }
    }
}
