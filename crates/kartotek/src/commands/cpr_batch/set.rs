use std::io::Write as _;
use std::path::PathBuf;

use anyhow::anyhow;
use clap::Args;
use kartotek_register::contact::SourceId;
use kartotek_register::ports::SystemClock;
use kartotek_service::cpr_batch::{change_settings, find_setting};
use kartotek_service::secrets::SecretName;
use serde_json::json;

use crate::cli::Global;
use crate::exit::{Exit, Failure};
use crate::output;
use crate::register;
use crate::secrets::{read_new_secret, vault};

use super::session::PASSWORD;

#[derive(Args)]
pub(super) struct Set {
    /// Settings to change: Site=ftp.cpr.dk "User name=..." Pattern=...; NAME= alone puts the default back, and Password alone
    /// asks for the password.
    #[arg(required = true, value_name = "NAME=VALUE")]
    settings: Vec<String>,
    /// Read the password from this file, or - for standard input.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

impl Set {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let config = global.config()?;
        let mut changes = Vec::new();
        let mut password = None;
        for text in &self.settings {
            // The text is not repeated: a password may stand in it.
            let (name, value) = match text.split_once('=') {
                Some((name, value)) => (name.trim(), Some(value)),
                None => (text.trim(), None),
            };
            let plain = name.to_ascii_lowercase();
            match (plain.as_str(), value) {
                ("password", None) => password = Some(read_new_secret(self.password_file.as_deref())?),
                ("password", Some(_)) => {
                    return Err(Failure::refused(anyhow!(
                        "a password on the command line can be seen by others and stays in the shell's history: choose another \
                         one, and give it by `set Password`, which asks for it, or --password-file"
                    )));
                }
                ("database" | "base", _) => {
                    return Err(Failure::refused(anyhow!(
                        "the database is the register that holds these settings; --database, KARTOTEK_DATABASE or the \
                         configuration file says which"
                    )));
                }
                (_, Some(value)) if find_setting(name).is_some() => changes.push((name.to_owned(), value.to_owned())),
                (_, None) if find_setting(name).is_some() => {
                    return Err(Failure::refused(anyhow!("expected NAME=VALUE, found {name} without a value")));
                }
                _ => {
                    return Err(Failure::refused(anyhow!(
                        "there is no setting of a name that was given; `kartotek cpr-batch settings` lists them"
                    )));
                }
            }
        }
        let mut store = kartotek_store::open(&global.database(&config)?)?;
        // A run that is under way goes by the settings that it began with.
        let held = register::lease(store.as_mut())?;
        if !changes.is_empty() {
            change_settings(store.as_mut(), &SystemClock, &changes)?;
        }
        if let Some(password) = password {
            let name: SecretName = PASSWORD.parse().map_err(Failure::refused)?;
            vault(global, &config)?.put(&name, &password)?;
        }
        drop(held);
        if global.json {
            let settings = store.reader()?.transfer_settings(SourceId::CPR)?;
            output::json(&json!(settings.into_iter().collect::<std::collections::BTreeMap<_, _>>()))?;
        } else {
            writeln!(std::io::stdout(), "{} settings changed", self.settings.len())?;
        }
        Ok(Exit::Done)
    }
}
