use std::io::Write as _;

use clap::Args;
use comfy_table::Table;
use comfy_table::presets::NOTHING;
use kartotek_register::ports::ExternalSource;
use kartotek_service::external_sources::{Origin, Source, SourceName};
use serde_json::{Value, json};

use crate::cli::Global;
use crate::commands::contact;
use crate::exit::{Exit, Failure};
use crate::output;

#[derive(Args)]
pub(super) struct List {}

/// A row as it may be shown. Whoever edited the table by hand may have put a password there, so the text itself is not.
struct Row<'a> {
    row: &'a ExternalSource,
    parameters: Result<String, String>,
}

impl List {
    #[expect(clippy::unused_self, reason = "a command like the others")]
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let rows = contact::open(&global.database(&global.config()?)?)?.external_sources()?;
        let rows: Vec<_> = rows.iter().map(Row::new).collect();
        if global.json {
            output::json(&Value::Array(rows.iter().map(Row::document).collect()))?;
        } else if rows.is_empty() {
            eprintln!("no external source is set; `kartotek source show CPR` shows what holds without");
        } else {
            let mut table = Table::new();
            table.load_style(NOTHING).set_header(["NAME", "CHANGED", "PARAMETERS"]);
            for row in &rows {
                let parameters = row.parameters.clone().unwrap_or_else(|problem| format!("cannot be read: {problem}"));
                table.add_row([&row.row.name, &row.row.updated_at, &parameters]);
            }
            let mut out = std::io::stdout().lock();
            for line in table.to_string().lines() {
                writeln!(out, "{}", line.trim())?;
            }
        }
        Ok(Exit::Done)
    }
}

impl<'a> Row<'a> {
    fn new(row: &'a ExternalSource) -> Self {
        let read = |name: SourceName| {
            let parsed = Source::parse(&name, &row.parameters, Origin::Register);
            parsed.map(|parsed| parsed.source.canonical()).map_err(|problems| problems.to_string())
        };
        Self { row, parameters: row.name.parse().map_err(|error| format!("{error}")).and_then(read) }
    }

    fn document(&self) -> Value {
        json!({
            "name": self.row.name,
            "updated_at": self.row.updated_at,
            "parameters": self.parameters.as_ref().ok(),
            "problem": self.parameters.as_ref().err(),
        })
    }
}
