//! Asking about many persons, and telling about whom there is no answer.

use std::collections::HashSet;
use std::ops::ControlFlow;

use kartotek_formats::cpr_direkte::ErrorNumber;
use kartotek_formats::identifiers::CprNumber;
use kartotek_service::cpr_online::{Ask, FetchError, Fetched, Online};
use serde_json::{Value, json};

use crate::exit::{Exit, Failure};
use crate::output::count;
use crate::progress::Bar;

use super::errors;
use super::failure::exit_of;

/// What becomes of an answer. It gets those, too, that come after it said that nobody else is to be asked about: CPR has
/// acted on them.
type Take<'t> = dyn FnMut(CprNumber, Result<Fetched, FetchError>) -> Result<ControlFlow<()>, Failure> + 't;

/// Asks about persons, in the order given, and then about those of their relatives who were not asked about. Returns how
/// many were not asked about because one before them ended it, and the first failure.
pub(super) fn each(
    online: &Online,
    rounds: impl IntoIterator<Item = (Ask, Vec<CprNumber>)>,
    related: bool,
    take: &mut Take<'_>,
) -> (usize, Result<(), Failure>) {
    let rounds: Vec<_> = rounds.into_iter().collect();
    let known = rounds.iter().flat_map(|(_, numbers)| numbers).copied().collect();
    let mut asking = Asking { online, take, known, relatives: Vec::new(), unasked: 0, ended: None };
    for (ask, numbers) in rounds {
        asking.round(ask, numbers, related);
    }
    let relatives = std::mem::take(&mut asking.relatives);
    asking.round(Ask::Fetch, relatives, false);
    (asking.unasked, asking.ended.unwrap_or(Ok(())))
}

struct Asking<'a, 't> {
    online: &'a Online,
    take: &'a mut Take<'t>,
    known: HashSet<CprNumber>,
    relatives: Vec<CprNumber>,
    unasked: usize,
    /// Why nobody else is asked about, when that is so.
    ended: Option<Result<(), Failure>>,
}

impl Asking<'_, '_> {
    fn round(&mut self, ask: Ask, numbers: Vec<CprNumber>, related: bool) {
        if self.ended.is_some() {
            self.unasked += numbers.len();
            return;
        }
        let online = self.online;
        self.unasked += online.fetch_all(numbers, ask, |number, answer| {
            // There are data whenever they were asked for.
            let Some(answer) = answer.transpose() else { return ControlFlow::Continue(()) };
            if let (true, Ok(fetched)) = (related, &answer) {
                let relatives = fetched.related().into_iter();
                self.relatives.extend(relatives.filter(|relative| self.known.insert(*relative)));
            }
            match (self.take)(number, answer) {
                Ok(ControlFlow::Continue(())) => {}
                Ok(ControlFlow::Break(())) => {
                    self.ended.get_or_insert(Ok(()));
                }
                Err(failure) => match &mut self.ended {
                    Some(Err(_)) => {}
                    ended => *ended = Some(Err(failure)),
                },
            }
            if self.ended.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
    }
}

/// Persons about whom there is no answer.
pub(super) struct Failures<'a> {
    bar: &'a Bar,
    json: bool,
    /// How many were asked about in vain, or refused before.
    pub count: u64,
    /// How many were not asked about, because of an error before.
    pub unasked: usize,
    /// How the command ends because of them.
    pub exit: Exit,
    /// For machines.
    pub documents: Vec<Value>,
}

impl<'a> Failures<'a> {
    pub fn new(bar: &'a Bar, json: bool) -> Self {
        Self { bar, json, count: 0, unasked: 0, exit: Exit::Done, documents: Vec::new() }
    }

    /// An error about a person; `Break` when asking about others is of no use either.
    pub fn note(&mut self, number: CprNumber, error: &FetchError) -> ControlFlow<()> {
        self.add(number, &error.to_string(), error.number(), exit_of(error));
        if error.stops_all() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// A person about whom CPR is not to be asked.
    pub fn refuse(&mut self, number: CprNumber, why: &str) {
        self.add(number, why, None, Exit::Rejected);
    }

    /// So many were not asked about.
    pub fn leave(&mut self, unasked: usize) {
        self.unasked = unasked;
        if unasked > 0 && !self.json {
            self.bar.aside(|| eprintln!("{}", left(unasked)));
        }
    }

    fn add(&mut self, number: CprNumber, error: &str, cause: Option<ErrorNumber>, exit: Exit) {
        self.count += 1;
        self.exit = self.exit.max(exit);
        let person = number.masked();
        if self.json {
            let explanation = cause.map(errors::document);
            self.documents.push(json!({ "person": person, "error": error, "explanation": explanation }));
        } else {
            self.bar.aside(|| eprintln!("{person}: {error}"));
        }
    }
}

/// What is said of persons who were not asked about.
pub(super) fn left(unasked: usize) -> String {
    format!(
        "{} persons were not asked about, because of the error before; ask again once it is mended",
        count(unasked as u64)
    )
}
