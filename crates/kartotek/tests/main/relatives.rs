//! Spouses, parents, replaced numbers and placeholders: rules 6.1, 6.5-6.7, 6.10 and 6.11 of contact-model.md.

use crate::support::extract::extract;
use crate::support::person::{AAVEJ, Person, person};
use crate::support::register::{Look, Register, outcome};

const LISE: &str = "2103724010";
const OLE: &str = "1204713011";
const BO: &str = "0908704017";

fn lise() -> Person {
    person(LISE).named("Lise", "", "Åstrup").living(AAVEJ)
}

fn spouses(register: &Register) -> Vec<String> {
    register.rows(
        "SELECT c.name_code, p.start_date, p.end_date FROM part AS p JOIN contact AS c ON c.contact_key = name_ref_key
         WHERE role = 'Ægtefælle' ORDER BY p.start_date",
    )
}

#[test]
fn divorce_without_a_number_ends_the_spouse_where_the_new_status_begins() {
    let register = Register::with([
        extract("2021-04-01", [lise().civil("G", OLE, "1998-05-02")]),
        extract("2021-04-10", [lise().civil("F", "", "2021-04-07")]),
    ]);
    assert_eq!(spouses(&register), [format!("{OLE}|1998-05-02|2021-04-07")]);
    assert_eq!(register.person(LISE).date("Civst.fra"), Some("2021-04-07"));
}

#[test]
fn another_spouse_ends_the_one_before() {
    let register = Register::with([
        extract("2021-04-01", [lise().civil("G", OLE, "1998-05-02")]),
        extract("2021-04-10", [lise().civil("G", BO, "2021-04-07")]),
    ]);
    assert_eq!(spouses(&register), [format!("{OLE}|1998-05-02|2021-04-07"), format!("{BO}|2021-04-07|")]);
}

#[test]
fn marrying_the_same_person_again_makes_a_second_reference() {
    let register = Register::with([
        extract("2021-04-01", [lise().civil("G", OLE, "1998-05-02")]),
        extract("2021-04-10", [lise().civil("F", "", "2021-04-07")]),
        extract("2022-04-10", [lise().civil("G", OLE, "2022-04-07")]),
    ]);
    assert_eq!(spouses(&register), [format!("{OLE}|1998-05-02|2021-04-07"), format!("{OLE}|2022-04-07|")]);
}

#[test]
fn a_number_that_replaced_another_is_linked_and_both_contacts_stay() {
    let register = Register::with([
        extract("2021-04-01", [lise()]),
        extract(
            "2021-04-10",
            [
                lise().status("60", "2021-04-07").now_has(OLE).living_nowhere(),
                person(OLE).named("Lars", "", "Åstrup").living(AAVEJ),
            ],
        ),
    ]);
    let old = register.person(LISE);
    assert_eq!(old.info("GældendePNR"), Some(OLE));
    assert_eq!(old.related("GældendePNR"), [format!("C:{OLE}")]);
    assert_eq!(old.name1, "Lise");
    assert_eq!(old.end_date, None);
    assert!(!register.person(OLE).placeholder);
    assert_eq!(register.person(OLE).info("GældendePNR"), Some(OLE));
}

#[test]
fn a_placeholder_is_marked_and_not_subscribed() {
    let register = Register::with([extract("2021-04-01", [lise().father(OLE)])]);
    assert_eq!(
        register.rows(&format!("SELECT name1, name2, text, placeholder FROM contact WHERE name_code = '{OLE}'")),
        [format!("Person med cprnr {OLE}|- ikke importeret||J")]
    );
    assert_eq!(
        register.rows("SELECT source, source_key, src_subscribed, subscribed FROM source_record"),
        [format!("CPR|{LISE}|J|")]
    );
}

#[test]
fn relatives_of_the_same_file_get_no_placeholder_whatever_their_order() {
    let couple =
        [lise().civil("G", OLE, "1998-05-02"), person(OLE).named("Ole", "", "Bro").civil("G", LISE, "1998-05-02")];
    let [lise, ole] = couple.clone();
    for persons in [couple, [ole, lise]] {
        let mut register = Register::default();
        let report = register.take(&extract("2021-04-01", persons));
        assert_eq!((report.counts.created, report.counts.placeholders), (2, 0));
        assert_eq!(register.rows("SELECT what FROM change"), ["created", "created"]);
    }
}

#[test]
fn the_name_of_a_completed_placeholder_is_journalled_with_what_stood_there() {
    let mut register = Register::with([extract("2021-04-01", [lise().father(OLE)])]);
    register.take(&extract("2021-04-02", [person(OLE).named("Ole", "", "Bro")]));
    assert_eq!(
        register.rows("SELECT what, field, before, after FROM change_field WHERE before LIKE 'Person med%'"),
        [format!("completed|name1|Person med cprnr {OLE}|Ole")]
    );
}

#[test]
fn a_father_by_name_is_found_again_by_name_and_child() {
    let register = Register::with([
        extract("2021-04-01", [lise().father_named("Niels Rønne")]),
        extract("2021-04-02", [lise().father_named("Niels Rønne").works_as("Pilot")]),
    ]);
    assert_eq!(register.rows("SELECT name1 FROM contact WHERE name_type = 'P'"), ["Niels Rønne"]);
    assert_eq!(register.count("part"), 1);
}

