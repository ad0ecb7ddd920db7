//! `kartotek subscription` as its callers see it.

use std::path::PathBuf;

use kartotek_formats::subscription_file::{SubscriptionFile, SubscriptionFileName};
use serde_json::json;
use tempfile::TempDir;

use crate::support::cli::{Ended, call};
use crate::support::extract::extract;
use crate::support::person::{AAVEJ, person};

const LISE: &str = "2103724010";
const OLE: &str = "1204713011";
const IDA: &str = "0507714016";

/// A register with three persons: nobody is subscribed, and Lise and Ole are parties of an open case.
struct Office {
    folder: TempDir,
}

impl Office {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let persons = [LISE, OLE, IDA].map(|number| person(number).named("Bo", "", "Bro").living(AAVEJ));
        extract("2021-04-01", persons).write(&folder.path().join("april"));
        let office = Self { folder };
        std::fs::create_dir(office.path("out")).unwrap();
        office.settings("");
        office.run(&["import", "cpr", "april"]).ends_with(0);
        office.edit("UPDATE source_record SET src_subscribed = 'N'");
        office.run(&["case", "open", "S-1", "--type", "byg"]).ends_with(0);
        office.run(&["case", "open", "S-2", "--type", "arkiv"]).ends_with(0);
        for (case, number) in [("S-1", LISE), ("S-1", OLE), ("S-2", OLE)] {
            office.run(&["case", "add-party", case, number]).ends_with(0);
        }
        office.edit("UPDATE source_record SET subscribed = NULL");
        office
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn settings(&self, more: &str) {
        let settings = format!("[subscription]\nfolder = \"out\"\ntask = \"990001\"\ncustomer = \"1234\"\n{more}\n");
        std::fs::write(self.path("kartotek.toml"), settings).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        call(self.folder.path(), &[&["--config", "kartotek.toml"], arguments].concat())
    }

    fn subscription(&self, arguments: &[&str]) -> Ended {
        self.run(&[&["subscription"], arguments].concat())
    }

