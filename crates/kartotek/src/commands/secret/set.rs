use std::io::Write as _;
use std::path::PathBuf;

use anyhow::anyhow;
use clap::Args;
use kartotek_service::secrets::SecretName;
use serde_json::json;

use crate::cli::Global;
use crate::exit::{Exit, Failure};
use crate::output;
use crate::secrets::{read_new_secret, vault};

#[derive(Args)]
pub(super) struct Set {
    /// Its name: cpr.password, cvr-j.password ...
    name: SecretName,
    /// Read it from this file, or - for standard input.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Takes up what does not belong here, so that the parser of the command line does not repeat it.
    #[arg(hide = true)]
    misplaced: Vec<String>,
}

impl Set {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        if !self.misplaced.is_empty() {
            return Err(Failure::refused(anyhow!(
                "a secret on the command line can be seen by others and stays in the shell's history: choose another one, and \
                 give it by standard input or --file"
            )));
        }
        let config = global.config()?;
        let secret = read_new_secret(self.file.as_deref())?;
        vault(global, &config)?.put(&self.name, &secret)?;
        if global.json {
            output::json(&json!({ "name": self.name.as_str(), "set": true }))?;
        } else {
            writeln!(std::io::stdout(), "{} is set", self.name)?;
        }
        Ok(Exit::Done)
    }
}
