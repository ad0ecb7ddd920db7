use std::io::Write;

use clap::Args;
use kartotek_formats::dates::PartialDate;
use kartotek_register::ports::SystemClock;
use kartotek_service::cases::{CaseDesk, CaseError, Changed, NewParty, OpenCase};
use serde_json::json;

use crate::cli::Global;
use crate::exit::{Exit, Failure};
use crate::output;

use super::refresh::{Refresh, Refreshed};
use super::{ContactText, open_existing};

#[derive(Args)]
pub(super) struct Open {
    /// The authority's number of the case.
    case_no: String,
    /// The authority's type of the case.
    #[arg(long = "type", value_name = "TYPE")]
    case_type: Option<String>,
    /// The day from which it is open [default: today].
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    start: Option<PartialDate>,
}

#[derive(Args)]
pub(super) struct Close {
    /// The authority's number of the case.
    case_no: String,
}

#[derive(Args)]
pub(super) struct Reopen {
    /// The authority's number of the case.
    case_no: String,
}

#[derive(Args)]
pub(super) struct AddParty {
    /// The authority's number of the case.
    case_no: String,
    /// For example C:0707614285, or ten digits for a person.
    contact: ContactText,
    /// What the contact is in the case.
    #[arg(long, default_value = "")]
    role: String,
}

#[derive(Args)]
pub(super) struct RemoveParty {
    /// The authority's number of the case.
    case_no: String,
    /// For example C:0707614285, or ten digits for a person.
    contact: ContactText,
    /// The role to end; all roles when not given.
    #[arg(long)]
    role: Option<String>,
}

impl Open {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let new = OpenCase { case_no: self.case_no.clone(), case_type: self.case_type.clone(), start_date: self.start };
        let words = Words { done: "is open", already: "was open already" };
        change(global, &self.case_no, &words, |desk| desk.open(&new))
    }
}

impl Close {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let words = Words { done: "is closed as of today", already: "was closed already" };
        change(global, &self.case_no, &words, |desk| desk.close(&self.case_no))
    }
}

impl Reopen {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let words = Words { done: "is open again", already: "was open already" };
        change_and_refresh(global, &self.case_no, &words, "case reopen", |desk| desk.reopen(&self.case_no))
    }
}

impl AddParty {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let party = NewParty { contact: self.contact.id()?, role: self.role.clone() };
        let words = Words { done: "has the party now", already: "had the party already" };
        change_and_refresh(global, &self.case_no, &words, "case add-party", |desk| {
            desk.add_party(&self.case_no, &party)
        })
    }
}

impl RemoveParty {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let contact = self.contact.id()?;
        let words =
            Words { done: "has the party to the end of today", already: "had the party to the end of today already" };
        change(global, &self.case_no, &words, |desk| desk.remove_party(&self.case_no, &contact, self.role.as_deref()))
    }
}

/// What is said of the case.
struct Words {
    done: &'static str,
    already: &'static str,
}

/// A change that gives nobody a reason to be subscribed.
fn change(
    global: &Global,
    case_no: &str,
    words: &Words,
    work: impl FnOnce(&mut CaseDesk<'_>) -> Result<Changed, CaseError>,
) -> Result<Exit, Failure> {
    let config = global.config()?;
    let mut store = open_existing(&global.database(&config)?)?;
    let changed = work(&mut CaseDesk::new(store.as_mut(), &SystemClock))?;
    report(global, case_no, words, &changed, &[])
}

/// A change after which persons are subscribed and fetched.
fn change_and_refresh(
    global: &Global,
    case_no: &str,
    words: &Words,
    kind: &'static str,
    work: impl FnOnce(&mut CaseDesk<'_>) -> Result<Changed, CaseError>,
) -> Result<Exit, Failure> {
    let config = global.config()?;
    let refresh = Refresh::new(global, &config, kind)?;
    let mut store = open_existing(&global.database(&config)?)?;
    let changed = work(&mut CaseDesk::new(store.as_mut(), &SystemClock))?;
    let decided = refresh.decide(store.as_ref(), &changed.concerned)?;
    let refreshed = refresh.carry_out(store.as_mut(), decided)?;
    report(global, case_no, words, &changed, &refreshed)
}

fn report(
    global: &Global,
    case_no: &str,
    words: &Words,
    changed: &Changed,
    refreshed: &[Refreshed],
) -> Result<Exit, Failure> {
    let exit = if refreshed.iter().any(Refreshed::failed) { Exit::Rejected } else { Exit::Done };
    if global.json {
        output::json(&json!({
            "case_no": case_no,
            "changed": changed.changed,
            "placeholder": changed.placeholder,
            "persons": refreshed.iter().map(Refreshed::json).collect::<Vec<_>>(),
        }))?;
        return Ok(exit);
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "case {case_no} {}", if changed.changed { words.done } else { words.already })?;
    if changed.placeholder {
        writeln!(out, "  the register did not know the person and has a placeholder now")?;
    }
    for person in refreshed {
        writeln!(out, "  {person}")?;
    }
    Ok(exit)
}

fn date(text: &str) -> Result<PartialDate, &'static str> {
    PartialDate::from_iso(text.as_bytes())
        .filter(|date| date.is_complete())
        .ok_or("expected a date of the form YYYY-MM-DD")
}
