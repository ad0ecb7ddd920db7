//! Answers in pieces, late, cut off, too long, of somebody else, or none at all.

use std::time::Duration;

use kartotek_clients::cpr_direkte::ErrorKind;
use kartotek_formats::cpr_direkte::{
    AnswerError, Body, BodyError, CustomerNumber, DataType, Request, SubscriptionType, TransactionCode,
};
use kartotek_simulators::cpr_direkte::{Fault, Scope};
use rstest::rstest;

use crate::support::{Log, Place, Play, client, good, listen, listen_with_tls, person, settings};

/// Longer than any test may take.
const FOR_EVER: Duration = Duration::from_hours(1);

#[rstest]
#[case::as_usual(None)]
#[case::in_pieces(Some(Fault::Segments { size: 7, pause: Duration::from_micros(100) }))]
#[case::one_byte_at_a_time(Some(Fault::bytewise()))]
#[case::late(Some(Fault::Late(Duration::from_millis(30))))]
#[case::late_close(Some(Fault::LateClose(FOR_EVER)))]
#[case::no_close(Some(Fault::NoClose))]
#[case::no_close_notify(Some(Fault::NoCloseNotify))]
#[tokio::test]
async fn a_whole_answer_is_taken_however_it_comes(#[case] fault: Option<Fault>) {
    for plain in [false, true] {
        for is_short in [false, true] {
            let place = Place::with(|options| options.plain = plain);
            if let Some(fault) = &fault {
                place.always(fault.clone(), Scope::Everything);
            }
            if is_short {
                place.always(Fault::ShortLogon, Scope::Logons);
            }
            let client = place.client();
            for _ in 0..2 {
                let reply = place.look_up(&client).await.unwrap();
                let answer = reply.answer();
                assert_eq!(answer.header.length.map(usize::from), Some(28 + answer.data.len()));
                Body::decode(answer.data, TransactionCode::Off4, place.person(0)).unwrap();
            }
            assert_eq!(place.asked(), (u64::from(!plain), 2));
        }
    }
}

#[rstest]
#[case::nothing(0, 28)]
#[case::less_than_a_header(10, 28)]
#[case::a_header_without_its_length(24, 28)]
#[case::nearly_a_header(27, 28)]
#[case::only_the_header(28, 0)]
#[case::some_data(40, 0)]
#[tokio::test]
async fn an_answer_that_ends_early_is_asked_for_again(#[case] length: usize, #[case] expected_bytes: usize) {
    let place = Place::new();
    let client = place.client();
    let whole = place.look_up(&client).await.unwrap().bytes().len();
    let expected_bytes = if expected_bytes == 0 { whole } else { expected_bytes };

    place.next(Fault::CutOff(length), Scope::Lookups);
    assert_eq!(place.look_up(&client).await.unwrap().bytes().len(), whole);
    assert_eq!(place.asked(), (1, 3));

    place.always(Fault::CutOff(length), Scope::Lookups);
    let error = place.look_up(&client).await.unwrap_err();
    assert!(
        matches!(error.kind, ErrorKind::Closed { received, expected } if (received, expected) == (length, expected_bytes)),
        "{error}"
    );
    assert!(error.may_be_retried());
    assert_eq!(place.asked(), (1, 6));
}

#[tokio::test]
async fn an_answer_without_its_last_byte_is_not_taken() {
    let place = Place::new();
    let client = place.client();
    let whole = place.look_up(&client).await.unwrap().bytes().len();
    place.always(Fault::CutOff(whole - 1), Scope::Lookups);
    let error = place.look_up(&client).await.unwrap_err();
    assert!(
        matches!(error.kind, ErrorKind::Closed { received, expected } if (received, expected) == (whole - 1, whole)),
        "{error}"
    );
}

#[rstest]
#[case::before_anything(0)]
#[case::within_the_header(20)]
#[case::within_the_data(100)]
#[tokio::test]
async fn a_connection_that_breaks_is_made_again(#[case] after: usize) {
    let place = Place::new();
    let client = place.client();
    place.next(Fault::Reset(after), Scope::Logons);
    place.next(Fault::Reset(after), Scope::Lookups);
    place.look_up(&client).await.unwrap();

    place.always(Fault::Reset(after), Scope::Lookups);
    let error = place.look_up(&client).await.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Io(_) | ErrorKind::Closed { .. }), "{error:?}");
    assert!(error.may_be_retried());
}

#[tokio::test]
async fn silence_ends_with_the_time_allowed() {
    // Through a proxy, so that no handshake and no sign-on has to be done in so short a time.
    let mut place = Place::with(|options| options.plain = true);
    place.settings.answer_timeout = Duration::from_millis(30);
    let client = place.client();
    place.always(Fault::Silence, Scope::Lookups);
    let error = place.look_up(&client).await.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::TimeOut { received: 0, .. }), "{error}");
    assert!(error.may_be_retried());
    assert_eq!(place.asked(), (0, 3));
}

#[tokio::test]
async fn an_answer_that_never_ends_does_too() {
    let server = listen(|request, _| {
        let mut answer = good(request, b"0123456789");
        answer.truncate(33);
        Play::LeaveOpen(answer)
    })
    .await;
    let mut settings = settings(server.endpoint.clone());
    settings.answer_timeout = Duration::from_millis(30);
    let error = client(settings).lookup(person(), SubscriptionType::Unchanged, DataType::Task).await.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::TimeOut { received: 33, .. }), "{error}");
    assert_eq!(server.connections(), 3);
}

