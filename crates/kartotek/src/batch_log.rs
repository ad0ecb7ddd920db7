//! The log of what became of files.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use kartotek_service::cpr_batch::Event;
use kartotek_service::cpr_extract::{FileReport, ImportError};

use crate::exit::Failure;

/// The main log of the batch module, `cprbatch.log` (F123): a line a file. Holds no personal data.
pub struct BatchLog(Option<LogFile>);

struct LogFile {
    path: PathBuf,
    file: File,
}

impl LogFile {
    /// Adds a line. The operating system does not say which file it could not write.
    fn line(&mut self, text: fmt::Arguments<'_>) -> io::Result<()> {
        writeln!(self.file, "{text}")
            .map_err(|error| io::Error::new(error.kind(), format!("log file {}: {error}", self.path.display())))
    }
}

impl BatchLog {
    /// Opens the log for adding to it; without a path nothing is written.
    pub fn open(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path else { return Ok(Self(None)) };
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .with_context(|| format!("log file {}", path.display()))
            .map_err(Failure::unreachable)?;
        Ok(Self(Some(LogFile { path: path.to_owned(), file })))
    }

    /// A file that was taken in or passed over.
    pub fn file(&mut self, now: &str, report: &FileReport) -> io::Result<()> {
        let Some(file) = &mut self.0 else { return Ok(()) };
        if let Some(skipped) = &report.skipped {
            return file.line(format_args!("{now} skipped {}: taken in before as {}", report.name, skipped.name));
        }
        let counts = &report.counts;
        file.line(format_args!(
            "{now} imported {}: task {}, produced {}, new {}, changed {}, unchanged {}, older {}, rejected {}, \
             placeholders {}, remarks {}, {:.1} s",
            report.name,
            report.task,
            report.production_date,
            counts.created,
            counts.updated,
            counts.unchanged,
            counts.older,
            counts.rejected,
            counts.placeholders,
            counts.remarks,
            report.time.as_secs_f64(),
        ))
    }

    /// A file that was refused.
    pub fn refused(&mut self, now: &str, path: &Path, error: &ImportError) -> io::Result<()> {
        let Some(file) = &mut self.0 else { return Ok(()) };
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        file.line(format_args!("{now} refused {name}: {error}"))
    }

    /// What happened in a run of CPR Batch.
    pub fn event(&mut self, now: &str, event: &Event) -> io::Result<()> {
        if let Some(report) = &event.report {
            self.file(now, report)?;
        }
        let Some(file) = &mut self.0 else { return Ok(()) };
        file.line(format_args!("{now} {} {event}", event.kind.name()))
    }

    /// A line of its own.
    pub fn line(&mut self, now: &str, text: &str) -> io::Result<()> {
        match &mut self.0 {
            Some(file) => file.line(format_args!("{now} {text}")),
            None => Ok(()),
        }
    }
}
