//! Persons as the register would have them, without a register.

use std::io::{self, IsTerminal as _, Write as _};
use std::ops::ControlFlow;

use kartotek_formats::identifiers::CprNumber;
use kartotek_register::contact::ContactId;
use kartotek_register::memory::MemoryStore;
use kartotek_register::ports::{ContactCard, Store as _, SystemClock};
use kartotek_service::cpr_extract::Progress;
use kartotek_service::cpr_online::{Ask, Fetched, OnlineImport, Taken};
use serde_json::{Value, json};

use crate::cli::Global;
use crate::commands::contact;
use crate::exit::{Exit, Failure};
use crate::output;
use crate::progress::Bar;

use super::asking::{Failures, each};
use super::options::Options;
use super::session::Session;

/// Fetches persons and shows them.
pub(super) fn show(
    global: &Global,
    mut session: Session,
    options: &Options,
    numbers: Vec<CprNumber>,
) -> Result<Exit, Failure> {
    let import = options.import(&session, false)?;
    let online = options.online(&mut session)?;
    // Persons that appear on the terminal are progress enough.
    let bar = Bar::new(global.json || io::stdout().is_terminal());
    let mut failures = Failures::new(&bar, global.json);
    let mut shown = Shown { json: global.json, documents: Vec::new(), exit: Exit::Done };
    let (all, mut done) = (numbers.len() as u64, 0);
    let (unasked, outcome) = each(&online, [(Ask::Fetch, numbers)], options.related, &mut |number, answer| {
        done += 1;
        bar.show(Progress::TakenIn(done, all.max(done)));
        match answer {
            Ok(fetched) => bar.aside(|| shown.person(&import, &fetched)).map(ControlFlow::Continue),
            Err(error) => Ok(failures.note(number, &error)),
        }
    });
    failures.leave(unasked);
    bar.finish();
    outcome?;
    if global.json {
        let mut documents = shown.documents;
        documents.append(&mut failures.documents);
        if unasked > 0 {
            documents.push(json!({ "unasked": unasked }));
        }
        output::json(&Value::Array(documents))?;
    }
    Ok(shown.exit.max(failures.exit))
}

struct Shown {
    json: bool,
    documents: Vec<Value>,
    exit: Exit,
}

impl Shown {
    fn person(&mut self, import: &OnlineImport, fetched: &Fetched) -> Result<(), Failure> {
        let (card, taken) = card(fetched, import)?;
        if taken.outcome.is_none() {
            self.exit = self.exit.max(Exit::Rejected);
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
        Ok(())
    }
}

/// What is shown of a person, and the messages about the records. `None`: the records could not be taken in.
fn card(fetched: &Fetched, import: &OnlineImport) -> Result<(Option<ContactCard>, Taken), Failure> {
    let mut store = MemoryStore::new();
    let clock = SystemClock;
    let mut run = import.begin(&mut store, &clock, "cpr lookup")?;
    let taken = run.take_in(&mut store, std::slice::from_ref(fetched), false)?;
    let taken = taken.into_iter().next().ok_or_else(|| Failure::unreachable(anyhow::anyhow!("nobody was taken in")))?;
    let mut card = store.reader()?.contact(&ContactId::person(fetched.number()))?;
    // What would be noted about the source is not a fact about the person.
    if let Some(card) = &mut card {
        card.sources.clear();
    }
    Ok((card, taken))
}
