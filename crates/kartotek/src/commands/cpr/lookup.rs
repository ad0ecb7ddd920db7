use std::collections::HashSet;
use std::io::{self, Write};
use std::num::NonZeroU32;
use std::ops::ControlFlow;

use clap::{Args, ValueEnum};
use kartotek_formats::identifiers::CprNumber;
use kartotek_register::import::Outcome;
use kartotek_register::ports::{Counts, RunState, Store, SystemClock};
use kartotek_service::cpr_extract::Progress;
use kartotek_service::cpr_online::{Ask, FetchError, Fetched, Online, OnlineImport, OnlineRun, Taken};
use serde_json::{Value, json};

use crate::cli::Global;
use crate::commands::contact;
use crate::config::YesNo;
use crate::exit::{Exit, Failure};
use crate::output::{self, count};
use crate::plan::Plan;
use crate::progress::Bar;

use super::failure::exit_of;
use super::numbers::Numbers;
use super::session::Session;
use super::show;

/// Persons that are taken in together: more would save little, and a crash would lose more answers.
const BATCH: usize = 200;

#[derive(Args)]
pub(super) struct Lookup {
    #[command(flatten)]
    numbers: Numbers,
    #[command(flatten)]
    options: Options,
    /// Take the persons into the register; otherwise they are only shown.
    #[arg(long)]
    import: bool,
    /// With --import: print what would change, field by field, and write nothing.
    #[arg(long, requires = "import")]
    dry_run: bool,
    /// 1: have CPR report the persons' changes from now on; 0: leave that as it is. As the source CPR says when not given.
    #[arg(long, value_name = "0|1", requires = "import", conflicts_with = "dry_run")]
    subscription: Option<Subscription>,
}

#[derive(Args)]
pub(super) struct Subscribe {
    #[command(flatten)]
    numbers: Numbers,
    #[command(flatten)]
    options: Options,
}

#[derive(Args)]
struct Options {
    /// Fetch close relatives too: spouse, children, parents, guardians and holders of custody. They are not subscribed.
    #[arg(long)]
    related: bool,
    /// J: an address that was changed by hand gives way to the delivered one; N: it stays.
    #[arg(long, value_name = "J|N")]
    force_update: Option<YesNo>,
    /// Requests a second at most.
    #[arg(long, value_name = "N")]
    rate: Option<NonZeroU32>,
}

/// The parameter `Subscription` of the guide (F21, F22).
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Subscription {
    #[value(name = "0")]
    No,
    #[value(name = "1")]
    Yes,
}

impl Lookup {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let numbers = self.numbers.read()?;
        let session = Session::open(global)?;
        let by_source = session.source.subscription && !self.dry_run;
        let subscribe = self.subscription.map_or(by_source, |subscription| subscription == Subscription::Yes);
        if self.import {
            return self.options.take_in(global, session, numbers, subscribe, self.dry_run);
        }
        self.options.show(global, session, numbers)
    }
}

impl Subscribe {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let numbers = self.numbers.read()?;
        self.options.take_in(global, Session::open(global)?, numbers, true, false)
    }
}

impl Options {
    fn import(&self, session: &Session, dry_run: bool) -> Result<OnlineImport, Failure> {
        let (mapping, options) = session.import(self.force_update)?;
        Ok(OnlineImport { mapping, options, dry_run })
    }

    fn online(&self, session: &mut Session) -> Result<Online, Failure> {
        if self.rate.is_some() {
            session.connection.per_second = self.rate;
        }
        session.online()
    }

    /// Shows persons without a register.
    fn show(&self, global: &Global, mut session: Session, numbers: Vec<CprNumber>) -> Result<Exit, Failure> {
        let import = self.import(&session, false)?;
        let online = self.online(&mut session)?;
        let mut shown = Shown { json: global.json, documents: Vec::new(), failures: Failures::default() };
        each(&online, numbers, Ask::Fetch, self.related, &mut |number, answer| match answer {
            Ok(fetched) => shown.person(&import, &fetched),
            Err(error) => Ok(shown.failures.note(number, &error, global.json)),
        })?;
        if global.json {
            shown.documents.extend(shown.failures.documents);
            output::json(&Value::Array(shown.documents))?;
        }
        Ok(shown.failures.exit)
    }

