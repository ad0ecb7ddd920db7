use std::io::Write as _;

use clap::Args;
use comfy_table::Table;
use comfy_table::presets::NOTHING;
use kartotek_register::ports::SealedSecret;
use serde_json::{Value, json};

use crate::cli::Global;
use crate::commands::contact;
use crate::exit::{Exit, Failure};
use crate::output;

#[derive(Args)]
pub(super) struct List {}

impl List {
    #[expect(clippy::unused_self, reason = "a command like the others")]
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let secrets = contact::open(&global.database(&global.config()?)?)?.secrets()?;
        if global.json {
            output::json(&Value::Array(secrets.iter().map(document).collect()))?;
        } else if secrets.is_empty() {
            eprintln!("no secret is set");
        } else {
            let mut table = Table::new();
            table.load_style(NOTHING).set_header(["NAME", "VERSION", "KEY", "CHANGED"]);
            for secret in &secrets {
                table.add_row([&secret.name, &secret.version.to_string(), &secret.key_id, &secret.updated_at]);
            }
            let mut out = std::io::stdout().lock();
            for line in table.to_string().lines() {
                writeln!(out, "{}", line.trim())?;
            }
        }
        Ok(Exit::Done)
    }
}

fn document(secret: &SealedSecret) -> Value {
    json!({
        "name": secret.name,
        "version": secret.version,
        "key_id": secret.key_id,
        "updated_at": secret.updated_at,
    })
}
