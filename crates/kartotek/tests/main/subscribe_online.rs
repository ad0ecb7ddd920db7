//! Cases and subscriptions through CPR Direkte.

use kartotek_formats::cpr_direkte::{CustomerNumber, ErrorNumber};
use kartotek_simulators::cpr_direkte::{Fault, Scope, Times};

use crate::support::direkte::Direkte;

impl Direkte {
    fn tables(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.folder().join("kartotek.db")).unwrap()
    }

    /// How many rows a query gives.
    fn count(&self, query: &str) -> i64 {
        self.tables().query_row(&format!("SELECT count(*) FROM ({query})"), [], |row| row.get(0)).unwrap()
    }

    /// A case with the first so many persons as parties, which a case system writes itself.
    fn case_of(&self, persons: u32) {
        self.call(&["case", "open", "S-1", "--type", "byg"]).ends_with(0);
        for index in 0..persons {
            let number = self.number(index).reveal();
            let sql = format!(
                "INSERT INTO contact (name_type, name_code) VALUES ('C', '{number}');
                 INSERT INTO case_party (case_key, contact_key)
                 SELECT case_key, contact_key FROM case_file, contact WHERE name_code = '{number}'"
            );
            self.tables().execute_batch(&sql).unwrap();
        }
    }

    /// A list of cases with one party each, of some persons.
    fn list_of(&self, persons: std::ops::Range<u32>) {
        let heading = "case_no,case_type,state,start_date,end_date,contact,role,party_start,party_end".to_owned();
        let row = |index| format!("L-{index},byg,open,2026-01-05,,{},,,", self.number(index).reveal());
        let csv = std::iter::once(heading).chain(persons.map(row)).collect::<Vec<_>>().join("\n");
        std::fs::write(self.folder().join("cases.csv"), csv).unwrap();
    }

    /// The kinds of the runs that have orders.
    fn kinds(&self) -> String {
        let sql = "SELECT group_concat(kind) FROM (SELECT DISTINCT kind FROM run JOIN subscription_order USING (run)
                   ORDER BY kind)";
        self.tables().query_row(sql, [], |row| row.get(0)).unwrap()
    }
}

const SUBSCRIBED: &str = "SELECT 1 FROM source_record WHERE src_subscribed = 'J' AND subscribed IS NULL";
const WISHED: &str = "SELECT 1 FROM source_record WHERE subscribed IS NOT NULL";

#[test]
fn a_party_of_an_open_case_is_subscribed_and_fetched_without_waiting_for_the_night() {
    let direkte = Direkte::new();
    let person = direkte.number(3);
    direkte.call(&["case", "open", "S-1"]).ends_with(0);
    let ended = direkte.call(&["case", "add-party", "S-1", &person.reveal()]);
    ended.ends_with(0).says("placeholder").says("subscribed and fetched from CPR (party to 1 open case");
    assert!(direkte.simulator.control().subscribed().contains(&person));
    direkte.call(&["contact", "show", &person.reveal()]).ends_with(0).says("subscribed J").says("Fødselsdag");
    direkte.call(&["subscription", "list", "--json"]).ends_with(0);
    assert_eq!(direkte.kinds(), "case add-party");
    assert_eq!((direkte.count(SUBSCRIBED), direkte.count(WISHED)), (1, 0));
}

#[test]
fn a_case_reopened_refreshes_its_parties() {
    let direkte = Direkte::new();
    let person = direkte.number(3);
    direkte.call(&["case", "open", "S-1"]).ends_with(0);
    direkte.call(&["case", "add-party", "S-1", &person.reveal()]).ends_with(0);
    direkte.call(&["case", "close", "S-1"]).ends_with(0);
    let before = direkte.simulator.control().counts().lookups;
    direkte.call(&["case", "reopen", "S-1"]).ends_with(0).says("subscribed and fetched");
    assert_eq!(direkte.kinds(), "case add-party,case reopen");
    assert_eq!(direkte.simulator.control().counts().lookups, before + 1);
}

#[test]
fn when_cpr_cannot_be_reached_the_wish_stays_for_the_next_apply() {
    let direkte = Direkte::new();
    let person = direkte.number(3);
    direkte.call(&["case", "open", "S-1"]).ends_with(0);
    direkte.simulator.control().fault(Fault::CloseAtAccept, Scope::Everything, Times::UntilCleared);
    direkte.call(&["case", "add-party", "S-1", &person.reveal()]).ends_with(1).says("asks again");
    assert_eq!(direkte.count(WISHED), 1);
    let ended = direkte.call(&["subscription", "apply"]);
    ended.ends_with(3).says("stopped with 1 persons left");
    direkte.simulator.control().clear_faults();
    direkte.call(&["subscription", "apply"]).ends_with(0).says("1 subscribed and fetched");
    assert_eq!((direkte.count(SUBSCRIBED), direkte.count(WISHED)), (1, 0));
}

