//! What is said on the control connection.

use std::io::Read as _;

use kartotek_simulators::cpr_ftp::{Face, TlsMode};

use crate::place::Place;
use crate::spoken::Spoken;

fn plain() -> Place {
    Place::new(Face::Posix, |options| options.tls = TlsMode::None)
}

#[test]
fn a_posix_server_says_so_and_where_one_is() {
    let place = plain();
    let (_, greeting) = Spoken::connect(&place);
    assert!(greeting.starts_with("220 ") && !greeting.contains("MVS"), "{greeting}");
    let mut client = Spoken::log_on(&place);
    assert_eq!(client.say("SYST"), "215 UNIX Type: L8");
    assert_eq!(client.say("PWD"), "257 \"/\" is the current directory.");
    client.expect("CWD ud", "250");
    client.expect("CWD ../ind", "250");
    assert_eq!(client.say("PWD"), "257 \"/ind\" is the current directory.");
    client.expect("CDUP", "250");
    client.expect("CWD etc", "550");
    assert_eq!(client.say("PWD"), "257 \"/\" is the current directory.");
    for feature in [" MDTM", " MLST type*;size*;modify*;", " REST STREAM", " SIZE", " UTF8", " EPSV"] {
        assert!(client.say("FEAT").lines().any(|line| line == feature), "{feature}");
    }
    client.expect("OPTS UTF8 ON", "200");
    client.expect("NOOP", "200");
    client.expect("NONE", "500");
    client.expect("QUIT", "221");
    assert!(client.is_over());
}

#[test]
fn only_passive_stream_and_file_are_offered() {
    let place = plain();
    let mut client = Spoken::log_on(&place);
    client.expect("PORT 127,0,0,1,10,10", "502");
    client.expect("EPRT |1|127.0.0.1|10|", "502");
    client.expect("MODE S", "200");
    client.expect("MODE B", "504");
    client.expect("STRU F", "200");
    client.expect("STRU R", "504");
    client.expect("TYPE I", "200");
    client.expect("TYPE E", "504");
    client.expect("EPSV 1", "229");
    client.expect("EPSV 2", "522");
    assert!(client.expect("PASV", "227").contains("(127,0,0,1,"));
}

#[test]
fn a_transfer_wants_a_data_connection_first() {
    let place = plain();
    place.put("ud/a", b"a");
    let mut client = Spoken::log_on(&place);
    client.expect("RETR ud/a", "425");
    client.expect("LIST", "425");
    assert_eq!(client.receive("RETR ud/a"), b"a");
    client.expect("RETR ud/a", "425");
}

#[test]
fn three_wrong_passwords_end_the_connection() {
    let place = plain();
    let (mut client, _) = Spoken::connect(&place);
    for code in ["530", "530", "421"] {
        client.expect("USER kunde1", "331");
        client.expect("PASS forkert", code);
    }
    assert!(client.is_over());
}

#[test]
fn dropping_the_server_ends_what_goes_on() {
    let place = plain();
    place.put("ud/a", &vec![b'x'; 50_000_000]);
    let mut client = Spoken::log_on(&place);
    let mut data = client.data();
    client.expect("RETR ud/a", "150");
    let address = place.server.address();
    drop(place);
    let mut rest = Vec::new();
    // However it ends, it ends.
    let _ended = data.read_to_end(&mut rest);
    assert!(rest.len() < 50_000_000);
    assert!(std::net::TcpStream::connect(address).is_err());
}
