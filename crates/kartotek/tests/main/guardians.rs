//! Guardianship: rows 32-34 of contact-model.md section 5 and its rule 6.4.

use kartotek_formats::codes::{GuardianRelation, GuardianshipType};
use kartotek_formats::records::u12170::{R017Guardianship, R052GuardianshipWithType};

use crate::support::extract::extract;
use crate::support::person::{AAVEJ, Person, blank, by_number, date, person, text};
use crate::support::register::{Look, Register, delivering};

const LISE: &str = "2103724010";
const OLE: &str = "1204713011";
const IDA: &str = "1501494013";

fn lise() -> Person {
    person(LISE).named("Lise", "", "Åstrup").living(AAVEJ)
}

fn taken(person: Person) -> Register {
    Register::with([extract("2021-04-01", [person])])
}

#[test]
fn row_33_a_guardian_by_number_is_a_reference() {
    let lise = taken(lise().guardian(OLE, "2019-06-01")).person(LISE);
    assert_eq!(lise.related("Værge"), [format!("C:{OLE}")]);
    assert_eq!(lise.date("Umyndig"), Some("2019-06-01"));
    assert_eq!(lise.info("Værgemålstype"), None);
}

#[test]
fn row_34_a_guardian_by_name_is_a_person_without_a_number() {
    let register = taken(lise().guardian_named("Advokat Blåbjerg", "2019-06-01"));
    assert_eq!(register.person(LISE).related("Værge"), [format!("P:Advokat Blåbjerg/Værge til {LISE}")]);
    assert_eq!(register.rows("SELECT text FROM contact WHERE name_type = 'P'"), ["Person fra CPR uden cprnr"]);
}

#[test]
fn row_32_a_guardianship_without_a_guardian_sets_the_date_only() {
    let record = R017Guardianship { start_dt_umyndig: date("2000-02-28"), ..blank(LISE) };
    let lise = taken(lise().put(record)).person(LISE);
    assert_eq!(lise.date("Umyndig"), Some("2000-02-28"));
    assert_eq!(lise.related("Værge"), [""; 0]);
}

#[test]
fn the_relation_type_decides_between_number_and_name() {
    let both = |kind| R017Guardianship {
        start_dt_umyndig: date("2019-06-01"),
        umyn_reltyp: kind,
        relpnr: by_number(OLE),
        reladrsat_relpnr_txt: text("Advokat Blåbjerg"),
        ..blank(LISE)
    };
    let by_number = taken(lise().put(both(GuardianRelation::ByNumber))).person(LISE);
    assert_eq!(by_number.related("Værge"), [format!("C:{OLE}")]);
    let by_name = taken(lise().put(both(GuardianRelation::ByName))).person(LISE);
    assert_eq!(by_name.related("Værge"), [format!("P:Advokat Blåbjerg/Værge til {LISE}")]);
}

#[test]
fn a_guardianship_counts_after_its_planned_deletion_while_it_is_delivered() {
    let record = R017Guardianship {
        start_dt_umyndig: date("2001-06-30"),
        slet_dt_umyndig: date("2009-07-01"),
        umyn_reltyp: GuardianRelation::ByNumber,
        relpnr: by_number(OLE),
        ..blank(LISE)
    };
    assert_eq!(taken(lise().put(record)).person(LISE).related("Værge"), [format!("C:{OLE}")]);
}

#[test]
fn a_guardian_begins_when_he_was_appointed_and_not_when_the_guardianship_did() {
    let record = R017Guardianship {
        start_dt_umyndig: date("2001-06-30"),
        umyn_reltyp: GuardianRelation::ByNumber,
        relpnr: by_number(OLE),
        start_dt_relpnr_pnr: date("2015-01-01"),
        ..blank(LISE)
    };
    let lise = taken(lise().put(record)).person(LISE);
    assert_eq!(lise.parts[0].start_date.as_deref(), Some("2015-01-01"));
    assert_eq!(lise.date("Umyndig"), Some("2001-06-30"));
}

#[test]
fn guardianship_052_alone_gives_its_type() {
    let lise = taken(lise().guardian_of_type(GuardianshipType::Full, IDA, "2019-01-01")).person(LISE);
    assert_eq!(lise.info("Værgemålstype"), Some("FULD"));
    assert_eq!(lise.related("Værge"), [format!("C:{IDA}")]);
}

