//! Rows 1-31 of contact-model.md section 5, one by one; 20 is in `protections`, 32-34 in `guardians`, 19 in `addresses`.

use kartotek_formats::codes::{CivilStatus, Sex, Status, Uncertainty};
use kartotek_formats::records::u12170::{R001Person, R009BirthRegistration, R012CivilStatus};

use crate::support::extract::extract;
use crate::support::person::{AAVEJ, Home, Person, SKOVVEJ, blank, date, noon, person, text};
use crate::support::register::{Look, Register};

const LISE: &str = "2103724010";
const OLE: &str = "1204713011";

fn taken(person: Person) -> Register {
    Register::with([extract("2021-04-01", [person])])
}

#[test]
fn row_1_the_contact_is_found_by_its_number() {
    let mut register = taken(person(LISE).named("Lise", "", "Åstrup"));
    register.take(&extract("2021-04-02", [person(LISE).named("Else", "", "Bro")]));

    assert_eq!(register.rows("SELECT name_type, name_code, name1 FROM contact"), [format!("C|{LISE}|Else")]);
}

#[test]
fn row_2_the_current_number_is_the_own_one_when_no_other_is_given() {
    assert_eq!(taken(person(LISE)).person(LISE).info("GældendePNR"), Some(LISE));
    let renumbered = taken(person(LISE).status("60", "2021-03-30").now_has(OLE)).person(LISE);
    assert_eq!(renumbered.info("GældendePNR"), Some(OLE));
}

#[test]
fn rows_3_and_4_status_is_two_digits_with_its_date() {
    let emigrated = taken(person(LISE).status("80", "2020-11-30")).person(LISE);
    assert_eq!(emigrated.info("Status"), Some("80"));
    assert_eq!(emigrated.date("Statusfra"), Some("2020-11-30"));

    let never_changed = taken(person(LISE)).person(LISE);
    assert_eq!(never_changed.info("Status"), Some("01"));
    assert_eq!(never_changed.date("Statusfra"), None);
}

#[test]
fn row_3_a_status_outside_the_list_is_kept_as_it_is() {
    assert_eq!(taken(person(LISE).status("10", "2020-01-01")).person(LISE).info("Status"), Some("10"));
    assert_eq!(taken(person(LISE).status("42", "2020-01-01")).person(LISE).info("Status"), Some("42"));
}

#[test]
fn row_5_only_the_dead_are_closed() {
    for status in ["01", "03", "05", "07", "20", "30", "50", "60", "70", "80"] {
        let person = taken(person(LISE).status(status, "2020-11-30")).person(LISE);
        assert_eq!(person.end_date, None, "status {status}");
    }
    assert_eq!(taken(person(LISE).status("90", "2020-11-30")).person(LISE).end_date.as_deref(), Some("2020-11-30"));
}

#[test]
fn row_6_sex_follows_the_record_and_not_the_number() {
    let record = R001Person { status: Status::Resident, koen: Sex::Male, ..blank(LISE) };
    assert_eq!(taken(person(LISE).put(record)).person(LISE).info("Køn"), Some("M"));
    assert_eq!(taken(person(LISE)).person(LISE).info("Køn"), Some("K"));
}

#[test]
fn row_7_the_date_of_birth_follows_the_record_with_its_uncertainty() {
    let record = R001Person { foed_dt: date("1871-03-00"), foed_dt_umrk: Uncertainty::Uncertain, ..blank(LISE) };
    let register = taken(person(LISE).put(record));

    assert_eq!(register.person(LISE).date("Fødselsdag"), Some("1871-03-00"));
    assert_eq!(
        register.rows("SELECT date, date_text, uncertain FROM contact_date WHERE custom_label = 'Fødselsdag'"),
        ["1871-03-01|1871-03-00|J"]
    );
}

#[test]
fn row_8_occupation_is_the_position() {
    assert_eq!(taken(person(LISE).works_as("Ergoterapeut")).person(LISE).position, "Ergoterapeut");
    assert_eq!(taken(person(LISE)).person(LISE).position, "");
}

