//! The source `CPR`: F17-F25, A6, A16.

use kartotek_formats::cpr_direkte::TransactionCode;
use kartotek_register::import::ForceUpdate;

use super::super::{CprSource, Driver, HostPort, Source};
use super::{legacy, problems, remarks};

/// As the guide prints it (F17), wrapped.
const SEED: &str = "IP=10.20.30.40:8090;DefFiles=.\\CPRkilde\\P12170.*;Assembly=Scanjour.CPRDriver;\n\
                    Class=Scanjour.ImportManager.CPRDriver;ForceUpdate=J;Subscription=1";

#[track_caller]
fn cpr(text: &str) -> CprSource {
    match legacy("CPR", text).unwrap().source {
        Source::Cpr(source) => source,
        other => panic!("{other:?}"),
    }
}

/// A text of which only the value behind `IP` is of interest.
#[track_caller]
fn klient(ip: &str) -> Option<String> {
    cpr(&format!("IP={ip};DefFiles=P12170")).klient.map(|klient| klient.to_string())
}

#[test]
fn the_string_of_the_guide_is_read() {
    let expected = CprSource {
        klient: Some(HostPort { host: "10.20.30.40".into(), port: 8090 }),
        product: TransactionCode::Off4,
        subscription: true,
        force_update: ForceUpdate::Yes,
        driver: Driver {
            assembly: Some("Scanjour.CPRDriver".into()),
            class: Some("Scanjour.ImportManager.CPRDriver".into()),
        },
    };
    assert_eq!(cpr(SEED), expected);
}

#[test]
fn the_way_it_is_written_does_not_matter() {
    for text in [
        SEED.replace(";\n", "\r\n  "),
        SEED.replace(';', " ;\n\n "),
        SEED.replace("ForceUpdate", "FORCEUPDATE").replace("IP", "ip").replace("Subscription", "subScription"),
        SEED.replace('=', " = "),
        SEED.replace('=', ":"),
        SEED.replace(';', ","),
        SEED.replace(';', ", "),
        SEED.replace(";\n", " "),
        format!("\n ;{SEED};;\n"),
        SEED.replace("10.20.30.40:8090", "\"10.20.30.40:8090\"").replace("=J", "=<J>").replace("=1", "='1'"),
        SEED.replace("Scanjour.ImportManager", "\n Scanjour.\n ImportManager"),
        SEED.replace("=J", "=j"),
        // Cyrillic letters that look Latin.
        SEED.replace("IP", "IР").replace("ForceUpdate", "FоrceUpdаte").replace("P12170", "Р12170"),
    ] {
        assert_eq!(cpr(&text), cpr(SEED), "{text}");
    }
}

#[test]
fn what_is_not_said_has_its_default() {
    let source = cpr("IP=klient;DefFiles=P12170.*");
    assert_eq!((source.subscription, source.force_update), (false, ForceUpdate::Yes));
    assert!(!cpr("IP=klient;DefFiles=P12170.*;Subscription=0").subscription);
    assert_eq!(cpr("IP=klient;DefFiles=P12170.*;ForceUpdate=N").force_update, ForceUpdate::No);
    assert_eq!(cpr("IP=klient;DefFiles=C:\\CPRkilde\\P09480.*").product, TransactionCode::Priv);
}

#[test]
fn an_address_is_a_host_a_host_and_a_port_or_a_port() {
    for (ip, expected) in [
        ("klient.example", "klient.example:5001"),
        ("klient:7000", "klient:7000"),
        ("7000", "127.0.0.1:7000"),
        ("<7000>", "127.0.0.1:7000"),
        ("::1", "[::1]:5001"),
        ("[2001:db8::1]:7000", "[2001:db8::1]:7000"),
        ("[2001:db8::1]", "[2001:db8::1]:5001"),
        ("[fe80::1:7000]", "[fe80::1:7000]:5001"),
        ("10.0.0.5", "10.0.0.5:5001"),
        ("a-1.b_2.3c:7000", "a-1.b_2.3c:7000"),
    ] {
        assert_eq!(klient(ip).as_deref(), Some(expected), "{ip}");
    }
}

#[test]
fn a_port_out_of_range_is_refused() {
    for ip in ["0", "65536", "5000000", "klient:0", "klient:70000", "[::1]:99999"] {
        let expected = format!("character 4: IP: expected a port from 1 to 65535, found {ip}");
        assert_eq!(problems("CPR", &format!("IP={ip};DefFiles=P12170")), [expected]);
    }
}

#[test]
fn an_address_that_is_none_is_refused() {
    for ip in [
        "<IP portnummer på CPR Klient>",
        "klient:",
        "klient:80a",
        ":7000",
        "a b",
        "http://klient",
        "[klient]:7000",
        "10.0.0.500:700",
        "999.0.0.5",
        "1.2.3.4.5",
        "10.0.5",
        "a..b",
        ".a",
        "a.",
        "a.-b",
    ] {
        let problems = problems("CPR", &format!("IP={ip};DefFiles=P12170"));
        assert!(
            problems.len() == 1 && problems[0].contains("IP: expected a host, a host and a port"),
            "{ip}: {problems:?}"
        );
    }
}

#[test]
fn an_ipv6_address_that_may_end_with_a_port_needs_brackets() {
    for ip in ["fe80::1:7000", "::1:50000", "2001:db8::1:0"] {
        let expected =
            format!("character 4: IP: expected an IPv6 address in brackets, [address] or [address]:port, found {ip}");
        assert_eq!(problems("CPR", &format!("IP={ip};DefFiles=P12170")), [expected]);
    }
}

