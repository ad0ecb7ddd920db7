//! `kartotek cpr` as its callers see it, against a simulator of CPR Direkte.

use std::collections::BTreeSet;
use std::time::Duration;

use kartotek_formats::codes::{ProtectionType, Status};
use kartotek_formats::cpr_direkte::{ErrorNumber, Password};
use kartotek_formats::identifiers::CprNumber;
use kartotek_formats::records::u12170::PublicRecord;
use kartotek_formats::records::{PersonRef, read_type};
use kartotek_simulators::cpr_direkte::{Fault, Scope, Times};

use crate::support::cli::feed;
use crate::support::direkte::{Direkte, PASSWORD, PERSONS};

#[test]
fn the_test_shows_the_reply_field_by_field_and_says_that_all_is_well() {
    let direkte = Direkte::new();
    let ended = direkte.call(&["cpr", "test"]);
    ended.ends_with(0).says("Forbindelse og login er OK").says("reply  013290********WUADIR34000028");
    for line in ["1-4    customer number    0132", "15-22  user id            WUADIR34", "23-24  error number       00"]
    {
        ended.says(line);
    }
    let json = direkte.call(&["cpr", "test", "--json"]).json();
    assert_eq!((json["ok"].as_bool(), json["text"].as_str()), (Some(true), Some("Forbindelse og login er OK")));
    assert_eq!(json["fields"][6]["value"], "0028");
}

#[test]
fn a_test_that_fails_says_why_who_must_act_and_how_in_both_languages() {
    let direkte = Direkte::new();
    feed(direkte.folder(), &["cpr", "password", "--set", "--config", "kartotek.toml"], "wrong-01").ends_with(0);
    let ended = direkte.call(&["cpr", "test"]);
    ended.ends_with(2).says("forkert bruger-id eller adgangskode").says("wrong user id or password").says("operations");
    direkte.configure("connect_seconds = 1");
    let closed = Fault::error(ErrorNumber::new(4).unwrap());
    direkte.simulator.control().fault(closed, Scope::Logons, Times::Next(1));
    direkte.call(&["cpr", "test"]).ends_with(3).says("CPR er midlertidigt lukket");
    direkte.simulator.control().fault(Fault::CloseAtAccept, Scope::Everything, Times::UntilCleared);
    direkte.call(&["cpr", "test"]).ends_with(3).complains("no answer; check");
    let config = direkte.folder().join("kartotek.toml");
    let settings = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, settings.replace("host = \"127.0.0.1\"", "host = \"no-such-host.invalid\"")).unwrap();
    direkte.call(&["cpr", "test"]).ends_with(3).complains("is the name resolved");
}

#[test]
fn a_test_shows_what_came_and_does_not_take_every_05_for_good() {
    let direkte = Direkte::new();
    let fault = |fault| direkte.simulator.control().fault(fault, Scope::Logons, Times::Next(1));
    // A sign-on asks about nobody, so that nobody can be unknown.
    fault(Fault::error(ErrorNumber::UNKNOWN_NUMBER));
    let ended = direkte.call(&["cpr", "test"]);
    assert!(!ended.ends_with(2).says("05  da").stdout.contains("Forbindelse og login er OK"), "{}", ended.stdout);
    fault(Fault::Bytes(b"0132 \x00TOKEN123###\xC6####040028".to_vec()));
    direkte.call(&["cpr", "test"]).ends_with(3).says("reply  0132 .********###.####040028");
}

#[test]
fn an_address_of_ipv6_is_told_so_that_the_port_can_be_seen() {
    let direkte = Direkte::new();
    direkte.call(&["source", "set", "CPR", "IP=[::1]:1"]).ends_with(0);
    direkte.call(&["cpr", "test"]).ends_with(3).says("CPR Klient at [::1]:1,");
    direkte.call(&["source", "set", "CPR", "IP="]).ends_with(0);
    let path = direkte.folder().join("kartotek.toml");
    let settings = std::fs::read_to_string(&path).unwrap();
    std::fs::write(path, settings.replace("host = \"127.0.0.1\"", "host = \"::1\"")).unwrap();
    let ended = direkte.call(&["cpr", "test"]);
    ended.says(&format!("CPR Direkte at [::1]:{},", direkte.simulator.addr().port()));
}

