//! The shortest way through, with a listener that answers whatever it is told to.

use kartotek_clients::cpr_direkte::ErrorKind;
use kartotek_formats::cpr_direkte::{DataType, Request, SubscriptionType};

use crate::support::{Play, client, good, listen, listen_with_tls, number, person, settings};

#[tokio::test]
async fn a_local_proxy_is_asked_without_identity() {
    let server = listen(|request, _| {
        assert!(matches!(request, Request::Lookup(lookup) if lookup.identity.is_none()));
        Play::Answer(good(request, b"001"))
    })
    .await;
    let client = client(settings(server.endpoint.clone()));
    let reply = client.lookup(person(), SubscriptionType::Unchanged, DataType::Task).await.unwrap();
    assert_eq!(reply.answer().data, b"001");
    assert_eq!((server.connections(), server.logons(), server.lookups()), (1, 0, 1));
    for result in
        [client.sign_on().await, client.change_password(&crate::support::password(), &crate::support::password()).await]
    {
        assert!(matches!(result.unwrap_err().kind, ErrorKind::SignsOnItself));
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn one_sign_on_serves_many_look_ups() {
    let server = listen_with_tls(|request, _| Play::Slowly(good(request, b"001"))).await;
    let client = client(settings(server.endpoint.clone()));
    for _ in 0..3 {
        let reply = client.lookup(person(), SubscriptionType::Set, DataType::Task).await.unwrap();
        assert_eq!(reply.answer().data, b"001");
    }
    assert_eq!((server.connections(), server.logons(), server.lookups()), (4, 1, 3));
}

#[tokio::test]
async fn a_server_need_not_close() {
    let server = listen_with_tls(|request, _| {
        let mut answer = good(request, b"001");
        if matches!(request, Request::Logon(_)) {
            answer.truncate(24);
        }
        Play::LeaveOpen(answer)
    })
    .await;
    let client = client(settings(server.endpoint.clone()));
    let reply = client.lookup(person(), SubscriptionType::Unchanged, DataType::None).await.unwrap();
    assert_eq!(reply.answer().data, b"");
    assert_eq!((server.connections(), server.logons(), server.lookups()), (2, 1, 1));
}

#[tokio::test]
async fn an_unknown_number_is_an_error_even_with_data() {
    let server = listen(|request, _| {
        let mut answer = good(request, b"some text");
        answer[22..24].copy_from_slice(b"05");
        Play::Answer(answer)
    })
    .await;
    let client = client(settings(server.endpoint.clone()));
    let error = client.lookup(person(), SubscriptionType::Unchanged, DataType::Task).await.unwrap_err();
    assert_eq!(error.number(), Some(number(5)));
    assert_eq!(server.connections(), 1);
    assert!(!error.to_string().contains("some text"));
}
