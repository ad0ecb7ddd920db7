//! `get`, `import`, `send` and `run`.

use std::io::Write as _;

use anyhow::anyhow;
use clap::Args;
use kartotek_register::ports::SystemClock;
use kartotek_service::cpr_batch::{Batch, Got, Outgoing, Sent, Taken, Which};
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
}

impl Steps {
    fn run(&self, global: &Global, plain: Option<Plain>) -> Result<Exit, Failure> {
        let mut session = Session::open(global)?;
        let import = session.import()?;
        let mut server = match (plain, &self.get) {
            (Some(plain), Some(_)) => Some(session.server(plain)?),
            _ => None,
        };
        let mut outgoing = match (plain, self.send) {
            (Some(plain), Some(late)) => self.outgoing(&session, plain, late)?,
            _ => None,
        };
        let mut lease = session.lease()?;
        let mut report = Report::open(&session.config, &session.url, global.json)?;
        let bar = progress::Bar::new(global.json);
        let mut done = Done::default();
        {
            let mut tell = |event| bar.aside(|| report.tell(event));
            let settings = &session.settings;
            let mut batch =
                Batch::new(session.store.as_mut(), &SystemClock, settings, &import, lease.as_mut(), &mut tell)?;
            if let Some((outgoing, server)) = &mut outgoing {
                done.sent = Some(batch.send(server, outgoing)?);
            }
            if let (Some(which), Some(server)) = (&self.get, &mut server) {
                done.got = Some(batch.get(server, which)?);
            }
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
        let exit = done.exit().max(if report.has_rejected { Exit::Rejected } else { Exit::Done });
        let events = report.finish()?;
        done.tell(global, events)?;
        Ok(exit)
    }

    /// Where subscription files are, and the server's directory for them.
    fn outgoing(
        &self,
        session: &Session,
        plain: Plain,
        late: bool,
    ) -> Result<Option<(Outgoing, kartotek_service::cpr_batch::Connector<'static>)>, Failure> {
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
        stopped.max(if troubles > 0 { Exit::Rejected } else { Exit::Done })
    }

    fn tell(&self, global: &Global, events: Value) -> Result<(), Failure> {
        let problem =
            |stopped: &Option<kartotek_service::cpr_batch::TransferError>| stopped.as_ref().map(ToString::to_string);
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
        for problem in [
            self.sent.as_ref().and_then(|sent| problem(&sent.stopped)),
            self.got.as_ref().and_then(|got| problem(&got.stopped)),
        ] {
            if let Some(problem) = problem {
                eprintln!("error: the file server: {problem}");
            }
        }
        Ok(())
    }
}
