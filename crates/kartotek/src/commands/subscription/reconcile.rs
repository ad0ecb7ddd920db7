use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use kartotek_register::ports::SystemClock;
use kartotek_service::subscriptions::{Difference, Found, ReconcileCounts, SubscribedList, compare, repair};
use serde_json::{Value, json};

use crate::cli::Global;
use crate::commands::case::open_existing;
use crate::exit::{Exit, Failure};
use crate::output::{self, count};

use super::Shown;

#[derive(Args)]
pub(super) struct Reconcile {
    /// CPR's list, a number a line; - for the standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Position of the number in each line, from 1, for lists that hold more than numbers. Records 000 and 999 hold none.
    #[arg(long, value_name = "N")]
    position: Option<NonZeroUsize>,
    /// Set the register to what CPR says.
    #[arg(long)]
    apply: bool,
    /// Go on although more persons change than are changed without being asked.
    #[arg(long, requires = "apply")]
    confirm: bool,
    #[command(flatten)]
    shown: Shown,
}

impl Reconcile {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let config = global.config()?;
        let limits = config.subscription.limits()?;
        let list = SubscribedList::read(self.open()?, self.position.map(NonZeroUsize::get))?;
        for bad in list.bad_lines() {
            eprintln!("{}: line {}: expected {}", self.file.display(), bad.line, bad.expected);
        }
        let untold = list.bad_count() - list.bad_lines().len() as u64;
        if untold > 0 {
            eprintln!("... and {} more lines that cannot be read", count(untold));
        }
        if self.apply && list.bad_count() > 0 {
            return Err(Failure::refused(anyhow::anyhow!(
                "{} lines cannot be read; a person on one of them would count as not subscribed, so nothing was changed",
                count(list.bad_count())
            )));
        }
        if self.apply && list.count() == 0 {
            return Err(Failure::refused(anyhow::anyhow!("the list is empty, so nothing was changed")));
        }
        let mut store = open_existing(&global.database(&config)?)?;
        let mut persons = Vec::new();
        let mut failed = None;
        let mut out = BufWriter::new(io::stdout().lock());
        let mut counts = compare(store.as_ref(), &SystemClock, &list, &mut |found| {
            if global.json {
                persons.push(self.document(found));
            } else if failed.is_none() {
                let number = self.shown.number(found.number);
                failed = writeln!(out, "{:<8}  {number}  {}", word(found.difference), meaning(found.difference)).err();
            }
        })?;
        if let Some(error) = failed {
            return Err(error.into());
        }
        out.flush()?;
        let limits = (!self.confirm).then_some(&limits);
        // What would change is shown before it is refused.
        let refusal = limits.filter(|_| self.apply).and_then(|limits| counts.check(limits).err());
        let applied = self.apply && refusal.is_none();
        if applied {
            counts = repair(store.as_mut(), &SystemClock, &list, limits)?;
        }
        if global.json {
            drop(out);
            output::json(&json!({
                "counts": counts_document(&counts, &list),
                "persons": persons,
                "applied": applied,
            }))?;
        } else {
            print(&mut out, &counts, &list, applied)?;
            out.flush()?;
        }
        if let Some(refusal) = refusal {
            return Err(refusal.into());
        }
        let differs = counts.differences() > 0 && !self.apply;
        Ok(if differs || list.bad_count() > 0 { Exit::Rejected } else { Exit::Done })
    }

    fn open(&self) -> Result<Box<dyn BufRead>, Failure> {
        if self.file.as_os_str() == "-" {
            return Ok(Box::new(BufReader::new(io::stdin())));
        }
        let file = File::open(&self.file).with_context(|| self.file.display().to_string());
        Ok(Box::new(BufReader::new(file.map_err(Failure::unreachable)?)))
    }

    fn document(&self, found: &Found) -> Value {
        json!({ "person": self.shown.number(found.number), "difference": word(found.difference) })
    }
}

/// The counts for people.
fn print(out: &mut impl Write, counts: &ReconcileCounts, list: &SubscribedList, applied: bool) -> io::Result<()> {
    writeln!(
        out,
        "{} at CPR, {} here, {} in both; {} missing at CPR, {} surplus, {} unknown here; {} left out, on their way \
         to CPR",
        count(counts.at_cpr),
        count(counts.here),
        count(counts.same),
        count(counts.missing),
        count(counts.surplus),
        count(counts.unknown),
        count(counts.pending),
    )?;
    if list.repeated() > 0 {
        writeln!(out, "{} lines repeat a number", count(list.repeated()))?;
    }
    match (applied, counts.differences()) {
        (_, 0) => Ok(()),
        (true, _) => writeln!(
            out,
            "the register says what CPR says now; `kartotek subscription apply` subscribes and cancels by the rules"
        ),
        (false, _) => writeln!(out, "nothing was changed; --apply sets the register to what CPR says"),
    }
}

fn counts_document(counts: &ReconcileCounts, list: &SubscribedList) -> Value {
    json!({
        "at_cpr": counts.at_cpr,
        "here": counts.here,
        "same": counts.same,
        "missing": counts.missing,
        "surplus": counts.surplus,
        "unknown": counts.unknown,
        "pending": counts.pending,
        "repeated_lines": list.repeated(),
        "bad_lines": list.bad_lines().iter().map(|bad| bad.line).collect::<Vec<_>>(),
        "bad_line_count": list.bad_count(),
    })
}

fn word(difference: Difference) -> &'static str {
    match difference {
        Difference::Missing => "missing",
        Difference::Surplus => "surplus",
        Difference::Unknown => "unknown",
    }
}

fn meaning(difference: Difference) -> &'static str {
    match difference {
        Difference::Missing => "subscribed here and not at CPR",
        Difference::Surplus => "subscribed at CPR and not here",
        Difference::Unknown => "subscribed at CPR, and not in the register",
    }
}
