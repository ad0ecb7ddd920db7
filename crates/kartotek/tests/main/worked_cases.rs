//! The worked cases of contact-model.md section 12 that are about CPR, each under its own name.

use kartotek_formats::codes::GuardianshipType;
use kartotek_formats::identifiers::{CprNumber, SorId};
use kartotek_register::import::ForceUpdate;
use kartotek_register::mapping::cpr::MappingOptions;

use crate::support::extract::extract;
use crate::support::person::{AAVEJ, Home, Person, SKOVVEJ, person};
use crate::support::register::{Look, Register, force_update, outcome, with_mapping};

const LISE: &str = "2103724010";
const OLE: &str = "1204713011";
const UNKNOWN: &str = "0908704017";

fn lise() -> Person {
    person(LISE).named("Lise", "Rønne", "Åstrup").living(AAVEJ)
}

fn lise_moved() -> Person {
    person(LISE).named("Lise", "Rønne", "Åstrup").living(SKOVVEJ)
}

#[test]
fn new_person_with_all_records() {
    let everything = lise()
        .works_as("Gartner")
        .protected("0001", "2020-01-01", "2022-01-01")
        .born_in("8140", "Ørslev")
        .civil("G", OLE, "1998-05-02")
        .father(UNKNOWN)
        .mother_named("Bodil Rønne")
        .guardian("1501494013", "2019-06-01");
    let mut register = Register::default();
    let report = register.take(&extract("2021-04-01", [everything]));

    assert_eq!(outcome(&report.counts), [1, 0, 0, 0, 0]);
    assert_eq!(report.counts.placeholders, 4);
    let lise = register.person(LISE);
    assert!(!lise.placeholder);
    assert_eq!((lise.name1.as_str(), lise.name2.as_str()), ("Lise Rønne", "Åstrup"));
    assert_eq!(lise.home().lines[0], "Åvej 17,2 tv");
    let mut labels: Vec<_> = lise.infos.iter().map(|info| info.custom_label.as_str()).collect();
    labels.extend(lise.dates.iter().map(|date| date.custom_label.as_str()));
    labels.sort_unstable();
    assert_eq!(
        labels,
        [
            "Civilstand",
            "Civst.fra",
            "Fødreg.myn.",
            "Fødregkode",
            "Fødselsdag",
            "GældendePNR",
            "Køn",
            "Postdist",
            "Status",
            "Umyndig"
        ]
    );
    assert_eq!(lise.related("Ægtefælle"), [format!("C:{OLE}")]);
    assert_eq!(lise.related("Forældre"), [format!("C:{UNKNOWN}"), format!("P:Bodil Rønne/Mor til {LISE}")]);
    assert_eq!(lise.related("Værge"), ["C:1501494013"]);
    assert!(register.person(OLE).placeholder);
}

#[test]
fn same_delivery_twice_changes_nothing() {
    let delivery = extract("2021-04-01", [lise().civil("G", OLE, "1998-05-02").father_named("Niels Rønne")]);
    let mut register = Register::with([delivery.clone()]);
    let before = (register.says(), register.count("change"));

    let skipped = register.take(&delivery);
    assert!(skipped.skipped.is_some());
    let again = kartotek_service::cpr_extract::ExtractImport { again: true, ..Default::default() };
    let report = register.take_with(&again, &delivery);

    assert_eq!(outcome(&report.counts), [0, 0, 1, 0, 0]);
    assert_eq!((register.says(), register.count("change")), before);
}

#[test]
fn move_on_2021_05_01() {
    let register = Register::with([extract("2021-04-01", [lise()]), extract("2021-05-03", [lise_moved()])]);

    let lise = register.person(LISE);
    assert_eq!(lise.former_addresses(), ["Åvej 17,2 tv|1999-02-01|2021-05-01"]);
    assert_eq!(lise.home().lines[0], "Skovvej 4");
    assert_eq!(lise.home().start_date.as_deref(), Some("2021-05-01"));
    assert_eq!(lise.home().end_date, None);
}

