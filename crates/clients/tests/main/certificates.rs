//! Whom to trust: the server's certificate.

use kartotek_clients::cpr_direkte::{Endpoint, Error, ErrorKind, Fault as Whose, Reply};
use kartotek_formats::cpr_direkte::{DataType, SubscriptionType};
use kartotek_simulators::cpr_direkte::CertificateKind;
use rcgen::{BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rstest::rstest;
use rustls::SupportedProtocolVersion;
use rustls::version::{TLS12, TLS13};

use crate::support::{Place, Play, client, good, listen_with_certificate, listen_with_tls, person, settings};

async fn ask(endpoint: &Endpoint) -> Result<Reply, Error> {
    let client = client(settings(endpoint.clone()));
    client.lookup(person(), SubscriptionType::Unchanged, DataType::None).await
}

async fn failed(endpoint: &Endpoint) -> Error {
    ask(endpoint).await.unwrap_err()
}

#[rstest]
#[case::foreign(
    CertificateKind::Foreign,
    "from an unknown authority; give the certificate of that authority in `ca_file`"
)]
#[case::expired(CertificateKind::Expired, "has expired")]
#[case::not_yet_valid(CertificateKind::NotYetValid, "not valid yet; is the clock")]
#[tokio::test]
async fn a_certificate_that_is_not_to_be_trusted_is_not(#[case] kind: CertificateKind, #[case] expected: &str) {
    let place = Place::with(|options| options.certificate = kind);
    let error = place.look_up(&place.client()).await.unwrap_err();
    assert!(matches!(&error.kind, ErrorKind::Tls(text) if text.contains(expected)), "{error}");
    assert_eq!((error.may_be_retried(), error.fault()), (false, Whose::Configuration));
    assert_eq!((place.connections(), place.asked()), (1, (0, 0)), "asking again would not help");
}

#[tokio::test]
async fn a_certificate_that_vouches_for_itself_is_not_trusted() {
    let server = listen_with_tls(|request, _| Play::Answer(good(request, b""))).await;
    let place = Place::new();
    let (Endpoint::Direkte { tls, .. }, (host, port)) = (&place.settings.endpoint, server.endpoint.address()) else {
        panic!("TLS is the default")
    };
    let error = failed(&Endpoint::Direkte { host: host.to_owned(), port, tls: tls.clone() }).await;
    assert!(matches!(&error.kind, ErrorKind::Tls(text) if text.contains("unknown authority")), "{error}");
}

#[tokio::test]
async fn a_certificate_for_another_name_is_not_trusted() {
    let place = Place::with(|options| options.names = vec!["direkte.example".to_owned()]);
    let error = place.look_up(&place.client()).await.unwrap_err();
    let ErrorKind::Tls(text) = &error.kind else { panic!("{error}") };
    assert!(text.contains("expected 127.0.0.1") && text.contains("direkte.example"), "{text}");
}

/// One as `openssl req -x509` makes it: self-signed, and an authority.
fn authority(name: &str, last_year: i32) -> (Certificate, KeyPair) {
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(last_year, 12, 31);
    let key = KeyPair::generate().unwrap();
    (params.self_signed(&key).unwrap(), key)
}

async fn served(
    (certificate, key): &(Certificate, KeyPair),
    version: &'static SupportedProtocolVersion,
) -> Result<Reply, Error> {
    let script = |request: &_, _| Play::Answer(good(request, b""));
    let server = listen_with_certificate(certificate, key, &[version], script).await;
    ask(&server.endpoint).await
}

#[rstest]
#[case::tls_1_2(&TLS12)]
#[case::tls_1_3(&TLS13)]
#[tokio::test]
async fn the_servers_own_certificate_in_the_file_is_trusted(#[case] version: &'static SupportedProtocolVersion) {
    served(&authority("localhost", 2098), version).await.unwrap();

    // And one that somebody else has signed, without that somebody.
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "an authority that nobody has listed");
    let issuer = Issuer::new(params, KeyPair::generate().unwrap());
    let key = KeyPair::generate().unwrap();
    let signed = CertificateParams::new(["localhost".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    served(&(signed, key), version).await.unwrap();
}

#[tokio::test]
async fn the_servers_own_certificate_must_be_valid_and_for_its_name() {
    for (certificate, expected) in
        [(authority("localhost", 2021), "has expired"), (authority("direkte.example", 2098), "expected localhost")]
    {
        let error = served(&certificate, &TLS13).await.unwrap_err();
        assert!(matches!(&error.kind, ErrorKind::Tls(text) if text.contains(expected)), "{error}");
    }
}

#[tokio::test]
async fn an_authority_that_is_not_in_the_file_is_explained() {
    let (certificate, key) = authority("localhost", 2098);
    let script = |request: &_, _| Play::Answer(good(request, b""));
    let server = listen_with_certificate(&certificate, &key, &[&TLS13], script).await;
    let place = Place::new();
    let (Endpoint::Direkte { tls, .. }, (_, port)) = (&place.settings.endpoint, server.endpoint.address()) else {
        panic!("TLS is the default")
    };
    let error = failed(&Endpoint::Direkte { host: "localhost".to_owned(), port, tls: tls.clone() }).await;
    let expected = "one for an authority; give this certificate in `ca_file`";
    assert!(matches!(&error.kind, ErrorKind::Tls(text) if text.contains(expected)), "{error}");
}
