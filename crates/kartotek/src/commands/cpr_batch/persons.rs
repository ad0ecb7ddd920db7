use std::io::{self, Write};

use anyhow::anyhow;
use clap::{Args, ValueEnum};
use kartotek_formats::identifiers::CprNumber;
use kartotek_register::contact::{ContactId, SourceId};
use kartotek_register::ports::{PersonInRun, PersonOutcome, RunCard, RunKey};
use serde_json::{Value, json};

use crate::cli::Global;
use crate::exit::{Exit, Failure};
use crate::output::{self, count};

use super::session::open_register;

/// The runs that are looked through for a file's name.
const RUNS: u32 = 10_000;

#[derive(Args)]
pub(super) struct Persons {
    /// The persons of this file, also when it took more than one run [default: the file that was imported last].
    #[arg(value_name = "FILE", conflicts_with_all = ["run", "person", "runs"])]
    file: Option<String>,
    /// This run alone.
    #[arg(long, value_name = "N", conflicts_with_all = ["person", "runs"])]
    run: Option<RunKey>,
    /// List the runs instead.
    #[arg(long, conflicts_with = "person")]
    runs: bool,
    /// One person in all runs, by number; - reads the number from the standard input.
    #[arg(long, value_name = "NUMBER")]
    person: Option<PersonNumber>,
    /// Only persons of whom this became.
    #[arg(long, value_enum)]
    outcome: Option<Outcome>,
    /// At most so many.
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: u32,
    /// Leave out so many before.
    #[arg(long, value_name = "N", default_value_t = 0)]
    skip: u64,
}

/// clap repeats what it refuses, so that the refusal says nothing of the number.
#[derive(Clone)]
struct PersonNumber(String);

impl std::str::FromStr for PersonNumber {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl PersonNumber {
    fn id(&self) -> Result<ContactId, Failure> {
        let text = if self.0 == "-" { io::read_to_string(io::stdin())? } else { self.0.clone() };
        let digits: String = text.trim().chars().filter(|c| *c != '-').collect();
        let number = CprNumber::parse(&digits);
        let number = number.map_err(|_| Failure::refused(anyhow!("--person: expected a CPR number of ten digits")))?;
        Ok(ContactId::person(number))
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Outcome {
    /// New, or known as a placeholder only until then.
    New,
    /// Changed.
    Changed,
    /// The register said the same already.
    Unchanged,
    /// Older than what is stored, and refused.
    Older,
    /// Not taken in.
    Rejected,
}

impl From<Outcome> for PersonOutcome {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::New => Self::Created,
            Outcome::Changed => Self::Updated,
            Outcome::Unchanged => Self::Unchanged,
            Outcome::Older => Self::Older,
            Outcome::Rejected => Self::Rejected,
        }
    }
}

fn word(outcome: PersonOutcome) -> &'static str {
    match outcome {
        PersonOutcome::Created => "new",
        PersonOutcome::Updated => "changed",
        PersonOutcome::Unchanged => "unchanged",
        PersonOutcome::Older => "older",
        PersonOutcome::Rejected => "rejected",
    }
}

impl Persons {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let mut reader = open_register(&global.database(&global.config()?)?)?.reader()?;
        if let Some(person) = &self.person {
            let limit = if self.outcome.is_some() { RUNS } else { self.limit };
            let persons = reader.runs_of_person(&person.id()?, limit)?.into_iter();
            let persons = persons
                .filter(|person| self.outcome.is_none_or(|wanted| person.outcome == wanted.into()))
                .take(usize::try_from(self.limit).unwrap_or(usize::MAX));
            return show(global, &[], &persons.collect::<Vec<_>>(), true);
        }
        if self.runs {
            return show_runs(global, &reader.runs(SourceId::CPR, self.limit)?);
        }
        let found = match (self.run, &self.file) {
            (Some(run), _) => reader.run(run)?,
            (None, Some(file)) => {
                let named = |run: &RunCard| run.name.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(file));
                reader.runs(SourceId::CPR, RUNS)?.into_iter().find(named)
            }
            (None, None) => reader.runs(SourceId::CPR, RUNS)?.into_iter().find(|run| run.delivery.is_some()),
        };
        let found = found.ok_or_else(|| {
            Failure::refused(anyhow!("there is no such run; `kartotek cpr-batch persons --runs` lists them"))
        })?;
        // An import that was cut off and taken up again is more than one run, each of which did a part of the file.
        let mut runs = match found.delivery {
            Some(delivery) => reader.runs_of_delivery(delivery)?,
            None => vec![found.clone()],
        };
        runs.retain(|run| self.run.is_none() || run.run <= found.run);
        let shown = if self.run.is_some() { vec![found.run] } else { runs.iter().map(|run| run.run).collect() };
        let outcome = self.outcome.map(PersonOutcome::from);
        let persons = reader.persons_in_runs(&shown, outcome, self.skip, self.limit)?;
        show(global, &runs, &persons, false)
    }
}

