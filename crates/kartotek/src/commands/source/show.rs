use std::io::Write as _;

use clap::Args;
use comfy_table::Table;
use comfy_table::presets::NOTHING;
use kartotek_register::ports::Reader;
use kartotek_service::external_sources::{Line, Source, SourceName, load};
use kartotek_service::secrets::SecretName;
use serde_json::{Value, json};

use crate::cli::Global;
use crate::commands::contact;
use crate::exit::{Exit, Failure};
use crate::output;

use super::name::NameParser;

#[derive(Args)]
pub(super) struct Show {
    /// Its name: CPR, CVR-J ...
    #[arg(value_parser = NameParser)]
    name: SourceName,
}

impl Show {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let mut reader = contact::open(&global.database(&global.config()?)?)?;
        let stored = load(reader.as_mut(), &self.name)?;
        let is_stored = stored.is_some();
        let default = match Source::default_of(&self.name) {
            source @ Source::Cpr(_) => Some(source),
            Source::Cvr(_) | Source::Other(_) => None,
        };
        let Some(source) = stored.or(default) else {
            eprintln!("no external source {}", self.name);
            return Ok(Exit::Rejected);
        };
        let secrets = self.secrets(reader.as_mut(), &source)?;
        if global.json {
            output::json(&json!({
                "name": self.name.as_str(),
                "stored": is_stored,
                "parameters": source.canonical(),
                "meanings": source.describe().iter().map(document).collect::<Vec<_>>(),
                "secrets": secrets.iter().map(|(_, name, set)| json!({ "name": name.as_str(), "set": set })).collect::<Vec<_>>(),
            }))?;
        } else {
            self.print(&source, is_stored, &secrets)?;
        }
        Ok(Exit::Done)
    }

    /// The keys of the source that are secrets, their names, and whether they are set.
    fn secrets(
        &self,
        reader: &mut dyn Reader,
        source: &Source,
    ) -> Result<Vec<(&'static str, SecretName, bool)>, Failure> {
        let stored = reader.secrets()?;
        let secret = |key: &&'static str| {
            let name = SecretName::of_source(self.name.as_str(), key).map_err(Failure::refused)?;
            let is_set = stored.iter().any(|secret| secret.name == name.as_str());
            Ok((*key, name, is_set))
        };
        source.secret_keys().iter().map(secret).collect()
    }

    fn print(&self, source: &Source, is_stored: bool, secrets: &[(&str, SecretName, bool)]) -> Result<(), Failure> {
        let mut out = std::io::stdout().lock();
        let defaults = if is_stored { "" } else { "  not set; this holds without" };
        writeln!(out, "{}{defaults}", self.name)?;
        let mut table = Table::new();
        table.load_style(NOTHING);
        for line in source.describe() {
            table.add_row([line.key, line.value.unwrap_or_else(|| "-".to_owned()), line.meaning]);
        }
        for (key, name, is_set) in secrets {
            let meaning = if *is_set {
                format!("kept as secret {name}")
            } else {
                format!("not set; `kartotek secret set {name}` keeps it")
            };
            table.add_row([(*key).to_owned(), if *is_set { "***" } else { "-" }.to_owned(), meaning]);
        }
        for line in table.to_string().lines().filter(|line| !line.trim().is_empty()) {
            writeln!(out, " {}", line.trim_end())?;
        }
        match source {
            Source::Cpr(_) => {}
            Source::Cvr(_) => writeln!(out, "all of it is kept, and not used: Kartotek does not ask CVR yet")?,
            Source::Other(_) => writeln!(out, "all of it is kept, and not used: Kartotek does not know this source")?,
        }
        Ok(())
    }
}

fn document(line: &Line) -> Value {
    json!({ "key": line.key, "value": line.value, "meaning": line.meaning, "used": line.used })
}
