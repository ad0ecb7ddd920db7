//! The main address over time: rules 6.2 and 6.3 of contact-model.md.

use kartotek_register::import::ForceUpdate;

use crate::support::extract::extract;
use crate::support::person::{AAVEJ, Home, Person, SKOVVEJ, person};
use crate::support::register::{Look, Register, delivering, force_update, outcome};

const LISE: &str = "2103724010";

fn lise(home: Home) -> Person {
    person(LISE).named("Lise", "", "Åstrup").living(home)
}

/// Lives at one address in April and at another in May.
fn from_to(before: Home, after: Home) -> Register {
    Register::with([extract("2021-04-01", [lise(before)]), extract("2021-05-03", [lise(after)])])
}

#[test]
fn every_line_of_the_address_can_make_a_move() {
    let moved = "2021-05-01";
    let others = [
        Home { street: "Åvej 18", moved_in: moved, ..AAVEJ },
        Home { locality: "Nordgården", moved_in: moved, ..AAVEJ },
        Home { care_of: "c/o Udesen", moved_in: moved, ..AAVEJ },
        Home { postcode: "8001", moved_in: moved, ..AAVEJ },
        Home { municipality: "0747", moved_in: moved, ..AAVEJ },
    ];
    for other in others {
        let lise = from_to(AAVEJ, other).person(LISE);
        assert_eq!(lise.former_addresses(), ["Åvej 17,2 tv|1999-02-01|2021-05-01"]);
        assert_eq!(lise.home().start_date.as_deref(), Some(moved));
    }
}

#[test]
fn case_and_blanks_are_no_move() {
    let spelled = Home { street: "ÅVEJ  17,2 TV", moved_in: "2021-05-01", ..AAVEJ };
    let lise = from_to(AAVEJ, spelled).person(LISE);
    assert_eq!(lise.former_addresses(), [""; 0]);
    assert_eq!(lise.home().lines[0], "ÅVEJ  17,2 TV");
}

#[test]
fn a_care_of_name_that_comes_later_with_the_same_date_is_no_move() {
    let lise = from_to(AAVEJ, Home { care_of: "c/o Udesen", ..AAVEJ }).person(LISE);
    assert_eq!(lise.former_addresses(), [""; 0]);
    assert_eq!(lise.home().lines[2], "c/o Udesen");
}

#[test]
fn an_address_corrected_to_an_earlier_date_makes_no_period_of_negative_length() {
    let lise = from_to(AAVEJ, Home { moved_in: "1998-01-01", ..SKOVVEJ }).person(LISE);
    assert_eq!(lise.former_addresses(), [""; 0]);
    assert_eq!(lise.home().lines[0], "Skovvej 4");
    assert_eq!(lise.home().start_date.as_deref(), Some("1998-01-01"));
}

#[test]
fn moving_back_makes_a_third_period() {
    let mut register = from_to(AAVEJ, SKOVVEJ);
    register.take(&extract("2021-07-01", [lise(Home { moved_in: "2021-06-15", ..AAVEJ })]));
    let lise = register.person(LISE);
    assert_eq!(lise.former_addresses(), ["Skovvej 4|2021-05-01|2021-06-15", "Åvej 17,2 tv|1999-02-01|2021-05-01"]);
    assert_eq!(lise.home().lines[0], "Åvej 17,2 tv");
}

#[test]
fn telephone_and_mail_typed_on_the_address_go_along_on_a_move() {
    let mut register = Register::with([extract("2021-04-01", [lise(AAVEJ)])]);
    register.by_hand("UPDATE address SET phone_no = '87654321', email = 'lise@example.dk'");
    register.take(&extract("2021-05-03", [lise(SKOVVEJ)]));
    let lise = register.person(LISE);
    assert_eq!(lise.home().lines[0], "Skovvej 4");
    assert_eq!((lise.home().phone_no.as_str(), lise.home().email.as_str()), ("87654321", "lise@example.dk"));
}

#[test]
fn emigration_closes_the_address_on_the_date_of_the_status() {
    let register = Register::with([
        extract("2021-04-01", [lise(AAVEJ)]),
        extract("2021-05-03", [lise(AAVEJ).status("80", "2021-05-01").living_nowhere()]),
    ]);
    let lise = register.person(LISE);
    assert_eq!(lise.main_addresses().len(), 0);
    assert_eq!(lise.former_addresses(), ["Åvej 17,2 tv|1999-02-01|2021-05-01"]);
    assert_eq!((lise.info("Postdist"), lise.text.as_str()), (None, "Lise Åstrup"));
}

#[test]
fn coming_home_after_emigration_opens_a_new_address() {
    let mut register = Register::with([
        extract("2021-04-01", [lise(AAVEJ)]),
        extract("2021-05-03", [lise(AAVEJ).status("80", "2021-05-01").living_nowhere()]),
    ]);
    register.take(&extract("2022-05-03", [lise(Home { moved_in: "2022-05-01", ..AAVEJ })]));
    let lise = register.person(LISE);
    assert_eq!(lise.former_addresses(), ["Åvej 17,2 tv|1999-02-01|2021-05-01"]);
    assert_eq!(lise.home().start_date.as_deref(), Some("2022-05-01"));
}

#[test]
fn an_unchanged_delivery_takes_an_edit_by_hand_back_under_force_update_j() {
    let mut register = Register::with([extract("2021-04-01", [lise(AAVEJ)])]);
    register.by_hand("UPDATE address SET address1 = 'Åvej 99'");
    let report = register.take(&extract("2021-04-02", [lise(AAVEJ)]));
    assert_eq!(outcome(&report.counts), [0, 1, 0, 0, 0]);
    assert_eq!(register.person(LISE).home().lines[0], "Åvej 17,2 tv");
}

