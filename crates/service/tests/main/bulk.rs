//! Asking about many when CPR cannot be had, or does not want to be asked.

use std::num::{NonZeroU32, NonZeroUsize};
use std::ops::ControlFlow;

use kartotek_formats::cpr_direkte::ErrorNumber;
use kartotek_formats::identifiers::CprNumber;
use kartotek_service::cpr_online::{Ask, Connection, FetchError, Online};
use kartotek_simulators::cpr_direkte::{Fault, Scope, Times};

use crate::support::{Direkte, online_of, population};

const PERSONS: u32 = 60;
const CONNECTIONS: usize = 2;

struct Place {
    direkte: Direkte,
    numbers: Vec<CprNumber>,
}

impl Place {
    fn new() -> Self {
        let population = population(PERSONS);
        let numbers = (0..PERSONS).map(|index| population.person(index, 0).unwrap().number()).collect();
        Self { direkte: Direkte::start(population), numbers }
    }

    fn online(&self) -> Online {
        let connections = NonZeroUsize::new(CONNECTIONS).unwrap();
        online_of(&Connection { connections, tries: NonZeroU32::MIN, ..self.direkte.connection() })
    }

    /// The errors, until nobody else is asked about.
    fn errors(&self, online: &Online) -> Vec<FetchError> {
        self.errors_and_left(online).0
    }

    /// The errors, and how many were not asked about.
    fn errors_and_left(&self, online: &Online) -> (Vec<FetchError>, usize) {
        let mut errors = Vec::new();
        let left = online.fetch_all(self.numbers.clone(), Ask::Fetch, |_, answer| {
            let Some(error) = answer.err() else { return ControlFlow::Continue(()) };
            let goes_on = !error.stops_all();
            errors.push(error);
            if goes_on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        (errors, left)
    }
}

#[test]
fn when_cpr_cannot_be_reached_the_rest_is_not_asked_about() {
    let place = Place::new();
    place.direkte.simulator.control().fault(Fault::CloseAtAccept, Scope::Everything, Times::UntilCleared);
    let (errors, left) = place.errors_and_left(&place.online());
    assert_eq!(errors.len() + left, place.numbers.len());
    // Each connection may be at another one by then, and have one that waits to be handed over.
    let enough = 2 * CONNECTIONS;
    assert!((enough..=enough + 2 * CONNECTIONS).contains(&errors.len()), "{} errors", errors.len());
    assert!(errors.iter().all(|error| error.may_be_retried() && !error.stops_all()), "{errors:?}");
}

#[test]
fn what_comes_between_answers_does_not_end_it() {
    let place = Place::new();
    let control = place.direkte.simulator.control();
    let online = place.online();
    for _ in 0..4 {
        control.fault(Fault::error(ErrorNumber::DEADLOCK), Scope::Lookups, Times::Next(1));
        assert_eq!(place.errors(&online).len(), 1);
    }
    control.fault(Fault::error(ErrorNumber::UNKNOWN_NUMBER), Scope::Lookups, Times::UntilCleared);
    assert_eq!(place.errors(&online).len(), place.numbers.len(), "an answer about each, though nobody is known");
}

#[test]
fn a_sign_on_that_is_refused_for_good_is_not_tried_for_each() {
    for number in [6, 18, 28, 99] {
        let place = Place::new();
        let refusal = Fault::error(ErrorNumber::new(number).unwrap());
        place.direkte.simulator.control().fault(refusal.clone(), Scope::Logons, Times::UntilCleared);
        let errors = place.errors(&place.online());
        assert!(errors[0].stops_all() && errors[0].number().is_some_and(|error| error.as_number() == number));
        // Those that were under way, or begun before the first refusal had been handed over.
        let logons = place.direkte.simulator.control().counts().logons;
        assert!(logons <= 2 * CONNECTIONS as u64, "error {number}: {logons} sign-ons");

        place.direkte.simulator.control().clear_faults();
        place.direkte.simulator.control().fault(refusal, Scope::Lookups, Times::UntilCleared);
        assert_eq!(place.errors(&place.online()).len(), place.numbers.len(), "error {number} in answer to look-ups");
    }
}
