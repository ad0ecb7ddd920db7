//! `get`, `import`, `send` and `run`.

use std::cell::RefCell;
use std::io::Write as _;

use anyhow::anyhow;
use clap::Args;
use kartotek_register::ports::{Lease, SystemClock};
use kartotek_service::cpr_batch::{Batch, Connector, Event, Got, Outgoing, Sent, Taken, TransferError, Which};
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

impl Steps {
    fn run(&self, global: &Global, plain: Option<Plain>) -> Result<Exit, Failure> {
        let (mut session, mut lease) = Session::alone(global)?;
        let mut report = Report::open(&session.config, &session.url, global.json)?;
        let done = self.take(&mut session, lease.as_mut(), plain, &mut report, global);
        // Whoever reads the log sees that there was a run, and how it ended.
        let exit = match &done {
            Ok(done) => done.exit().max(if report.has_rejected { Exit::Rejected } else { Exit::Done }),
            Err(failure) => {
                report.tell(&Event::stopped(format!("{:#}", failure.error)));
                failure.exit
            }
        };
        report.ended(exit);
        let events = report.finish()?;
        match done {
            Ok(done) => done.tell(global, &events)?,
            Err(failure) => {
                if global.json {
                    Done::default().tell(global, &events)?;
                }
                return Err(failure);
            }
        }
        Ok(exit)
    }

    fn take(
        &self,
        session: &mut Session,
        lease: &mut dyn Lease,
        plain: Option<Plain>,
        report: &mut Report,
        global: &Global,
    ) -> Result<Done, Failure> {
        let import = session.import()?;
        let mut server = match (plain, &self.get) {
            (Some(plain), Some(_)) => Some(session.server(plain)?),
            _ => None,
        };
        let outgoing = match (plain, self.send) {
            (Some(plain), Some(late)) => self.outgoing(session, plain, late),
            _ => Ok(None),
        };
        let bar = progress::Bar::new(global.json);
        let mut done = Done::default();
        {
            let report = RefCell::new(&mut *report);
            let mut tell = |event| bar.aside(|| report.borrow_mut().tell(&event));
            let stopped = |error: &TransferError| {
                bar.aside(|| report.borrow_mut().tell(&Event::stopped(format!("the file server: {error}"))));
            };
            let settings = &session.settings;
            let mut batch = Batch::new(session.store.as_mut(), &SystemClock, settings, &import, lease, &mut tell)?;
            // What cannot be sent keeps nothing from being fetched and imported.
            let sent = outgoing.and_then(|outgoing| {
                let sent = outgoing.map(|(outgoing, mut server)| batch.send(&mut server, &outgoing));
                Ok(sent.transpose()?)
            });
            match sent {
                Ok(sent) => done.sent = sent,
                Err(failure) if self.night => {
                    let text = format!("no subscription files are sent: {:#}", failure.error);
                    bar.aside(|| report.borrow_mut().tell(&Event::stopped(text)));
                    done.failed = failure.exit;
                }
                Err(failure) => return Err(failure),
            }
            done.sent.iter().filter_map(|sent| sent.stopped.as_ref()).for_each(stopped);
            if let (Some(which), Some(server)) = (&self.get, &mut server) {
                done.got = Some(batch.get(server, which)?);
            }
            done.got.iter().filter_map(|got| got.stopped.as_ref()).for_each(stopped);
            if let Some(which) = &self.import {
                done.taken = Some(batch.import(which, &mut |at| bar.show(at))?);
            }
            if self.night {
                done.removed = batch.remove_old()?;
            }
        }
        bar.finish();
        if self.night {
            settle(session.store.as_mut(), &SystemClock)?;
        }
        Ok(done)
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