fn edited_then_moved(choice: ForceUpdate) -> Register {
    let mut register = Register::with([extract("2021-04-01", [lise().works_as("Gartner")])]);
    register.by_hand("UPDATE address SET address1 = 'Åvej 17, bag om huset' WHERE address_type = 'HA'");
    register.take_with(&force_update(choice), &extract("2021-05-03", [lise_moved().works_as("Pilot")]));
    register
}

#[test]
fn move_with_an_address_edited_by_hand_and_force_update_n() {
    let lise = edited_then_moved(ForceUpdate::No).person(LISE);

    assert_eq!(lise.home().lines[0], "Åvej 17, bag om huset");
    assert_eq!(lise.home().start_date.as_deref(), Some("1999-02-01"));
    assert_eq!(lise.former_addresses(), [""; 0]);
    assert_eq!(lise.position, "Pilot");
    assert_eq!(lise.info("Postdist"), Some("Ørsted"));
}

#[test]
fn move_with_an_address_edited_by_hand_and_force_update_j() {
    let lise = edited_then_moved(ForceUpdate::Yes).person(LISE);

    assert_eq!(lise.former_addresses(), ["Åvej 17, bag om huset|1999-02-01|2021-05-01"]);
    assert_eq!(lise.home().lines[0], "Skovvej 4");
    assert_eq!(lise.position, "Pilot");
}

#[test]
fn street_renamed_with_the_same_move_in_date() {
    let renamed = Home { street: "Ny Åvej 17, 2. tv", ..AAVEJ };
    let register = Register::with([
        extract("2021-04-01", [lise()]),
        extract("2021-05-03", [person(LISE).named("Lise", "Rønne", "Åstrup").living(renamed)]),
    ]);

    let lise = register.person(LISE);
    assert_eq!(lise.addresses.len(), 1);
    assert_eq!(lise.home().lines[0], "Ny Åvej 17, 2. tv");
    assert_eq!(lise.home().start_date.as_deref(), Some("1999-02-01"));
}

fn dead() -> Person {
    lise().status("90", "2021-03-02").living_nowhere()
}

#[test]
fn status_90_dated_2021_03_02() {
    let register = Register::with([extract("2021-03-01", [lise()]), extract("2021-03-03", [dead()])]);

    let lise = register.person(LISE);
    assert_eq!(lise.end_date.as_deref(), Some("2021-03-02"));
    assert_eq!(lise.info("Status"), Some("90"));
    assert_eq!(lise.date("Statusfra"), Some("2021-03-02"));
    assert_eq!(lise.former_addresses(), ["Åvej 17,2 tv|1999-02-01|2021-03-02"]);
}

#[test]
fn status_90_with_the_setting_off() {
    let off = with_mapping(MappingOptions { deceased_end_date: false, ..MappingOptions::default() });
    let mut register = Register::with([extract("2021-03-01", [lise()])]);
    register.take_with(&off, &extract("2021-03-03", [dead()]));

    let lise = register.person(LISE);
    assert_eq!(lise.end_date, None);
    assert_eq!(lise.info("Status"), Some("90"));
}

#[test]
fn father_by_name_only() {
    let register = Register::with([extract("2021-04-01", [lise().father_named("Niels Rønne")])]);

    assert_eq!(register.person(LISE).related("Forældre"), [format!("P:Niels Rønne/Far til {LISE}")]);
    assert_eq!(
        register.rows("SELECT name1, name2, text, placeholder FROM contact WHERE name_type = 'P'"),
        [format!("Niels Rønne|Far til {LISE}|Person fra CPR uden cprnr|N")]
    );
}

