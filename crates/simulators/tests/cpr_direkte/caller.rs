use kartotek_formats::identifiers::CprNumber;
use kartotek_simulators::cpr_direkte::{Fault, Scope, Times, look_up_unchecked};

use crate::support::{PERSONS, Place, options};

const CONNECTIONS: usize = 32;

fn everybody(place: &Place) -> Vec<CprNumber> {
    (0..PERSONS).map(|index| place.number(index)).collect()
}

#[test]
fn no_more_than_the_first_connection_of_each_worker_shakes_hands_in_full() {
    let place = Place::new(|_| {});
    look_up_unchecked(&place.simulator, &options(), &everybody(&place), CONNECTIONS).unwrap();
    let counts = place.simulator.control().counts();
    assert_eq!((counts.logons, counts.lookups, counts.refused), (1, u64::from(PERSONS), 0));
    let full = counts.handshakes - counts.resumed;
    assert!(full <= CONNECTIONS as u64 + 1, "{full}");
}

#[test]
fn an_error_is_no_look_up() {
    let place = Place::new(|_| {});
    let token_expired = "error-07".parse::<Fault>().unwrap();
    place.simulator.control().fault(token_expired, Scope::Lookups, Times::Next(1));
    let error = look_up_unchecked(&place.simulator, &options(), &everybody(&place), 2).unwrap_err();
    assert_eq!(error.to_string(), "an answer with error 07");
    place.simulator.control().clear_faults();
    place.simulator.control().expire_password();
    let error = look_up_unchecked(&place.simulator, &options(), &everybody(&place), 2).unwrap_err();
    assert_eq!(error.to_string(), "an answer with error 02");
}
