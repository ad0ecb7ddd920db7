//! The server as z/OS.

use kartotek_simulators::cpr_ftp::{Directory, Face, Recall, TlsMode};

use crate::curl::fetched;
use crate::place::Place;
use crate::spoken::Spoken;

const HEADER: &str = "Volume Unit    Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname";

fn plain() -> Place {
    let place = Place::new(Face::Zos, |options| options.tls = TlsMode::None);
    place.put("ud/d260105.l990001", b"000\n999\n");
    place.put("ud/d260106.l990001", b"000\n999\n");
    place
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn it_says_that_it_is_mvs_and_where_one_is() {
    let place = plain();
    let (_, greeting) = Spoken::connect(&place);
    assert!(greeting.starts_with("220-") && greeting.contains("MVS"), "{greeting}");
    let mut client = Spoken::log_on(&place);
    assert_eq!(client.say("SYST"), "215 MVS is the operating system of this server. FTP Server is running on z/OS.");
    assert_eq!(client.say("PWD"), "257 \"'CPR.UD.'\" is working directory.");
    assert_eq!(client.say("CWD 'CPR.IND.'"), "250 \"'CPR.IND.'\" is the working directory name prefix.");
    client.expect("CWD ..", "250");
    assert_eq!(client.say("PWD"), "257 \"'CPR.'\" is working directory.");
    client.expect("CWD ud", "250");
    client.expect("CWD 'SYS1.'", "550");
    assert_eq!(client.say("PWD"), "257 \"'CPR.UD.'\" is working directory.");
}

#[test]
fn data_sets_are_listed_in_columns_and_migrated_ones_by_their_name_alone() {
    let place = plain();
    place.control().migrate("D260105.L990001").unwrap();
    let mut client = Spoken::log_on(&place);
    let listing = text(&client.receive("LIST"));
    let rows: Vec<&str> = listing.lines().collect();
    assert_eq!(rows[0], HEADER);
    assert_eq!(rows[1], format!("{:56}D260105.L990001", "Migrated"));
    let words: Vec<&str> = rows[2].split_whitespace().collect();
    assert_eq!((words[1], words[4], words.len(), words[9]), ("3390", "1", 10, "D260106.L990001"));
    assert_eq!(rows.len(), 3);
    assert_eq!(text(&client.receive("NLST")), "D260105.L990001\r\nD260106.L990001\r\n");
    assert_eq!(text(&client.receive("NLST 'CPR.UD.*'")), "'CPR.UD.D260105.L990001'\r\n'CPR.UD.D260106.L990001'\r\n");
    assert_eq!(text(&client.receive("NLST d*6.*")), "D260106.L990001\r\n");
    client.expect("CWD ..", "250");
    assert_eq!(text(&client.receive("NLST")), "UD.D260105.L990001\r\nUD.D260106.L990001\r\n");
    client.expect("CWD IND", "250");
    client.expect("EPSV", "229");
    client.expect("NLST", "550 No data sets found.");
}

#[test]
fn sizes_and_times_are_not_told() {
    let place = plain();
    let mut client = Spoken::log_on(&place);
    client.expect("TYPE I", "200");
    client.expect("SIZE D260105.L990001", "501");
    client.expect("MDTM D260105.L990001", "500");
    client.expect("MLST D260105.L990001", "500");
    client.expect("MLSD", "500");
    assert!(!client.say("FEAT").contains("MLST"));
}

#[test]
fn data_sets_are_fetched_stored_and_renamed_by_relative_and_by_whole_names() {
    let place = plain();
    let mut client = Spoken::log_on(&place);
    assert_eq!(client.receive("RETR D260105.L990001"), b"000\r\n999\r\n");
    assert_eq!(client.receive("RETR 'CPR.UD.D260105.L990001'"), b"000\r\n999\r\n");
    client.expect("RETR D260107.L990001", "550");
    client.expect("RNFR 'CPR.UD.D260105.L990001'", "350");
    client.expect("RNTO done-d260105.l990001", "553");
    client.expect("RNFR D260105.L990001", "350");
    client.expect("RNTO D260106.L990001", "550");
    client.expect("RNFR D260105.L990001", "350");
    assert_eq!(
        client.say("RNTO XD260105.L990001"),
        "250 'CPR.UD.D260105.L990001' renamed to 'CPR.UD.XD260105.L990001'"
    );
    client.expect("CWD 'CPR.IND.'", "250");
    client.store("D260107.I990001", b"06\r\n");
    assert_eq!(place.content("ind/d260107.i990001"), b"06\n");
    client.store("'CPR.IND.D260107.I990001'", b"07\r\n");
    let happened = place.control().happened();
    assert_eq!(happened.stored.len(), 2);
    assert_eq!(happened.overwritten, ["ind/d260107.i990001"]);
    assert_eq!(happened.renamed, [("ud/d260105.l990001".to_owned(), "ud/xd260105.l990001".to_owned())]);
}

#[test]
fn a_recall_is_told_by_the_name_and_renaming_does_not_recall() {
    let place = Place::new(Face::Zos, |options| {
        options.tls = TlsMode::None;
        options.recall = Recall::Refuses(1);
    });
    place.put("ud/d260105.l990001", b"x");
    place.control().migrate("d260105.l990001").unwrap();
    let mut client = Spoken::log_on(&place);
    client.expect("RNFR D260105.L990001", "350");
    client.expect("RNTO X260105.L990001", "250");
    drop(client.data());
    let answer = client.expect("RETR X260105.L990001", "550");
    assert_eq!(answer, "550 Data set 'CPR.UD.X260105.L990001' is migrated, recall is in progress.");
    assert_eq!(client.receive("RETR X260105.L990001"), b"x");
    assert!(text(&client.receive("LIST")).contains("3390"));
}

#[test]
fn curl_finds_its_way_by_prefixes_and_over_tls() {
    let place = Place::new(Face::Zos, |options| options.home = Directory::Root);
    place.put("ud/d260105.l990001", b"000\n");
    assert_eq!(fetched(&place, "UD/D260105.L990001", &["--use-ascii"]), b"000\n");
    assert_eq!(text(&fetched(&place, "UD/", &["--list-only"])), "D260105.L990001\n");
}

#[test]
fn five_thousand_data_sets_are_listed_at_once() {
    let place = Place::new(Face::Zos, |options| options.tls = TlsMode::None);
    for number in 0..5_000 {
        place.put(&format!("ud/d260105.l{number:06}"), b"");
    }
    let mut client = Spoken::log_on(&place);
    let begun = std::time::Instant::now();
    assert_eq!(text(&client.receive("LIST")).lines().count(), 5_001);
    assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
}
