//! Fetched persons on their way into the register.

use std::collections::{HashMap, HashSet};
use std::io::{self, Write};
use std::ops::ControlFlow;

use kartotek_formats::identifiers::CprNumber;
use kartotek_register::contact::{ContactId, SourceId};
use kartotek_register::import::Outcome;
use kartotek_register::ports::{Counts, RunState, Store, SystemClock};
use kartotek_service::cpr_extract::{Planned, Progress};
use kartotek_service::cpr_online::{Ask, FetchError, Fetched, OnlineRun, Taken};
use serde_json::{Value, json};

use crate::cli::Global;
use crate::exit::{Exit, Failure};
use crate::output::{self, count};
use crate::plan::Plan;
use crate::progress::Bar;
use crate::register;

use super::asking::{Failures, each};
use super::options::Options;
use super::session::Session;

/// Persons that are taken in together: more would save little, and a crash would lose more answers.
const BATCH: usize = 200;

/// Who is to be taken in.
pub(super) struct Persons {
    pub numbers: Vec<CprNumber>,
    pub subscribing: Subscribing,
    /// Plan everything and write nothing.
    pub dry_run: bool,
}

/// Whether CPR is asked to report their changes from now on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Subscribing {
    /// It is left as it is.
    Nobody,
    /// Those who are not on the block list; the others are fetched only.
    UnlessBlocked,
    /// Those who are not on the block list; the others are not asked about.
    OrNothing,
}

/// Takes persons into the register.
pub(super) fn take_in(
    global: &Global,
    mut session: Session,
    options: &Options,
    persons: Persons,
) -> Result<Exit, Failure> {
    let Persons { numbers, subscribing, dry_run } = persons;
    let import = options.import(&session, dry_run)?;
    let online = options.online(&mut session)?;
    let url = global.database(&session.config)?;
    let mut store = if dry_run { register::or_empty(&url)? } else { kartotek_store::open(&url)? };
    let (all, quiet) = (numbers.len() as u64, global.json || numbers.len() > BATCH);
    let (blocked, free) = apart(store.as_ref(), numbers, subscribing)?;

    let bar = Bar::new(global.json);
    let mut failures = Failures::new(&bar, global.json);
    let mut only_fetched = Vec::new();
    for (number, reason) in &blocked {
        if subscribing == Subscribing::OrNothing {
            failures.refuse(*number, &format!("not subscribed, because the person is on the block list: {reason}"));
        } else {
            only_fetched.push(*number);
            if !global.json {
                let person = number.masked();
                eprintln!("{person}: fetched and not subscribed, because the person is on the block list: {reason}");
            }
        }
    }
    let subscribes = subscribing != Subscribing::Nobody;
    let clock = SystemClock;
    let kind = if subscribes { "cpr subscribe" } else { "cpr lookup" };
    let mut intake = Intake {
        run: import.begin(store.as_mut(), &clock, kind)?,
        store: store.as_mut(),
        bar: &bar,
        subscribed: if subscribes { free.iter().copied().collect() } else { HashSet::new() },
        waiting: Vec::with_capacity(BATCH),
        unwritten: 0,
        unusable: Vec::new(),
        plan: Plan::new(dry_run, global.json),
        quiet,
        documents: global.json.then(Vec::new),
    };
    let ask = if subscribes { Ask::FetchAndSubscribe } else { Ask::Fetch };
    let rounds = [(ask, free), (Ask::Fetch, only_fetched)];
    let mut done = 0;
    let (unasked, outcome) = each(&online, rounds, options.related, &mut |number, answer| {
        done += 1;
        bar.show(Progress::TakenIn(done, all.max(done)));
        match answer {
            Ok(fetched) => intake.add(fetched).map(ControlFlow::Continue),
            Err(error) => {
                // The answer came, so CPR has subscribed the person, whatever is wrong with the data.
                if matches!(error, FetchError::Body(_)) && intake.subscribed.contains(&number) {
                    intake.unusable.push(number);
                }
                Ok(failures.note(number, &error))
            }
        }
    });
    let outcome = intake.end(outcome);
    failures.leave(unasked);
    bar.finish();
    let state = if outcome.is_ok() { RunState::Done } else { RunState::Failed };
    let Intake { run, store, plan, documents, .. } = intake;
    let finished = run.finish(store, state);
    outcome?;
    let counts = finished?;
    let exit = if counts.rejected > 0 { Exit::Rejected } else { Exit::Done };
    if let Some(mut persons) = documents {
        persons.append(&mut failures.documents);
        let fetched = blocked.iter().filter(|_| subscribing == Subscribing::UnlessBlocked);
        let not_subscribed = fetched.map(|(number, reason)| json!({ "person": number.masked(), "reason": reason }));
        output::json(&json!({
            "persons": persons,
            "unasked": failures.unasked,
            "not_subscribed": not_subscribed.collect::<Vec<_>>(),
            "counts": output::persons(&counts),
            "placeholders": counts.placeholders,
            "plan": plan.into_json(),
        }))?;
    } else {
        plan.finish()?;
        print_counts(&counts, failures.count, dry_run)?;
    }
    Ok(exit.max(failures.exit))
}

/// Persons on the block list, with the reasons.
type Blocked = Vec<(CprNumber, String)>;