#[test]
fn a_command_that_writes_nothing_makes_no_register() {
    let direkte = Direkte::without_password();
    let person = direkte.number(1).reveal();
    let test: &[&str] = &["cpr", "test"];
    for arguments in [test, &["cpr", "lookup", &person], &["cpr", "lookup", "--import", "--dry-run", &person]] {
        direkte.call(arguments).ends_with(2).complains("no password is stored");
        assert!(!direkte.folder().join("kartotek.db").exists(), "{arguments:?}");
    }
}

#[test]
fn without_a_password_or_a_contract_it_says_what_is_missing() {
    let direkte = Direkte::without_password();
    direkte.call(&["cpr", "test"]).ends_with(2).complains("kartotek cpr password --set");
    std::fs::write(direkte.folder().join("kartotek.toml"), "").unwrap();
    direkte.call(&["cpr", "test"]).ends_with(2).complains("cpr.direkte.");
    direkte.configure("transaction = \"OFF5\"");
    direkte.call(&["cpr", "test"]).ends_with(2).complains("expected OFF4 or PRIV, found \"OFF5\"");
    direkte.configure("[cpr.other]");
    direkte.call(&["cpr", "test"]).ends_with(2).complains("unknown field");
}

#[test]
fn a_look_up_shows_the_person_and_writes_nothing() {
    let direkte = Direkte::new();
    let person = direkte.number(5);
    let ended = direkte.call(&["cpr", "lookup", &person.reveal()]);
    ended.ends_with(0).says(&format!("C:{}", person.reveal())).says("Fødselsdag");
    direkte.call(&["contact", "show", &person.reveal()]).ends_with(1);
    let json = direkte.call(&["cpr", "lookup", "--json", &person.reveal()]).json();
    assert_eq!(json[0]["name_code"], person.reveal());
}

#[test]
fn an_imported_look_up_is_in_the_register_with_its_journal() {
    let direkte = Direkte::new();
    let person = direkte.number(5);
    let ended = direkte.call(&["cpr", "lookup", "--import", &person.reveal()]);
    ended.ends_with(0).says(&person.masked()).says("1 new, 0 changed");
    direkte.call(&["contact", "show", &person.reveal()]).ends_with(0).says("subscribed N");
    direkte.call(&["contact", "history", &person.reveal()]).ends_with(0).says("created");
    direkte.call(&["cpr", "lookup", "--import", &person.reveal()]).ends_with(0).says("0 new, 0 changed, 1 unchanged");
    assert!(direkte.simulator.control().subscribed().is_empty());
}

#[test]
fn a_dry_run_shows_the_plan_and_writes_nothing() {
    let direkte = Direkte::new();
    let person = direkte.number(5);
    direkte
        .call(&["cpr", "lookup", "--import", "--dry-run", &person.reveal()])
        .ends_with(0)
        .says("created")
        .says("Fødselsdag");
    direkte.call(&["contact", "show", &person.reveal()]).ends_with(1);
}

#[test]
fn relatives_are_fetched_on_request_and_not_subscribed() {
    let direkte = Direkte::new();
    let (person, relatives) = with_relatives(&direkte);
    let ended =
        direkte.call(&["cpr", "lookup", "--import", "--related", "--subscription", "1", &person.reveal(), "--json"]);
    let json = ended.ends_with(0).json();
    let mut fetched: Vec<_> =
        json["persons"].as_array().unwrap().iter().map(|one| one["person"].as_str().unwrap().to_owned()).collect();
    let mut expected: Vec<_> = relatives.iter().chain([&person]).map(|number| number.masked()).collect();
    fetched.sort();
    expected.sort();
    assert_eq!(fetched, expected, "{json}");
    for relative in &relatives {
        let shown = direkte.call(&["contact", "show", &relative.reveal()]);
        assert!(!shown.ends_with(0).says("subscribed N").stdout.contains("placeholder"), "{}", shown.stdout);
    }
    let subscribed: Vec<_> = direkte.simulator.control().subscribed().into_iter().collect();
    assert_eq!(subscribed, [person]);
}