/// The party is written before CPR is asked, so the caller must be told of both.
#[test]
fn when_cpr_cannot_be_asked_at_all_the_party_is_told_and_the_wish_stays() {
    let direkte = Direkte::new();
    // The key of the secrets is gone.
    direkte.configure("[secrets]\nkey_file = \"missing/key\"");
    direkte.call(&["case", "open", "S-1"]).ends_with(0);
    let ended = direkte.call(&["--json", "case", "add-party", "S-1", &direkte.number(3).reveal()]);
    ended.ends_with(1);
    let told = ended.json();
    assert_eq!((&told["changed"], &told["persons"][0]["subscription"]), (&true.into(), &"failed".into()), "{told:#}");
    assert!(told["persons"][0]["problem"].as_str().unwrap().contains("key"), "{told:#}");
    assert_eq!(direkte.count(WISHED), 1);
    let again = direkte.call(&["case", "reopen", "S-1"]);
    again.ends_with(1).says("was open already").says("not fetched now").says("asks again");
}

#[test]
fn rules_at_fault_are_told_before_anything_is_written() {
    let direkte = Direkte::new();
    direkte.call(&["case", "open", "S-1"]).ends_with(0);
    direkte.configure("[subscription]\nrules = \"rules.toml\"");
    std::fs::write(direkte.folder().join("rules.toml"), "delay_days = -1").unwrap();
    direkte.list_of(0..2);
    for arguments in [&["case", "add-party", "S-1", &direkte.number(3).reveal()][..], &["case", "import", "cases.csv"]]
    {
        direkte.call(arguments).ends_with(2).complains("rules.toml");
    }
    assert_eq!(direkte.count("SELECT 1 FROM case_party"), 0);
}

/// The case stays on the old number. CPR knows the valid one, of which the register has nothing but the reference.
#[test]
fn a_party_whose_number_was_replaced_is_subscribed_under_the_valid_one() {
    let direkte = Direkte::new();
    let (old, valid) = (direkte.number(3), direkte.number(4));
    direkte.call(&["case", "open", "S-1"]).ends_with(0);
    let sql = format!(
        "INSERT INTO contact (name_type, name_code) VALUES ('C', '{}'), ('C', '{}');
         INSERT INTO part (contact_key, name_ref_key, role)
         SELECT o.contact_key, v.contact_key, 'GældendePNR' FROM contact AS o, contact AS v
         WHERE o.name_code = '{}' AND v.name_code = '{}'",
        old.reveal(),
        valid.reveal(),
        old.reveal(),
        valid.reveal()
    );
    direkte.tables().execute_batch(&sql).unwrap();
    let ended = direkte.call(&["case", "add-party", "S-1", &old.reveal()]);
    ended
        .ends_with(0)
        .says(&format!("{}: not to be subscribed: another number has taken the place of this one", old.masked()))
        .says(&format!("{}: subscribed and fetched from CPR (party to 1 open case)", valid.masked()));
    assert_eq!(direkte.simulator.control().subscribed(), [valid].into());
    let again = direkte.call(&["subscription", "plan"]);
    again.ends_with(0).says("0 to subscribe, 0 to unsubscribe");
}

#[test]
fn new_parties_of_a_list_are_subscribed_and_fetched_at_once() {
    let direkte = Direkte::new();
    direkte.list_of(0..10);
    let fault = Fault::RecordType(777);
    direkte.simulator.control().fault(fault, Scope::Lookups, Times::Next(1));
    let ended = direkte.call(&["case", "import", "cases.csv"]);
    ended
        .ends_with(1)
        .says("9 subscribed and fetched")
        .says("1 not fetched")
        .says("record type 777")
        .says("asks again");
    // CPR has subscribed the one whose data cannot be used, too.
    assert_eq!((direkte.count(SUBSCRIBED), direkte.count(WISHED)), (10, 0));
    assert_eq!(direkte.kinds(), "case import");
    let before = direkte.simulator.control().counts().lookups;
    direkte.call(&["case", "import", "cases.csv"]).ends_with(0);
    assert_eq!(direkte.simulator.control().counts().lookups, before, "nothing is new");
    direkte.call(&["subscription", "apply"]).ends_with(0).says("1 subscribed and fetched");
}

