use std::io::{self, Write};

use clap::{Args, ValueEnum};
use kartotek_formats::subscription_file::SubscriptionFileName;
use kartotek_register::contact::SourceId;
use kartotek_register::ports::{OrderState, Store, SystemClock};
use kartotek_service::subscriptions::{
    DirekteReport, FileSettings, FilesReport, FolderOutbox, PlanCounts, Settled, WrittenFile, apply_direkte,
    apply_files, check_wishes, finish_direkte, finish_files, set_wishes, settle,
};
use serde_json::{Value, json};

use crate::cli::Global;
use crate::commands::case::open_existing;
use crate::config::Config;
use crate::exit::{Exit, Failure};
use crate::output::{self, count};

use super::{Shown, direkte};

#[derive(Args)]
pub(super) struct Apply {
    /// How CPR is told [default: direkte when CPR Direkte is configured, else files].
    #[arg(long, value_enum)]
    channel: Option<Channel>,
    /// Go on although more persons change than are changed without being asked.
    #[arg(long)]
    confirm: bool,
    /// Bring the wishes that are there to CPR, and do not ask the rules for new ones.
    #[arg(long)]
    wishes_only: bool,
    #[command(flatten)]
    shown: Shown,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Channel {
    /// Subscription files into the folder, for the next run of CPR.
    Files,
    /// CPR Direkte, at once.
    Direkte,
}

/// What was done.
enum Applied {
    Files(FilesReport),
    Direkte(DirekteReport),
}

impl Apply {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let config = global.config()?;
        let rules = config.subscription.rules()?;
        let limits = config.subscription.limits()?;
        let mut direkte = match self.channel {
            Some(Channel::Files) => None,
            Some(Channel::Direkte) => Some(direkte::connect(global, &config)?.ok_or_else(|| {
                Failure::refused(anyhow::anyhow!("CPR Direkte is not configured; use --channel files"))
            })?),
            None => direkte::connect(global, &config)?,
        };
        let mut store = open_existing(&global.database(&config)?)?;
        let mut files = files(&config, store.as_ref(), direkte.is_some())?;
        let settled = settle(store.as_mut(), &SystemClock)?;
        // What was planned or asked before is finished whatever the rules and the limits say now.
        let finished = match &mut files {
            Some((outbox, settings)) => finish_files(store.as_mut(), &SystemClock, settings, outbox)?,
            None => Vec::new(),
        };
        for file in &finished {
            eprintln!("{} was planned by a call that was cut off, and is written now", file.name);
        }
        let mut asked_again = DirekteReport::default();
        if let Some(direkte) = &mut direkte {
            asked_again = finish_direkte(store.as_mut(), &SystemClock, direkte.as_mut(), direkte::BATCH)?;
            if asked_again != DirekteReport::default() {
                eprintln!("{} persons were asked about before, without an answer", count(asked_again.persons()));
            }
        }
        let limits = (!self.confirm).then_some(&limits);
        let counts = if self.wishes_only {
            if let Some(limits) = limits {
                check_wishes(store.reader()?.as_mut(), &SystemClock, limits)?;
            }
            PlanCounts::default()
        } else {
            set_wishes(store.as_mut(), &SystemClock, &rules, limits)?
        };
        let store = store.as_mut();
        let applied = match (direkte, files) {
            (Some(mut direkte), _) => {
                let direkte = direkte.as_mut();
                Applied::Direkte(apply_direkte(store, &SystemClock, &rules, direkte, direkte::BATCH, asked_again)?)
            }
            (None, Some((mut outbox, settings))) => {
                Applied::Files(apply_files(store, &SystemClock, &rules, &settings, &mut outbox)?)
            }
            (None, None) => Applied::Files(FilesReport::default()),
        };
        self.report(global, &settled, &counts, finished, applied)
    }

    fn report(
        &self,
        global: &Global,
        settled: &Settled,
        counts: &PlanCounts,
        finished: Vec<WrittenFile>,
        applied: Applied,
    ) -> Result<Exit, Failure> {
        let exit = match &applied {
            Applied::Direkte(DirekteReport { stopped: Some(stop), .. }) if stop.needs_somebody => Exit::Refused,
            Applied::Direkte(DirekteReport { stopped: Some(_), .. }) => Exit::Unreachable,
            Applied::Direkte(report) if report.has_rejected() => Exit::Rejected,
            Applied::Files(report) if report.unreadable > 0 => Exit::Rejected,
            _ if settled.given_up > 0 => Exit::Rejected,
            _ => Exit::Done,
        };
        let applied = match applied {
            Applied::Files(mut report) => {
                report.files.splice(0..0, finished);
                Applied::Files(report)
            }
            direkte @ Applied::Direkte(_) => direkte,
        };
        if global.json {
            output::json(&json!({
                "settled": {
                    "subscribed": settled.subscribed,
                    "unsubscribed": settled.unsubscribed,
                    "given_up": settled.given_up,
                },
                "wishes": { "J": counts.wishes_j, "N": counts.wishes_n, "cleared": counts.wishes_cleared },
                "applied": self.document(&applied),
            }))?;
        } else {
            let mut out = io::stdout().lock();
            settled_lines(&mut out, settled)?;
            match &applied {
                Applied::Files(report) => files_lines(&mut out, report)?,
                Applied::Direkte(report) => self.direkte_lines(&mut out, report)?,
            }
        }
        Ok(exit)
    }