    fn tables(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.path("kartotek.db")).unwrap()
    }

    fn edit(&self, statement: &str) {
        assert!(self.tables().execute(statement, []).unwrap() > 0, "the statement touches a row");
    }

    /// `SRC_SUBSCRIBED` and `SUBSCRIBED`.
    fn state(&self, number: &str) -> String {
        let query = "SELECT src_subscribed || coalesce(subscribed, '-') FROM source_record WHERE source_key = ?1";
        self.tables().query_row(query, [number], |row| row.get(0)).unwrap()
    }

    /// The lines of all subscription files, and the names of those.
    fn files(&self) -> (Vec<String>, Vec<String>) {
        let mut names: Vec<_> = std::fs::read_dir(self.path("out"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        let mut lines = Vec::new();
        for name in &names {
            SubscriptionFileName::parse(name).expect("nothing else is in the folder");
            let bytes = std::fs::read(self.path("out").join(name)).unwrap();
            let file = SubscriptionFile::decode(&bytes).unwrap();
            lines.extend(file.lines().iter().map(|line| format!("{} {}", line.action.code(), line.number.reveal())));
        }
        (names, lines)
    }
}

#[test]
fn a_plan_names_each_person_with_the_reason_and_writes_nothing() {
    let office = Office::new();
    let plan = office.subscription(&["plan"]);
    plan.ends_with(0)
        .says("subscribe    120471-****  party to 2 open cases")
        .says("subscribe    210372-****  party to 1 open case")
        .says("3 persons, 0 of them subscribed: 2 to subscribe, 0 to unsubscribe");
    assert!(!plan.stdout.contains(LISE) && !plan.stdout.contains("050771"), "{}", plan.stdout);
    office
        .subscription(&["plan", "--numbers", "--all"])
        .ends_with(0)
        .says("subscribe    2103724010  party to 1 open case")
        .says("-            0507714016  no open case");
    assert_eq!(office.state(LISE), "N-");

    let document = office.subscription(&["plan", "--json"]).json();
    assert_eq!(document["counts"]["to_subscribe"], json!(2));
    let lise = json!({
        "person": "210372-****",
        "action": "subscribe",
        "src_subscribed": "N",
        "subscribed": null,
        "becomes": "J",
        "reason": "party to 1 open case",
    });
    assert_eq!(document["persons"][1], lise);
}

#[test]
fn applying_writes_one_file_and_the_same_call_again_none() {
    let office = Office::new();
    let applied = office.subscription(&["apply"]);
    applied.ends_with(0).says("2 to subscribe, 0 to unsubscribe, for CPR's run of ");
    let (names, lines) = office.files();
    assert_eq!((names.len(), lines), (1, vec![format!("OP {OLE}"), format!("OP {LISE}")]));
    assert!(applied.stdout.starts_with(&names[0]));
    assert_eq!(office.state(LISE), "N-");
    office.subscription(&["apply"]).ends_with(0).says("nothing to send");
    assert_eq!(office.files().0, names);

    let pending = office.subscription(&["list", "pending"]);
    pending
        .ends_with(0)
        .says(&format!("210372-****  OP sent in {} line 2: party to 1 open case", names[0]))
        .says("2 on their way to CPR");
    let plan = office.subscription(&["plan", "--all"]);
    plan.ends_with(0).says("-            210372-****  a subscription is on its way to CPR");
}

#[test]
fn whoever_has_no_open_case_is_cancelled_after_the_delay() {
    let office = Office::new();
    office.edit("UPDATE source_record SET src_subscribed = 'J'");
    office.edit("UPDATE source_record SET source_updated_at = '2026-01-02T08:00:00Z'");
    office
        .subscription(&["plan"])
        .ends_with(0)
        .says("unsubscribe  050771-****  no open case, last updated 2026-01-02, more than 7 days ago");
    let applied = office.subscription(&["apply", "--json"]);
    applied.ends_with(0);
    assert_eq!(applied.json()["applied"]["files"][0]["unsubscribe"], json!(1));
    assert_eq!(office.files().1, [format!("SL {IDA}")]);
    assert_eq!((office.state(IDA).as_str(), office.state(LISE).as_str()), ("N-", "J-"));
}

#[test]
fn rules_of_the_authority_take_the_place_of_the_built_in_one() {
    let office = Office::new();
    office.settings("rules = \"rules.toml\"");
    let rules = "delay_days = 30\ncase_types_without_subscription = [\"byg\"]\n\n\
                 [[rule]]\nname = \"cases\"\nsubscribe_when = \"open-case\"\n";
    std::fs::write(office.path("rules.toml"), rules).unwrap();
    office
        .subscription(&["plan", "--all"])
        .ends_with(0)
        .says("-            210372-****  only cases of types without subscription")
        .says("subscribe    120471-****  party to 1 open case");
    std::fs::write(office.path("rules.toml"), rules.replace("delay_days", "delay_day")).unwrap();
    office
        .subscription(&["plan"])
        .ends_with(2)
        .complains("file of rules rules.toml: line 1: unknown field `delay_day`");
    std::fs::remove_file(office.path("rules.toml")).unwrap();
    office.subscription(&["apply"]).ends_with(2).complains("file of rules rules.toml");
}

#[test]
fn a_mass_change_needs_to_be_confirmed() {
    let office = Office::new();
    office.settings("max_persons = 1\nmax_percent = 0");
    office
        .subscription(&["plan"])
        .ends_with(0)
        .says("that is more than the 1 changes that are made without being asked");
    office
        .subscription(&["apply"])
        .ends_with(2)
        .complains("2 persons would change, more than the 1 that are allowed of 0 subscribed");
    assert_eq!(office.files().0.len(), 0);
    assert_eq!(office.state(LISE), "N-");
    office.subscription(&["apply", "--confirm"]).ends_with(0);
    assert_eq!(office.files().1.len(), 2);
}

#[test]
fn wishes_of_a_case_system_are_brought_to_cpr_within_the_limits() {
    let office = Office::new();
    office.settings("max_persons = 1\nmax_percent = 0");
    // Ida is on no case, which the rules would not agree with.
    office.edit(&format!("UPDATE source_record SET subscribed = 'J' WHERE source_key <> '{OLE}'"));
    office
        .subscription(&["apply", "--wishes-only"])
        .ends_with(2)
        .complains("2 persons would change, more than the 1 that are allowed of 0 subscribed");
    assert_eq!((office.files().0.len(), office.state(IDA)), (0, "NJ".to_owned()));
    office.edit(&format!("UPDATE source_record SET src_subscribed = 'J' WHERE source_key = '{LISE}'"));
    office.subscription(&["apply", "--wishes-only"]).ends_with(0).says("1 wishes cleared");
    assert_eq!(office.files().1, [format!("OP {IDA}")]);
    office.edit("UPDATE source_record SET subscribed = 'N', src_subscribed = 'J'");
    office.edit("UPDATE subscription_order SET state = 'done'");
    office.subscription(&["apply", "--wishes-only"]).ends_with(2);
    office.subscription(&["apply", "--wishes-only", "--confirm"]).ends_with(0).says("3 to unsubscribe");
}

#[test]
fn a_blocked_person_is_not_subscribed_until_the_block_is_lifted() {
    let office = Office::new();
    office
        .subscription(&["block", "210372-4010", "--reason", "closed file"])
        .ends_with(0)
        .says("210372-**** is blocked");
    office.subscription(&["list", "blocked"]).ends_with(0).says("210372-****  since ").says(": closed file");
    office.subscription(&["plan", "--all"]).ends_with(0).says("-            210372-****  blocked: closed file");
    office.subscription(&["apply"]).ends_with(0);
    assert_eq!(office.files().1, [format!("OP {OLE}")]);
    office.subscription(&["unblock", LISE]).ends_with(0).says("210372-**** is no longer blocked");
    office.subscription(&["unblock", LISE]).ends_with(1).complains("210372-**** was not blocked");
    office.subscription(&["plan"]).ends_with(0).says("subscribe    210372-****");
    let wrong = office.subscription(&["block", "21037240", "--reason", "x"]);
    wrong.ends_with(2).complains("expected a CPR number");
    assert!(!wrong.stderr.contains("21037240"));
    office.subscription(&["block", LISE, "--reason", " "]).ends_with(2).complains("--reason");
}

#[test]
fn settings_that_are_missing_are_named() {
    let office = Office::new();
    std::fs::write(office.path("kartotek.toml"), "[cpr.direkte]\ncustomer = \"132\"\n").unwrap();
    office
        .subscription(&["apply", "--channel", "files"])
        .ends_with(2)
        .complains("no subscription.folder is configured");
    std::fs::write(
        office.path("kartotek.toml"),
        "[cpr.direkte]\ncustomer = \"132\"\n[subscription]\nfolder = \"out\"\ntask = \"990001\"\n",
    )
    .unwrap();
    office.subscription(&["apply", "--channel", "files"]).ends_with(0);
    let (names, _) = office.files();
    let bytes = std::fs::read(office.path("out").join(&names[0])).unwrap();
    assert!(bytes.starts_with(b"06013200OP"), "the customer number is that of CPR Direkte");
}

#[test]
fn a_folder_that_is_not_there_keeps_the_wishes() {
    let office = Office::new();
    std::fs::remove_dir(office.path("out")).unwrap();
    office.subscription(&["apply"]).ends_with(3).complains("cannot write subscription file d");
    std::fs::create_dir(office.path("out")).unwrap();
    office.subscription(&["apply"]).ends_with(0).complains("was planned by a call that was cut off");
    assert_eq!(office.files().1.len(), 2);
}

#[test]
fn cprs_list_is_compared_and_the_register_repaired() {
    let office = Office::new();
    office.edit(&format!("UPDATE source_record SET src_subscribed = 'J' WHERE source_key <> '{OLE}'"));
    // Lise is in both, Ida is missing at CPR, Ole is surplus, and nobody here knows the last one.
    std::fs::write(office.path("list"), format!("# CPR\r\n{LISE}\r\n120471-3011\r\n0101980014\r\n")).unwrap();
    let compared = office.subscription(&["reconcile", "list"]);
    compared
        .ends_with(1)
        .says("missing   050771-****")
        .says("surplus   120471-****")
        .says("unknown   010198-****")
        .says("3 at CPR, 2 here, 1 in both; 1 missing at CPR, 1 surplus, 1 unknown here");
    assert_eq!(office.state(IDA), "J-");

    office
        .subscription(&["reconcile", "list", "--apply", "--numbers"])
        .ends_with(0)
        .says("unknown   0101980014")
        .says("the register says what CPR says now");
    let states = [LISE, OLE, IDA, "0101980014"].map(|number| office.state(number));
    assert_eq!(states, ["J-", "J-", "N-", "JN"]);
    office.subscription(&["reconcile", "list"]).ends_with(0).says("0 missing at CPR, 0 surplus, 0 unknown here");
    office.subscription(&["apply"]).ends_with(0);
    assert_eq!(office.files().1, ["SL 0101980014"]);
}

#[test]
fn a_repair_that_is_too_large_shows_what_it_would_change_before_it_is_refused() {
    let office = Office::new();
    office.settings("max_persons = 1\nmax_percent = 0");
    std::fs::write(office.path("list"), format!("{LISE}\n{OLE}\n")).unwrap();
    let refused = office.subscription(&["reconcile", "list", "--apply", "--json"]);
    refused.ends_with(2).complains("2 persons would change, more than the 1 that are allowed");
    let document = refused.json();
    assert_eq!((document["persons"].as_array().unwrap().len(), &document["applied"]), (2, &json!(false)));
    office.subscription(&["reconcile", "list", "--apply"]).ends_with(2).says("2 surplus").says("nothing was changed");
    assert_eq!(office.state(LISE), "N-");
    office.subscription(&["reconcile", "list", "--apply", "--confirm"]).ends_with(0);
    assert_eq!(office.state(LISE), "J-");
}

#[test]
fn lines_that_cannot_be_read_are_told_by_number_and_nothing_is_repaired() {
    let office = Office::new();
    office.edit("UPDATE source_record SET src_subscribed = 'J'");
    std::fs::write(office.path("list"), format!("xx{LISE}\nxx{OLE}\nxx21037240xx\n\n")).unwrap();
    let compared = office.subscription(&["reconcile", "list", "--position", "3", "--json"]);
    compared.ends_with(1).complains("list: line 3: expected a CPR number of ten digits");
    assert!(!compared.stderr.contains("21037240"));
    assert_eq!(compared.json()["counts"]["bad_lines"], json!([3]));
    assert_eq!(compared.json()["counts"]["same"], json!(2));
    office
        .subscription(&["reconcile", "list", "--position", "3", "--apply"])
        .ends_with(2)
        .complains("nothing was changed");
    assert_eq!(office.state(IDA), "J-");
    std::fs::write(office.path("list"), "").unwrap();
    office.subscription(&["reconcile", "list", "--apply"]).ends_with(2).complains("the list is empty");
    office.subscription(&["reconcile", "none"]).ends_with(3).complains("none");
}

#[test]
fn an_import_of_the_ordered_data_settles_the_order() {
    let office = Office::new();
    office.subscription(&["apply"]).ends_with(0);
    // The day of the file is over.
    let yesterday: String = office.tables().query_row("SELECT date('now', '-1 day')", [], |row| row.get(0)).unwrap();
    office.edit(&format!("UPDATE subscription_order SET process_date = '{yesterday}'"));
    office.edit(&format!("UPDATE source_record SET deliveries_from = '{yesterday}' WHERE deliveries_from IS NOT NULL"));
    office.subscription(&["apply"]).ends_with(0);
    assert_eq!(office.state(LISE), "N-", "the register has older data only");
    let persons = [LISE, OLE].map(|number| person(number).named("Bo", "", "Bro").living(AAVEJ));
    let next = extract(&yesterday, persons).following("2021-04-01");
    next.write(&office.path("next"));
    office.run(&["import", "cpr", "next"]).ends_with(0);
    office.subscription(&["apply"]).ends_with(0);
    assert_eq!(office.state(LISE), "J-");
    office.subscription(&["list", "subscribed"]).ends_with(0).says("210372-****  party to 1 open case");
    office.subscription(&["list", "pending"]).ends_with(1);
}

#[test]
fn a_line_that_cpr_refused_ends_the_import_with_one_and_its_order_is_listed() {
    let office = Office::new();
    office.subscription(&["apply"]).ends_with(0);
    let (names, _) = office.files();
    let process_date = SubscriptionFileName::parse(&names[0]).unwrap().process_date().to_string();
    let line = format!("06123400OP{LISE}");
    let text = format!("PNR {LISE} findes ikke");
    let mut delivery = extract(&process_date, []);
    delivery.records.push(format!("910{LISE}{line:<75}0042{text:<65}").into_bytes());
    delivery.write(&office.path("refusals"));

    let import = office.run(&["import", "cpr", "refusals"]);
    import.ends_with(1).says("person 210372-****: CPR refused line 2 of").says("error number 0042: PNR **********");
    assert!(!import.stdout.contains(LISE) && !import.stderr.contains(LISE));
    assert_eq!((office.state(LISE), office.state(OLE)), ("NJ".to_owned(), "N-".to_owned()));
    office.subscription(&["list", "refused"]).ends_with(0).says("910 0042");
    office.run(&["import", "cpr", "refusals"]).ends_with(0);
    let document = office.run(&["import", "cpr", "refusals", "--again", "--json"]).json();
    assert_eq!(document[0]["orders_refused"], json!(0));
}

#[test]
fn a_refused_line_of_another_customer_is_not_about_our_order() {
    let office = Office::new();
    office.subscription(&["apply"]).ends_with(0);
    let (names, _) = office.files();
    let process_date = SubscriptionFileName::parse(&names[0]).unwrap().process_date().to_string();
    let before = office.state(LISE);
    let mut delivery = extract(&process_date, []);
    let line = format!("06999900OP{LISE}");
    delivery.records.push(format!("910{LISE}{line:<75}0042{:<65}", "PNR findes ikke").into_bytes());
    delivery.write(&office.path("refusals"));
    office.run(&["import", "cpr", "refusals"]).ends_with(0);
    assert_eq!(office.state(LISE), before);
    office.subscription(&["list", "refused"]).ends_with(1);
}