#[test]
fn a_list_that_concerns_many_leaves_them_to_an_apply_that_is_confirmed() {
    let direkte = Direkte::new();
    direkte.list_of(0..60);
    let ended = direkte.call(&["case", "import", "cases.csv", "--json"]);
    ended.ends_with(1);
    assert_eq!(ended.json()["left"], serde_json::json!({ "persons": 60, "allowed": 50 }));
    assert_eq!(ended.json()["parties"]["new"], 60);
    assert_eq!((direkte.count(WISHED), direkte.simulator.control().counts().lookups), (0, 0));
    direkte.call(&["subscription", "apply", "--confirm"]).ends_with(0).says("60 subscribed and fetched");

    // Of so many subscribed, five percent are more than the number.
    direkte.configure("[subscription]\nmax_persons = 0");
    direkte.list_of(60..63);
    direkte.call(&["case", "import", "cases.csv"]).ends_with(0).says("3 subscribed and fetched");
    direkte.list_of(63..67);
    let left = direkte.call(&["case", "import", "cases.csv"]);
    left.ends_with(1).says("4 persons have a reason now, more than the 3").says("subscription apply --confirm");
    direkte.list_of(67..300);
    let confirmed = direkte.call(&["case", "import", "cases.csv", "--confirm"]);
    confirmed.ends_with(0).says("233 subscribed and fetched");
    assert_eq!(direkte.count(SUBSCRIBED), 296);
}

#[test]
fn a_number_that_cpr_does_not_know_is_told_and_blocked() {
    let direkte = Direkte::new();
    direkte.call(&["case", "open", "S-1"]).ends_with(0);
    direkte.call(&["case", "add-party", "S-1", "0101010001"]).ends_with(1).says("CPR does not know the number");
    direkte.call(&["subscription", "apply"]).ends_with(0).says("0 subscribed and fetched");
    assert_eq!(direkte.count("SELECT 1 FROM subscription_block"), 1);
}

#[test]
fn applying_subscribes_by_rule_and_cancels_whom_no_case_speaks_for() {
    let direkte = Direkte::new();
    direkte.case_of(30);
    let ended = direkte.call(&["subscription", "apply", "--confirm"]);
    ended.ends_with(0).says("30 subscribed and fetched, 0 unsubscribed");
    assert_eq!(direkte.simulator.control().subscribed().len(), 30);
    direkte.call(&["case", "close", "S-1"]).ends_with(0);
    direkte.call(&["subscription", "apply", "--confirm"]).ends_with(0).says("0 unsubscribed");
    // Eight days later, as far as the register knows.
    let sql =
        "UPDATE source_record SET source_updated_at = strftime('%Y-%m-%dT%H:%M:%SZ', source_updated_at, '-8 days')";
    direkte.tables().execute(sql, []).unwrap();
    direkte.tables().execute("UPDATE case_file SET end_date = '2026-01-01'", []).unwrap();
    direkte.tables().execute("UPDATE case_party SET end_date = '2026-01-01'", []).unwrap();
    direkte.call(&["subscription", "apply", "--confirm"]).ends_with(0).says("30 unsubscribed");
    assert!(direkte.simulator.control().subscribed().is_empty());
    assert_eq!((direkte.count(SUBSCRIBED), direkte.count(WISHED)), (0, 0));
}

#[test]
fn one_answer_that_cannot_be_used_does_not_keep_the_others_back() {
    for (fault, expected, subscribed) in [
        (Fault::RecordType(777), "record type 777", 10),
        // Such an answer says nothing about what CPR did.
        (Fault::AnotherCustomer(CustomerNumber::new(b"0999").unwrap()), "for another customer", 9),
        (Fault::Bytes(b"013216TOKEN123WUADIR34000027".to_vec()), "position 25 of the answer", 9),
    ] {
        let direkte = Direkte::new();
        direkte.case_of(10);
        direkte.simulator.control().fault(fault, Scope::Lookups, Times::Next(1));
        direkte.call(&["subscription", "apply"]).ends_with(1).says(expected).says("9 subscribed and fetched");
        assert_eq!(direkte.count(SUBSCRIBED), subscribed, "{expected}");
        direkte.call(&["subscription", "apply"]).ends_with(0).says("1 subscribed and fetched");
        assert_eq!((direkte.count(SUBSCRIBED), direkte.simulator.control().subscribed().len()), (10, 10), "{expected}");
    }
}

#[test]
fn an_error_that_concerns_everybody_stops_it_and_what_is_left_keeps_its_wish() {
    let direkte = Direkte::new();
    direkte.case_of(10);
    let not_approved = Fault::error(ErrorNumber::ADDRESS_NOT_APPROVED);
    direkte.simulator.control().fault(not_approved, Scope::Logons, Times::UntilCleared);
    let ended = direkte.call(&["subscription", "apply"]);
    ended.ends_with(2).says("IP address is not approved").complains("alarm");
    assert_eq!(direkte.simulator.control().counts().logons, 1);
    assert_eq!(direkte.count(WISHED), 10);
}