/// Somebody with a spouse, and with children or parents, and all of them: spouse, children, parents, guardian, holders of
/// custody.
fn with_relatives(direkte: &Direkte) -> (CprNumber, Vec<CprNumber>) {
    let mut families = (0..PERSONS).filter_map(|index| {
        let mut kinds = BTreeSet::new();
        let mut numbers = BTreeSet::new();
        for record in records(direkte, index) {
            let referred = match PublicRecord::decode(&record).unwrap() {
                Some(PublicRecord::R012CivilStatus(r)) => vec![r.aegtepnr],
                Some(PublicRecord::R014Child(r)) => vec![r.pnr_barn],
                Some(PublicRecord::R015Parents(r)) => vec![r.pnrmor, r.pnrfar],
                Some(PublicRecord::R016Custody(r)) => vec![r.relpnr],
                Some(PublicRecord::R017Guardianship(r)) => vec![r.relpnr],
                Some(PublicRecord::R052GuardianshipWithType(r)) => vec![r.relpnr],
                _ => Vec::new(),
            };
            let referred: Vec<_> = referred.into_iter().filter_map(PersonRef::number).collect();
            if !referred.is_empty() {
                kinds.insert(record[..3].to_vec());
            }
            numbers.extend(referred);
        }
        let is_family = kinds.len() > 1 && kinds.contains(&b"012"[..]);
        is_family.then(|| (direkte.number(index), numbers.into_iter().collect()))
    });
    families.next().expect("a family")
}

/// The records of a person as CPR has them.
fn records(direkte: &Direkte, index: u32) -> Vec<Vec<u8>> {
    let all = direkte.population.read().person_records(index, 0).unwrap();
    let (mut records, mut rest) = (Vec::new(), all.as_slice());
    while let Some(length) = read_type(rest).and_then(PublicRecord::length) {
        let (record, after) = rest.split_at(length);
        records.push(record.to_vec());
        rest = after;
    }
    records
}

#[test]
fn a_file_of_numbers_is_checked_before_anybody_is_asked_about() {
    let direkte = Direkte::new();
    let file = direkte.folder().join("numbers.txt");
    let numbers: Vec<_> = (0..40).map(|index| direkte.number(index).reveal()).collect();
    // Some editors put a byte order mark before the first line.
    std::fs::write(&file, format!("\u{feff}{}\r\n# persons\n\n{}\n", numbers[0], numbers.join("\n"))).unwrap();
    let ended = direkte.call(&["cpr", "lookup", "--import", "--file", "numbers.txt", "--rate", "500"]);
    ended.ends_with(0).says("40 new");
    assert_eq!(direkte.simulator.control().counts().logons, 1);

    std::fs::write(&file, format!("{}\n3113131234\n", numbers[0])).unwrap();
    let asked = direkte.simulator.control().counts().lookups;
    let ended = direkte.call(&["cpr", "lookup", "--file", "numbers.txt"]);
    ended.ends_with(2).complains("line 2").complains("not a date");
    assert!(!ended.stderr.contains("3113131234"));
    assert_eq!(direkte.simulator.control().counts().lookups, asked);
    let ended = direkte.call(&["cpr", "lookup", "3113131234"]);
    assert!(!ended.ends_with(2).stderr.contains("3113131234"));
    direkte.call(&["cpr", "lookup"]).ends_with(2).complains("no person number");
}

#[test]
fn an_unknown_number_is_told_and_the_others_are_taken_in() {
    let direkte = Direkte::new();
    let unknown = "0101010001";
    let ended = direkte.call(&["cpr", "lookup", "--import", unknown, &direkte.number(1).reveal()]);
    ended.ends_with(1).says("1 new").complains("010101-****").complains("error 05");
    assert!(!ended.stderr.contains(unknown));
}

#[test]
fn a_wrong_password_stops_all_look_ups_after_one_try() {
    let direkte = Direkte::new();
    feed(direkte.folder(), &["cpr", "password", "--set", "--config", "kartotek.toml"], "wrong-01").ends_with(0);
    let numbers: Vec<_> = (0..30).map(|index| direkte.number(index).reveal()).collect();
    let mut arguments = vec!["cpr", "lookup"];
    arguments.extend(numbers.iter().map(String::as_str));
    let ended = direkte.call(&arguments);
    ended.ends_with(2).complains("error 01").complains("alarm");
    assert_eq!(direkte.simulator.control().counts().logons, 1);
    // Everybody is told one by one or counted.
    let told = ended.stderr.lines().filter(|line| line.contains("-****: ")).count();
    assert!((1..30).contains(&told), "{told}");
    ended.complains(&format!("\n{} persons were not asked about", 30 - told));
    set_password(&direkte, "wrong-02");
    let mut with_json = arguments.clone();
    with_json.push("--json");
    let json = direkte.call(&with_json).ends_with(2).json();
    let (left, told) = json.as_array().unwrap().split_last().unwrap();
    assert_eq!(left["unasked"].as_u64(), Some(30 - told.len() as u64), "{json}");
    set_password(&direkte, "wrong-03");
    with_json.push("--import");
    let json = direkte.call(&with_json).ends_with(2).json();
    let told = json["persons"].as_array().unwrap().len() as u64;
    assert_eq!(json["unasked"].as_u64(), Some(30 - told), "{json}");
}

