//! What became of a file, for people and for machines.

use std::io::{self, Write};

use kartotek_register::ports::{Message, Severity};
use kartotek_service::cpr_extract::FileReport;
use serde_json::{Value, json};

use crate::output::{count, persons, rate};

/// Messages that are shown on the terminal; all of them stand in the error log and in `run_message`.
const SHOWN: usize = 10;

pub(super) fn print(report: &FileReport, dry_run: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    write!(out, "{}: task {}, produced {}", report.name, report.task, report.production_date)?;
    if let Some(skipped) = &report.skipped {
        writeln!(out, "; taken in before as {}, so nothing was done (--again takes it in again)", skipped.name)?;
        return Ok(());
    }
    writeln!(out, "{}", if report.resumed { "; took up where an earlier run was cut off" } else { "" })?;
    let counts = &report.counts;
    writeln!(
        out,
        "  persons: {} new, {} changed, {} unchanged, {} older and refused, {} rejected; {} placeholders {}",
        count(counts.created),
        count(counts.updated),
        count(counts.unchanged),
        count(counts.older),
        count(counts.rejected),
        count(counts.placeholders),
        if dry_run { "would be made" } else { "made" },
    )?;
    writeln!(
        out,
        "  {:.1} s, {} persons/s{}",
        report.time.as_secs_f64(),
        count(rate(counts.persons(), report.time)),
        if dry_run { "; a dry run, nothing was written" } else { "" },
    )?;
    for message in report.messages.iter().take(SHOWN) {
        writeln!(out, "  {}", line(message))?;
    }
    let untold = report.message_count.saturating_sub(SHOWN as u64);
    if untold > 0 {
        writeln!(out, "  ... and {} more", count(untold))?;
    }
    match (&report.error_log, &report.error_log_failed) {
        (Some(path), _) => writeln!(out, "  error log: {}", path.display()),
        (None, Some(error)) => writeln!(out, "  the error log could not be written beside the file: {error}"),
        (None, None) => Ok(()),
    }
}

fn line(message: &Message) -> String {
    let mut place = Vec::new();
    if let Some(line) = message.line {
        place.push(format!("line {line}"));
    }
    if let Some(byte) = message.byte {
        place.push(format!("byte {byte}"));
    }
    if let Some(record) = message.record {
        place.push(format!("record {record:03}"));
    }
    if let Some(person) = &message.person {
        place.push(format!("person {person}"));
    }
    format!("{} {}: {}", severity(message.severity), place.join(", "), message.text)
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "rejected",
        Severity::Remark => "remark",
    }
}

/// A report for machines; `plan` of a dry run.
pub fn json(report: &FileReport, plan: Option<Vec<Value>>) -> Value {
    let counts = &report.counts;
    let mut document = json!({
        "file": report.name,
        "task": report.task,
        "production_date": report.production_date,
        "state": if report.skipped.is_some() { "skipped" } else { "done" },
        "taken_in_before_as": report.skipped.as_ref().map(|skipped| &skipped.name),
        "resumed": report.resumed,
        "persons": persons(counts),
        "placeholders": counts.placeholders,
        "remarks": counts.remarks,
        "orders_refused": report.orders_refused,
        "seconds": report.time.as_secs_f64(),
        "message_count": report.message_count,
        "messages": report.messages.iter().map(message_json).collect::<Vec<_>>(),
        "error_log": report.error_log.as_ref().map(|path| path.display().to_string()),
    });
    if let (Some(plan), Some(object)) = (plan, document.as_object_mut()) {
        object.insert("plan".to_owned(), Value::Array(plan));
    }
    document
}

fn message_json(message: &Message) -> Value {
    json!({
        "severity": message.severity.name(),
        "code": message.code.as_str(),
        "line": message.line,
        "byte": message.byte,
        "record": message.record.map(|record| format!("{record:03}")),
        "person": message.person,
        "text": message.text,
    })
}
