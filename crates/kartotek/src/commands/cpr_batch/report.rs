//! What a run tells: on the terminal or as JSON, in `cprbatch.log` (F123), and as alarms.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use kartotek_register::ports::{Clock as _, SystemClock};
use kartotek_service::cpr_batch::Event;
use kartotek_store::DatabaseUrl;
use serde_json::{Value, json};
use tracing::error;

use crate::batch_log::BatchLog;
use crate::commands::import::summary;
use crate::config::Config;
use crate::exit::{Exit, Failure};
use crate::output::count;

/// Takes what happens, and tells it as it happens.
pub(super) struct Report {
    log: BatchLog,
    is_json: bool,
    documents: Vec<Value>,
    /// Whether an imported file had persons who were rejected.
    pub has_rejected: bool,
    failed: Option<io::Error>,
}

impl Report {
    pub fn open(config: &Config, url: &DatabaseUrl, is_json: bool) -> Result<Self, Failure> {
        let path = config.log.cprbatch.clone().unwrap_or_else(|| default_log(url));
        let log = BatchLog::open(Some(&path))?;
        Ok(Self { log, is_json, documents: Vec::new(), has_rejected: false, failed: None })
    }

    pub fn tell(&mut self, event: &Event) {
        if event.kind.is_alarm() {
            let (kind, file) = (event.kind.name(), event.file.as_deref().unwrap_or_default());
            error!(alarm = true, kind, file, "{}", event.text);
        }
        if let Some(report) = event.report.as_ref().filter(|report| report.skipped.is_none()) {
            self.has_rejected |= report.counts.rejected > 0 || report.orders_refused > 0;
            if report.orders_refused > 0 {
                let (file, lines) = (event.file.as_deref().unwrap_or_default(), count(report.orders_refused));
                error!(
                    alarm = true,
                    kind = "lines-refused",
                    file,
                    "CPR refused {lines} lines of subscription files; the error log has them, and so has \
                     `kartotek subscription list refused`"
                );
            }
        }
        let logged = self.log.event(&SystemClock.now_text(), event);
        // Also when the log's disk is full.
        let printed = if self.is_json {
            self.documents.push(document(event));
            Ok(())
        } else {
            print(event)
        };
        // A run goes on when nobody can hear it; that it could not be heard is told at its end.
        if let Err(error) = logged.and(printed) {
            self.failed.get_or_insert(error);
        }
    }

    /// Notes in the log that the run has ended.
    pub fn ended(&mut self, exit: Exit) {
        if let Err(error) = self.log.line(&SystemClock.now_text(), &format!("ended with exit code {}", exit as u8)) {
            self.failed.get_or_insert(error);
        }
    }

    /// All events, for JSON, and why somebody could not hear them.
    pub fn finish(self) -> (Value, Option<io::Error>) {
        (Value::Array(self.documents), self.failed)
    }
}

/// `cprbatch.log` beside the register; for a server in the folder in which the program runs.
fn default_log(url: &DatabaseUrl) -> PathBuf {
    match url {
        DatabaseUrl::Sqlite(path) => path.with_file_name("cprbatch.log"),
        DatabaseUrl::Postgres(_) => Path::new("cprbatch.log").to_path_buf(),
    }
}

fn print(event: &Event) -> io::Result<()> {
    let mut out = io::stdout().lock();
    write!(out, "{event}")?;
    let Some(report) = event.report.as_ref().filter(|report| report.skipped.is_none()) else { return writeln!(out) };
    let counts = &report.counts;
    writeln!(
        out,
        ": {} new, {} changed, {} unchanged, {} older, {} rejected{}",
        count(counts.created),
        count(counts.updated),
        count(counts.unchanged),
        count(counts.older),
        count(counts.rejected),
        if report.resumed { "; took up where an earlier run was cut off" } else { "" },
    )?;
    match &report.error_log {
        Some(path) => writeln!(out, "  error log: {}", path.display()),
        None => Ok(()),
    }
}

fn document(event: &Event) -> Value {
    json!({
        "event": event.kind.name(),
        "alarm": event.kind.is_alarm(),
        "file": event.file,
        "text": event.text,
        "import": event.report.as_ref().map(|report| summary::json(report, None)),
    })
}