fn set_password(direkte: &Direkte, password: &str) {
    feed(direkte.folder(), &["cpr", "password", "--set", "--config", "kartotek.toml"], password).ends_with(0);
}

#[test]
fn what_cpr_has_done_when_an_error_stops_the_others_is_written_down() {
    let direkte = Direkte::new();
    direkte.configure("connections = 8");
    let numbers: Vec<_> = (0..60).map(|index| direkte.number(index).reveal()).collect();
    let with_numbers = |arguments: &[&'static str]| {
        arguments.iter().copied().chain(numbers.iter().map(String::as_str)).collect::<Vec<_>>()
    };
    let tables = || rusqlite::Connection::open(direkte.folder().join("kartotek.db")).unwrap();
    let in_register = || {
        let sql = "SELECT source_key FROM source_record WHERE src_subscribed = 'J' ORDER BY 1";
        let tables = tables();
        let mut statement = tables.prepare(sql).unwrap();
        let keys: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        keys
    };
    let at_cpr = || {
        let mut keys: Vec<_> = direkte.simulator.control().subscribed().iter().map(|number| number.reveal()).collect();
        keys.sort();
        keys
    };
    // One of those that are under way at the same time gets an error that stops all; CPR does what the others ask.
    let stopped_by_one = |arguments: &[&'static str]| {
        direkte.simulator.control().fault(Fault::Late(Duration::from_millis(300)), Scope::Lookups, Times::UntilCleared);
        let stopping = Fault::error(ErrorNumber::ADDRESS_NOT_APPROVED);
        direkte.simulator.control().fault(stopping, Scope::Lookups, Times::Next(1));
        direkte.call(&with_numbers(arguments)).ends_with(2).complains("error 16").complains("persons were not asked");
        direkte.simulator.control().clear_faults();
    };
    stopped_by_one(&["cpr", "subscribe"]);
    assert!((1..60).contains(&at_cpr().len()), "{}", at_cpr().len());
    assert_eq!(in_register(), at_cpr());

    direkte.call(&with_numbers(&["cpr", "subscribe"])).ends_with(0);
    assert_eq!((in_register().len(), at_cpr().len()), (60, 60));
    stopped_by_one(&["cpr", "unsubscribe"]);
    assert!((1..60).contains(&at_cpr().len()), "{}", at_cpr().len());
    assert_eq!(in_register(), at_cpr());
}

#[test]
fn somebody_on_the_block_list_is_not_subscribed() {
    let direkte = Direkte::new();
    let (blocked, other) = (direkte.number(2), direkte.number(3));
    direkte.call(&["source", "set", "CPR", "Subscription=1"]).ends_with(0);
    direkte.call(&["subscription", "block", &blocked.reveal(), "--reason", "closed file"]).ends_with(0);
    let subscribed = || direkte.simulator.control().subscribed().into_iter().collect::<Vec<_>>();

    let refusal = format!("{}: not subscribed, because the person is on the block list: closed file", blocked.masked());
    let both = [blocked.reveal(), other.reveal()];
    direkte.call(&["cpr", "subscribe", &both[0], &both[1]]).ends_with(1).complains(&refusal).says("1 new");
    assert_eq!(subscribed(), [other]);
    direkte.call(&["contact", "show", &blocked.reveal()]).ends_with(1);

    let told = format!("{}: fetched and not subscribed", blocked.masked());
    let ended = direkte.call(&["cpr", "lookup", "--import", &both[0], &both[1]]);
    ended.ends_with(0).complains(&told).complains("closed file").says("1 new, 0 changed, 1 unchanged");
    assert_eq!(subscribed(), [other]);
    direkte.call(&["contact", "show", &blocked.reveal()]).ends_with(0).says("subscribed N");
    let json = direkte.call(&["cpr", "lookup", "--import", "--json", &both[0], &both[1]]).ends_with(0).json();
    assert_eq!(json["not_subscribed"][0]["person"], blocked.masked());
    assert_eq!(json["not_subscribed"][0]["reason"], "closed file");
}