    /// Takes persons into the register.
    fn take_in(
        &self,
        global: &Global,
        mut session: Session,
        numbers: Vec<CprNumber>,
        subscribe: bool,
        dry_run: bool,
    ) -> Result<Exit, Failure> {
        let import = self.import(&session, dry_run)?;
        let online = self.online(&mut session)?;
        let mut store = kartotek_store::open(&global.database(&session.config)?)?;
        let clock = SystemClock;
        let kind = if subscribe { "cpr subscribe" } else { "cpr lookup" };
        let mut intake = Intake {
            run: import.begin(store.as_mut(), &clock, kind)?,
            store: store.as_mut(),
            subscribe,
            asked: numbers.iter().copied().collect(),
            waiting: Vec::with_capacity(BATCH),
            taken: Vec::new(),
            unusable: Vec::new(),
            plan: Plan::new(dry_run, global.json),
            quiet: global.json || numbers.len() > BATCH,
        };
        let bar = Bar::new(global.json);
        let all = numbers.len() as u64;
        let ask = if subscribe { Ask::FetchAndSubscribe } else { Ask::Fetch };
        let mut failures = Failures::default();
        let mut done = 0;
        let outcome = each(&online, numbers, ask, self.related, &mut |number, answer| {
            done += 1;
            bar.show(Progress::TakenIn(done, all.max(done)));
            match answer {
                Ok(fetched) => intake.add(fetched),
                Err(error) => {
                    // The answer came, so CPR has subscribed the person, whatever is wrong with the data.
                    if subscribe && matches!(error, FetchError::Body(_)) && intake.asked.contains(&number) {
                        intake.unusable.push(number);
                    }
                    Ok(failures.note(number, &error, global.json))
                }
            }
        });
        let outcome = outcome.and_then(|()| intake.flush()).and_then(|()| intake.note_subscribed());
        bar.finish();
        let state = if outcome.is_ok() { RunState::Done } else { RunState::Failed };
        let Intake { run, store, plan, taken, .. } = intake;
        let counts = run.finish(store, state)?;
        outcome?;
        let exit = if counts.rejected > 0 { Exit::Rejected } else { Exit::Done };
        if global.json {
            let persons: Vec<_> = taken.iter().map(document).chain(failures.documents).collect();
            output::json(&json!({
                "persons": persons,
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
}

/// Asks about persons, and then about their relatives who were not asked about.
fn each(
    online: &Online,
    numbers: Vec<CprNumber>,
    ask: Ask,
    related: bool,
    take: &mut dyn FnMut(CprNumber, Result<Fetched, FetchError>) -> Result<ControlFlow<()>, Failure>,
) -> Result<(), Failure> {
    let mut asked: HashSet<CprNumber> = numbers.iter().copied().collect();
    let mut relatives = Vec::new();
    let mut outcome = Ok(ControlFlow::Continue(()));
    let mut pass = |number, answer: Result<Option<Fetched>, FetchError>| {
        // There are data whenever they were asked for.
        let Some(answer) = answer.transpose() else { return ControlFlow::Continue(()) };
        if let (true, Ok(fetched)) = (related, &answer) {
            relatives.extend(fetched.related().into_iter().filter(|relative| asked.insert(*relative)));
        }
        outcome = take(number, answer);
        if matches!(outcome, Ok(ControlFlow::Continue(()))) {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    };
    online.fetch_all(numbers, ask, &mut pass);
    let goes_on = matches!(outcome, Ok(ControlFlow::Continue(())));
    if goes_on && !relatives.is_empty() {
        online.fetch_all(relatives, Ask::Fetch, |number, answer| {
            let Some(answer) = answer.transpose() else { return ControlFlow::Continue(()) };
            outcome = take(number, answer);
            if matches!(outcome, Ok(ControlFlow::Continue(()))) {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        });
    }
    outcome.map(|_| ())
}

/// Persons about whom there is no answer.
#[derive(Default)]
struct Failures {
    count: u64,
    exit: Exit,
    documents: Vec<Value>,
}

impl Failures {
    fn note(&mut self, number: CprNumber, error: &FetchError, json: bool) -> ControlFlow<()> {
        self.count += 1;
        self.exit = self.exit.max(exit_of(error));
        let person = number.masked();
        if json {
            let explanation = error.number().map(super::errors::document);
            self.documents.push(json!({ "person": person, "error": error.to_string(), "explanation": explanation }));
        } else {
            eprintln!("{person}: {error}");
        }
        if error.stops_all() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// Persons as they are shown.
struct Shown {
    json: bool,
    documents: Vec<Value>,
    failures: Failures,
}

impl Shown {
    fn person(&mut self, import: &OnlineImport, fetched: &Fetched) -> Result<ControlFlow<()>, Failure> {
        let (card, taken) = show::card(fetched, import)?;
        if taken.outcome.is_none() {
            self.failures.exit = self.failures.exit.max(Exit::Rejected);
        }
        match card {
            Some(card) if self.json => self.documents.push(contact::document(&card)),
            Some(card) => {
                contact::print(&card)?;
                writeln!(io::stdout().lock())?;
            }
            None => {}
        }
        for message in &taken.messages {
            eprintln!("{}: {}", taken.number.masked(), message.text);
        }
        Ok(ControlFlow::Continue(()))
    }
}

/// Persons on their way into the register.
struct Intake<'a> {
    run: OnlineRun<'a>,
    store: &'a mut dyn Store,
    subscribe: bool,
    asked: HashSet<CprNumber>,
    waiting: Vec<Fetched>,
    taken: Vec<Taken>,
    /// Persons whom CPR has subscribed, and whose data are of no use.
    unusable: Vec<CprNumber>,
    plan: Plan,
    /// Many persons are counted, not listed.
    quiet: bool,
}

impl Intake<'_> {
    fn add(&mut self, fetched: Fetched) -> Result<ControlFlow<()>, Failure> {
        self.waiting.push(fetched);
        if self.waiting.len() >= BATCH {
            self.flush()?;
        }
        Ok(ControlFlow::Continue(()))
    }

    fn note_subscribed(&mut self) -> Result<(), Failure> {
        Ok(self.run.note_subscribed(self.store, &self.unusable)?)
    }

    /// Relatives are taken in apart from those who were asked for, because nobody subscribed them.
    fn flush(&mut self) -> Result<(), Failure> {
        let waiting = std::mem::take(&mut self.waiting);
        let (asked, relatives): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|fetched| self.asked.contains(&fetched.number()));
        for (persons, subscribed) in [(asked, self.subscribe), (relatives, false)] {
            if persons.is_empty() {
                continue;
            }
            let taken = self.run.take_in(self.store, &persons, subscribed)?;
            for mut person in taken {
                for (entry, contact) in std::mem::take(&mut person.planned) {
                    self.plan.contact(&kartotek_service::cpr_extract::Planned { entry, contact });
                }
                if !self.quiet {
                    print_person(&person)?;
                }
                for message in &person.messages {
                    eprintln!("{}: {}", person.number.masked(), message.text);
                }
                if subscribed && person.contact.is_none() {
                    self.unusable.push(person.number);
                }
                self.taken.push(person);
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