#[test]
fn two_children_with_fathers_of_the_same_name() {
    let register = Register::with([extract(
        "2021-04-01",
        [lise().father_named("Niels Rønne"), person(OLE).named("Ole", "", "Rønne").father_named("Niels Rønne")],
    )]);

    assert_eq!(
        register.rows("SELECT name1, name2 FROM contact WHERE name_type = 'P' ORDER BY name2"),
        [format!("Niels Rønne|Far til {OLE}"), format!("Niels Rønne|Far til {LISE}")]
    );
}

#[test]
fn guardian_type_1_with_an_unknown_number_then_a_blank_guardian_date() {
    let mut register = Register::with([extract("2021-04-01", [lise().guardian(UNKNOWN, "2020-02-03")])]);
    let placeholder = register.person(UNKNOWN);
    assert!(placeholder.placeholder);
    assert_eq!(placeholder.name1, format!("Person med cprnr {UNKNOWN}"));
    assert_eq!(placeholder.name2, "- ikke importeret");
    let with_guardian = register.person(LISE);
    assert_eq!(with_guardian.related("Værge"), [format!("C:{UNKNOWN}")]);
    assert_eq!(with_guardian.date("Umyndig"), Some("2020-02-03"));

    register.take(&extract("2021-04-02", [lise().guardian(UNKNOWN, "")]));
    let without = register.person(LISE);
    assert_eq!(without.related("Værge"), [""; 0]);
    assert_eq!(without.date("Umyndig"), None);
    assert!(register.find(UNKNOWN).is_some(), "the contact stays, only the reference goes");
}

#[test]
fn guardianship_017_and_052_in_one_delivery() {
    let both = lise().guardian(OLE, "2018-01-01").guardian_of_type(GuardianshipType::Partial, UNKNOWN, "2019-01-01");
    let register = Register::with([extract("2021-04-01", [both])]);

    let lise = register.person(LISE);
    assert_eq!(lise.related("Værge"), [format!("C:{UNKNOWN}")]);
    assert_eq!(lise.date("Umyndig"), Some("2019-01-01"));
    assert_eq!(lise.info("Værgemålstype"), Some("DELVIS"));
    assert_eq!(register.find(OLE).map(|_| ()), None, "017's guardian is nobody's relative");
}

#[test]
fn older_file_after_newer() {
    let mut register = Register::with([extract("2021-05-03", [lise_moved()])]);
    let before = register.says();

    let report = register.take(&extract("2021-04-01", [lise().father(UNKNOWN)]));

    assert_eq!(outcome(&report.counts), [0, 0, 0, 1, 0]);
    assert_eq!(register.says(), before);
}

#[test]
fn placeholder_spouse_imported_later() {
    let mut register = Register::with([extract("2021-04-01", [lise().civil("G", OLE, "1998-05-02")])]);
    let key = register.person(OLE).contact_key;

    let report = register.take(&extract("2021-04-02", [person(OLE).named("Ole", "", "Åstrup").living(AAVEJ)]));

    assert_eq!(outcome(&report.counts), [1, 0, 0, 0, 0]);
    let ole = register.person(OLE);
    assert_eq!(ole.contact_key, key);
    assert!(!ole.placeholder);
    assert_eq!((ole.name1.as_str(), ole.name2.as_str()), ("Ole", "Åstrup"));
    assert_eq!(register.person(LISE).related("Ægtefælle"), [format!("C:{OLE}")]);
}

#[test]
fn sor_id_in_quotes() {
    assert_eq!(SorId::parse("=\"123\"").unwrap().to_string(), "123");
}

#[test]
fn cpr_number_failing_modulus_11_born_1_january() {
    let number = "0101654321";
    assert!(!CprNumber::parse(number).unwrap().satisfies_modulus_11());
    let register = Register::with([extract("2021-04-01", [person(number).named("Bo", "", "Nyborg")])]);

    assert_eq!(register.person(number).name1, "Bo");
    let shown = crate::support::cli::call(
        register.folder.path(),
        &["contact", "show", number, "--database", "sqlite:register.db"],
    );
    shown.ends_with(0).says("does not satisfy modulus 11");
}