#[test]
fn row_9_the_address_starts_on_the_day_of_moving_in() {
    let home = taken(person(LISE).living(AAVEJ)).person(LISE);
    assert_eq!(home.home().start_date.as_deref(), Some("1999-02-01"));
}

#[test]
fn row_9_a_converted_move_in_time_gives_its_date() {
    let converted = person(LISE).living(AAVEJ).spoil("002", 70, b"196800001299");
    let register = taken(converted);
    assert_eq!(register.person(LISE).home().start_date.as_deref(), Some("1968-00-00"));
    assert_eq!(register.rows("SELECT start_date, start_date_text FROM address"), ["1968-01-01|1968-00-00"]);
}

#[test]
fn row_10_the_addressing_name_of_003_is_the_text() {
    let person = taken(person(LISE).named("Lise", "Rønne", "Åstrup")).person(LISE);
    assert_eq!(person.text, "Lise Rønne Åstrup");
}

#[test]
fn rows_11_to_16_the_address_of_003_fills_the_main_address() {
    let register = taken(person(LISE).living(Home { town: "Voer", ..SKOVVEJ }));
    let person = register.person(LISE);
    let home = person.home();
    assert_eq!(home.lines, ["Skovvej 4", "Nordgården", "c/o Udesen", "8950", "0747", "DK"]);
    assert_eq!((home.address_type.as_str(), home.source.as_str()), ("HA", "CPR"));
    assert_eq!(home.end_date, None);
}

#[test]
fn row_16_a_municipality_of_greenland_is_not_in_denmark() {
    let nuuk = Home { municipality: "0956", postcode: "3900", ..AAVEJ };
    assert_eq!(taken(person(LISE).living(nuuk)).person(LISE).home().lines[5], "GL");
}

#[test]
fn rows_17_and_18_town_and_postal_district() {
    let person = taken(person(LISE).living(Home { town: "Voer", ..SKOVVEJ })).person(LISE);
    assert_eq!(person.info("Bynavn"), Some("Voer"));
    assert_eq!(person.info("Postdist"), Some("Ørsted"));
}

#[test]
fn rows_21_and_22_first_and_middle_name_are_joined_and_the_last_name_stands_alone() {
    let names = |first, middle, last| {
        let person = taken(person(LISE).named(first, middle, last)).person(LISE);
        (person.name1, person.name2)
    };
    assert_eq!(names("Lise", "Rønne Bæk", "Åstrup"), ("Lise Rønne Bæk".into(), "Åstrup".into()));
    assert_eq!(names("Lise Marie", "", "Åstrup"), ("Lise Marie".into(), "Åstrup".into()));
    assert_eq!(names("", "Rønne", "Åstrup"), ("Rønne".into(), "Åstrup".into()));
    assert_eq!(names("Madonna", "", ""), ("Madonna".into(), String::new()));
}

#[test]
fn rows_21_and_22_blanks_around_a_name_are_no_part_of_it() {
    let person = taken(person(LISE).named("  Lise ", "", "  Bro")).person(LISE);
    assert_eq!((person.name1.as_str(), person.name2.as_str()), ("Lise", "Bro"));
}

#[test]
fn rows_23_and_24_place_of_birth_registration() {
    let register = taken(person(LISE).born_in("8140", "Ørslev"));
    let person = register.person(LISE);
    assert_eq!(person.info("Fødregkode"), Some("8140"));
    assert_eq!(person.info("Fødreg.myn."), Some("Ørslev"));

    let abroad = R009BirthRegistration { start_mynkod_foedested: text("5180"), ..blank(LISE) };
    let person = taken(person_with(abroad)).person(LISE);
    assert_eq!((person.info("Fødregkode"), person.info("Fødreg.myn.")), (Some("5180"), None));
}

fn person_with(record: R009BirthRegistration<'static>) -> Person {
    person(LISE).put(record)
}

