//! Properties: no text makes the parser panic, and every canonical form reads back.

use kartotek_formats::cpr_direkte::TransactionCode;
use kartotek_register::contact::NameType;
use kartotek_register::import::ForceUpdate;
use proptest::prelude::*;

use super::super::{
    Certificate, CprSource, CvrSource, Driver, HostPort, Origin, OtherSource, Source, SourceName, rows, secret_word,
};
use super::name;

/// Texts in which the parts of parameters stand in any order.
fn text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("IP".to_owned()),
        Just("DefFiles".to_owned()),
        Just("Password".to_owned()),
        Just("Certificate".to_owned()),
        Just("Lеvel".to_owned()),
        "[=:;,\"'<> \n\r\t\\\\#]{1,3}",
        "[a-zA-ZæøåРге0-9.]{1,6}",
        "\\PC{0,4}",
    ];
    prop::collection::vec(part, 0..24).prop_map(|parts| parts.concat())
}

fn force_update() -> impl Strategy<Value = ForceUpdate> {
    prop_oneof![Just(ForceUpdate::Yes), Just(ForceUpdate::No)]
}

/// A value that is neither empty nor has blanks at its ends, since those are not kept, nor holds a secret, which is refused.
fn value() -> impl Strategy<Value = String> {
    "[a-zæA-Z0-9 .;,=:\"'<>\\\\()\n-]{1,20}"
        .prop_map(|value| value.trim().to_owned())
        .prop_filter("empty, or a secret", |value| !value.is_empty() && !secret_word::holds_secret(value))
}

fn driver(register: &'static str) -> impl Strategy<Value = Driver> {
    let class = prop::option::of(Just(format!("Scanjour.ImportManager.{register}Driver")));
    (prop::option::of("[a-zA-Z.]{1,12}"), class).prop_map(|(assembly, class)| Driver { assembly, class })
}

fn cpr() -> impl Strategy<Value = Source> {
    let host = prop_oneof![
        "[a-z][a-z0-9-]{0,5}(\\.[a-z][a-z0-9-]{0,5}){0,2}",
        "10\\.[1-9][0-9]?\\.0\\.1",
        Just("2001:db8::1".to_owned())
    ];
    let klient = prop::option::of((host, 1u16..).prop_map(|(host, port)| HostPort { host, port }));
    let product = prop_oneof![Just(TransactionCode::Off4), Just(TransactionCode::Priv)];
    (klient, product, any::<bool>(), force_update(), driver("CPR")).prop_map(
        |(klient, product, subscription, force_update, driver)| {
            Source::Cpr(CprSource { klient, product, subscription, force_update, driver })
        },
    )
}

fn cvr() -> impl Strategy<Value = Source> {
    let certificate = prop_oneof![
        value().prop_map(Certificate::Store),
        value().prop_map(|path| Certificate::File(format!("C:\\Program Files (x86)\\{path}"))),
    ];
    (
        prop::option::of(1u8..=3),
        prop::option::of("[a-zA-Z0-9]{1,8}"),
        prop::option::of(certificate),
        force_update(),
        driver("CVR"),
    )
        .prop_map(|(level, user_id, certificate, force_update, driver)| {
            let (jtype, ptype) = (NameType(b'X'), NameType(b'V'));
            Source::Cvr(CvrSource { level, user_id, certificate, jtype, ptype, force_update, driver })
        })
}

fn other() -> impl Strategy<Value = Source> {
    let key = "[a-z][a-z0-9_]{0,8}x".prop_filter("a secret", |key| !secret_word::is_secret_word(key));
    prop::collection::btree_map(key, value(), 0..5)
        .prop_map(|parameters| Source::Other(OtherSource { parameters: parameters.into_iter().collect() }))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_the_parser_panic(text in text()) {
        for source in ["CPR", "CVR-J", "X"] {
            for origin in [Origin::Legacy, Origin::Register] {
                // What was read must also read back.
                if let Ok(parsed) = Source::parse(&name(source), &text, origin) {
                    let again = Source::parse(&name(source), &parsed.source.canonical(), Origin::Register);
                    prop_assert_eq!(again.map(|again| again.source), Ok(parsed.source));
                }
            }
        }
        let _ = rows(text.as_bytes());
        let _ = text.parse::<SourceName>();
    }

    #[test]
    fn a_canonical_form_reads_back(source in prop_oneof![cpr(), cvr(), other()]) {
        let name = name(match source { Source::Cpr(_) => "CPR", Source::Cvr(_) => "CVR-J", Source::Other(_) => "X" });
        let canonical = source.canonical();
        let parsed = Source::parse(&name, &canonical, Origin::Register);
        prop_assert_eq!(parsed.map(|parsed| parsed.source), Ok(source), "{}", canonical);
    }

    #[test]
    fn a_password_in_quotes_survives_whatever_it_is(password in "\\PC{1,16}") {
        let text = format!("Level=1,Password:\"{}\" , UserID:x", password.replace('"', "\"\""));
        let parsed = Source::parse(&name("CVR-J"), &text, Origin::Legacy);
        prop_assert_eq!(parsed.map(|parsed| parsed.secrets[0].value.to_string()), Ok(password));
    }
}