#[test]
fn guardianship_052_wins_over_017_in_either_order() {
    let from_017 = lise().guardian(OLE, "2018-01-01");
    let both = from_017.guardian_of_type(GuardianshipType::Full, IDA, "2019-01-01");
    let mut reversed = both.clone();
    reversed.records.reverse();

    for person in [both, reversed] {
        assert_eq!(taken(person).person(LISE).related("Værge"), [format!("C:{IDA}")]);
    }
}

#[test]
fn guardianship_052_with_a_blank_date_ends_it_whatever_017_says() {
    let register = Register::with([
        extract("2021-04-01", [lise().guardian(OLE, "2018-01-01")]),
        extract(
            "2021-04-02",
            [lise().guardian(OLE, "2018-01-01").guardian_of_type(GuardianshipType::Full, "1501494013", "")],
        ),
    ]);
    let lise = register.person(LISE);
    assert_eq!(lise.related("Værge"), [""; 0]);
    assert_eq!(lise.date("Umyndig"), None);
}

#[test]
fn another_guardian_ends_the_reference_to_the_one_before() {
    let register = Register::with([
        extract("2021-04-01", [lise().guardian(OLE, "2018-01-01")]),
        extract("2021-04-02", [lise().guardian(IDA, "2021-04-01")]),
    ]);
    assert_eq!(register.person(LISE).related("Værge"), [format!("C:{IDA}")]);
    assert_eq!(
        register.rows("SELECT start_date, end_date FROM part WHERE role = 'Værge' ORDER BY 1"),
        ["2018-01-01|2021-04-02", "2021-04-01|"]
    );
}

#[test]
fn a_complete_set_without_guardianship_ends_it() {
    let register = Register::with([
        extract("2021-04-01", [lise().guardian_of_type(GuardianshipType::Full, OLE, "2018-01-01")]),
        extract("2021-04-02", [lise()]),
    ]);
    let lise = register.person(LISE);
    assert_eq!(lise.related("Værge"), [""; 0]);
    assert_eq!((lise.date("Umyndig"), lise.info("Værgemålstype")), (None, None));
}

#[test]
fn a_task_that_does_not_deliver_guardianship_leaves_it() {
    let mut register = Register::with([extract("2021-04-01", [lise().guardian(OLE, "2018-01-01")])]);
    register.take_with(&delivering(&[2, 3, 8]), &extract("2021-04-02", [lise()]));
    let lise = register.person(LISE);
    assert_eq!(lise.related("Værge"), [format!("C:{OLE}")]);
    assert_eq!(lise.date("Umyndig"), Some("2018-01-01"));
}

#[test]
fn a_task_that_delivers_052_instead_of_017_speaks_for_both() {
    let mut register = Register::with([extract("2021-04-01", [lise().guardian(OLE, "2018-01-01")])]);
    register.take_with(&delivering(&[2, 3, 8, 52]), &extract("2021-04-02", [lise()]));
    assert_eq!(register.person(LISE).related("Værge"), [""; 0]);
}

#[test]
fn a_guardian_typed_by_hand_is_not_the_importers_to_end() {
    let mut register = Register::with([extract("2021-04-01", [lise(), person(OLE)])]);
    register.by_hand(&format!(
        "INSERT INTO part (contact_key, name_ref_key, role)
         SELECT a.contact_key, b.contact_key, 'Værge' FROM contact AS a, contact AS b
         WHERE a.name_code = '{LISE}' AND b.name_code = '{OLE}'"
    ));
    register.take(&extract("2021-04-02", [lise().works_as("Gartner")]));
    assert_eq!(register.person(LISE).related("Værge"), [format!("C:{OLE}")]);
}

#[test]
fn an_unknown_relation_type_is_no_guardian() {
    let record = R052GuardianshipWithType {
        start_dt_umyndig: date("2019-06-01"),
        umyn_reltyp: GuardianRelation::from_bytes(b"0007").unwrap(),
        relpnr: by_number(OLE),
        ..blank(LISE)
    };
    assert_eq!(taken(lise().put(record)).person(LISE).related("Værge"), [""; 0]);
}
