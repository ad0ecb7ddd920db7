//! Many requests at the same time.

use std::collections::BTreeSet;
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::Arc;
use std::time::{Duration, Instant};

use kartotek_clients::cpr_direkte::{Client, Error, ErrorKind, Reply};
use kartotek_formats::cpr_direkte::{Body, DataType, SubscriptionType, TransactionCode};
use kartotek_simulators::cpr_direkte::{Fault, Scope};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::support::{Place, Play, client, good, listen, number, person, settings};

/// Asks for the first persons of the population, all at once.
async fn ask_for(place: &Place, client: &Client, persons: u32) -> Vec<(u32, Result<Reply, Error>)> {
    let mut tasks = JoinSet::new();
    for index in 0..persons {
        let (client, number) = (client.clone(), place.person(index));
        tasks.spawn(async move { (index, client.lookup(number, SubscriptionType::Unchanged, DataType::Task).await) });
    }
    tasks.join_all().await
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_at_once_sign_on_once_and_get_each_their_own_answer() {
    let place = Place::new();
    let client = place.client();
    let replies = ask_for(&place, &client, 64).await;
    let answered: BTreeSet<_> = replies
        .iter()
        .map(|(index, reply)| {
            let reply = reply.as_ref().unwrap();
            Body::decode(reply.answer().data, TransactionCode::Off4, place.person(*index)).unwrap();
            *index
        })
        .collect();
    assert_eq!(answered.len(), 64);
    assert_eq!(place.asked(), (1, 64));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_expires_under_sixty_four_is_renewed_once() {
    let mut place = Place::new();
    place.settings.connections = NonZeroUsize::new(64).unwrap();
    let client = place.client();
    place.look_up(&client).await.unwrap();
    for round in 2..10 {
        place.control().expire_tokens();
        let replies = ask_for(&place, &client, 64).await;
        assert!(replies.iter().all(|(_, reply)| reply.is_ok()));
        assert_eq!(place.asked().0, round);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_tried_once_however_many_wait_for_it() {
    let place = Place::new();
    let client = place.client();
    place.always(Fault::error(number(1)), Scope::Logons);
    for (_, result) in ask_for(&place, &client, 64).await {
        let error = result.unwrap_err();
        assert!(matches!(error.kind, ErrorKind::Refused(_) | ErrorKind::Stopped(_)), "{error}");
        assert_eq!(error.number(), Some(number(1)));
    }
    assert_eq!((place.asked(), place.connections()), ((1, 0), 1));
}

#[tokio::test]
async fn there_are_never_more_connections_than_allowed() {
    const ALLOWED: usize = 3;
    const ALL: usize = 20;
    let released = Arc::new(Semaphore::new(0));
    let held = Arc::clone(&released);
    let server = listen(move |request, _| Play::Hold(good(request, b""), Arc::clone(&held))).await;
    let mut settings = settings(server.endpoint.clone());
    settings.connections = NonZeroUsize::new(ALLOWED).unwrap();
    let client = client(settings);
    let mut tasks = JoinSet::new();
    for _ in 0..ALL {
        let client = client.clone();
        tasks.spawn(async move { client.lookup(person(), SubscriptionType::Unchanged, DataType::None).await });
    }
    for answered in 0..ALL {
        let expected = (answered + ALLOWED).min(ALL);
        while server.connections() < expected {
            tokio::task::yield_now().await;
        }
        // All run on one thread, so whoever could connect has done so by then.
        for _ in 0..1_000 {
            tokio::task::yield_now().await;
        }
        assert_eq!(server.connections(), expected, "after {answered} answers");
        released.add_permits(1);
        tasks.join_next().await.unwrap().unwrap().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn there_are_never_more_requests_a_second_than_allowed() {
    let mut place = Place::new();
    place.settings.per_second = NonZeroU32::new(100);
    let client = place.client();
    let start = Instant::now();
    let replies = ask_for(&place, &client, 30).await;
    let took = start.elapsed();
    assert!(replies.iter().all(|(_, reply)| reply.is_ok()));
    assert!(took >= Duration::from_millis(290), "31 requests at 100 a second took {took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_at_once_over_a_rough_line_are_all_answered() {
    let mut place = Place::new();
    place.settings.backoff.tries = NonZeroU32::new(40).unwrap();
    let client = place.client();
    // Sign-ons are not repeated so often.
    place.look_up(&client).await.unwrap();
    for fault in
        [Fault::CloseAtAccept, Fault::CutOff(40), Fault::Reset(10), Fault::error(number(8)), Fault::error(number(4))]
    {
        for _ in 0..5 {
            place.next(fault.clone(), Scope::Lookups);
        }
    }
    let replies = ask_for(&place, &client, 64).await;
    assert!(replies.iter().all(|(_, reply)| reply.is_ok()));
    assert_eq!(place.control().faults_left(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_at_once_all_resume_their_sessions() {
    let mut place = Place::new();
    place.settings.connections = NonZeroUsize::new(64).unwrap();
    let client = place.client();
    ask_for(&place, &client, 64).await;
    let before = place.control().counts();
    ask_for(&place, &client, 64).await;
    let after = place.control().counts();
    assert_eq!((after.handshakes - before.handshakes, after.resumed - before.resumed), (64, 64));
}