fn show_runs(global: &Global, runs: &[RunCard]) -> Result<Exit, Failure> {
    if global.json {
        output::json(&Value::Array(runs.iter().map(run_document).collect()))?;
    } else {
        let mut out = io::stdout().lock();
        for run in runs {
            writeln!(out, "{}", run_line(run))?;
        }
    }
    Ok(if runs.is_empty() { Exit::Rejected } else { Exit::Done })
}

fn run_line(run: &RunCard) -> String {
    let counts = &run.counts;
    format!(
        "run {}  {}  {:<8} {}: {} new, {} changed, {} unchanged, {} older, {} rejected",
        run.run,
        run.started_at,
        run.state.name(),
        run.name.as_deref().unwrap_or(&run.kind),
        count(counts.created),
        count(counts.updated),
        count(counts.unchanged),
        count(counts.older),
        count(counts.rejected),
    )
}

fn run_document(run: &RunCard) -> Value {
    json!({
        "run": run.run,
        "kind": run.kind,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "state": run.state.name(),
        "file": run.name,
        "persons": output::persons(&run.counts),
    })
}

/// Shows persons, below the run that took them in last. The runs before it are those that it went on from.
fn show(global: &Global, runs: &[RunCard], persons: &[PersonInRun], of_one: bool) -> Result<Exit, Failure> {
    let run = runs.split_last();
    if global.json {
        let persons: Vec<_> = persons.iter().map(document).collect();
        let before = run.map(|(_, before)| before.iter().map(|run| run.run).collect::<Vec<_>>());
        output::json(
            &json!({ "run": run.map(|(run, _)| run_document(run)), "runs_before": before, "persons": persons }),
        )?;
    } else {
        let mut out = io::stdout().lock();
        if let Some((run, before)) = run {
            writeln!(out, "{}", run_line(run))?;
            if !before.is_empty() {
                let runs = if before.len() == 1 { "run" } else { "runs" };
                let before = before.iter().map(|run| run.run.to_string()).collect::<Vec<_>>().join(", ");
                writeln!(out, "  goes on from {runs} {before}, cut off before; the counts are of all of it")?;
            }
        }
        for person in persons {
            line(&mut out, person, of_one)?;
        }
        if persons.is_empty() {
            eprintln!("{}", if of_one { "no run has had to do with this person" } else { "no such persons" });
        }
    }
    Ok(if persons.is_empty() { Exit::Rejected } else { Exit::Done })
}

/// The person, masked: that of the contact, or that of the message, when nobody of that number is in the register.
fn masked(person: &PersonInRun) -> String {
    let of_contact = person.id.as_ref().and_then(|id| CprNumber::parse(&id.name_code).ok()).map(CprNumber::masked);
    let of_message = || person.messages.iter().find_map(|message| message.person.clone());
    of_contact.or_else(of_message).unwrap_or_default()
}

fn name(person: &PersonInRun) -> String {
    let names = [person.name1.as_str(), person.name2.as_str()];
    names.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(" ")
}

fn line(out: &mut impl Write, person: &PersonInRun, of_one: bool) -> io::Result<()> {
    if of_one {
        let file = person.delivery.as_deref().unwrap_or("online");
        write!(out, "run {}  {}  {file}  ", person.run, person.started_at)?;
    }
    writeln!(out, "{:<11}  {:<9}  {}", masked(person), word(person.outcome), name(person))?;
    for message in &person.messages {
        let place = message.line.map(|line| format!("line {line}, ")).unwrap_or_default();
        let record = message.record.map(|record| format!("record {record:03}: ")).unwrap_or_default();
        writeln!(out, "    {} {}: {place}{record}{}", message.severity.name(), message.code, message.text)?;
    }
    Ok(())
}

fn document(person: &PersonInRun) -> Value {
    json!({
        "run": person.run,
        "started_at": person.started_at,
        "file": person.delivery,
        "person": masked(person),
        "name": name(person),
        "outcome": word(person.outcome),
        "messages": person.messages.iter().map(|message| json!({
            "severity": message.severity.name(),
            "code": message.code.as_str(),
            "line": message.line,
            "record": message.record.map(|record| format!("{record:03}")),
            "text": message.text,
        })).collect::<Vec<_>>(),
    })
}
