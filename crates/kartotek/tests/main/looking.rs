//! `kartotek contact show`, `find` and `history`.

use serde_json::{Value, json};

use crate::support::cli::{Ended, call};
use crate::support::extract::extract;
use crate::support::person::{AAVEJ, Home, Person, SKOVVEJ, person};
use crate::support::register::Register;

const LISE: &str = "2103724010";
const OLE: &str = "1204713011";
const AASE: &str = "1501494014";
const DEAD: &str = "0908304016";

fn lise(home: Home) -> Person {
    person(LISE)
        .named("Lise", "Rønne", "Åstrup")
        .living(home)
        .works_as("Gartner")
        .protected("0001", "2020-05-01", "2025-05-01")
        .civil("G", OLE, "1998-05-02")
        .father_named("Niels Rønne")
}

/// Lise who moved, Åse, somebody dead, and Ole as a placeholder.
fn register() -> Register {
    Register::with([
        extract(
            "2021-04-01",
            [
                lise(AAVEJ),
                person(AASE).named("Åse", "", "Ærø").living(Home { postcode: "5970", ..AAVEJ }),
                person(DEAD).named("Svend", "", "Åstrup").status("90", "2021-03-02").living_nowhere(),
            ],
        ),
        extract("2021-05-03", [lise(SKOVVEJ)]),
    ])
}

fn look(register: &Register, arguments: &[&str]) -> Ended {
    let all = [&["contact"], arguments, &["--database", "sqlite:register.db"]].concat();
    call(register.folder.path(), &all)
}

#[test]
fn show_prints_all_groups() {
    let register = register();
    let shown = look(&register, &["show", "C:2103724010"]);
    shown
        .ends_with(0)
        .says("C:2103724010  Lise Rønne Åstrup")
        .says("NAME AND ADDRESS ARE PROTECTED since 2020-05-01")
        .says("Gartner")
        .says("contact_info")
        .says("Postdist             Ørsted")
        .says("Status               01  bopæl i dansk folkeregister (resident, Danish register)")
        .says("Civilstand           G  gift (married)")
        .says("contact_date")
        .says("address")
        .says("Skovvej 4, Nordgården, c/o Udesen, 8950  2021-05-01")
        .says("PROTECTED since 2020-05-01")
        .says("CPRADR Åvej 17,2 tv, 8000  1999-02-01 – 2021-05-01")
        .says("part")
        .says("Ægtefælle    C:1204713011")
        .says("Niels Rønne Far til 2103724010")
        .says("protection")
        .says("0001 name and address   from 2020-05-01, to be deleted 2025-05-01")
        .says("source_record")
        .says("data of 2021-05-03");
}

#[test]
fn show_in_json_has_the_names_of_the_public_tables() {
    let register = register();
    let shown = look(&register, &["show", LISE, "--json"]).ends_with(0).json();
    assert_eq!(shown["name_type"], "C");
    assert_eq!(shown["name_code"], LISE);
    assert_eq!((&shown["name1"], &shown["name2"]), (&json!("Lise Rønne"), &json!("Åstrup")));
    assert_eq!(shown["text"], "Lise Rønne Åstrup");
    assert_eq!(shown["placeholder"], "N");
    let info = shown["contact_info"].as_array().unwrap();
    assert!(info.contains(&json!({"custom_label": "Køn", "priority": 1, "info": "K", "source": "CPR"})));
    let dates = shown["contact_date"].as_array().unwrap();
    let born = json!({"custom_label": "Fødselsdag", "date": "1972-03-21", "uncertain": "N", "source": "CPR"});
    assert!(dates.contains(&born));
    let address = &shown["address"][0];
    assert_eq!(address["address_type"], "HA");
    assert_eq!(address["address1"], "Skovvej 4");
    assert_eq!(address["protection"], "2020-05-01");
    assert_eq!(shown["address"][1]["address_type"], "CPRADR");
    assert_eq!(shown["address"][1]["end_date"], "2021-05-01");
    assert_eq!(shown["part"].as_array().unwrap().len(), 2);
    assert_eq!(
        shown["protection"],
        json!([{"protection_type": "0001", "start_date": "2020-05-01", "deletion_date": "2025-05-01",
                "end_date": null, "source": "CPR"}])
    );
    assert_eq!(shown["source_record"][0]["source_stamp"], "2021-05-03 2021-05-03T23:59");
    assert_eq!(shown["source_record"][0]["src_subscribed"], "J");
}

