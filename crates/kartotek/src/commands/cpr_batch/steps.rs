//! `get`, `import`, `send` and `run`.

use std::cell::RefCell;
use std::io::Write as _;

use anyhow::anyhow;
use clap::Args;
use kartotek_register::ports::{Lease, SystemClock};
use kartotek_service::cpr_batch::{
    Batch, BatchError, Connector, Event, Got, Outgoing, Sending, Sent, Taken, TransferError, Which,
};
use kartotek_service::cpr_extract::ExtractImport;
use kartotek_service::subscriptions::settle;
use serde_json::{Value, json};

use crate::cli::Global;
use crate::exit::{Exit, Failure};
use crate::output::{self, count};
use crate::progress;

use super::failure::exit_of;
use super::report::Report;
use super::session::{Plain, Session};

#[derive(Args)]
struct Files {
    /// These files.
    #[arg(value_name = "FILE", required_unless_present = "all", conflicts_with = "all")]
    files: Vec<String>,
    /// All that the pattern takes.
    #[arg(long)]
    all: bool,
}

impl Files {
    fn which(&self) -> Which {
        if self.all { Which::All } else { Which::Named(self.files.clone()) }
    }
}

#[derive(Args)]
pub(super) struct Get {
    #[command(flatten)]
    files: Files,
    #[command(flatten)]
    plain: Plain,
}

#[derive(Args)]
pub(super) struct Import {
    #[command(flatten)]
    files: Files,
}

#[derive(Args)]
pub(super) struct Send {
    /// Send also what was never tried on its day, under the name of the next one; only if nobody else has sent it.
    #[arg(long)]
    late: bool,
    #[command(flatten)]
    plain: Plain,
}

#[derive(Args)]
pub(super) struct Run {
    #[command(flatten)]
    plain: Plain,
}

impl Get {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        Steps { send: None, get: Some(self.files.which()), import: None, night: false }.run(global, Some(self.plain))
    }
}

impl Import {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        Steps { send: None, get: None, import: Some(self.files.which()), night: false }.run(global, None)
    }
}

impl Send {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        Steps { send: Some(self.late), get: None, import: None, night: false }.run(global, Some(self.plain))
    }
}

impl Run {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let (get, import) = (Some(Which::All), Some(Which::All));
        Steps { send: Some(false), get, import, night: true }.run(global, Some(self.plain))
    }
}

/// What a command does, in this order.
struct Steps {
    /// Subscription files; with what was never tried on its day, or without.
    send: Option<bool>,
    get: Option<Which>,
    import: Option<Which>,
    /// All that belongs to a night besides: orders are settled, and old files removed where the operator wants that. Nothing
    /// to send is no error then.
    night: bool,
}

/// What the steps did.
#[derive(Default)]
struct Done {
    sent: Option<Sent>,
    got: Option<Got>,
    taken: Option<Taken>,
    removed: u64,
    /// Of a step that failed, and kept nothing else from being done.
    failed: Exit,
}

/// What the steps work with, and what they have done.
struct Work<'a> {
    session: &'a mut Session,
    lease: &'a mut dyn Lease,
    /// How files are taken in, once the configuration has been read.
    import: ExtractImport,
    report: RefCell<Report>,
    bar: progress::Bar,
    done: Done,
}

impl Steps {
    fn run(&self, global: &Global, plain: Option<Plain>) -> Result<Exit, Failure> {
        let (mut session, mut lease) = Session::alone(global)?;
        let report = RefCell::new(Report::open(&session.config, &session.url, global.json)?);
        let (bar, done) = (progress::Bar::new(global.json), Done::default());
        let import = ExtractImport::default();
        let mut work = Work { session: &mut session, lease: lease.as_mut(), import, report, bar, done };
        let ended = self.take(&mut work, plain);
        work.bar.finish();
        let (mut report, done) = (work.report.into_inner(), work.done);
        // Whoever reads the log sees that there was a run, and how it ended.
        let mut exit = done.exit().max(if report.has_rejected { Exit::Rejected } else { Exit::Done });
        if let Err(failure) = &ended {
            report.tell(&Event::stopped(format!("{:#}", failure.error)));
            exit = exit.max(failure.exit);
        }
        report.ended(exit);
        let (events, unheard) = report.finish();
        done.tell(global, &events)?;
        ended.map_err(|failure| Failure { exit, ..failure })?;
        unheard.map_or(Ok(exit), |error| Err(error.into()))
    }

    /// Does one step after the other.
    fn take(&self, work: &mut Work<'_>, plain: Option<Plain>) -> Result<(), Failure> {
        work.import = work.session.import()?;
        if let (Some(plain), Some(late)) = (plain, self.send) {
            let sent = self.outgoing(work.session, plain, late).and_then(|outgoing| {
                outgoing.map(|(outgoing, mut server)| work.send(&mut server, &outgoing)).transpose()
            });
            work.done.sent = self.passed(work, "no subscription files are sent", sent)?.flatten();
            work.tell_stopped(work.done.sent.as_ref().and_then(|sent| sent.stopped.as_ref()));
        }
        if let (Some(plain), Some(which)) = (plain, &self.get) {
            let server = work.session.server(plain);
            let got = server.and_then(|mut server| work.batch(|batch, _| batch.get(&mut server, which)));
            work.done.got = self.passed(work, "fetching stopped", got)?;
            work.tell_stopped(work.done.got.as_ref().and_then(|got| got.stopped.as_ref()));
        }
        if let Some(which) = &self.import {
            let taken = work.batch(|batch, bar| batch.import(which, &mut |at| bar.show(at)));
            work.done.taken = self.passed(work, "importing stopped", taken)?;
        }
        if self.night {
            if work.session.settings.keep_days.is_some() {
                let removed = work.batch(|batch, _| batch.remove_old());
                work.done.removed = self.passed(work, "old files are not removed", removed)?.unwrap_or_default();
            }
            settle(work.session.store.as_mut(), &SystemClock)?;
        }
        Ok(())
    }

