//! Protections: each counts while it is delivered, and name and address protection stands on the main address.

use crate::support::extract::extract;
use crate::support::person::{AAVEJ, Person, SKOVVEJ, person};
use crate::support::register::{Look, Register, delivering};

const LISE: &str = "2103724010";

fn lise() -> Person {
    person(LISE).named("Lise", "", "Åstrup").living(AAVEJ)
}

fn protections(register: &Register) -> Vec<String> {
    register.rows("SELECT protection_type, start_date, deletion_date, end_date FROM protection ORDER BY 1, 2, 3, seq")
}

fn on_the_address(register: &Register) -> Option<String> {
    register.person(LISE).home().protection.clone()
}

#[test]
fn row_20_name_and_address_protection_stands_on_the_main_address() {
    let register = Register::with([extract("2021-04-01", [lise().protected("0001", "2020-05-01", "2021-05-01")])]);
    assert_eq!(on_the_address(&register).as_deref(), Some("2020-05-01"));
}

#[test]
fn row_20_other_types_do_not_protect_the_address() {
    let others = lise().protected("0002", "2020-05-01", "").protected("0003", "2020-05-02", "").protected(
        "0004",
        "2020-05-03",
        "2030-01-01",
    );
    let register = Register::with([extract("2021-04-01", [others])]);

    assert_eq!(on_the_address(&register), None);
    assert_eq!(protections(&register), ["0002|2020-05-01||", "0003|2020-05-02||", "0004|2020-05-03|2030-01-01|"]);
}

#[test]
fn every_protection_keeps_type_start_and_planned_deletion() {
    let all = lise()
        .protected("0001", "2020-05-01", "2021-05-01")
        .protected("0002", "2020-05-01", "2120-05-01")
        .protected("0003", "2019-01-01", "");
    let register = Register::with([extract("2021-04-01", [all])]);
    assert_eq!(
        protections(&register),
        ["0001|2020-05-01|2021-05-01|", "0002|2020-05-01|2120-05-01|", "0003|2019-01-01||"]
    );
}

#[test]
fn a_protection_is_in_force_after_its_planned_deletion_while_it_is_delivered() {
    let register = Register::with([extract("2021-04-01", [lise().protected("0001", "1997-12-31", "2001-11-01")])]);
    assert_eq!(on_the_address(&register).as_deref(), Some("1997-12-31"));
    assert_eq!(protections(&register), ["0001|1997-12-31|2001-11-01|"]);
}

#[test]
fn a_protection_that_begins_in_the_future_protects_already() {
    let register = Register::with([extract("2021-04-01", [lise().protected("0001", "2099-01-01", "")])]);
    assert_eq!(on_the_address(&register).as_deref(), Some("2099-01-01"));
}

#[test]
fn a_protection_without_a_start_protects_all_the_same() {
    let register = Register::with([extract("2021-04-01", [lise().protected("0001", "", "")])]);
    assert!(on_the_address(&register).is_some());
}

#[test]
fn of_two_name_and_address_protections_the_earlier_counts() {
    let two = lise().protected("0001", "2020-05-01", "").protected("0001", "2018-02-01", "2019-01-01");
    let register = Register::with([extract("2021-04-01", [two])]);
    assert_eq!(on_the_address(&register).as_deref(), Some("2018-02-01"));
    assert_eq!(protections(&register).len(), 2);
}

#[test]
fn a_protection_that_is_no_longer_delivered_is_ended_and_leaves_the_address() {
    let register = Register::with([
        extract(
            "2021-04-01",
            [lise().protected("0001", "2020-05-01", "2021-05-01").protected("0003", "2020-06-01", "")],
        ),
        extract("2021-05-02", [lise().protected("0003", "2020-06-01", "")]),
    ]);
    assert_eq!(on_the_address(&register), None);
    assert_eq!(protections(&register), ["0001|2020-05-01|2021-05-01|2021-05-02", "0003|2020-06-01||"]);
}