#[test]
fn an_edit_by_hand_outlives_unchanged_and_changed_deliveries_under_force_update_n() {
    let keep = force_update(ForceUpdate::No);
    let mut register = Register::with([extract("2021-04-01", [lise(AAVEJ)])]);
    register.by_hand("UPDATE address SET address1 = 'Åvej 99'");
    for produced in ["2021-04-02", "2021-04-03"] {
        register.take_with(&keep, &extract(produced, [lise(AAVEJ)]));
    }
    register.take_with(&keep, &extract("2021-04-04", [lise(AAVEJ).works_as("Pilot")]));
    register.take_with(&keep, &extract("2021-05-03", [lise(SKOVVEJ).works_as("Pilot")]));
    assert_eq!(register.person(LISE).home().lines[0], "Åvej 99");
    assert_eq!(register.person(LISE).position, "Pilot");

    // The choice is that of each import: with J the delivered address comes through, although nothing is new in it.
    register.take(&extract("2021-05-04", [lise(SKOVVEJ).works_as("Pilot")]));
    assert_eq!(register.person(LISE).home().lines[0], "Skovvej 4");
    assert_eq!(register.person(LISE).former_addresses(), ["Åvej 99|1999-02-01|2021-05-01"]);
}

#[test]
fn an_untouched_address_moves_under_force_update_n() {
    let mut register = Register::with([extract("2021-04-01", [lise(AAVEJ)])]);
    register.take_with(&force_update(ForceUpdate::No), &extract("2021-05-03", [lise(SKOVVEJ)]));
    assert_eq!(register.person(LISE).home().lines[0], "Skovvej 4");
}

#[test]
fn emigration_leaves_an_edited_address_under_force_update_n() {
    let mut register = Register::with([extract("2021-04-01", [lise(AAVEJ)])]);
    register.by_hand("UPDATE address SET address1 = 'Åvej 99'");
    let gone = lise(AAVEJ).status("80", "2021-05-01").living_nowhere();
    register.take_with(&force_update(ForceUpdate::No), &extract("2021-05-03", [gone]));
    assert_eq!(register.person(LISE).home().lines[0], "Åvej 99");
    assert_eq!(register.person(LISE).info("Status"), Some("80"));
}

#[test]
fn an_address_of_another_type_typed_by_hand_is_left_alone() {
    let mut register = Register::with([extract("2021-04-01", [lise(AAVEJ)])]);
    register.by_hand(
        "INSERT INTO address (address_key, contact_key, address_type, address1)
         SELECT 1000, contact_key, 'SOMMER', 'Klitten 3' FROM contact",
    );
    register.take(&extract("2021-05-03", [lise(SKOVVEJ)]));
    assert_eq!(
        register.rows("SELECT address_type, address1 FROM address ORDER BY address_type"),
        ["CPRADR|Åvej 17,2 tv", "HA|Skovvej 4", "SOMMER|Klitten 3"]
    );
}

#[test]
fn a_task_without_002_leaves_the_start_of_an_address_that_stays_the_same() {
    let mut register = Register::with([extract("2021-04-01", [lise(AAVEJ)])]);
    let without_002 = lise(AAVEJ).works_as("Pilot").without("002");
    register.take_with(&delivering(&[3, 4, 8]), &extract("2021-05-03", [without_002]));
    assert_eq!(register.person(LISE).home().start_date.as_deref(), Some("1999-02-01"));
}

#[test]
fn a_task_without_003_leaves_the_address() {
    let mut register = Register::with([extract("2021-04-01", [lise(AAVEJ)])]);
    register.take_with(&delivering(&[8]), &extract("2021-05-03", [lise(SKOVVEJ).without("002").without("003")]));
    let lise = register.person(LISE);
    assert_eq!(lise.home().lines[0], "Åvej 17,2 tv");
    assert_eq!(lise.home().start_date.as_deref(), Some("1999-02-01"));
    assert_eq!((lise.text.as_str(), lise.info("Postdist")), ("Lise Åstrup", Some("Århus C")));
}

#[test]
fn a_start_edited_by_hand_stays_under_force_update_n() {
    let mut register = Register::with([extract("2021-04-01", [lise(AAVEJ)])]);
    register.by_hand("UPDATE address SET start_date = '1999-03-01'");
    register.take_with(&force_update(ForceUpdate::No), &extract("2021-04-02", [lise(AAVEJ)]));
    assert_eq!(register.person(LISE).home().start_date.as_deref(), Some("1999-03-01"));
    register.take(&extract("2021-04-03", [lise(AAVEJ)]));
    assert_eq!(register.person(LISE).home().start_date.as_deref(), Some("1999-02-01"));
}

#[test]
fn an_address_closed_by_hand_stays_closed_under_force_update_n_until_the_person_moves() {
    let keep = force_update(ForceUpdate::No);
    let mut register = Register::with([extract("2021-04-01", [lise(AAVEJ)])]);
    register.by_hand("UPDATE address SET end_date = '2021-03-31'");
    register.take_with(&keep, &extract("2021-04-02", [lise(AAVEJ).works_as("Pilot")]));
    assert_eq!(register.rows("SELECT address_type, end_date FROM address"), ["HA|2021-03-31"]);
    register.take_with(&keep, &extract("2021-05-03", [lise(SKOVVEJ)]));
    assert_eq!(register.rows("SELECT address1 FROM address WHERE end_date IS NULL"), ["Skovvej 4"]);
}