/// Those on the block list, and the others; where nobody is subscribed the list does not count.
fn apart(
    store: &dyn Store,
    numbers: Vec<CprNumber>,
    subscribing: Subscribing,
) -> Result<(Blocked, Vec<CprNumber>), Failure> {
    if subscribing == Subscribing::Nobody {
        return Ok((Vec::new(), numbers));
    }
    let blocks = store.reader()?.blocks(SourceId::CPR)?;
    let mut reasons: HashMap<_, _> = blocks.into_iter().map(|block| (block.source_key, block.reason)).collect();
    let mut blocked = Vec::new();
    let mut free = Vec::with_capacity(numbers.len());
    for number in numbers {
        match reasons.remove(&ContactId::person(number).name_code) {
            Some(reason) => blocked.push((number, reason)),
            None => free.push(number),
        }
    }
    Ok((blocked, free))
}

struct Intake<'a> {
    run: OnlineRun<'a>,
    store: &'a mut dyn Store,
    bar: &'a Bar,
    /// Whom CPR is asked to report changes of: not relatives, and nobody who is blocked.
    subscribed: HashSet<CprNumber>,
    waiting: Vec<Fetched>,
    /// Persons whom the register did not take, because it failed.
    unwritten: usize,
    /// Persons whom CPR has subscribed, and whose data are of no use or could not be written.
    unusable: Vec<CprNumber>,
    plan: Plan,
    /// Many persons are counted, not listed.
    quiet: bool,
    /// For machines, when they want it.
    documents: Option<Vec<Value>>,
}

impl Intake<'_> {
    fn add(&mut self, fetched: Fetched) -> Result<(), Failure> {
        self.waiting.push(fetched);
        // What comes after a failure is counted at the end: the engine does not know what the register has of the rest.
        if self.waiting.len() >= BATCH && self.unwritten == 0 { self.flush() } else { Ok(()) }
    }

    /// Takes in what is left, and writes down whom CPR has subscribed without usable data, also when the register has failed
    /// before: it may have recovered. The first failure counts.
    fn end(&mut self, outcome: Result<(), Failure>) -> Result<(), Failure> {
        let outcome = if self.unwritten == 0 { outcome.and(self.flush()) } else { outcome };
        let waiting = std::mem::take(&mut self.waiting);
        self.give_up(&waiting);
        let noted = self.run.note_subscribed(self.store, &self.unusable);
        if self.unwritten > 0 {
            let (persons, subscribed) = (count(self.unwritten as u64), count(self.unusable.len() as u64));
            let of_them = match (self.unusable.is_empty(), noted.is_ok()) {
                (true, _) => String::new(),
                (false, true) => format!("; CPR has subscribed {subscribed} of them, which is written down"),
                (false, false) => format!("; CPR has subscribed {subscribed} of them, which is not written down"),
            };
            self.bar.aside(|| {
                eprintln!("{persons} persons about whom CPR answered are not in the register{of_them}; ask again");
            });
        }
        outcome.and(noted.map_err(Failure::from))
    }

    /// Relatives are taken in apart from those who were asked for, because nobody subscribed them.
    fn flush(&mut self) -> Result<(), Failure> {
        let waiting = std::mem::take(&mut self.waiting);
        let (subscribed, others): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|fetched| self.subscribed.contains(&fetched.number()));
        let mut outcome = Ok(());
        for (persons, are_subscribed) in [(subscribed, true), (others, false)] {
            if outcome.is_err() {
                self.give_up(&persons);
            } else if !persons.is_empty() {
                match self.run.take_in(self.store, &persons, are_subscribed) {
                    Ok(taken) => outcome = self.tell(taken, are_subscribed),
                    Err(error) => {
                        self.give_up(&persons);
                        outcome = Err(error.into());
                    }
                }
            }
        }
        outcome
    }

    fn give_up(&mut self, persons: &[Fetched]) {
        self.unwritten += persons.len();
        let numbers = persons.iter().map(Fetched::number);
        self.unusable.extend(numbers.filter(|number| self.subscribed.contains(number)));
    }

    fn tell(&mut self, taken: Vec<Taken>, are_subscribed: bool) -> Result<(), Failure> {
        for mut person in taken {
            for (entry, contact) in std::mem::take(&mut person.planned) {
                self.plan.contact(&Planned { entry, contact });
            }
            self.bar.aside(|| {
                for message in &person.messages {
                    eprintln!("{}: {}", person.number.masked(), message.text);
                }
                if self.quiet { Ok(()) } else { print_person(&person) }
            })?;
            if are_subscribed && person.contact.is_none() {
                self.unusable.push(person.number);
            }
            if let Some(documents) = &mut self.documents {
                documents.push(document(&person));
            }
        }
        Ok(())
    }
}

fn outcome_word(outcome: Option<Outcome>) -> &'static str {
    match outcome {
        Some(Outcome::Created) => "new",
        Some(Outcome::Updated) => "changed",
        Some(Outcome::Unchanged | Outcome::Stale) => "unchanged",
        Some(Outcome::Older) => "older than what is stored, refused",
        None => "rejected",
    }
}

fn print_person(person: &Taken) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{}  {}", person.number.masked(), outcome_word(person.outcome))
}

fn document(person: &Taken) -> Value {
    let messages: Vec<_> = person.messages.iter().map(|message| message.text.clone()).collect();
    json!({
        "person": person.number.masked(),
        "contact_key": person.contact,
        "outcome": outcome_word(person.outcome),
        "messages": messages,
    })
}

fn print_counts(counts: &Counts, failed: u64, dry_run: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "persons: {} new, {} changed, {} unchanged, {} older and refused, {} rejected, {} without an answer; {} \
         placeholders made",
        count(counts.created),
        count(counts.updated),
        count(counts.unchanged),
        count(counts.older),
        count(counts.rejected),
        count(failed),
        count(counts.placeholders),
    )?;
    if dry_run { writeln!(out, "dry run: nothing was written") } else { Ok(()) }
}