    fn direkte_lines(&self, out: &mut impl Write, report: &DirekteReport) -> io::Result<()> {
        for refusal in &report.refused {
            writeln!(
                out,
                "{}  {} refused: error {}, {}",
                self.shown.number(refusal.number),
                refusal.action.code(),
                refusal.error,
                refusal.error.explain().cause_en
            )?;
        }
        for (number, reason) in &report.unusable {
            writeln!(out, "{}  the answer cannot be used: {reason}", self.shown.number(*number))?;
        }
        writeln!(
            out,
            "{} subscribed and fetched, {} unsubscribed, {} refused, {} wishes cleared",
            count(report.subscribed),
            count(report.unsubscribed),
            count(report.refused.len() as u64),
            count(report.cleared),
        )?;
        if let Some(stopped) = &report.stopped {
            let left = count(report.left);
            writeln!(out, "stopped with {left} persons left for the next call: {}", stopped.reason)?;
        }
        Ok(())
    }

    fn document(&self, applied: &Applied) -> Value {
        match applied {
            Applied::Files(report) => json!({
                "channel": "files",
                "files": report.files.iter().map(file_document).collect::<Vec<_>>(),
                "cleared": report.cleared,
                "unreadable": report.unreadable,
            }),
            Applied::Direkte(report) => json!({
                "channel": "direkte",
                "subscribed": report.subscribed,
                "unsubscribed": report.unsubscribed,
                "refused": report.refused.iter().map(|refusal| json!({
                    "person": self.shown.number(refusal.number),
                    "action": refusal.action.code(),
                    "error": refusal.error.to_string(),
                })).collect::<Vec<_>>(),
                "cleared": report.cleared,
                "unreadable": report.unreadable,
                "unusable": report.unusable.iter().map(|(number, reason)| json!({
                    "person": self.shown.number(*number),
                    "problem": reason,
                })).collect::<Vec<_>>(),
                "left": report.left,
                "stopped": report.stopped.as_ref().map(|stop| &stop.reason),
            }),
        }
    }
}

/// Where files are put, and how they are made; `None` when none is to be written. With CPR Direkte that is so unless a call
/// before planned one, which nobody else would finish.
fn files(
    config: &Config,
    store: &dyn Store,
    by_direkte: bool,
) -> Result<Option<(FolderOutbox, FileSettings)>, Failure> {
    if by_direkte && store.reader()?.orders(SourceId::CPR, Some(OrderState::Planned), 1)?.is_empty() {
        return Ok(None);
    }
    let (folder, settings) = config.subscription.files(direkte::customer(config)).map_err(|failure| {
        let context = "a subscription file is planned and not written";
        if by_direkte { Failure { error: failure.error.context(context), ..failure } } else { failure }
    })?;
    Ok(Some((FolderOutbox::new(folder), settings)))
}

fn settled_lines(out: &mut impl Write, settled: &Settled) -> io::Result<()> {
    if *settled == Settled::default() {
        return Ok(());
    }
    writeln!(
        out,
        "settled: {} subscriptions whose data have come, {} cancellations; {} given up without data",
        count(settled.subscribed),
        count(settled.unsubscribed),
        count(settled.given_up),
    )
}

fn files_lines(out: &mut impl Write, report: &FilesReport) -> io::Result<()> {
    for file in &report.files {
        let day = SubscriptionFileName::parse(&file.name).map(|name| name.process_date().to_string());
        writeln!(
            out,
            "{}: {} to subscribe, {} to unsubscribe, for CPR's run of {}",
            file.name,
            count(file.subscribe),
            count(file.unsubscribe),
            day.unwrap_or_default(),
        )?;
    }
    if report.files.is_empty() {
        writeln!(out, "nothing to send")?;
    }
    if report.cleared > 0 {
        writeln!(out, "{} wishes cleared, which were fulfilled or blocked", count(report.cleared))?;
    }
    if report.unreadable > 0 {
        writeln!(out, "{} wishes are left: their contacts have no CPR number", count(report.unreadable))?;
    }
    Ok(())
}

fn file_document(file: &WrittenFile) -> Value {
    json!({
        "name": file.name,
        "process_date": file.process_date.map(|date| date.to_string()),
        "subscribe": file.subscribe,
        "unsubscribe": file.unsubscribe,
        "resumed": file.resumed,
    })
}