#[test]
fn a_refused_password_is_not_tried_again_by_another_call_but_by_a_test() {
    let direkte = Direkte::new();
    let set = |password: &str| {
        feed(direkte.folder(), &["cpr", "password", "--set", "--config", "kartotek.toml"], password).ends_with(0);
    };
    let logons = || direkte.simulator.control().counts().logons;
    set("wrong-01");
    let person = direkte.number(1).reveal();
    direkte.call(&["cpr", "lookup", &person]).ends_with(2).complains("error 01");
    direkte.call(&["cpr", "lookup", &person]).ends_with(2).complains("could lock the user out");
    direkte.call(&["cpr", "password", "--if-due"]).ends_with(0);
    assert_eq!(logons(), 1);
    direkte.call(&["cpr", "test"]).ends_with(2);
    assert_eq!(logons(), 2);
    // The user id was wrong all the time: CPR takes the password, and the others may use it again.
    direkte.simulator.control().set_password(Password::parse("wrong-01").unwrap());
    direkte.call(&["cpr", "lookup", &person]).ends_with(2);
    direkte.call(&["cpr", "test"]).ends_with(0);
    direkte.call(&["cpr", "lookup", &person]).ends_with(0);
    direkte.simulator.control().set_password(Password::parse(PASSWORD).unwrap());
    direkte.simulator.control().expire_tokens();
    direkte.call(&["cpr", "lookup", &person]).ends_with(2);
    set(PASSWORD);
    direkte.call(&["cpr", "lookup", &person]).ends_with(0);
}

#[test]
fn a_test_through_a_local_proxy_says_nothing_about_the_password_here() {
    let direkte = Direkte::new();
    let person = direkte.number(1).reveal();
    feed(direkte.folder(), &["cpr", "password", "--set", "--config", "kartotek.toml"], "wrong-01").ends_with(0);
    direkte.call(&["cpr", "lookup", &person]).ends_with(2).complains("error 01");
    let proxy = Direkte::local_proxy();
    direkte.call(&["source", "set", "CPR", &format!("IP={}", proxy.simulator.addr())]).ends_with(0);
    direkte.call(&["cpr", "test"]).ends_with(0);
    direkte.call(&["source", "remove", "CPR"]).ends_with(0);
    direkte.call(&["cpr", "lookup", &person]).ends_with(2).complains("could lock the user out");
    assert_eq!(direkte.simulator.control().counts().logons, 1);
}

#[cfg(unix)]
#[test]
fn a_change_that_the_configuration_stands_against_is_not_to_be_repeated() {
    use std::os::unix::fs::PermissionsExt as _;
    let direkte = Direkte::new();
    let (ca, key) = (direkte.folder().join("ca.pem"), direkte.folder().join("kartotek.key"));
    std::fs::write(&ca, Direkte::without_password().simulator.ca_pem()).unwrap();
    direkte.call(&["cpr", "password"]).ends_with(2).complains("TLS");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    direkte.call(&["cpr", "password"]).ends_with(2).complains("chmod 600");
}

#[test]
fn somebody_whose_data_cannot_be_used_is_subscribed_all_the_same() {
    let direkte = Direkte::new();
    let person = direkte.number(6);
    direkte.simulator.control().fault(Fault::RecordType(777), Scope::Lookups, Times::Next(1));
    direkte.call(&["cpr", "subscribe", &person.reveal()]).ends_with(1).complains("record type 777");
    assert!(direkte.simulator.control().subscribed().contains(&person));
    direkte.call(&["contact", "show", &person.reveal()]).ends_with(0).says("placeholder").says("subscribed J");
}

#[test]
fn whether_a_password_is_due_needs_a_password() {
    let direkte = Direkte::without_password();
    direkte.call(&["cpr", "password", "--if-due"]).ends_with(2).complains("no password is stored");
}

#[test]
fn subscribing_and_unsubscribing_is_written_down_in_the_register() {
    let direkte = Direkte::new();
    let person = direkte.number(7);
    direkte.call(&["cpr", "subscribe", &person.reveal()]).ends_with(0).says("1 new");
    assert!(direkte.simulator.control().subscribed().contains(&person));
    direkte.call(&["contact", "show", &person.reveal()]).says("subscribed J");
    let ended = direkte.call(&["cpr", "unsubscribe", &person.reveal()]);
    ended.ends_with(0).says("1 persons");
    assert!(direkte.simulator.control().subscribed().is_empty());
    direkte.call(&["contact", "show", &person.reveal()]).says("subscribed N");
}

