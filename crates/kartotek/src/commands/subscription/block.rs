use std::io::Write;

use clap::Args;
use kartotek_formats::identifiers::CprNumber;
use kartotek_register::contact::{ContactId, SourceId};
use kartotek_register::ports::{Clock as _, SystemClock};
use serde_json::json;

use crate::cli::Global;
use crate::commands::case::open_existing;
use crate::exit::{Exit, Failure};
use crate::output;

#[derive(Args)]
pub(super) struct Block {
    /// The person number.
    #[arg(value_name = "NUMBER")]
    number: NumberText,
    /// Why, for whoever reads the plan.
    #[arg(long)]
    reason: String,
}

#[derive(Args)]
pub(super) struct Unblock {
    /// The person number.
    #[arg(value_name = "NUMBER")]
    number: NumberText,
}

/// A number of the command line. clap repeats what it refuses, so that the refusal says nothing of the number.
#[derive(Clone, Copy)]
struct NumberText(Option<CprNumber>);

impl std::str::FromStr for NumberText {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(CprNumber::parse(text).ok()))
    }
}

impl NumberText {
    fn number(self) -> Result<CprNumber, Failure> {
        let expected = "expected a CPR number of ten digits, with or without a hyphen after the sixth";
        self.0.ok_or_else(|| Failure::refused(anyhow::anyhow!(expected)))
    }
}

impl Block {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let number = self.number.number()?;
        let reason = self.reason.trim();
        if reason.is_empty() || reason.contains(char::is_control) {
            return Err(Failure::refused(anyhow::anyhow!("--reason: expected words on one line")));
        }
        let mut store = open_existing(&global.database(&global.config()?)?)?;
        let mut transaction = store.begin()?;
        let key = ContactId::person(number).name_code;
        transaction.put_block(SourceId::CPR, &key, reason, &SystemClock.now_text())?;
        transaction.commit()?;
        if global.json {
            output::json(&json!({ "person": number.masked(), "blocked": true, "reason": reason }))?;
        } else {
            let mut out = std::io::stdout().lock();
            writeln!(out, "{} is blocked; a subscription is cancelled at the next apply", number.masked())?;
        }
        Ok(Exit::Done)
    }
}

impl Unblock {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let number = self.number.number()?;
        let mut store = open_existing(&global.database(&global.config()?)?)?;
        let mut transaction = store.begin()?;
        let was_blocked = transaction.remove_block(SourceId::CPR, &ContactId::person(number).name_code)?;
        transaction.commit()?;
        if global.json {
            output::json(&json!({ "person": number.masked(), "blocked": false, "was_blocked": was_blocked }))?;
        } else if was_blocked {
            writeln!(std::io::stdout().lock(), "{} is no longer blocked", number.masked())?;
        } else {
            eprintln!("{} was not blocked", number.masked());
        }
        Ok(if was_blocked { Exit::Done } else { Exit::Rejected })
    }
}