#[rstest]
#[case::one(1)]
#[case::seven(7)]
#[case::more_than_an_answer_can_hold(9_999)]
#[tokio::test]
async fn what_follows_the_declared_length_does_not_count_however_it_comes(#[case] by: usize) {
    let data = b"0123456789";
    for in_records_of in [5, 38, 20_000] {
        let server = listen_with_tls(move |request, _| {
            let mut answer = good(request, data);
            if matches!(request, Request::Lookup(_)) {
                answer.extend(vec![b'X'; by]);
            }
            Play::Pieces(answer.chunks(in_records_of).map(<[u8]>::to_vec).collect())
        })
        .await;
        let client = client(settings(server.endpoint.clone()));
        let reply = client.lookup(person(), SubscriptionType::Unchanged, DataType::Task).await.unwrap();
        assert_eq!((reply.answer().data, reply.bytes().len()), (data.as_slice(), 38), "records of {in_records_of}");
    }
}

#[tokio::test]
async fn what_does_not_count_is_logged_by_its_length_alone() {
    let log = Log::capture();
    let place = Place::new();
    let client = place.client();
    place.always(Fault::TooLong(7), Scope::Lookups);
    place.look_up(&client).await.unwrap();
    let logged = log.text();
    assert!(logged.contains("surplus=7") && !logged.contains("XXX"), "{logged}");
}

#[rstest]
#[case::a_web_server(b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nConnection: close\r\n\r\n".to_vec(), 1)]
#[case::a_great_deal(vec![b'x'; 100_000], 1)]
#[case::zeroes(vec![0; 9_999], 1)]
#[case::no_error_number(b"013206TOKEN123WUADIR34xx0028".to_vec(), 23)]
#[case::a_length_below_the_header(b"013206TOKEN123WUADIR34000027".to_vec(), 25)]
#[tokio::test]
async fn what_is_no_answer_is_refused_at_once(#[case] bytes: Vec<u8>, #[case] expected: usize) {
    // A sign-on needs no length.
    let scopes: &[_] = if expected == 25 { &[Scope::Lookups] } else { &[Scope::Logons, Scope::Lookups] };
    for scope in scopes.iter().copied() {
        let place = Place::new();
        let client = place.client();
        place.always(Fault::Bytes(bytes.clone()), scope);
        let error = place.look_up(&client).await.unwrap_err();
        assert!(
            matches!(error.kind, ErrorKind::Answer(AnswerError::Header { position, .. }) if position == expected),
            "{error}"
        );
        assert!(!error.may_be_retried());
        assert_eq!(place.connections(), if scope == Scope::Logons { 1 } else { 2 });
    }
}

#[tokio::test]
async fn the_longest_answer_is_taken() {
    let server = listen(|request, _| Play::Slowly(good(request, &[b'x'; 9_999 - 28]))).await;
    let client = client(settings(server.endpoint.clone()));
    let reply = client.lookup(person(), SubscriptionType::Unchanged, DataType::Task).await.unwrap();
    assert_eq!(reply.bytes().len(), 9_999);
}

#[tokio::test]
async fn the_answer_of_another_customer_is_refused() {
    for scope in [Scope::Logons, Scope::Lookups] {
        let place = Place::new();
        place.always(Fault::AnotherCustomer(CustomerNumber::new(b"0133").unwrap()), scope);
        let error = place.look_up(&place.client()).await.unwrap_err();
        assert!(matches!(error.kind, ErrorKind::AnotherCustomer), "{error}");
        assert!(!error.may_be_retried());
        assert_eq!(place.connections(), if scope == Scope::Logons { 1 } else { 2 });
    }
}

#[rstest]
#[case::user(14, b'X', false)]
#[case::subscription_type(4, b'3', true)]
#[case::data_type(5, b'0', true)]
#[tokio::test]
async fn the_answer_to_another_request_is_refused(#[case] at: usize, #[case] byte: u8, #[case] is_type: bool) {
    let server = listen_with_tls(move |request, before| {
        let mut answer = good(request, b"001");
        if before > 0 {
            answer[at] = byte;
        }
        Play::Answer(answer)
    })
    .await;
    let client = client(settings(server.endpoint.clone()));
    let error = client.lookup(person(), SubscriptionType::Set, DataType::Task).await.unwrap_err();
    assert_eq!(matches!(error.kind, ErrorKind::AnotherRequest), is_type, "{error}");
    assert_eq!(matches!(error.kind, ErrorKind::AnotherCustomer), !is_type, "{error}");
    assert_eq!((server.logons(), server.lookups()), (1, 1));
}

#[tokio::test]
async fn an_error_in_24_characters_is_an_error() {
    let server = listen(|request, _| {
        let mut answer = good(request, b"");
        answer[22..24].copy_from_slice(b"16");
        answer.truncate(24);
        Play::Answer(answer)
    })
    .await;
    let client = client(settings(server.endpoint.clone()));
    let error = client.lookup(person(), SubscriptionType::Set, DataType::Task).await.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Refused(number) if number.as_number() == 16), "{error}");
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn data_that_are_not_of_the_person_are_found_when_they_are_read() {
    type Expected = fn(&BodyError) -> bool;
    let cases: [(Fault, Expected); 3] = [
        (Fault::AnotherPerson, |error| matches!(error, BodyError::AnotherPerson { record_type: 1, .. })),
        (Fault::WrongCount, |error| matches!(error, BodyError::Count { .. })),
        (Fault::RecordType(777), |error| matches!(error, BodyError::UnknownType { record_type: 777, .. })),
    ];
    let place = Place::new();
    let client = place.client();
    for (fault, expected) in cases {
        place.next(fault.clone(), Scope::Lookups);
        let reply = place.look_up(&client).await.unwrap();
        let error = Body::decode(reply.answer().data, TransactionCode::Off4, place.person(0)).err().unwrap();
        assert!(expected(&error), "{fault:?}: {error}");
    }
}
