use std::io::{self, Read, Write};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use kartotek_register::ports::SystemClock;
use kartotek_service::cases::{CaseImportError, CasesImported, RowError, import_cases};
use serde_json::{Value, json};

use crate::cli::Global;
use crate::exit::{Exit, Failure};
use crate::output::{self, count};

use super::open_existing;
use super::refresh::{Left, Refresh, Refreshed, State};

#[derive(Args)]
pub(super) struct Import {
    /// The file; - for the standard input. Its columns are described in docs/SUBSCRIPTIONS.md.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Subscribe and fetch the persons of the list although they are more than are subscribed without being asked.
    #[arg(long)]
    confirm: bool,
}

impl Import {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let config = global.config()?;
        let refresh = Refresh::new(global, &config, "case import")?;
        let limits = config.subscription.limits()?;
        let bytes = self.read().with_context(|| self.file.display().to_string()).map_err(Failure::unreachable)?;
        let mut store = open_existing(&global.database(&config)?)?;
        let imported = match import_cases(store.as_mut(), &SystemClock, &bytes) {
            Ok(imported) => imported,
            Err(CaseImportError::Rows(errors)) => return self.refused(global, &errors),
            Err(CaseImportError::Store(error)) => return Err(error.into()),
            Err(error) => {
                let error = anyhow::Error::new(error).context(self.file.display().to_string());
                return Err(Failure::refused(error));
            }
        };
        let decided = refresh.decide(store.as_ref(), &imported.concerned)?;
        let left = if self.confirm { None } else { refresh.too_many(store.as_ref(), &decided, &limits)? };
        let persons = if left.is_some() { Vec::new() } else { refresh.carry_out(store.as_mut(), decided)? };
        let exit = if left.is_some() || persons.iter().any(Refreshed::failed) { Exit::Rejected } else { Exit::Done };
        if global.json {
            output::json(&document(&imported, &persons, left.as_ref()))?;
        } else {
            tell(&mut io::stdout().lock(), &imported, &persons, left.as_ref())?;
        }
        Ok(exit)
    }

    fn read(&self) -> io::Result<Vec<u8>> {
        if self.file.as_os_str() != "-" {
            return std::fs::read(&self.file);
        }
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
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

fn document(imported: &CasesImported, persons: &[Refreshed], left: Option<&Left>) -> Value {
    json!({
        "state": "done",
        "cases": {
            "new": imported.cases_new,
            "changed": imported.cases_changed,
            "unchanged": imported.cases_unchanged,
        },
        "parties": {
            "new": imported.parties_new,
            "changed": imported.parties_changed,
            "unchanged": imported.parties_unchanged,
        },
        "placeholders": imported.placeholders,
        "persons": persons.iter().map(Refreshed::json).collect::<Vec<_>>(),
        "left": left.map(|left| json!({ "persons": left.persons, "allowed": left.allowed })),
    })
}

fn tell(out: &mut impl Write, imported: &CasesImported, persons: &[Refreshed], left: Option<&Left>) -> io::Result<()> {
    writeln!(
        out,
        "cases: {} new, {} changed, {} unchanged; parties: {} new, {} changed, {} unchanged; {} placeholders made",
        count(imported.cases_new),
        count(imported.cases_changed),
        count(imported.cases_unchanged),
        count(imported.parties_new),
        count(imported.parties_changed),
        count(imported.parties_unchanged),
        count(imported.placeholders),
    )?;
    for person in persons.iter().filter(|person| person.failed()) {
        writeln!(out, "  {person}")?;
    }
    if let Some(Left { persons, allowed }) = left {
        writeln!(
            out,
            "{} persons have a reason now, more than the {} that are subscribed or fetched without being asked; look at \
             `kartotek subscription plan`, and if it is right, call `kartotek subscription apply --confirm`",
            count(*persons),
            count(*allowed),
        )?;
    } else if !persons.is_empty() {
        let of = |is: fn(&State) -> bool| count(persons.iter().filter(|person| is(person.state())).count() as u64);
        writeln!(
            out,
            "persons with a reason now: {} subscribed and fetched, {} to be subscribed by the next `kartotek subscription \
             apply`, {} subscribed already, {} left as they are, {} not fetched",
            of(|state| matches!(state, State::Fetched)),
            of(|state| matches!(state, State::Wished)),
            of(|state| matches!(state, State::Subscribed)),
            of(|state| matches!(state, State::Left | State::Ordered(_))),
            of(|state| matches!(state, State::Failed { .. } | State::Unknown)),
        )?;
    }
    writeln!(out, "`kartotek subscription plan` shows who is to be subscribed, and who no longer")
}
