use std::io::Write as _;

use clap::Args;
use kartotek_service::secrets::SecretName;
use serde_json::json;

use crate::cli::Global;
use crate::exit::{Exit, Failure};
use crate::output;
use crate::secrets::vault;

#[derive(Args)]
pub(super) struct Remove {
    /// Its name.
    name: SecretName,
}

impl Remove {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let config = global.config()?;
        let removed = vault(global, &config)?.remove(&self.name)?;
        if global.json {
            output::json(&json!({ "name": self.name.as_str(), "removed": removed }))?;
        } else if removed {
            writeln!(std::io::stdout(), "{} is removed", self.name)?;
        } else {
            eprintln!("no secret {}", self.name);
        }
        Ok(if removed { Exit::Done } else { Exit::Rejected })
    }
}