#[test]
fn a_protection_that_is_extended_stays_the_same_row() {
    let register = Register::with([
        extract("2021-04-01", [lise().protected("0001", "2020-05-01", "2021-05-01")]),
        extract("2021-04-20", [lise().protected("0001", "2020-05-01", "2022-05-01")]),
    ]);
    assert_eq!(protections(&register), ["0001|2020-05-01|2022-05-01|"]);
}

#[test]
fn a_protection_that_comes_again_is_a_new_row() {
    let register = Register::with([
        extract("2021-04-01", [lise().protected("0001", "2020-05-01", "")]),
        extract("2021-04-02", [lise()]),
        extract("2021-04-03", [lise().protected("0001", "2021-04-03", "")]),
    ]);
    assert_eq!(protections(&register), ["0001|2020-05-01||2021-04-02", "0001|2021-04-03||"]);
    assert_eq!(on_the_address(&register).as_deref(), Some("2021-04-03"));
}

#[test]
fn a_protection_goes_along_when_the_person_moves() {
    let moved = person(LISE).named("Lise", "", "Åstrup").living(SKOVVEJ);
    let register = Register::with([
        extract("2021-04-01", [lise().protected("0001", "2020-05-01", "")]),
        extract("2021-05-02", [moved.protected("0001", "2020-05-01", "")]),
    ]);
    assert_eq!(on_the_address(&register).as_deref(), Some("2020-05-01"));
    assert_eq!(
        register.rows("SELECT address1, protection FROM address WHERE address_type = 'CPRADR'"),
        ["Åvej 17,2 tv|2020-05-01"]
    );
}

#[test]
fn a_protection_that_ended_with_the_move_does_not_come_along() {
    let moved = person(LISE).named("Lise", "", "Åstrup").living(SKOVVEJ);
    let register = Register::with([
        extract("2021-04-01", [lise().protected("0001", "2020-05-01", "")]),
        extract("2021-05-02", [moved]),
    ]);
    assert_eq!(on_the_address(&register), None);
}

#[test]
fn a_task_without_protections_leaves_them_as_they_are_also_on_a_move() {
    let mut register = Register::with([extract("2021-04-01", [lise().protected("0001", "2020-05-01", "")])]);
    let moved = person(LISE).named("Lise", "", "Åstrup").living(SKOVVEJ);
    register.take_with(&delivering(&[2, 3, 8]), &extract("2021-05-02", [moved]));

    assert_eq!(on_the_address(&register).as_deref(), Some("2020-05-01"));
    assert_eq!(protections(&register), ["0001|2020-05-01||"]);
}

#[test]
fn a_task_without_addresses_still_puts_a_protection_on_the_stored_one() {
    let mut register = Register::with([extract("2021-04-01", [lise()])]);
    let protected = person(LISE).protected("0001", "2021-04-20", "");
    register.take_with(&delivering(&[4]), &extract("2021-05-02", [protected]));

    assert_eq!(on_the_address(&register).as_deref(), Some("2021-04-20"));
    assert_eq!(register.person(LISE).home().lines[0], "Åvej 17,2 tv");
}

#[test]
fn a_delivered_protection_counts_for_an_address_that_was_edited_by_hand_and_kept() {
    let keep = crate::support::register::force_update(kartotek_register::import::ForceUpdate::No);
    let mut register = Register::with([extract("2021-04-01", [lise()])]);
    register.by_hand("UPDATE address SET address1 = 'Åvej 17 B'");
    register.take_with(&keep, &extract("2021-04-02", [lise().protected("0001", "2021-04-02", "")]));
    assert_eq!(on_the_address(&register).as_deref(), Some("2021-04-02"));
    assert_eq!(register.person(LISE).home().lines[0], "Åvej 17 B");

    register.take_with(&keep, &extract("2021-04-03", [lise()]));
    assert_eq!(on_the_address(&register), None, "it came from CPR, so it goes with CPR's");
}
