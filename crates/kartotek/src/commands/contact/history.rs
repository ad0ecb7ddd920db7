use std::fmt;
use std::io::{self, Write};

use clap::Args;
use kartotek_register::ports::{Change, Reader};
use serde_json::{Value, json};

use crate::cli::Global;
use crate::exit::{Exit, Failure};
use crate::output;

use super::ContactArg;

#[derive(Args)]
pub(super) struct History {
    /// For example C:0707614285.
    #[arg(value_name = "CONTACT")]
    contact: ContactArg,
}

impl History {
    pub fn run(&self, global: &Global, reader: &mut dyn Reader) -> Result<Exit, Failure> {
        let changes = reader.history(self.contact.id())?;
        if global.json {
            output::json(&Value::Array(changes.iter().map(document).collect()))?;
        } else if changes.is_empty() {
            eprintln!("nothing is known about this contact");
        } else {
            print(&changes)?;
        }
        Ok(if changes.is_empty() { Exit::Rejected } else { Exit::Done })
    }
}

fn print(changes: &[Change]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for change in changes {
        let delivery = change.delivery.as_deref().unwrap_or("no delivery");
        writeln!(
            out,
            "#{} {} by {} of {}, {delivery}, run {} of {}",
            change.change_seq, change.what, change.source, change.source_stamp, change.run, change.started_at
        )?;
        for field in changed_fields(&change.fields) {
            writeln!(out, "  {field}")?;
        }
    }
    Ok(())
}

fn document(change: &Change) -> Value {
    json!({
        "change_seq": change.change_seq,
        "what": change.what,
        "run": change.run,
        "started_at": change.started_at,
        "delivery": change.delivery,
        "source": change.source,
        "source_stamp": change.source_stamp,
        "fields": changed_fields(&change.fields).iter().map(ChangedField::json).collect::<Vec<_>>(),
    })
}

/// One field of a journal entry.
pub struct ChangedField {
    record: u64,
    field: String,
    after: Option<String>,
    before: Option<String>,
}

/// Reads the fields of a journal entry, `[[record, field, after, before], ...]`.
pub fn changed_fields(fields: &str) -> Vec<ChangedField> {
    let entries: Vec<Vec<Value>> = serde_json::from_str(fields).unwrap_or_default();
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    entries
        .iter()
        .map(|entry| ChangedField {
            record: entry.first().and_then(Value::as_u64).unwrap_or_default(),
            field: text(entry.get(1)).unwrap_or_default(),
            after: text(entry.get(2)),
            before: text(entry.get(3)),
        })
        .collect()
}

impl ChangedField {
    /// For machines.
    pub fn json(&self) -> Value {
        json!({
            "record": format!("{:03}", self.record),
            "field": self.field,
            "before": self.before,
            "after": self.after,
        })
    }
}

impl fmt::Display for ChangedField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:03} {:<20} ", self.record, self.field)?;
        match (&self.before, &self.after) {
            (None, Some(after)) => write!(f, "{after}"),
            (Some(before), Some(after)) => write!(f, "{before} -> {after}"),
            (Some(before), None) => write!(f, "{before} -> (removed)"),
            (None, None) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_entry_is_read_field_by_field() {
        let fields = changed_fields(r#"[[1,"Status","90","01"],[12,"Ægtefælle",null,"C:1"],[8,"name1","Lise"]]"#);
        let shown: Vec<_> = fields.iter().map(ToString::to_string).collect();
        assert_eq!(
            shown,
            [
                "001 Status               01 -> 90",
                "012 Ægtefælle            C:1 -> (removed)",
                "008 name1                Lise",
            ]
        );
    }
}
