//! `kartotek import cpr FILE...`

pub mod summary;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use kartotek_register::import::ForceUpdate;
use kartotek_register::ports::{Clock, Lease, Store, SystemClock};
use kartotek_service::cpr_extract::{Accept, ExtractImport, FileReport, ImportError};
use kartotek_service::external_sources::CprSource;
use kartotek_store::DatabaseUrl;
use serde_json::{Value, json};

use crate::batch_log::BatchLog;
use crate::cli::Global;
use crate::commands::subscription::direkte;
use crate::config::{Config, YesNo, record_set};
use crate::exit::{Exit, Failure};
use crate::output;
use crate::{plan, progress, register};

/// Take files of a base register in.
#[derive(Args)]
pub struct Import {
    #[command(subcommand)]
    source: Source,
}

#[derive(Subcommand)]
enum Source {
    /// Extracts of CPR, U12170-P.
    Cpr(ImportCpr),
}

#[derive(Args)]
struct ImportCpr {
    /// The files, in the order in which they shall be taken in.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print what would change, field by field, and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// J: an address that was changed by hand gives way to the delivered one; N: it stays.
    #[arg(long, value_name = "J|N")]
    force_update: Option<YesNo>,
    /// Take a file in although its frame says otherwise.
    #[arg(long, value_delimiter = ',', value_name = "CHECKS")]
    accept: Vec<Check>,
    /// Take a file in again that was taken in before, for example after a change of settings.
    #[arg(long)]
    again: bool,
    /// Record types that the task delivers, for example 001,002,003,004,008; all when not given.
    #[arg(long, value_delimiter = ',', value_name = "TYPES")]
    delivers: Vec<String>,
    /// Task number that is expected in the files.
    #[arg(long, value_name = "NNNNNN")]
    task: Vec<String>,
    /// Map also what the guide leaves unmapped (docs/MAPPING.md).
    #[arg(long)]
    extended: bool,
}

/// A check of the frame that can be waived.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Check {
    /// Record 999 states another number of records than there are.
    Count,
    /// A delivery of the task is missing before this one.
    Chain,
    /// The file is of another task than expected.
    Task,
}

impl Import {
    /// Runs the command.
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let Source::Cpr(command) = &self.source;
        command.run(global)
    }
}

impl ImportCpr {
    fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let config = global.config()?;
        let mut import = self.settings(&config)?;
        let url = global.database(&config)?;
        let mut store = Lazy::open(url, self.dry_run)?;
        if self.force_update.is_none() && config.cpr.force_update.is_none() {
            import.options.force_update = store.force_update()?;
        }
        let clock = SystemClock;
        let mut log = BatchLog::open(config.log.cprbatch.as_deref().filter(|_| !self.dry_run))?;

        let mut exit = Exit::Done;
        let mut documents = Vec::new();
        for path in &self.files {
            let progress = progress::Bar::new(global.json);
            let mut plan = plan::Plan::new(self.dry_run, global.json);
            let outcome = match import.check(path, &mut |at| progress.show(at)) {
                Ok(checked) => {
                    import.take_in(store.get()?, &checked, &clock, &mut |at| progress.show(at), &mut |planned| {
                        plan.contact(&planned);
                    })
                }
                Err(error) => Err(error),
            };
            progress.finish();
            match outcome {
                Ok(report) => {
                    log.file(&clock.now_text(), &report)?;
                    if global.json {
                        documents.push(summary::json(&report, plan.into_json()));
                    } else {
                        plan.finish()?;
                        summary::print(&report, self.dry_run)?;
                    }
                    exit = exit.max(of_report(&report));
                }
                Err(error) => {
                    log.refused(&clock.now_text(), path, &error)?;
                    let failed = if error.is_refusal() { Exit::Refused } else { Exit::Unreachable };
                    exit = exit.max(failed);
                    if global.json {
                        documents.push(refusal(path, &error));
                    } else {
                        eprintln!("error: {}: {error}", path.display());
                    }
                    // The next file may follow this one in the chain, so it must not get ahead of it.
                    if self.files.len() > 1 {
                        eprintln!("the files after it were not taken in");
                    }
                    break;
                }
            }
        }
        if global.json {
            output::json(&Value::Array(documents))?;
        }
        Ok(exit)
    }

    fn settings(&self, config: &Config) -> Result<ExtractImport, Failure> {
        let mut mapping = config.mapping()?;
        mapping.extended |= self.extended;
        if !self.delivers.is_empty() {
            mapping.delivers = record_set("--delivers", &self.delivers)?;
        }
        let mut options = config.import();
        if let Some(force_update) = self.force_update {
            options.force_update = force_update.into();
        }
        Ok(ExtractImport {
            mapping,
            options,
            accept: Accept {
                count: self.accept.contains(&Check::Count),
                chain: self.accept.contains(&Check::Chain),
                task: self.accept.contains(&Check::Task),
            },
            tasks: if self.task.is_empty() { config.cpr.tasks.clone() } else { self.task.clone() },
            customer: config.subscription.customer(direkte::customer(config))?,
            again: self.again,
            tell_again: false,
            dry_run: self.dry_run,
            list_persons: false,
        })
    }
}

/// A register that is opened at once when it exists, so that nobody waits for a long file to hear that it cannot be
/// reached; and made only once there is a file to take in.
struct Lazy {
    url: DatabaseUrl,
    dry_run: bool,
    store: Option<Box<dyn Store>>,
    /// Two imports at a time would go on with each other's deliveries.
    lease: Option<Box<dyn Lease>>,
}

impl Lazy {
    fn open(url: DatabaseUrl, dry_run: bool) -> Result<Self, Failure> {
        let is_new = matches!(&url, DatabaseUrl::Sqlite(path) if !path.exists());
        let mut lazy = Self { url, dry_run, store: None, lease: None };
        if !is_new {
            lazy.get()?;
        }
        Ok(lazy)
    }

    /// What the external source `CPR` of the register says (F23, F119).
    fn force_update(&self) -> Result<ForceUpdate, Failure> {
        let Some(store) = &self.store else { return Ok(ForceUpdate::default()) };
        Ok(CprSource::load(store.reader()?.as_mut())?.force_update)
    }

    fn get(&mut self) -> Result<&mut dyn Store, Failure> {
        let mut store = match self.store.take() {
            Some(store) => store,
            None => self.make()?,
        };
        match &mut self.lease {
            // It may have been lost while a file was checked.
            Some(lease) => lease.check()?,
            None if self.dry_run => {}
            None => self.lease = Some(register::lease(store.as_mut())?),
        }
        Ok(self.store.insert(store).as_mut())
    }

    /// A dry run does not make the file of a register that does not exist yet.
    fn make(&self) -> Result<Box<dyn Store>, Failure> {
        if self.dry_run { register::or_empty(&self.url) } else { Ok(kartotek_store::open(&self.url)?) }
    }
}

fn of_report(report: &FileReport) -> Exit {
    let has_rejected = report.counts.rejected > 0 || report.orders_refused > 0;
    if has_rejected && report.skipped.is_none() { Exit::Rejected } else { Exit::Done }
}

fn refusal(path: &std::path::Path, error: &ImportError) -> Value {
    json!({
        "file": path.file_name().unwrap_or_default().to_string_lossy(),
        "state": "refused",
        "error": error.to_string(),
    })
}
