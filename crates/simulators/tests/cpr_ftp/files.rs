//! Directories and files at a server of a POSIX system.

use std::fs::File;
use std::io::Write as _;

use kartotek_simulators::cpr_ftp::{Face, TlsMode};

use crate::curl::{NOT_FOUND, curl, fetched, refused};
use crate::place::Place;
use crate::spoken::Spoken;

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// curl makes LF of the line ends of a listing.
#[test]
fn both_directories_are_listed_and_hold_what_is_put_there() {
    let place = Place::new(Face::Posix, |_| {});
    place.put("ud/d260106.l990001", b"1234567");
    place.put("ud/d260105.l990001", b"");
    place.put("ud/.hidden", b"");
    assert_eq!(text(&fetched(&place, "", &["--list-only"])), "ind\nud\n");
    assert_eq!(text(&fetched(&place, "ud/", &["--list-only"])), "d260105.l990001\nd260106.l990001\n");
    let long = text(&fetched(&place, "ud/", &[]));
    let rows: Vec<Vec<&str>> = long.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows.len(), 2);
    assert_eq!((rows[1][0], rows[1][4], rows[1][8]), ("-rw-r--r--", "7", "d260106.l990001"));
    assert!(text(&fetched(&place, "", &[])).starts_with("drwxr-xr-x "));
    let facts = text(&fetched(&place, "ud/", &["--request", "MLSD"]));
    assert!(facts.starts_with("type=file;size=0;modify=20"), "{facts}");
    assert_eq!(fetched(&place, "ind/", &["--list-only"]), b"");
    assert_eq!(fetched(&place, "ud/", &["--request", "NLST d*05.*"]), b"d260105.l990001\n");
}

#[test]
fn a_fetch_begins_where_it_is_told_to() {
    let place = Place::new(Face::Posix, |_| {});
    place.put("ud/a", b"0123456789");
    assert_eq!(fetched(&place, "ud/a", &["--continue-at", "7"]), b"789");
    assert!(place.control().happened().commands.contains(&"REST 7".to_owned()));
    assert_eq!(refused(&place, "ud/b", &[]), NOT_FOUND);
}

#[test]
fn a_file_of_many_gigabytes_is_fetched_from_anywhere() {
    let place = Place::new(Face::Posix, |options| options.tls = TlsMode::None);
    let mut file = File::create(place.path("ud/large")).unwrap();
    // It takes no room on disk either.
    file.set_len(10_000_000_000).unwrap();
    std::io::Seek::seek(&mut file, std::io::SeekFrom::End(-4)).unwrap();
    file.write_all(b"last").unwrap();
    let mut client = Spoken::log_on(&place);
    client.expect("TYPE I", "200");
    client.expect("SIZE ud/large", "213 10000000000");
    client.expect("REST 9999999990", "350");
    assert_eq!(client.receive("RETR ud/large"), b"\0\0\0\0\0\0last");
    client.expect("REST 10000000001", "350");
    client.expect("RETR ud/large", "554");
    client.expect("REST 5", "350");
    client.expect("STOR ind/a", "504");
}

#[test]
fn an_upload_has_its_name_when_it_is_whole_and_lies_in_ind_only() {
    let place = Place::new(Face::Posix, |_| {});
    let local = place.local("sent", b"06...\r\n06...");
    let sent = local.to_str().unwrap();
    fetched(&place, "ind/d260106.i990001", &["--upload-file", sent]);
    assert_eq!(place.content("ind/d260106.i990001"), b"06...\r\n06...");
    assert!(!curl(&place, "ud/d260106.i990001", &["--upload-file", sent]).status.success());
    let happened = place.control().happened();
    assert_eq!(happened.stored, ["ind/d260106.i990001"]);
    assert_eq!(happened.overwritten, [""; 0]);
    fetched(&place, "ind/d260106.i990001", &["--upload-file", sent]);
    assert_eq!(place.control().happened().overwritten, ["ind/d260106.i990001"]);
}

#[test]
fn an_unfinished_upload_is_not_there() {
    use std::io::Read as _;
    let place = Place::new(Face::Posix, |options| options.tls = TlsMode::None);
    let mut client = Spoken::log_on(&place);
    client.expect("CWD ind", "250");
    let mut data = client.data();
    client.expect("STOR a", "150");
    data.write_all(b"half").unwrap();
    assert_eq!(Spoken::log_on(&place).receive("NLST ind"), b"");
    data.shutdown(std::net::Shutdown::Write).unwrap();
    assert!(client.hear().starts_with("226"));
    assert_eq!(data.read(&mut [0]).unwrap(), 0);
    assert_eq!(client.receive("NLST"), b"a\r\n");
}

#[test]
fn names_change_within_a_directory_and_a_name_that_is_taken_loses_its_content() {
    let place = Place::new(Face::Posix, |options| options.tls = TlsMode::None);
    place.put("ud/a", b"a");
    place.put("ud/b", b"b");
    let mut client = Spoken::log_on(&place);
    client.expect("CWD /ud", "250");
    client.expect("RNTO c", "503");
    client.expect("RNFR a", "350");
    client.expect("RNTO ../ind/a", "553");
    client.expect("RNFR a", "350");
    client.expect("RNTO c", "250");
    assert_eq!(place.control().happened().overwritten, [""; 0]);
    client.expect("RNFR c", "350");
    client.expect("RNTO b", "250");
    client.expect("RNFR c", "550");
    let happened = place.control().happened();
    assert_eq!(happened.renamed, [("ud/a", "ud/c"), ("ud/c", "ud/b")].map(|(a, b)| (a.to_owned(), b.to_owned())));
    assert_eq!(happened.overwritten, ["ud/b"]);
    assert_eq!(place.content("ud/b"), b"a");
}

#[test]
fn nothing_is_ever_deleted_and_the_attempts_are_counted() {
    let place = Place::new(Face::Posix, |options| options.tls = TlsMode::None);
    place.put("ud/a", b"a");
    let mut client = Spoken::log_on(&place);
    client.expect("DELE ud/a", "550");
    client.expect("RMD ud", "550");
    assert_eq!(place.control().deletions_tried(), 2);
    assert_eq!(place.content("ud/a"), b"a");
}

#[test]
fn type_a_has_lines_that_end_by_cr_lf() {
    let place = Place::new(Face::Posix, |options| options.tls = TlsMode::None);
    place.put("ud/a", b"000\n\xC6\n999\n");
    let mut client = Spoken::log_on(&place);
    assert_eq!(client.receive("RETR ud/a"), b"000\r\n\xC6\r\n999\r\n");
    client.expect("SIZE ud/a", "550");
    client.expect("REST 3", "504");
    client.store("ind/a", b"1\r\n2\r\n");
    assert_eq!(place.content("ind/a"), b"1\n2\n");
    client.expect("TYPE I", "200");
    assert_eq!(client.receive("RETR ud/a"), b"000\n\xC6\n999\n");
    client.store("ind/a", b"1\r\n2\r\n");
    assert_eq!(place.content("ind/a"), b"1\r\n2\r\n");
}

#[test]
fn five_thousand_files_are_listed_at_once() {
    let place = Place::new(Face::Posix, |options| options.tls = TlsMode::None);
    for number in 0..5_000 {
        place.put(&format!("ud/d260105.l{number:06}"), b"");
    }
    let mut client = Spoken::log_on(&place);
    let begun = std::time::Instant::now();
    assert_eq!(text(&client.receive("LIST ud")).lines().count(), 5_000);
    assert_eq!(text(&client.receive("NLST ud")).lines().last(), Some("d260105.l004999"));
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
}
