//! CPR as a whole cannot be had: all wait together, and those who come later are not told so as often as the first.

use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use kartotek_clients::cpr_direkte::{Backoff, Client};
use kartotek_simulators::cpr_direkte::{Fault, Scope};
use rstest::rstest;

use crate::support::{Place, number};

/// Tries of the tests' settings.
const TRIES: u64 = 3;

async fn signed_on(place: &Place) -> Client {
    let client = place.client();
    place.look_up(&client).await.unwrap();
    client
}

#[rstest]
#[case::closed(Fault::error(number(4)))]
#[case::no_connection(Fault::error(number(9)))]
#[case::closed_profile(Fault::error(number(14)))]
#[case::closed_person_code(Fault::error(number(24)))]
#[case::not_reached(Fault::CloseAtAccept)]
#[tokio::test]
async fn the_first_finds_it_out_and_the_others_try_once(#[case] fault: Fault) {
    let place = Place::new();
    let client = signed_on(&place).await;
    place.always(fault, Scope::Lookups);
    let before = place.connections();
    for asked in 0..5 {
        assert!(place.look_up(&client).await.unwrap_err().may_be_retried());
        assert_eq!(place.connections() - before, TRIES + asked);
    }
    // An answer ends it, for all.
    place.control().clear_faults();
    place.look_up(&client).await.unwrap();
    place.next(Fault::error(number(4)), Scope::Lookups);
    place.look_up(&client.clone()).await.unwrap();
}

#[tokio::test]
async fn a_person_who_is_locked_does_not_make_others_wait() {
    let place = Place::new();
    let client = signed_on(&place).await;
    place.always(Fault::error(number(8)), Scope::Lookups);
    for asked in 1..=3 {
        place.look_up(&client).await.unwrap_err();
        assert_eq!(place.asked(), (1, 1 + asked * TRIES));
    }
}

#[tokio::test]
async fn others_wait_after_one_has_found_it_out() {
    let mut place = Place::new();
    let wait = Duration::from_millis(300);
    place.settings.backoff = Backoff { first: wait, longest: wait, tries: NonZeroU32::MIN };
    let client = signed_on(&place).await;
    place.next(Fault::error(number(4)), Scope::Lookups);
    place.look_up(&client).await.unwrap_err();
    let began = Instant::now();
    place.look_up(&client.clone()).await.unwrap();
    // A random part of up to half is taken off.
    assert!(began.elapsed() >= wait / 3, "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_look_up_is_not_repeated_for_ever() {
    let mut place = Place::new();
    place.settings.backoff.tries = NonZeroU32::MAX;
    place.settings.backoff.longest = Duration::from_millis(1);
    place.settings.repeat_for = Duration::from_millis(50);
    let client = signed_on(&place).await;
    place.always(Fault::error(number(8)), Scope::Lookups);
    assert!(place.look_up(&client).await.unwrap_err().may_be_retried());
    assert!(place.asked().1 > 2);
}