#[test]
fn a_father_who_got_a_number_takes_the_place_of_the_one_by_name() {
    let register = Register::with([
        extract("2021-04-01", [lise().father_named("Niels Rønne")]),
        extract("2021-04-02", [lise().father(OLE)]),
    ]);
    assert_eq!(register.person(LISE).related("Forældre"), [format!("C:{OLE}")]);
    assert_eq!(register.count("part"), 2);
}

#[test]
fn father_mother_and_guardian_of_one_name_are_three_persons() {
    let same = lise().father_named("Kim Rønne").mother_named("Kim Rønne").guardian_named("Kim Rønne", "2019-01-01");
    let register = Register::with([extract("2021-04-01", [same])]);
    assert_eq!(
        register.rows("SELECT name2 FROM contact WHERE name_type = 'P' ORDER BY 1"),
        [format!("Far til {LISE}"), format!("Mor til {LISE}"), format!("Værge til {LISE}")]
    );
}

#[test]
fn the_same_person_in_both_parent_slots_is_one_reference() {
    let register = Register::with([extract("2021-04-01", [lise().father(OLE).mother(OLE)])]);
    assert_eq!(register.person(LISE).related("Forældre"), [format!("C:{OLE}")]);
}

#[test]
fn a_person_may_be_spouse_and_guardian_at_once() {
    let register =
        Register::with([extract("2021-04-01", [lise().civil("G", OLE, "1998-05-02").guardian(OLE, "2019-01-01")])]);
    let lise = register.person(LISE);
    assert_eq!(
        (lise.related("Ægtefælle"), lise.related("Værge")),
        (vec![format!("C:{OLE}")], vec![format!("C:{OLE}")])
    );
    assert_eq!(register.count("contact"), 2);
}

#[test]
fn a_corrected_death_opens_the_contact_again() {
    let register = Register::with([
        extract("2021-03-03", [lise().status("90", "2021-03-02").living_nowhere()]),
        extract("2021-03-10", [lise()]),
    ]);
    let lise = register.person(LISE);
    assert_eq!((lise.end_date.as_deref(), lise.info("Status")), (None, Some("01")));
}

#[test]
fn a_corrected_date_of_death_moves_the_end() {
    let register = Register::with([
        extract("2021-03-03", [lise().status("90", "2021-03-02").living_nowhere()]),
        extract("2021-03-10", [lise().status("90", "2021-02-27").living_nowhere()]),
    ]);
    assert_eq!(register.person(LISE).end_date.as_deref(), Some("2021-02-27"));
}

#[test]
fn an_end_that_was_typed_by_hand_outlives_a_corrected_death_and_the_living() {
    let mut register = Register::with([extract("2021-03-03", [lise().status("90", "2021-03-02").living_nowhere()])]);
    register.by_hand(&format!("UPDATE contact SET end_date = '2021-01-01' WHERE name_code = '{LISE}'"));
    register.take(&extract("2021-03-10", [lise()]));
    assert_eq!(register.person(LISE).end_date.as_deref(), Some("2021-01-01"));

    let mut register = Register::with([extract("2021-03-01", [lise()])]);
    register.by_hand("UPDATE contact SET end_date = '2020-12-31'");
    let report = register.take(&extract("2021-03-10", [lise().works_as("Pilot")]));
    assert_eq!(outcome(&report.counts), [0, 1, 0, 0, 0]);
    assert_eq!(register.person(LISE).end_date.as_deref(), Some("2020-12-31"));
}

#[test]
fn a_contact_typed_by_hand_is_completed_and_not_doubled() {
    let mut register = Register::default();
    register.by_hand(&format!(
        "INSERT INTO contact (contact_key, name_type, name_code, name1) VALUES (1, 'C', '{LISE}', 'typed')"
    ));
    register.by_hand("UPDATE counter SET next = 2 WHERE name = 'contact'");
    register.take(&extract("2021-04-01", [lise()]));
    assert_eq!(register.rows("SELECT contact_key, name1, name2 FROM contact"), ["1|Lise|Åstrup"]);
    assert_eq!(register.rows("SELECT what FROM change"), ["completed"]);
}

#[test]
fn a_person_who_was_erased_by_hand_comes_anew_with_the_next_delivery() {
    let with_father = || person(LISE).named("Lise", "", "Åstrup").living(AAVEJ).father(OLE);
    let mut register = Register::with([extract("2021-04-01", [with_father()])]);
    register.by_hand("DELETE FROM contact WHERE name_type = 'C'");
    for table in ["contact", "info_row", "date_row", "address", "part_row", "source_record"] {
        assert_eq!(register.count(table), 0, "{table}");
    }
    let report = register.take(&extract("2021-04-02", [with_father()]));
    assert_eq!(outcome(&report.counts), [1, 0, 0, 0, 0]);
    assert_eq!(register.person(LISE).parts.len(), 1);
}

#[test]
fn a_number_that_somebody_gave_to_a_person_without_one_is_passed_over() {
    let mut register = Register::default();
    register.by_hand("INSERT INTO contact (contact_key, name_type, name_code, name1) VALUES (500, 'P', '2', 'Uffe')");
    register.by_hand("INSERT INTO contact (contact_key, name_type, name_code, name1) VALUES (501, 'P', '503', 'Ove')");
    register.take(&extract("2021-04-01", [person(LISE).named("Lise", "", "Åstrup").father_named("Dam,Ib")]));
    assert_eq!(register.rows("SELECT name1 FROM contact WHERE name_type = 'P' ORDER BY 1"), ["Dam,Ib", "Ove", "Uffe"]);
}
