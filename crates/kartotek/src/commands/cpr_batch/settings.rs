use std::io::Write as _;

use clap::Args;
use kartotek_register::contact::SourceId;
use kartotek_service::cpr_batch::SETTINGS;
use serde_json::{Value, json};

use crate::cli::Global;
use crate::exit::{Exit, Failure};
use crate::output;

use super::session::{PASSWORD, open_register};

#[derive(Args)]
pub(super) struct Settings {}

impl Settings {
    #[expect(clippy::unused_self, reason = "a command like the others")]
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let url = global.database(&global.config()?)?;
        let mut reader = open_register(&url)?.reader()?;
        let values = reader.transfer_settings(SourceId::CPR)?;
        let value = |name: &str| values.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str());
        let has_password = reader.secrets()?.iter().any(|secret| secret.name == PASSWORD);
        let password = if has_password { "(kept, sealed)" } else { "" };
        let mut rows: Vec<(&str, String, &str)> = SETTINGS
            .iter()
            .map(|setting| (setting.name, value(setting.name).unwrap_or_default().to_owned(), setting.meaning))
            .collect();
        let after_user = rows.iter().position(|(name, _, _)| *name == "User name").map_or(0, |at| at + 1);
        rows.insert(
            after_user,
            ("Password", password.to_owned(), "the user's; `kartotek cpr-batch set Password` asks for it"),
        );
        let before_source = rows.iter().position(|(name, _, _)| *name == "Source").unwrap_or(rows.len());
        rows.insert(
            before_source,
            ("Database", url.to_string(), "this register; --database or the configuration says which"),
        );
        if global.json {
            let rows =
                rows.iter().map(|(name, value, meaning)| json!({ "name": name, "value": value, "meaning": meaning }));
            output::json(&Value::Array(rows.collect()))?;
        } else {
            let mut out = std::io::stdout().lock();
            for (name, value, meaning) in rows {
                writeln!(out, "{name:<17} {value}\n{:<17} {meaning}", "")?;
            }
        }
        Ok(Exit::Done)
    }
}