#[test]
fn show_takes_a_number_in_every_spelling() {
    let register = register();
    for spelling in ["C:2103724010", "c:2103724010", "2103724010", "210372-4010", "C:210372-4010"] {
        look(&register, &["show", spelling]).ends_with(0).says("Lise Rønne Åstrup");
    }
}

#[test]
fn show_says_what_a_placeholder_and_a_closed_contact_are() {
    let register = register();
    look(&register, &["show", OLE]).ends_with(0).says("placeholder");
    look(&register, &["show", DEAD]).ends_with(0).says("closed 2021-03-02").says("død (dead)");
}

#[test]
fn show_says_what_is_wanted_of_the_source() {
    let register = register();
    register.by_hand(&format!("UPDATE source_record SET subscribed = 'N' WHERE source_key = '{LISE}'"));
    register.by_hand(&format!(
        "INSERT INTO source_record (source, source_key, contact_key, subscribed)
         SELECT 'CPR', name_code, contact_key, 'J' FROM contact WHERE name_code = '{OLE}'"
    ));
    look(&register, &["show", LISE]).ends_with(0).says("CPR  subscribed J, wanted N, data of 2021-05-03");
    look(&register, &["show", OLE]).ends_with(0).says("CPR  subscribed N, wanted J, no data yet");
    let record = &look(&register, &["show", OLE, "--json"]).ends_with(0).json()["source_record"][0];
    assert_eq!((&record["src_subscribed"], &record["subscribed"]), (&json!("N"), &json!("J")));
    assert_eq!((&record["source_stamp"], &record["source_updated_at"]), (&Value::Null, &Value::Null));
}

#[test]
fn an_unknown_contact_ends_with_1() {
    let register = register();
    look(&register, &["show", "C:0101010101"]).ends_with(1).complains("no such contact");
    assert_eq!(look(&register, &["show", "C:0101010101", "--json"]).ends_with(1).json(), Value::Null);
    look(&register, &["history", "C:0101010101"]).ends_with(1);
    look(&register, &["find", "--name", "Nobody"]).ends_with(1).complains("no contact matches");
    assert_eq!(look(&register, &["find", "--name", "Nobody", "--json"]).ends_with(1).json(), json!([]));
}

