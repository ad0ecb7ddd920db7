//! CPR Direkte as it is: fetched persons go into the register as any other look-up.

use std::ops::ControlFlow;

use kartotek_clients::cpr_direkte::{Error, ErrorKind, Fault};
use kartotek_formats::cpr_direkte::ErrorNumber;
use kartotek_formats::identifiers::CprNumber;
use kartotek_register::ports::{Clock, RunState, Severity, Store, StoreError};

use crate::cpr_online::{Ask, FetchError, Fetched, Online, OnlineImport, Taken};

use super::{Direkte, Outcome};

/// CPR Direkte by a connection that is set up.
pub struct OnlineDirekte {
    online: Online,
    import: OnlineImport,
    clock: Box<dyn Clock>,
}

impl OnlineDirekte {
    /// By a connection; `import` says how persons are taken in.
    pub fn new(online: Online, import: OnlineImport, clock: impl Clock + 'static) -> Self {
        Self { online, import, clock: Box::new(clock) }
    }

    /// What became of the persons, in the order given.
    fn take_in(&self, store: &mut dyn Store, fetched: &[Fetched]) -> Result<Vec<Taken>, StoreError> {
        let mut run = self.import.begin(store, self.clock.as_ref(), "cpr subscribe")?;
        // That they are subscribed is written with what becomes of the orders, which stay sent until then.
        let outcome = run.take_in(store, fetched, false);
        run.finish(store, if outcome.is_ok() { RunState::Done } else { RunState::Failed })?;
        outcome
    }

    fn ask(&self, numbers: &[CprNumber], ask: Ask) -> (Vec<Fetched>, Vec<(CprNumber, Outcome)>) {
        let mut fetched = Vec::new();
        let mut outcomes = Vec::with_capacity(numbers.len());
        self.online.fetch_all(numbers.to_vec(), ask, |number, answer| {
            match answer {
                Ok(Some(person)) => fetched.push(person),
                Ok(None) => outcomes.push((number, Outcome::Done)),
                Err(error) => {
                    let goes_on = !error.stops_all();
                    outcomes.push((number, outcome(&error)));
                    return if goes_on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) };
                }
            }
            ControlFlow::Continue(())
        });
        (fetched, outcomes)
    }
}

impl Direkte for OnlineDirekte {
    fn subscribe_and_fetch(&mut self, store: &mut dyn Store, numbers: &[CprNumber]) -> Vec<(CprNumber, Outcome)> {
        let (fetched, mut outcomes) = self.ask(numbers, Ask::FetchAndSubscribe);
        // CPR has subscribed them; without the data in the register the order stays sent, and the next call asks again.
        match self.take_in(store, &fetched) {
            Ok(taken) => outcomes.extend(taken.into_iter().map(|person| (person.number, taken_in(&person)))),
            Err(error) => {
                let later = Outcome::Later(format!("the register: {error}"));
                outcomes.extend(fetched.iter().map(|person| (person.number(), later.clone())));
            }
        }
        outcomes
    }

    fn unsubscribe(&mut self, numbers: &[CprNumber]) -> Vec<(CprNumber, Outcome)> {
        self.ask(numbers, Ask::Unsubscribe).1
    }
}

/// A person with a bad record is not in the register, whatever CPR has noted.
fn taken_in(person: &Taken) -> Outcome {
    if person.outcome.is_some() {
        return Outcome::Done;
    }
    let why = person.messages.iter().find(|message| message.severity == Severity::Error);
    Outcome::Unusable(why.map_or_else(|| "a record is bad".to_owned(), |message| message.text.clone()))
}

fn outcome(error: &FetchError) -> Outcome {
    match error {
        FetchError::Body(error) => Outcome::Unusable(error.to_string()),
        // That signing on failed says nothing about the person.
        FetchError::Direkte(error) if error.is_of_sign_on() => for_all(error),
        FetchError::Direkte(error) => match error.kind {
            ErrorKind::Refused(ErrorNumber::UNKNOWN_NUMBER) => Outcome::Unknown,
            ErrorKind::Refused(number) => Outcome::Refused(number),
            // It will be the same next time, and must not keep the others back.
            ErrorKind::Answer(_) | ErrorKind::AnotherCustomer | ErrorKind::AnotherRequest => {
                Outcome::Unclear(error.to_string())
            }
            _ => for_all(error),
        },
    }
}

/// What stands in everybody's way.
fn for_all(error: &Error) -> Outcome {
    let reason = error.to_string();
    if error.fault() == Fault::Configuration { Outcome::Halted(reason) } else { Outcome::Later(reason) }
}