#[test]
fn the_source_says_whether_look_ups_subscribe() {
    let direkte = Direkte::new();
    direkte.call(&["source", "set", "CPR", "Subscription=1"]).ends_with(0);
    direkte.call(&["cpr", "lookup", "--import", &direkte.number(2).reveal()]).ends_with(0);
    direkte.call(&["cpr", "lookup", "--import", "--subscription", "0", &direkte.number(3).reveal()]).ends_with(0);
    let subscribed: Vec<_> = direkte.simulator.control().subscribed().into_iter().collect();
    assert_eq!(subscribed, [direkte.number(2)]);
}

#[test]
fn an_answer_about_somebody_else_is_never_taken_in() {
    let direkte = Direkte::new();
    direkte.simulator.control().fault(Fault::AnotherPerson, Scope::Lookups, Times::Next(1));
    let ended = direkte.call(&["cpr", "lookup", "--import", &direkte.number(2).reveal()]);
    ended.complains("about another person");
    assert_ne!(ended.code, 0);
    for index in [2, 3] {
        direkte.call(&["contact", "show", &direkte.number(index).reveal()]).ends_with(1);
    }
}

#[test]
fn the_private_service_withholds_and_says_so() {
    let direkte = Direkte::new();
    direkte.configure("transaction = \"PRIV\"");
    direkte.call(&["cpr", "test"]).ends_with(0);
    let has = |index, wanted: fn(&PublicRecord<'_>) -> bool| {
        records(&direkte, index).iter().any(|record| PublicRecord::decode(record).unwrap().is_some_and(|r| wanted(&r)))
    };
    let is_protected = |index: &u32| {
        has(
            *index,
            |record| matches!(record, PublicRecord::R004Protection(r) if r.beskyttype == ProtectionType::NameAndAddress),
        )
    };
    let is_alive = |index: &u32| {
        has(*index, |record| matches!(record, PublicRecord::R001Person(r) if r.status == Status::Resident))
    };
    let protected = (0..PERSONS).filter(is_alive).find(is_protected).expect("somebody under protection");
    let open = (0..PERSONS).filter(is_alive).find(|index| !is_protected(index)).expect("somebody else");
    for (index, is_told) in [(protected, false), (open, true)] {
        let number = direkte.number(index).reveal();
        direkte.call(&["cpr", "lookup", "--import", &number]).ends_with(0).says("1 new");
        let card = direkte.call(&["contact", "show", &number, "--json"]).ends_with(0).json();
        assert_eq!(card["name2"] != "", is_told, "{card}");
        assert_eq!(card["address"].as_array().unwrap().is_empty(), !is_told, "{card}");
        let shown = direkte.call(&["contact", "show", &number]);
        shown.ends_with(0).says("Status");
        assert_eq!(shown.stdout.contains("NAME AND ADDRESS ARE PROTECTED"), !is_told, "{}", shown.stdout);
    }
}

#[test]
fn the_password_is_changed_by_hand_and_when_it_is_due() {
    let direkte = Direkte::new();
    direkte.call(&["cpr", "password", "--if-due"]).ends_with(0).says("nothing was done");
    let ended = direkte.call(&["cpr", "password"]);
    ended.ends_with(0).says("new password");
    let made_up = direkte.simulator.control().password();
    assert_ne!(made_up, Password::parse(PASSWORD).unwrap());
    let shown = str::from_utf8(made_up.reveal()).unwrap();
    assert!(!ended.stdout.contains(shown) && !ended.stderr.contains(shown));
    direkte.call(&["cpr", "test"]).ends_with(0);
    let mut choose = direkte.command(&["cpr", "password", "--choose"]);
    crate::support::cli::feed_to(&mut choose, "too-weak").ends_with(2).complains("upper-case");
    let mut choose = direkte.command(&["cpr", "password", "--choose"]);
    crate::support::cli::feed_to(&mut choose, "cD56.uvw\n").ends_with(0);
    assert_eq!(direkte.simulator.control().password(), Password::parse("cD56.uvw").unwrap());
    direkte.call(&["cpr", "test"]).ends_with(0);
}

#[test]
fn every_error_number_is_explained() {
    let direkte = Direkte::without_password();
    direkte
        .call(&["cpr", "errors"])
        .ends_with(0)
        .says("IP-adressen er ikke godkendt")
        .says("the IP address is not approved");
    let all = direkte.call(&["cpr", "errors", "77", "--json"]).json();
    assert_eq!(all[0]["error"], "77");
    assert!(all[0]["da"]["next_step"].as_str().unwrap().contains("servicedesk"));
    direkte.call(&["cpr", "errors", "100"]).ends_with(2);
}