    /// What came of a step. Nobody is there in the night, so a step that fails then is told, and keeps no other from being
    /// done, unless another run is at work by now.
    fn passed<T>(&self, work: &mut Work<'_>, what: &str, step: Result<T, Failure>) -> Result<Option<T>, Failure> {
        match step {
            Ok(done) => Ok(Some(done)),
            Err(failure) if self.night => {
                work.tell(&Event::stopped(format!("{what}: {:#}", failure.error)));
                work.done.failed = work.done.failed.max(failure.exit);
                work.lease.check()?;
                Ok(None)
            }
            Err(failure) => Err(failure),
        }
    }

    /// Where subscription files are, and the server's directory for them.
    fn outgoing(
        &self,
        session: &Session,
        plain: Plain,
        late: bool,
    ) -> Result<Option<(Outgoing, Connector<'static>)>, Failure> {
        match session.upload_server(plain)? {
            Some(server) => Ok(Some((session.outgoing(late)?, server))),
            None if self.night => Ok(None),
            None => Err(Failure::refused(anyhow!(
                "Upload Directory is not set, so CPR has no place for subscription files; `kartotek cpr-batch set \"Upload \
                 Directory=...\"`"
            ))),
        }
    }
}

impl Work<'_> {
    fn tell(&self, event: &Event) {
        self.bar.aside(|| self.report.borrow_mut().tell(event));
    }

    fn tell_stopped(&self, error: Option<&TransferError>) {
        if let Some(error) = error {
            self.tell(&Event::stopped(format!("the file server: {error}")));
        }
    }

    fn send(&mut self, server: &mut Connector<'_>, outgoing: &Outgoing) -> Result<Sent, Failure> {
        let Self { session, lease, import, report, bar, .. } = self;
        let mut tell = |event| bar.aside(|| report.borrow_mut().tell(&event));
        let (store, settings) = (session.store.as_mut(), &session.settings);
        let mut sending = Sending::new(store, &SystemClock, settings, import, *lease, &mut tell);
        let sent = sending.send(server, outgoing);
        sent.map_err(|error| match Failure::from(error) {
            Failure { exit, error } if !outgoing.folder.is_dir() => {
                let what = "subscription.folder is no folder; make it, or name another one in the configuration file";
                Failure { exit, error: error.context(what) }
            }
            failure => failure,
        })
    }

    fn batch<T>(
        &mut self,
        step: impl FnOnce(&mut Batch<'_>, &progress::Bar) -> Result<T, BatchError>,
    ) -> Result<T, Failure> {
        let Self { session, lease, import, report, bar, .. } = self;
        let mut tell = |event| bar.aside(|| report.borrow_mut().tell(&event));
        let (store, settings) = (session.store.as_mut(), &session.settings);
        let mut batch = Batch::new(store, &SystemClock, settings, import, *lease, &mut tell)?;
        Ok(step(&mut batch, bar)?)
    }
}

impl Done {
    fn exit(&self) -> Exit {
        let stopped = [
            self.sent.as_ref().and_then(|sent| sent.stopped.as_ref()),
            self.got.as_ref().and_then(|got| got.stopped.as_ref()),
        ];
        let stopped = stopped.into_iter().flatten().map(exit_of).max().unwrap_or_default();
        let troubles = self.sent.as_ref().map_or(0, |sent| sent.failed)
            + self.got.as_ref().map_or(0, |got| got.failed + got.refused)
            + self.taken.as_ref().map_or(0, |taken| taken.refused + taken.waiting);
        stopped.max(self.failed).max(if troubles > 0 { Exit::Rejected } else { Exit::Done })
    }

    fn tell(&self, global: &Global, events: &Value) -> Result<(), Failure> {
        let problem = |stopped: &Option<TransferError>| stopped.as_ref().map(ToString::to_string);
        if global.json {
            return Ok(output::json(&json!({
                "sent": self.sent.as_ref().map(|sent| json!({
                    "files": sent.sent, "failed": sent.failed, "problem": problem(&sent.stopped),
                })),
                "got": self.got.as_ref().map(|got| json!({
                    "files": got.fetched, "refused": got.refused, "failed": got.failed, "problem": problem(&got.stopped),
                })),
                "imported": self.taken.as_ref().map(|taken| json!({
                    "files": taken.imported,
                    "double": taken.double,
                    "refused": taken.refused,
                    "waiting": taken.waiting,
                    "stopped_tasks": taken.stopped,
                    "persons": output::persons(&taken.counts),
                })),
                "removed": self.removed,
                "events": events,
            }))?);
        }
        let mut out = std::io::stdout().lock();
        if let Some(sent) = &self.sent {
            writeln!(out, "sent {} subscription files, {} not sent", count(sent.sent), count(sent.failed))?;
        }
        if let Some(got) = &self.got {
            let (fetched, refused, failed) = (count(got.fetched), count(got.refused), count(got.failed));
            writeln!(out, "fetched {fetched} files, {refused} refused, {failed} not fetched")?;
        }
        if let Some(taken) = &self.taken {
            let (imported, double) = (count(taken.imported), count(taken.double));
            let (refused, waiting) = (count(taken.refused), count(taken.waiting));
            writeln!(out, "imported {imported} files, {double} double, {refused} refused, {waiting} waiting")?;
        }
        Ok(())
    }
}