#[test]
fn rows_25_and_26_civil_status_and_its_date() {
    let married = taken(person(LISE).civil("G", OLE, "1998-05-02")).person(LISE);
    assert_eq!(married.info("Civilstand"), Some("G"));
    assert_eq!(married.date("Civst.fra"), Some("1998-05-02"));

    let never_married = taken(person(LISE).civil("U", "", "")).person(LISE);
    assert_eq!(never_married.info("Civilstand"), Some("U"));
    assert_eq!(never_married.date("Civst.fra"), None);
}

#[test]
fn row_26_an_uncertain_date_is_marked() {
    let record = R012CivilStatus {
        civst: CivilStatus::Widowed,
        haenstart_civilstand: noon("1950-06-01"),
        haenstart_umrk_civilstand: Uncertainty::Uncertain,
        ..blank(LISE)
    };
    let register = taken(person(LISE).put(record));
    assert_eq!(
        register.rows("SELECT date, uncertain FROM contact_date WHERE custom_label = 'Civst.fra'"),
        ["1950-06-01|J"]
    );
}

#[test]
fn row_27_the_spouse_is_a_reference_by_number() {
    let person = taken(person(LISE).civil("G", OLE, "1998-05-02")).person(LISE);
    assert_eq!(person.related("Ægtefælle"), [format!("C:{OLE}")]);
    assert_eq!(person.parts[0].start_date.as_deref(), Some("1998-05-02"));
    assert_eq!(person.parts[0].source, "CPR");
}

#[test]
fn row_27_a_spouse_without_a_number_makes_no_reference() {
    let record = R012CivilStatus {
        civst: CivilStatus::Married,
        aegtepnr: kartotek_formats::records::PersonRef::WithoutNumber,
        aegtenvn: text("Juan Garcia"),
        ..blank(LISE)
    };
    let register = taken(person(LISE).put(record));
    assert_eq!(register.person(LISE).related("Ægtefælle"), [""; 0]);
    assert_eq!(register.count("contact"), 1);
}

#[test]
fn rows_28_and_30_parents_by_number() {
    let person = taken(person(LISE).father(OLE).mother("1501494013")).person(LISE);
    assert_eq!(person.related("Forældre"), [format!("C:{OLE}"), "C:1501494013".to_owned()]);
}

#[test]
fn rows_29_and_31_parents_by_name() {
    let person = taken(person(LISE).father_named("Ulf Uhrskov").mother_named("Ida Uhrskov")).person(LISE);
    assert_eq!(
        person.related("Forældre"),
        [format!("P:Ida Uhrskov/Mor til {LISE}"), format!("P:Ulf Uhrskov/Far til {LISE}")]
    );
}

#[test]
fn rows_28_to_31_a_parent_of_whom_nothing_is_known_makes_no_reference() {
    let register = taken(person(LISE).father_named("").mother_named(""));
    assert_eq!(register.person(LISE).related("Forældre"), [""; 0]);
    assert_eq!(register.count("contact"), 1);
}

#[test]
fn custody_and_what_else_the_guide_leaves_out_is_not_mapped() {
    let mut register = Register::default();
    let report = register.take_bytes(crate::support::sample::SAMPLE);
    assert_eq!(report.counts.created, crate::support::sample::PERSONS);

    let labels = register.rows("SELECT DISTINCT custom_label FROM contact_info ORDER BY 1");
    assert_eq!(
        labels,
        ["Bynavn", "Civilstand", "Fødreg.myn.", "Fødregkode", "GældendePNR", "Køn", "Postdist", "Status"]
    );
    assert_eq!(
        register.rows("SELECT DISTINCT custom_label FROM contact_date ORDER BY 1"),
        ["Civst.fra", "Fødselsdag", "Statusfra", "Umyndig"]
    );
    assert_eq!(
        register.rows("SELECT DISTINCT role FROM part ORDER BY 1"),
        ["Forældre", "GældendePNR", "Værge", "Ægtefælle"]
    );
    assert_eq!(register.rows("SELECT DISTINCT address_type FROM address"), ["HA"]);
}