#[test]
fn a_wrong_password_ends_as_it_does_everywhere_else() {
    let direkte = Direkte::new();
    direkte.case_of(3);
    direkte.simulator.control().fault(Fault::error(ErrorNumber::WRONG_PASSWORD), Scope::Logons, Times::UntilCleared);
    direkte.call(&["subscription", "apply"]).ends_with(2).says("wrong user id or password");
}

#[test]
fn what_cpr_did_and_could_not_say_comes_to_be_known_although_cases_change() {
    let direkte = Direkte::new();
    direkte.case_of(10);
    direkte.simulator.control().fault(Fault::Reset(40), Scope::Lookups, Times::UntilCleared);
    direkte.call(&["subscription", "apply"]).ends_with(3).says("0 subscribed and fetched");
    assert_eq!(direkte.simulator.control().subscribed().len(), 10);
    assert_eq!(direkte.count(SUBSCRIBED), 0);
    direkte.simulator.control().clear_faults();
    direkte.tables().execute("UPDATE case_file SET state = 'closed', end_date = '2026-01-06'", []).unwrap();
    direkte.call(&["subscription", "apply"]).ends_with(0).complains("10 persons").says("10 subscribed and fetched");
    assert_eq!((direkte.count(SUBSCRIBED), direkte.simulator.control().subscribed().len()), (10, 10));
}

#[test]
fn a_planned_file_is_not_forgotten_when_cpr_is_told_by_another_way() {
    let direkte = Direkte::new();
    let person = direkte.number(3).reveal();
    direkte.call(&["case", "open", "S-1"]).ends_with(0);
    direkte.call(&["case", "add-party", "S-1", &person]).ends_with(0);
    let order = format!(
        "INSERT INTO subscription_order (subscription_order, source, source_key, contact_key, action, reason, state,
                                         run, file, line, process_date, created_at)
         SELECT 1000, 'CPR', '{person}', contact_key, 'SL', 'x', 'planned', 1, 'd260105.i990001', 1, '2026-01-05',
                '2026-01-05T01:00:00Z' FROM source_record WHERE source_key = '{person}'"
    );
    assert_eq!(direkte.tables().execute(&order, []).unwrap(), 1);
    direkte
        .call(&["subscription", "apply"])
        .ends_with(2)
        .complains("a subscription file is planned and not written")
        .complains("no subscription.folder is configured");
    direkte.configure("[subscription]\nfolder = \".\"\ntask = \"99001\"");
    direkte.call(&["subscription", "apply"]).ends_with(2).complains("subscription.task: expected a task number");
    direkte.configure("[subscription]\nfolder = \".\"\ntask = \"990001\"");
    direkte.call(&["subscription", "apply"]).ends_with(0).complains(".i990001 was planned by a call that was cut off");
    assert_eq!(direkte.count("SELECT 1 FROM subscription_order WHERE state = 'sent' AND file IS NOT NULL"), 1);
}

#[test]
fn killed_at_any_moment_every_wish_is_fulfilled_and_written_down_once() {
    let direkte = Direkte::new();
    direkte.case_of(150);
    let began = std::time::Instant::now();
    direkte.call(&["subscription", "plan"]).ends_with(0);
    let start = began.elapsed();
    let mut killed = 0;
    for round in 0..12_u32 {
        let mut child = direkte
            .command(&["subscription", "apply", "--confirm"])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        // Not a wait for something to happen, but the moment of the kill.
        std::thread::sleep(start / 2 + start * round / 6);
        let _ = child.kill();
        // A process that had ended by itself has a code.
        killed += u32::from(child.wait().unwrap().code().is_none());
    }
    assert!(killed > 0, "no kill hit a process that was running");
    direkte.call(&["subscription", "apply", "--confirm"]).ends_with(0);
    assert_eq!((direkte.count(SUBSCRIBED), direkte.count(WISHED)), (150, 0));
    assert_eq!(direkte.simulator.control().subscribed().len(), 150);
    assert_eq!(direkte.count("SELECT 1 FROM subscription_order WHERE state = 'done'"), 150);
    assert_eq!(direkte.count("SELECT DISTINCT source_key FROM subscription_order WHERE action = 'OP'"), 150);
    assert_eq!(direkte.count("SELECT 1 FROM contact WHERE name_type = 'C' AND placeholder = 'N'"), 150);
}
