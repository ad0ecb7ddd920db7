//! Answers that say all in their first 24 characters, whatever follows those, and however it comes.

use kartotek_clients::cpr_direkte::ErrorKind;
use kartotek_formats::cpr_direkte::{Advice, DataType, Request, SubscriptionType};
use rstest::rstest;

use crate::support::{Play, client, good, listen_with_tls, number, person, settings};

const TEXT: &str = "forkert bruger-id eller adgangskode";

/// What follows the error number: what clients have seen there, and what they could.
fn tails() -> Vec<String> {
    let mut tails: Vec<_> = ["", "    ", "0000", "0001", "0101", "0028", "0063"].map(str::to_owned).to_vec();
    tails.extend(["", "0000", "0028", "0063", "0101"].map(|length| format!("{length}{TEXT}")));
    tails
}

#[derive(Clone, Copy, Debug)]
enum How {
    Together,
    InTwoRecords,
    ByteByByte,
    WithoutClose,
}

fn play(head: Vec<u8>, tail: &str, how: How) -> Play {
    let mut whole = head;
    let at = whole.len() + tail.len().min(4);
    whole.extend_from_slice(tail.as_bytes());
    match how {
        How::Together => Play::Answer(whole),
        How::InTwoRecords => {
            let rest = whole.split_off(at);
            Play::Pieces(vec![whole, rest])
        }
        How::ByteByByte => Play::Slowly(whole),
        How::WithoutClose => Play::LeaveOpen(whole),
    }
}

fn head(request: &Request, number: u8) -> Vec<u8> {
    let mut head = good(request, b"");
    head[22..24].copy_from_slice(format!("{number:02}").as_bytes());
    head.truncate(24);
    head
}

#[rstest]
#[case::wrong_password(1)]
#[case::expired_password(2)]
#[case::unknown_number(5)]
#[case::expired_token(7)]
#[case::address_not_approved(16)]
#[tokio::test]
async fn an_error_is_asked_for_no_oftener_than_its_number_says(
    #[case] error: u8,
    #[values(true, false)] is_logon: bool,
    #[values(How::Together, How::InTwoRecords, How::ByteByByte, How::WithoutClose)] how: How,
) {
    let times = if number(error).advice() == Advice::SignOn { 2 } else { 1 };
    for tail in tails() {
        let sent = tail.clone();
        let server = listen_with_tls(move |request, _| {
            if matches!(request, Request::Logon(_)) == is_logon {
                play(head(request, error), &sent, how)
            } else {
                Play::Answer(good(request, b""))
            }
        })
        .await;
        let client = client(settings(server.endpoint.clone()));
        let ask = || client.lookup(person(), SubscriptionType::Unchanged, DataType::Task);
        let failed = ask().await.unwrap_err();
        assert!(matches!(failed.kind, ErrorKind::Refused(refused) if refused == number(error)), "{tail:?}: {failed}");
        assert!(!failed.to_string().contains(TEXT), "{failed}");
        let lookups = if is_logon { 0 } else { times };
        assert_eq!((server.logons(), server.lookups()), (times, lookups), "{tail:?}");
        if number(error).advice() == Advice::Stop {
            assert!(matches!(ask().await.unwrap_err().kind, ErrorKind::Stopped(_)), "{tail:?}");
            assert_eq!(server.connections(), times + lookups, "{tail:?}: nothing more is connected");
        }
    }
}

#[rstest]
#[tokio::test]
async fn a_sign_on_is_taken_whatever_follows_its_24_characters(
    #[values(How::Together, How::InTwoRecords, How::ByteByByte, How::WithoutClose)] how: How,
    #[values("", "    ", "\0\0\0\0", "\r\n  ", "0000", "0028", "0028more", "        ")] tail: &'static str,
) {
    let server = listen_with_tls(move |request, _| match request {
        Request::Logon(_) => play(head(request, 0), tail, how),
        Request::Lookup(_) => Play::Answer(good(request, b"")),
    })
    .await;
    let client = client(settings(server.endpoint.clone()));
    client.lookup(person(), SubscriptionType::Set, DataType::None).await.unwrap();
    assert_eq!((server.logons(), server.lookups()), (1, 1));
}

#[rstest]
#[case::types(4, b"90")]
#[case::no_types(4, b"  ")]
#[case::other_types(4, b"00")]
#[case::another_user(14, b"ANOTHER1")]
#[case::no_user(14, b"        ")]
#[case::another_customer(0, b"0999")]
#[case::no_customer(0, b"    ")]
#[case::zeroes_for_a_customer(0, b"\0\0\0\0")]
#[tokio::test]
async fn an_error_is_believed_whatever_it_repeats(
    #[case] at: usize,
    #[case] bytes: &'static [u8],
    #[values(1, 2, 16)] error: u8,
    #[values(true, false)] is_logon: bool,
) {
    let server = listen_with_tls(move |request, _| {
        let mut answer = good(request, b"");
        if matches!(request, Request::Logon(_)) == is_logon {
            answer[22..24].copy_from_slice(format!("{error:02}").as_bytes());
            answer[at..at + bytes.len()].copy_from_slice(bytes);
        }
        Play::Answer(answer)
    })
    .await;
    let client = client(settings(server.endpoint.clone()));
    for _ in 0..2 {
        let failed = client.lookup(person(), SubscriptionType::Set, DataType::Task).await.unwrap_err();
        assert_eq!(failed.number(), Some(number(error)), "{failed}");
    }
    assert_eq!(client.stopped_by(), Some(number(error)));
    assert_eq!(server.connections(), if is_logon { 1 } else { 2 });
}
