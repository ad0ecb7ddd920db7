//! Rule 6.8: what is older than the register's data is refused, and the order of files does not matter.

use kartotek_service::cpr_extract::ExtractImport;

use crate::support::extract::{Extract, extract};
use crate::support::person::{AAVEJ, Home, Person, SKOVVEJ, person};
use crate::support::register::{Register, outcome};

const LISE: &str = "2103724010";
const OLE: &str = "1204713011";

fn lise(home: Home) -> Person {
    person(LISE).named("Lise", "", "Åstrup").living(home)
}

fn stamp(register: &Register) -> Vec<String> {
    register.rows(&format!("SELECT source_stamp FROM source_record WHERE source_key = '{LISE}'"))
}

#[test]
fn the_stamp_is_the_production_date_and_then_the_latest_event() {
    let register = Register::with([extract(
        "2021-04-01",
        [lise(AAVEJ).event("2021-03-30").event("2021-03-31").event("2021-02-01")],
    )]);
    assert_eq!(stamp(&register), ["2021-04-01 2021-03-31T12:00"]);
}

#[test]
fn a_person_without_events_counts_as_of_the_end_of_the_day() {
    let register = Register::with([extract("2021-04-01", [lise(AAVEJ)])]);
    assert_eq!(stamp(&register), ["2021-04-01 2021-04-01T23:59"]);
}

#[test]
fn a_requisition_without_a_time_counts_as_no_event() {
    let requisition = lise(AAVEJ).raw(format!("099{LISE}            A74").into_bytes());
    let register = Register::with([extract("2021-04-01", [requisition])]);
    assert_eq!(stamp(&register), ["2021-04-01 2021-04-01T23:59"]);
}

#[test]
fn an_old_event_in_a_newer_delivery_is_news() {
    let mut register = Register::with([extract("2021-04-01", [lise(AAVEJ).event("2021-03-31")])]);
    let report = register.take(&extract("2021-05-03", [lise(SKOVVEJ).event("2020-01-01")]));
    assert_eq!(outcome(&report.counts), [0, 1, 0, 0, 0]);
}

#[test]
fn of_two_deliveries_of_one_day_the_later_event_counts() {
    let early = extract("2021-05-03", [lise(AAVEJ).event("2021-05-01")]);
    let late = extract("2021-05-03", [lise(SKOVVEJ).event("2021-05-02")]);
    for order in [[&early, &late], [&late, &early]] {
        let register = Register::with(order.map(Clone::clone));
        assert_eq!(register.rows("SELECT address1 FROM address WHERE address_type = 'HA'"), ["Skovvej 4"]);
    }
}

#[test]
fn of_one_stamp_and_different_content_the_same_wins_in_every_order() {
    let one = extract("2021-05-03", [lise(AAVEJ).works_as("Gartner")]);
    let other = extract("2021-05-03", [lise(AAVEJ).works_as("Pilot")]);
    let [first, second] = [[&one, &other], [&other, &one]].map(|order| Register::with(order.map(Clone::clone)).says());
    assert_eq!(first, second);
}

#[test]
fn a_newer_delivery_of_the_same_content_moves_the_stamp_and_nothing_else() {
    let mut register = Register::with([extract("2021-04-01", [lise(AAVEJ)])]);
    let report = register.take(&extract("2021-05-03", [lise(AAVEJ)]));
    assert_eq!(outcome(&report.counts), [0, 0, 1, 0, 0]);
    assert_eq!(register.count("change"), 1);
    assert_eq!(stamp(&register), ["2021-05-03 2021-05-03T23:59"]);

    let older = register.take(&extract("2021-04-20", [lise(SKOVVEJ)]));
    assert_eq!(outcome(&older.counts), [0, 0, 0, 1, 0]);
}

#[test]
fn refusing_one_persons_old_data_does_not_keep_others_out() {
    let mut register = Register::with([extract("2021-05-03", [lise(SKOVVEJ)])]);
    let report = register.take(&extract("2021-04-01", [lise(AAVEJ), person(OLE).named("Ole", "", "Bro")]));
    assert_eq!(outcome(&report.counts), [1, 0, 0, 1, 0]);
}

/// A life in five deliveries: married, moved, protected, divorced, dead.
fn life() -> Vec<Extract> {
    let days = [
        ("2021-04-01", lise(AAVEJ).civil("G", OLE, "1998-05-02").father_named("Niels Rønne")),
        ("2021-05-03", lise(SKOVVEJ).civil("G", OLE, "1998-05-02").father_named("Niels Rønne")),
        ("2021-06-01", lise(SKOVVEJ).civil("G", OLE, "1998-05-02").protected("0001", "2021-05-30", "2022-05-30")),
        ("2021-07-01", lise(SKOVVEJ).civil("F", "", "2021-06-30").works_as("Pilot")),
        ("2021-08-01", lise(SKOVVEJ).civil("D", "", "2021-07-30").status("90", "2021-07-30").living_nowhere()),
    ];
    days.into_iter().map(|(day, person)| extract(day, [person])).collect()
}

/// What is true now: rows in force, without the history that depends on what was seen.
fn current(register: &Register) -> Vec<String> {
    register.rows(
        "SELECT 'contact', name_code, name1, name2, position, text, end_date FROM contact WHERE name_type = 'C'
                AND placeholder = 'N'
         UNION ALL SELECT 'info', custom_label, info, '', '', '', '' FROM contact_info
         UNION ALL SELECT 'date', custom_label, date, '', '', '', '' FROM contact_date
         UNION ALL SELECT 'address', address1, start_date, protection, '', '', '' FROM address WHERE end_date IS NULL
         UNION ALL SELECT 'part', role, start_date, '', '', '', '' FROM part WHERE end_date IS NULL
         UNION ALL SELECT 'protection', protection_type, start_date, '', '', '', '' FROM protection
                   WHERE end_date IS NULL
         UNION ALL SELECT 'source', source_key, source_stamp, '', '', '', '' FROM source_record
         ORDER BY 1, 2, 3",
    )
}

#[test]
fn every_order_of_five_deliveries_ends_in_the_same_state() {
    let expected = current(&Register::with(life()));
    for order in permutations(5) {
        let deliveries = life();
        let register = Register::with(order.iter().map(|at| deliveries[*at].clone()));
        assert_eq!(current(&register), expected, "order {order:?}");
    }
}

fn permutations(of: usize) -> Vec<Vec<usize>> {
    let Some(last) = of.checked_sub(1) else { return vec![Vec::new()] };
    let shorter = permutations(last);
    let insert = |order: &Vec<usize>, at: usize| [&order[..at], &[last], &order[at..]].concat();
    shorter.iter().flat_map(|order| (0..=last).map(move |at| insert(order, at))).collect()
}

#[test]
fn taking_everything_in_again_changes_nothing() {
    let mut register = Register::with(life());
    let (says, changes) = (register.says(), register.count("change"));
    let again = ExtractImport { again: true, ..ExtractImport::default() };
    for delivery in life() {
        register.take_with(&again, &delivery);
    }
    assert_eq!((register.says(), register.count("change")), (says, changes));
}
