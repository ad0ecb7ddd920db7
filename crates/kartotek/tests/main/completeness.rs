//! Rule 6.9: within what a task delivers, absence means "no longer true"; outside it, absence means nothing.

use crate::support::extract::extract;
use crate::support::person::{AAVEJ, Person, person};
use crate::support::register::{Look, Register, delivering, outcome};

const LISE: &str = "2103724010";
const OLE: &str = "1204713011";
const IDA: &str = "1501494013";

fn everything() -> Person {
    person(LISE)
        .named("Lise", "", "Åstrup")
        .living(AAVEJ)
        .works_as("Gartner")
        .protected("0003", "2020-01-01", "")
        .born_in("8140", "Ørslev")
        .civil("G", OLE, "1998-05-02")
        .father(IDA)
        .guardian(IDA, "2019-06-01")
}

fn register() -> Register {
    Register::with([extract("2021-04-01", [everything()])])
}

#[test]
fn a_complete_set_with_001_alone_leaves_only_what_001_says_and_the_name() {
    let mut register = register();
    register.take(&extract("2021-04-02", [person(LISE)]));

    let lise = register.person(LISE);
    assert_eq!((lise.name1.as_str(), lise.name2.as_str()), ("Lise", "Åstrup"), "everybody has a name");
    assert_eq!((lise.position.as_str(), lise.text.as_str()), ("", ""));
    let labels: Vec<_> = lise.infos.iter().map(|info| info.custom_label.as_str()).collect();
    assert_eq!(labels, ["GældendePNR", "Køn", "Status"]);
    let labels: Vec<_> = lise.dates.iter().map(|date| date.custom_label.as_str()).collect();
    assert_eq!(labels, ["Fødselsdag"]);
    assert_eq!(lise.main_addresses().len(), 0);
    assert!(lise.parts.iter().all(|part| part.end_date.is_some()));
    assert!(lise.protections.iter().all(|protection| protection.end_date.is_some()));
}

#[test]
fn nothing_vanishes_without_a_trace() {
    let mut register = register();
    register.take(&extract("2021-04-02", [person(LISE)]));

    assert_eq!(
        register.rows("SELECT address_type, address1, end_date FROM address"),
        ["CPRADR|Åvej 17,2 tv|2021-04-02"]
    );
    assert_eq!(register.count("part"), 3);
    assert_eq!(register.count("protection"), 1);
    let removed = register.rows(
        "SELECT field, before FROM change_field WHERE after IS NULL AND field NOT LIKE 'HA.%' AND field NOT LIKE '%_date'
         ORDER BY field, before",
    );
    assert_eq!(
        removed,
        [
            "Beskyttelse.0003|2020-01-01/".to_owned(),
            "Civilstand|G".to_owned(),
            "Civst.fra|1998-05-02".to_owned(),
            format!("Forældre|C:{IDA}"),
            "Fødreg.myn.|Ørslev".to_owned(),
            "Fødregkode|8140".to_owned(),
            "Postdist|Århus C".to_owned(),
            "Umyndig|2019-06-01".to_owned(),
            format!("Værge|C:{IDA}"),
            "position|Gartner".to_owned(),
            "text|Lise Åstrup".to_owned(),
            format!("Ægtefælle|C:{OLE}"),
        ]
    );
}

#[test]
fn a_task_that_delivers_nothing_but_001_takes_nothing_else_away() {
    let mut register = register();
    let says = |register: &Register| -> Vec<String> {
        // The stamp moves with every delivery.
        register.says().into_iter().filter(|line| !line.starts_with("source|")).collect()
    };
    let before = says(&register);
    register.take_with(&delivering(&[]), &extract("2021-04-02", [person(LISE).works_as("Gartner")]));
    assert_eq!(says(&register), before);
}

#[test]
fn each_record_type_that_the_task_delivers_takes_away_its_own_and_no_more() {
    // The type that is delivered and does not come, and the labels, roles and rows that go with it.
    for (delivered, gone) in [
        (9, vec!["info Fødreg.myn.", "info Fødregkode"]),
        (12, vec!["date Civst.fra", "info Civilstand", "part Ægtefælle"]),
        (15, vec!["part Forældre"]),
        (17, vec!["date Umyndig", "part Værge"]),
        (52, vec!["date Umyndig", "part Værge"]),
        (4, vec!["protection 0003"]),
        (3, vec!["address HA", "info Postdist"]),
    ] {
        let mut register = register();
        let before = in_force(&register);
        register.take_with(&delivering(&[delivered]), &extract("2021-04-02", [person(LISE).works_as("Gartner")]));
        let after = in_force(&register);
        let lost: Vec<_> = before.iter().filter(|row| !after.contains(row)).collect();
        assert_eq!(lost, gone.iter().collect::<Vec<_>>(), "record {delivered:03}");
    }
}

fn in_force(register: &Register) -> Vec<String> {
    register.rows(
        "SELECT 'address ' || address_type FROM address WHERE end_date IS NULL
         UNION ALL SELECT 'date ' || custom_label FROM contact_date
         UNION ALL SELECT 'info ' || custom_label FROM contact_info
         UNION ALL SELECT 'part ' || role FROM part WHERE end_date IS NULL
         UNION ALL SELECT 'protection ' || protection_type FROM protection WHERE end_date IS NULL
         ORDER BY 1",
    )
}

#[test]
fn a_record_that_comes_speaks_although_the_task_does_not_list_it() {
    let mut register = register();
    register.take_with(&delivering(&[]), &extract("2021-04-02", [everything().civil("F", "", "2021-03-01")]));
    let lise = register.person(LISE);
    assert_eq!(lise.info("Civilstand"), Some("F"));
    assert_eq!(lise.related("Ægtefælle"), [""; 0]);
}

#[test]
fn persons_who_are_not_in_the_delivery_stay_as_they_are() {
    let mut register = register();
    let report = register.take(&extract("2021-04-02", [person(OLE).named("Ole", "", "Bro")]));
    assert_eq!(outcome(&report.counts), [1, 0, 0, 0, 0]);
    assert_eq!(register.person(LISE).home().lines[0], "Åvej 17,2 tv");
}

#[test]
fn what_a_person_typed_is_not_the_importers_to_remove() {
    let mut register = register();
    register.by_hand(&format!(
        "INSERT INTO contact_info (contact_key, custom_label, info)
         SELECT contact_key, 'Bynavn', 'typed' FROM contact WHERE name_code = '{LISE}'"
    ));
    register.take(&extract("2021-04-02", [person(LISE)]));
    assert_eq!(register.rows("SELECT info, source FROM contact_info WHERE custom_label = 'Bynavn'"), ["typed|"]);
}

#[test]
fn a_field_that_cpr_never_set_is_not_cleared_by_its_silence() {
    let mut register = Register::with([extract("2021-04-01", [person(LISE).named("Lise", "", "Åstrup")])]);
    register.by_hand(&format!("UPDATE contact SET position = 'typed' WHERE name_code = '{LISE}'"));
    register.take(&extract("2021-04-02", [person(LISE).named("Else", "", "Åstrup")]));
    assert_eq!(register.person(LISE).position, "typed");
}