#[test]
fn looking_where_there_is_no_register_ends_with_3_and_makes_none() {
    let folder = tempfile::tempdir().unwrap();
    for command in [&["show", LISE][..], &["find"], &["history", LISE]] {
        let ended = call(folder.path(), &[&["contact"], command].concat());
        ended.ends_with(3).complains("no register");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// The numbers that a search finds.
#[track_caller]
fn found(register: &Register, arguments: &[&str]) -> Vec<String> {
    let all = [&["find"], arguments, &["--json"]].concat();
    let found = look(register, &all).json();
    let numbers = found.as_array().unwrap().iter().filter(|contact| contact["name_type"] == "C");
    numbers.map(|contact| contact["name_code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn find_by_number_whole_or_its_beginning() {
    let register = register();
    assert_eq!(found(&register, &["--number", LISE]), [LISE]);
    assert_eq!(found(&register, &["--number", "210372-4010"]), [LISE]);
    assert_eq!(found(&register, &["--number", "2103"]), [LISE]);
    assert_eq!(found(&register, &["--number", "1"]), [OLE, AASE]);
}

#[test]
fn find_by_the_beginning_of_either_name_in_any_case() {
    let register = register();
    assert_eq!(found(&register, &["--name", "Åstrup"]), [DEAD, LISE]);
    assert_eq!(found(&register, &["--name", "åst"]), [DEAD, LISE]);
    assert_eq!(found(&register, &["--name", "LIS"]), [LISE]);
    assert_eq!(found(&register, &["--name", "ÅSE"]), [AASE]);
    assert_eq!(found(&register, &["--name", "ærø"]), [AASE]);
    assert_eq!(found(&register, &["--name", "ÆRØ"]), [AASE]);
    assert_eq!(found(&register, &["--name", "%"]), [""; 0]);
}

#[test]
fn find_by_the_postcode_of_the_address_in_force() {
    let register = register();
    assert_eq!(found(&register, &["--postcode", "8950"]), [LISE]);
    assert_eq!(found(&register, &["--postcode", "5970"]), [AASE]);
    assert_eq!(found(&register, &["--postcode", "8000"]), [""; 0], "she moved away");
}

#[test]
fn find_by_status() {
    let register = register();
    assert_eq!(found(&register, &["--status", "90"]), [DEAD]);
    assert_eq!(found(&register, &["--status", "01"]), [AASE, LISE]);
}

#[test]
fn find_placeholders_or_everybody_else() {
    let register = register();
    assert_eq!(found(&register, &["--placeholder"]), [OLE]);
    assert_eq!(found(&register, &["--placeholder", "J"]), [OLE]);
    assert_eq!(found(&register, &["--placeholder", "N"]), [DEAD, AASE, LISE]);
}

#[test]
fn find_combines_its_conditions() {
    let register = register();
    assert_eq!(found(&register, &["--name", "Åstrup", "--status", "90"]), [DEAD]);
    assert_eq!(found(&register, &["--name", "Åstrup", "--postcode", "8950"]), [LISE]);
    assert_eq!(found(&register, &["--name", "Åstrup", "--postcode", "5970"]), [""; 0]);
}

#[test]
fn find_goes_on_after_a_full_page() {
    let register = register();
    let page = look(&register, &["find", "--placeholder", "N", "--limit", "1"]);
    page.ends_with(0).says(&format!("C:{DEAD}")).complains(&format!("--after C:{DEAD}"));
    let after = format!("C:{DEAD}");
    assert_eq!(found(&register, &["--placeholder", "N", "--limit", "1", "--after", &after]), [AASE]);
}

#[test]
fn find_marks_protected_closed_and_placeholder() {
    let register = register();
    let all = look(&register, &["find"]);
    let line = |number: &str| all.stdout.lines().find(|line| line.contains(&format!("C:{number}"))).unwrap().to_owned();
    assert!(line(LISE).contains("PROTECTED") && line(LISE).contains("Skovvej 4"));
    assert!(line(DEAD).contains("closed 2021-03-02"));
    assert!(line(OLE).contains("placeholder"));
}

#[test]
fn history_tells_each_value_with_its_run_and_what_stood_there() {
    let register = register();
    let history = look(&register, &["history", LISE]);
    history
        .ends_with(0)
        .says("#1 created by CPR of 2021-04-01 2021-04-01T23:59, extract-1, run 1")
        .says("updated by CPR of 2021-05-03 2021-05-03T23:59, extract-2, run 2")
        .says("Århus C -> Ørsted");

    let entries = look(&register, &["history", LISE, "--json"]).ends_with(0).json();
    assert_eq!(entries.as_array().unwrap().len(), 2);
    assert_eq!(entries[0]["what"], "created");
    assert_eq!(entries[1]["delivery"], "extract-2");
    let fields = entries[1]["fields"].as_array().unwrap();
    assert!(fields.contains(&json!({"record": "003", "field": "Postdist", "before": "Århus C", "after": "Ørsted"})));
}

#[test]
fn history_of_a_placeholder_tells_who_refers_to_it() {
    let register = register();
    look(&register, &["history", OLE]).ends_with(0).says("placeholder by CPR").says("012 name1");
}
