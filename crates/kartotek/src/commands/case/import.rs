use std::io::{Read, Write};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use kartotek_register::ports::SystemClock;
use kartotek_service::cases::{CaseImportError, RowError, import_cases};
use serde_json::{Value, json};

use crate::cli::Global;
use crate::exit::{Exit, Failure};
use crate::output::{self, count};

use super::open_existing;

#[derive(Args)]
pub(super) struct Import {
    /// The file; - for the standard input. Its columns are described in docs/SUBSCRIPTIONS.md.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Import {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let config = global.config()?;
        let bytes = self.read().with_context(|| self.file.display().to_string()).map_err(Failure::unreachable)?;
        let mut store = open_existing(&global.database(&config)?)?;
        let report = match import_cases(store.as_mut(), &SystemClock, &bytes) {
            Ok(report) => report,
            Err(CaseImportError::Rows(errors)) => return self.refused(global, &errors),
            Err(CaseImportError::Store(error)) => return Err(error.into()),
            Err(error) => {
                let error = anyhow::Error::new(error).context(self.file.display().to_string());
                return Err(Failure::refused(error));
            }
        };
        if global.json {
            output::json(&json!({
                "state": "done",
                "cases": { "new": report.cases_new, "changed": report.cases_changed, "unchanged": report.cases_unchanged },
                "parties": {
                    "new": report.parties_new,
                    "changed": report.parties_changed,
                    "unchanged": report.parties_unchanged,
                },
                "placeholders": report.placeholders,
            }))?;
        } else {
            let mut out = std::io::stdout().lock();
            writeln!(
                out,
                "cases: {} new, {} changed, {} unchanged; parties: {} new, {} changed, {} unchanged; {} placeholders made",
                count(report.cases_new),
                count(report.cases_changed),
                count(report.cases_unchanged),
                count(report.parties_new),
                count(report.parties_changed),
                count(report.parties_unchanged),
                count(report.placeholders),
            )?;
            writeln!(out, "`kartotek subscription plan` shows who is to be subscribed now")?;
        }
        Ok(Exit::Done)
    }

    fn read(&self) -> std::io::Result<Vec<u8>> {
        if self.file.as_os_str() != "-" {
            return std::fs::read(&self.file);
        }
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn refused(&self, global: &Global, errors: &[RowError]) -> Result<Exit, Failure> {
        if global.json {
            let rows: Vec<Value> = errors
                .iter()
                .map(
                    |error| json!({ "line": error.line, "column": error.column, "problem": error.problem.to_string() }),
                )
                .collect();
            output::json(&json!({ "state": "refused", "errors": rows }))?;
        } else {
            for error in errors {
                eprintln!("{}: {error}", self.file.display());
            }
            eprintln!("error: {} errors; nothing was written", count(errors.len() as u64));
        }
        Ok(Exit::Refused)
    }
}
