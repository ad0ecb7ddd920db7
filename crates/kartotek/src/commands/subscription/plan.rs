use std::io::{self, Write};

use clap::Args;
use kartotek_register::ports::{OrderAction, SystemClock};
use kartotek_register::subscription::WishChange;
use kartotek_service::subscriptions::{Limits, PlanCounts, Planned, plan};
use serde_json::{Value, json};

use crate::cli::Global;
use crate::commands::case::open_existing;
use crate::exit::{Exit, Failure};
use crate::output::{self, count};

use super::{Shown, wish_code};

#[derive(Args)]
pub(super) struct Plan {
    #[command(flatten)]
    shown: Shown,
    /// List also those for whom nothing changes.
    #[arg(long)]
    all: bool,
}

impl Plan {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let config = global.config()?;
        let rules = config.subscription.rules()?;
        let limits = config.subscription.limits()?;
        let store = open_existing(&global.database(&config)?)?;
        let mut reader = store.reader()?;
        let mut persons = Vec::new();
        let mut failed = None;
        let mut out = io::BufWriter::new(io::stdout().lock());
        let counts = plan(reader.as_mut(), &SystemClock, &rules, &mut |planned| {
            if !self.all && planned.order().is_none() && planned.decision.wish == WishChange::Keep {
                return;
            }
            if global.json {
                persons.push(self.document(planned));
            } else if failed.is_none() {
                failed = self.line(&mut out, planned).err();
            }
        })?;
        if let Some(error) = failed {
            return Err(error.into());
        }
        if global.json {
            drop(out);
            output::json(&json!({ "counts": document(&counts, &limits), "persons": persons }))?;
        } else {
            print(&mut out, &counts, &limits)?;
            out.flush()?;
        }
        Ok(Exit::Done)
    }

    fn line(&self, out: &mut impl Write, planned: &Planned<'_>) -> io::Result<()> {
        let reason = &planned.decision.reason;
        writeln!(out, "{:<11}  {}  {reason}", action(planned), self.shown.key(&planned.facts.source_key))
    }

    fn document(&self, planned: &Planned<'_>) -> Value {
        json!({
            "person": self.shown.key(&planned.facts.source_key),
            "action": action(planned),
            "src_subscribed": wish_code(planned.facts.src_subscribed),
            "subscribed": planned.facts.wish.map(wish_code),
            "becomes": planned.decision.wish.apply(planned.facts.wish).map(wish_code),
            "reason": planned.decision.reason.to_string(),
        })
    }
}

fn action(planned: &Planned<'_>) -> &'static str {
    match (planned.order(), planned.decision.wish) {
        (Some(OrderAction::Subscribe), _) => "subscribe",
        (Some(OrderAction::Unsubscribe), _) => "unsubscribe",
        (None, WishChange::Clear) => "clear wish",
        (None, WishChange::Set(_)) => "wish",
        (None, WishChange::Keep) => "-",
    }
}

/// The counts for people.
pub(super) fn print(out: &mut impl Write, counts: &PlanCounts, limits: &Limits) -> io::Result<()> {
    writeln!(
        out,
        "{} persons, {} of them subscribed: {} to subscribe, {} to unsubscribe, {} wishes to clear; {} on their way to \
         CPR, {} blocked",
        count(counts.persons),
        count(counts.subscribed),
        count(counts.to_subscribe),
        count(counts.to_unsubscribe),
        count(counts.wishes_cleared),
        count(counts.pending),
        count(counts.blocked),
    )?;
    let allowed = limits.allowed(counts.subscribed);
    if counts.changes() > allowed {
        writeln!(
            out,
            "that is more than the {} changes that are made without being asked: `subscription apply` needs --confirm",
            count(allowed)
        )?;
    }
    Ok(())
}

/// The counts for machines.
pub(super) fn document(counts: &PlanCounts, limits: &Limits) -> Value {
    json!({
        "persons": counts.persons,
        "subscribed": counts.subscribed,
        "to_subscribe": counts.to_subscribe,
        "to_unsubscribe": counts.to_unsubscribe,
        "wishes_cleared": counts.wishes_cleared,
        "pending": counts.pending,
        "blocked": counts.blocked,
        "allowed": limits.allowed(counts.subscribed),
        "needs_confirm": counts.changes() > limits.allowed(counts.subscribed),
    })
}