#[test]
fn a_value_may_stand_on_the_line_behind_its_key() {
    for text in [
        "IP=\nklient:7000\nDefFiles=P12170",
        "IP =\r\n  klient:7000;DefFiles\n=\nP12170",
        "IP\n=klient:7000;DefFiles=P12170;ForceUpdate\n:J",
    ] {
        let source = cpr(text);
        assert_eq!(source.klient.map(|klient| klient.to_string()).as_deref(), Some("klient:7000"), "{text}");
        assert_eq!((source.product, source.force_update), (TransactionCode::Off4, ForceUpdate::Yes), "{text}");
    }
}

#[test]
fn pairs_parted_by_blanks_with_blanks_around_their_signs_are_parted() {
    let source = cpr("IP = 10.0.0.5:700 DefFiles = P09480 ForceUpdate : N");
    assert_eq!(source.klient.map(|klient| klient.to_string()).as_deref(), Some("10.0.0.5:700"));
    assert_eq!((source.product, source.force_update), (TransactionCode::Priv, ForceUpdate::No));
}

#[test]
fn an_unknown_key_behind_a_comma_is_not_lost() {
    assert_eq!(
        problems("CPR", "IP=10.0.0.5:700,DefFiles=P12170,Subscribe=1,ForceUpdate=J"),
        ["character 33: unknown key Subscribe"]
    );
}

#[test]
fn a_key_of_two_words_is_said_to_be_none() {
    assert_eq!(
        problems("CPR", "IP=1;DefFiles=P12170;Force Update=J"),
        [
            "character 22: expected KEY=VALUE, found 14 characters without a key of one word; put a value that holds ; into \
          double quotes"
        ]
    );
}

#[test]
fn no_parameters_at_all_are_refused() {
    for text in ["", " \n", ";;", "\u{FEFF}"] {
        assert_eq!(problems("CPR", text), ["expected KEY=VALUE, found nothing"], "{text:?}");
    }
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let text = "IPP=1.2.3.4;Defiles=P12170;ForceUpdate=Ja;Subscription=J;ForceUpdate=N;junk;Host=x";
    assert_eq!(
        problems("CPR", text),
        [
            "character 1: unknown key IPP",
            "character 13: unknown key Defiles; did you mean DefFiles?",
            "character 40: ForceUpdate: expected J or N, found Ja",
            "character 56: Subscription: expected 0 or 1, found J",
            "character 58: ForceUpdate stands here a second time; the first is at character 28",
            "character 72: expected KEY=VALUE, found 4 characters without a key; put a value that holds ; into double quotes",
            "character 77: unknown key Host",
            "IP is missing; expected the address of CPR Klient: a host, host:port, or a port",
        ]
    );
}

#[test]
fn a_mandatory_key_without_a_value_is_missing() {
    let problems = problems("CPR", "IP=;DefFiles=\nForceUpdate=J");
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].starts_with("character 1: IP is missing"));
    assert!(problems[1].starts_with("character 5: DefFiles is missing"));
}

#[test]
fn the_driver_of_another_source_is_refused() {
    let text = SEED.replace("Scanjour.CPRDriver", "Scanjour.CVRDriver");
    assert_eq!(
        problems("CPR", &text),
        ["character 59: Assembly: expected Scanjour.CPRDriver, found Scanjour.CVRDriver"]
    );
}

#[test]
fn what_was_read_otherwise_than_it_is_written_is_remarked() {
    let parsed = legacy("CPR", "IP=7000;DefFiles=Р12170;Assembly=Scanjour.CPRDriver").unwrap();
    assert_eq!(
        remarks(&parsed),
        [
            "character 4: IP: a port alone means this machine, 127.0.0.1",
            "character 18: DefFiles: Cyrillic letters were read as the Latin ones that they look like",
            "character 34: Assembly is kept and not used: Kartotek has a driver of its own",
        ]
    );
    let text = "\u{FEFF}IP=klient;DefFiles=.\\CPRkilde\\P12170.*;Clаss=Scanjour.\nX;ForceUpdate=<J>;Subscription=";
    assert_eq!(
        remarks(&legacy("CPR", text).unwrap()),
        [
            "character 4: IP: a host without a port means port 5001",
            "character 20: DefFiles: P12170 is kept of it; the records are built in, and no file is read",
            "character 40: Class: Cyrillic letters in the key were read as the Latin ones that they look like",
            "character 46: Class: the lines of the value were joined",
            "character 46: Class is kept and not used: Kartotek has a driver of its own",
            "character 70: ForceUpdate: the < and > around the value were left out; they may tell of a template that was \
             not filled in",
            "character 74: Subscription: no value, so it counts as not given",
        ]
    );
}

#[test]
fn positions_count_characters_not_bytes() {
    assert_eq!(
        problems("CPR", "IP=1;DefFiles=æøå"),
        [
            "character 15: DefFiles: expected a pattern with P12170 or P09480, for example .\\CPRkilde\\P12170.*, found æøå"
        ]
    );
}

#[test]
fn what_may_hold_a_secret_is_not_repeated() {
    for text in
        ["IP=1;DefFiles=P12170;Subscription=1 kodeord er hemmelig123", "IP=x password hemmelig123;DefFiles=P12170"]
    {
        let problems = problems("CPR", text).concat();
        assert!(!problems.contains("hemmelig123"), "{problems}");
    }
    let text = "IP=1;DefFiles=P12170;Password=hemmelig123;rest=hemmelig123;";
    let problems = problems("CPR", text);
    assert!(problems[0].contains("unknown key Password"), "{problems:?}");
    assert!(!problems.concat().contains("hemmelig123") && !problems.concat().contains("rest="), "{problems:?}");
}
