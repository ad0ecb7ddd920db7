//! What a dry run would change, field by field.

use std::io::{self, BufWriter, Stdout, Write};

use kartotek_service::cpr_extract::Planned;
use serde_json::{Value, json};

use crate::commands::contact::{ChangedField, changed_fields};

/// The field-level plan of a dry run: printed as it comes, or collected for JSON.
pub enum Plan {
    /// Not a dry run.
    Off,
    /// For people; an error of the output is kept until the end.
    Text(BufWriter<Stdout>, io::Result<()>),
    /// For machines.
    Json(Vec<Value>),
}

impl Plan {
    /// A plan; `dry_run` says whether there is one.
    pub fn new(dry_run: bool, json: bool) -> Self {
        match (dry_run, json) {
            (false, _) => Self::Off,
            (true, true) => Self::Json(Vec::new()),
            (true, false) => Self::Text(BufWriter::new(io::stdout()), Ok(())),
        }
    }

    /// One entry of the journal that would be written.
    pub fn contact(&mut self, planned: &Planned) {
        let id = format!("{}:{}", planned.contact.name_type.as_char(), planned.contact.name_code);
        match self {
            Self::Off => {}
            Self::Json(plan) => plan.push(json!({
                "contact": id,
                "what": planned.entry.what.name(),
                "fields": changed_fields(&planned.entry.fields).iter().map(ChangedField::json).collect::<Vec<_>>(),
            })),
            Self::Text(out, outcome) => {
                if outcome.is_ok() {
                    *outcome = print(out, &id, planned);
                }
            }
        }
    }

    /// Ends the output.
    pub fn finish(self) -> io::Result<()> {
        match self {
            Self::Text(mut out, outcome) => outcome.and_then(|()| out.flush()),
            Self::Off | Self::Json(_) => Ok(()),
        }
    }

    /// The collected entries.
    pub fn into_json(self) -> Option<Vec<Value>> {
        match self {
            Self::Json(plan) => Some(plan),
            Self::Off | Self::Text(..) => None,
        }
    }
}

fn print(out: &mut impl Write, id: &str, planned: &Planned) -> io::Result<()> {
    writeln!(out, "{id} {}", planned.entry.what.name())?;
    for field in changed_fields(&planned.entry.fields) {
        writeln!(out, "  {field}")?;
    }
    Ok(())
}
