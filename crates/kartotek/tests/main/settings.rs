//! Settings that change between deliveries: what was stored under others is planned anew.

use kartotek_register::import::ForceUpdate;
use kartotek_register::mapping::cpr::{MappingOptions, RecordSet};
use kartotek_service::cpr_extract::ExtractImport;

use crate::support::extract::extract;
use crate::support::person::{AAVEJ, Person, person};
use crate::support::register::{Look, Register, force_update, outcome, with_mapping};

use crate::support::cli::call;

const LISE: &str = "2103724010";

fn lise() -> Person {
    person(LISE).named("Lise", "", "Åstrup").living(AAVEJ)
}

fn dead() -> Person {
    lise().status("90", "2021-03-02").living_nowhere()
}

fn without_end() -> ExtractImport {
    with_mapping(MappingOptions { deceased_end_date: false, ..MappingOptions::default() })
}

#[test]
fn the_end_of_the_dead_is_set_once_it_is_switched_on_although_nothing_else_is_new() {
    let mut register = Register::default();
    register.take_with(&without_end(), &extract("2021-03-03", [dead()]));
    assert_eq!(register.person(LISE).end_date, None);

    let report = register.take(&extract("2021-03-04", [dead()]));
    assert_eq!(outcome(&report.counts), [0, 1, 0, 0, 0]);
    assert_eq!(register.person(LISE).end_date.as_deref(), Some("2021-03-02"));
}

#[test]
fn switching_the_end_of_the_dead_off_leaves_what_was_set() {
    let mut register = Register::with([extract("2021-03-03", [dead()])]);
    register.take_with(&without_end(), &extract("2021-03-04", [dead()]));
    assert_eq!(register.person(LISE).end_date.as_deref(), Some("2021-03-02"));
}

#[test]
fn a_file_taken_in_before_can_be_taken_in_again_under_other_settings() {
    let delivery = extract("2021-03-03", [dead()]);
    let mut register = Register::default();
    register.take_with(&without_end(), &delivery);
    let report = register.take_with(&ExtractImport { again: true, ..ExtractImport::default() }, &delivery);
    assert_eq!(outcome(&report.counts), [0, 1, 0, 0, 0]);
    assert_eq!(register.person(LISE).end_date.as_deref(), Some("2021-03-02"));
}

#[test]
fn a_task_that_begins_to_deliver_a_record_clears_what_is_gone_although_nothing_else_is_new() {
    let narrow = with_mapping(MappingOptions { delivers: [1, 2, 3, 8].into_iter().collect(), ..Default::default() });
    let mut register = Register::with([extract("2021-04-01", [lise().protected("0001", "2020-05-01", "")])]);
    register.take_with(&narrow, &extract("2021-04-02", [lise()]));
    assert_eq!(register.person(LISE).home().protection.as_deref(), Some("2020-05-01"));

    let wide = with_mapping(MappingOptions { delivers: RecordSet::ALL, ..Default::default() });
    register.take_with(&wide, &extract("2021-04-03", [lise()]));
    assert_eq!(register.person(LISE).home().protection, None);
}

#[test]
fn a_protection_typed_on_an_address_outlives_deliveries_under_force_update_n() {
    let keep = force_update(ForceUpdate::No);
    let mut register = Register::with([extract("2021-04-01", [lise()])]);
    register.by_hand("UPDATE address SET protection = '2021-04-01'");
    register.take_with(&keep, &extract("2021-04-02", [lise().works_as("Pilot")]));
    register.take_with(&keep, &extract("2021-04-03", [lise().works_as("Gartner")]));
    assert_eq!(register.person(LISE).home().protection.as_deref(), Some("2021-04-01"));
    assert_eq!(register.person(LISE).position, "Gartner");
}

#[test]
fn the_source_cpr_says_whether_an_address_changed_by_hand_gives_way_unless_somebody_says_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let take_in = |day: &str, more: &[&str]| {
        extract(day, [lise().works_as(day)]).write(&folder.path().join("file"));
        call(folder.path(), &[&["import", "cpr", "file"], more].concat()).ends_with(0);
    };
    let edit = || {
        let register = rusqlite::Connection::open(folder.path().join("kartotek.db")).unwrap();
        register.execute("UPDATE address SET address1 = 'Typed 1' WHERE end_date IS NULL", []).unwrap();
    };
    let home = || {
        let card = call(folder.path(), &["contact", "show", LISE]).stdout;
        card.contains("HA     Typed 1")
    };
    take_in("2021-04-01", &[]);
    call(folder.path(), &["source", "set", "CPR", "ForceUpdate=N"]).ends_with(0);
    edit();
    take_in("2021-04-02", &[]);
    assert!(home(), "ForceUpdate=N keeps what was typed");
    take_in("2021-04-03", &["--force-update", "J"]);
    assert!(!home(), "the command line counts before the source");
    edit();
    call(folder.path(), &["source", "set", "CPR", "ForceUpdate=J"]).ends_with(0);
    take_in("2021-04-04", &[]);
    assert!(!home(), "ForceUpdate=J overwrites what was typed");
}
