use std::io::{self, Write};

use clap::{Args, ValueEnum};
use kartotek_register::contact::SourceId;
use kartotek_register::ports::{OrderState, Reader, SystemClock};
use kartotek_service::subscriptions::plan;
use serde_json::{Value, json};

use crate::cli::Global;
use crate::commands::case::open_existing;
use crate::exit::{Exit, Failure};
use crate::output::{self, count};

use super::{Shown, wish_code};

#[derive(Args)]
pub(super) struct List {
    /// Whom to list; only counts are printed when not given.
    #[arg(value_enum)]
    which: Option<Which>,
    #[command(flatten)]
    shown: Shown,
    /// At most so many.
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    limit: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Which {
    /// Subscribed at CPR.
    Subscribed,
    /// With a wish that has not been ordered.
    Wished,
    /// Ordered, and not answered by CPR.
    Pending,
    /// Ordered, and refused by CPR.
    Refused,
    /// On the block list.
    Blocked,
}

#[derive(Default)]
struct Counts {
    subscribed: u64,
    wished_j: u64,
    wished_n: u64,
    pending: u64,
    blocked: u64,
}

/// A line: the person, and what is to be said.
struct Row {
    person: String,
    words: String,
    document: Value,
}

impl List {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let config = global.config()?;
        let rules = config.subscription.rules()?;
        let store = open_existing(&global.database(&config)?)?;
        let mut reader = store.reader()?;
        let mut counts = Counts::default();
        let mut rows = Vec::new();
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        plan(reader.as_mut(), &SystemClock, &rules, &mut |planned| {
            let facts = planned.facts;
            counts.subscribed += u64::from(facts.src_subscribed);
            counts.wished_j += u64::from(facts.wish == Some(true));
            counts.wished_n += u64::from(facts.wish == Some(false));
            counts.pending += u64::from(facts.pending.is_some());
            let words = match (self.which, facts.wish) {
                (Some(Which::Subscribed), _) if facts.src_subscribed => planned.decision.reason.to_string(),
                (Some(Which::Wished), Some(wish)) if facts.pending.is_none() => {
                    format!("{}  {}", wish_code(wish), planned.decision.reason)
                }
                _ => return,
            };
            if rows.len() < limit {
                let person = self.shown.key(&facts.source_key);
                let document = json!({
                    "person": person,
                    "src_subscribed": wish_code(facts.src_subscribed),
                    "subscribed": facts.wish.map(wish_code),
                    "updated_at": facts.updated_at,
                    "open_cases": facts.open_cases.len(),
                    "reason": planned.decision.reason.to_string(),
                });
                rows.push(Row { person, words, document });
            }
        })?;
        counts.blocked = reader.blocks(SourceId::CPR)?.len() as u64;
        match self.which {
            Some(Which::Pending) => {
                rows = self.orders(reader.as_mut(), OrderState::Planned)?;
                rows.extend(self.orders(reader.as_mut(), OrderState::Sent)?);
                rows.truncate(limit);
            }
            Some(Which::Refused) => rows = self.orders(reader.as_mut(), OrderState::Refused)?,
            Some(Which::Blocked) => rows = self.blocks(reader.as_mut(), limit)?,
            Some(Which::Subscribed | Which::Wished) | None => {}
        }
        self.print(global, &counts, rows)
    }

    fn orders(&self, reader: &mut dyn Reader, state: OrderState) -> Result<Vec<Row>, Failure> {
        let orders = reader.orders(SourceId::CPR, Some(state), self.limit)?;
        let row = |order: kartotek_register::ports::Order| {
            let person = self.shown.key(&order.source_key);
            let place = match (&order.file, order.line) {
                (Some(file), Some(line)) => format!("{file} line {line}"),
                _ => "CPR Direkte".to_owned(),
            };
            let error = order.error.as_ref().map(|error| format!(", error {error}")).unwrap_or_default();
            let words = format!("{} {} in {place}{error}: {}", order.action.code(), state.name(), order.reason);
            let document = json!({
                "person": person,
                "action": order.action.code(),
                "state": state.name(),
                "file": order.file,
                "line": order.line,
                "process_date": order.process_date.map(|date| date.to_string()),
                "error": order.error,
                "reason": order.reason,
                "created_at": order.created_at,
            });
            Row { person, words, document }
        };
        Ok(orders.into_iter().map(row).collect())
    }

    fn blocks(&self, reader: &mut dyn Reader, limit: usize) -> Result<Vec<Row>, Failure> {
        let row = |block: kartotek_register::ports::Block| {
            let person = self.shown.key(&block.source_key);
            let words = format!("since {}: {}", block.created_at, block.reason);
            let document = json!({ "person": person, "reason": block.reason, "since": block.created_at });
            Row { person, words, document }
        };
        Ok(reader.blocks(SourceId::CPR)?.into_iter().take(limit).map(row).collect())
    }

    fn print(&self, global: &Global, counts: &Counts, rows: Vec<Row>) -> Result<Exit, Failure> {
        let is_empty = self.which.is_some() && rows.is_empty();
        if global.json {
            let counts = json!({
                "subscribed": counts.subscribed,
                "wished_J": counts.wished_j,
                "wished_N": counts.wished_n,
                "pending": counts.pending,
                "blocked": counts.blocked,
            });
            let rows: Vec<_> = rows.into_iter().map(|row| row.document).collect();
            output::json(&json!({ "counts": counts, "persons": rows }))?;
        } else {
            let mut out = io::BufWriter::new(io::stdout().lock());
            for row in &rows {
                writeln!(out, "{}  {}", row.person, row.words)?;
            }
            writeln!(
                out,
                "{} subscribed; wished: {} to subscribe, {} to unsubscribe; {} on their way to CPR; {} blocked",
                count(counts.subscribed),
                count(counts.wished_j),
                count(counts.wished_n),
                count(counts.pending),
                count(counts.blocked),
            )?;
            out.flush()?;
        }
        Ok(if is_empty { Exit::Rejected } else { Exit::Done })
    }
}
