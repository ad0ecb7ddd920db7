use std::io::Write as _;

use clap::Args;
use kartotek_service::external_sources::SourceName;
use serde_json::json;

use crate::cli::Global;
use crate::exit::{Exit, Failure};
use crate::output;

use super::name::NameParser;

#[derive(Args)]
pub(super) struct Remove {
    /// Its name.
    #[arg(value_parser = NameParser)]
    name: SourceName,
}

impl Remove {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let mut store = kartotek_store::open(&global.database(&global.config()?)?)?;
        let secrets = store.reader()?.secrets()?;
        let mut transaction = store.begin()?;
        let removed = transaction.remove_external_source(self.name.as_str())?;
        transaction.commit()?;
        let prefix = format!("{}.", self.name).to_ascii_lowercase();
        let left: Vec<_> = secrets.iter().map(|secret| &secret.name).filter(|name| name.starts_with(&prefix)).collect();
        if global.json {
            output::json(&json!({ "name": self.name.as_str(), "removed": removed, "secrets_left": left }))?;
        } else if removed {
            let mut out = std::io::stdout().lock();
            writeln!(out, "{} is removed", self.name)?;
            for name in left {
                writeln!(out, "secret {name} is still there; `kartotek secret remove {name}` forgets it")?;
            }
        } else {
            eprintln!("no external source {}", self.name);
        }
        Ok(if removed { Exit::Done } else { Exit::Rejected })
    }
}
