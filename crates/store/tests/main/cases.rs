//! Cases and their parties, which the authority's case system may write too.

use kartotek_register::contact::ContactKey;
use kartotek_register::import::Changes;
use kartotek_register::ports::{Case, CaseKey, NewCase, Party, StoreErrorKind, Transaction};

use crate::fixture::Register;
use crate::rows::*;

pub(crate) fn new_case(case_no: &str, case_type: Option<&str>) -> NewCase {
    NewCase { case_no: case_no.into(), case_type: case_type.map(Into::into), start_date: date("2025-03-01") }
}

pub(crate) fn party(case: CaseKey, contact: ContactKey, role: &str) -> Party {
    Party { case, contact, role: role.into(), start_date: None, end_date: None }
}

/// Contacts 1 to `count` with the numbers 0001 and so on.
fn with_contacts(register: &mut Register, count: i64) {
    let mut changes = Changes::of(SOURCE);
    changes.contacts_new = (1..=count).map(|key| contact(key, person(&format!("{key:04}")), "A", "B")).collect();
    register.apply(&changes);
}

for_each_store! {
    a_case_comes_back_as_it_was_entered,
    a_case_number_is_entered_once,
    a_case_is_closed_and_opened_again,
    the_start_of_a_case_is_set,
    the_type_of_a_case_is_set_and_taken_back,
    parties_come_by_contact_and_role,
    a_party_that_is_entered_again_has_the_new_dates,
    a_party_needs_a_case_and_a_contact,
    a_date_without_a_day_stands_as_the_first_that_it_can_mean,
    cases_of_a_transaction_that_is_dropped_are_gone,
}

fn a_case_comes_back_as_it_was_entered(register: &mut Register) {
    let keys = register.write(|t| {
        [
            t.insert_case(&new_case("Ø-2025/1", Some("Børnesag"))).unwrap(),
            t.insert_case(&new_case("Ø-2025/2", None)).unwrap(),
        ]
    });
    assert!(keys[0] < keys[1]);
    let expected = Case {
        key: keys[0],
        case_no: "Ø-2025/1".into(),
        case_type: Some("Børnesag".into()),
        is_open: true,
        start_date: some("2025-03-01"),
        end_date: None,
    };
    register.try_out(|t| {
        assert_eq!(t.case("Ø-2025/1").unwrap(), Some(expected));
        assert_eq!(t.case("Ø-2025/2").unwrap().unwrap().case_type, None);
        assert_eq!(t.case("Ø-2025/3").unwrap(), None);
        assert!(t.parties(keys[0]).unwrap().is_empty());
    });
}

fn a_case_number_is_entered_once(register: &mut Register) {
    register.write(|t| t.insert_case(&new_case("1", Some("A"))).unwrap());
    let error = register.try_out(|t| t.insert_case(&new_case("1", Some("B"))).unwrap_err());
    assert_eq!(error.kind, StoreErrorKind::Refused);
    assert_eq!(register.try_out(|t| t.case("1").unwrap()).unwrap().case_type.as_deref(), Some("A"));
}

fn a_case_is_closed_and_opened_again(register: &mut Register) {
    let key = register.write(|t| t.insert_case(&new_case("1", None)).unwrap());
    let other = register.write(|t| t.insert_case(&new_case("2", None)).unwrap());
    register.write(|t| t.set_case_state(key, false, some("2026-01-04")).unwrap());
    let case = register.try_out(|t| t.case("1").unwrap()).unwrap();
    assert_eq!((case.is_open, case.end_date), (false, some("2026-01-04")));
    let case = register.try_out(|t| t.case("2").unwrap()).unwrap();
    assert_eq!((case.key, case.is_open, case.end_date), (other, true, None));
    register.write(|t| t.set_case_state(key, true, None).unwrap());
    let case = register.try_out(|t| t.case("1").unwrap()).unwrap();
    assert_eq!((case.is_open, case.end_date), (true, None));
}

fn the_start_of_a_case_is_set(register: &mut Register) {
    let keys = register
        .write(|t| [t.insert_case(&new_case("1", None)).unwrap(), t.insert_case(&new_case("2", None)).unwrap()]);
    register.write(|t| t.set_case_start(keys[0], date("2024-00-00")).unwrap());
    let start = |t: &mut dyn Transaction, case_no| t.case(case_no).unwrap().unwrap().start_date;
    assert_eq!(register.try_out(|t| start(t, "1")), some("2024-01-01"));
    assert_eq!(register.try_out(|t| start(t, "2")), some("2025-03-01"));
}

fn the_type_of_a_case_is_set_and_taken_back(register: &mut Register) {
    let key = register.write(|t| t.insert_case(&new_case("1", None)).unwrap());
    register.write(|t| t.set_case_type(key, Some("Børnesag")).unwrap());
    assert_eq!(register.try_out(|t| t.case("1").unwrap()).unwrap().case_type.as_deref(), Some("Børnesag"));
    register.write(|t| t.set_case_type(key, None).unwrap());
    assert_eq!(register.try_out(|t| t.case("1").unwrap()).unwrap().case_type, None);
}

fn parties_come_by_contact_and_role(register: &mut Register) {
    with_contacts(register, 3);
    let (key, other) = register
        .write(|t| (t.insert_case(&new_case("1", None)).unwrap(), t.insert_case(&new_case("2", None)).unwrap()));
    let dated = Party { start_date: some("2025-04-01"), end_date: some("2025-12-31"), ..party(key, 2, "Ansøger") };
    // By their bytes, whatever the collation of the database.
    let sorted = [party(key, 1, ""), dated, party(key, 2, "Værge"), party(key, 2, "ansøger"), party(key, 3, "A")];
    register.write(|t| {
        for row in sorted.iter().rev() {
            t.put_party(row).unwrap();
        }
        t.put_party(&party(other, 1, "Ansøger")).unwrap();
    });
    assert_eq!(register.try_out(|t| t.parties(key).unwrap()), sorted);
}

fn a_party_that_is_entered_again_has_the_new_dates(register: &mut Register) {
    with_contacts(register, 1);
    let key = register.write(|t| t.insert_case(&new_case("1", None)).unwrap());
    let ended = Party { start_date: some("2025-04-01"), end_date: some("2025-12-31"), ..party(key, 1, "Ansøger") };
    register.write(|t| t.put_party(&ended).unwrap());
    let back = Party { end_date: None, ..ended };
    register.write(|t| t.put_party(&back).unwrap());
    assert_eq!(register.try_out(|t| t.parties(key).unwrap()), [back]);
}

fn a_party_needs_a_case_and_a_contact(register: &mut Register) {
    with_contacts(register, 1);
    let key = register.write(|t| t.insert_case(&new_case("1", None)).unwrap());
    for row in [party(key, 2, ""), party(key + 1, 1, "")] {
        let error = register.try_out(|t| t.put_party(&row).unwrap_err());
        assert_eq!(error.kind, StoreErrorKind::Refused);
    }
}

fn a_date_without_a_day_stands_as_the_first_that_it_can_mean(register: &mut Register) {
    with_contacts(register, 1);
    let key = register.write(|t| {
        let key = t.insert_case(&NewCase { start_date: date("2025-00-00"), ..new_case("1", None) }).unwrap();
        t.put_party(&Party { start_date: some("2025-02-00"), ..party(key, 1, "") }).unwrap();
        key
    });
    register.try_out(|t| {
        assert_eq!(t.case("1").unwrap().unwrap().start_date, some("2025-01-01"));
        assert_eq!(t.parties(key).unwrap()[0].start_date, some("2025-02-01"));
    });
}

fn cases_of_a_transaction_that_is_dropped_are_gone(register: &mut Register) {
    register.try_out(|t| t.insert_case(&new_case("1", None)).unwrap());
    assert_eq!(register.try_out(|t| t.case("1").unwrap()), None);
}

for_each_database! {
    what_a_case_system_writes_is_read,
    a_case_gets_a_key_beside_those_that_a_case_system_chose,
    the_address_of_a_party_stays_when_its_dates_change,
}

fn what_a_case_system_writes_is_read(register: &mut Register) {
    with_contacts(register, 1);
    register.sql(
        "INSERT INTO case_file (case_no, case_type, state, start_date, end_date)
         VALUES ('S-1', 'Byggesag', 'closed', '2024-01-01', '2024-06-30');
         INSERT INTO case_party (case_key, contact_key, start_date)
         SELECT case_key, 1, '2024-02-01' FROM case_file WHERE case_no = 'S-1'",
    );
    let case = register.try_out(|t| t.case("S-1").unwrap()).unwrap();
    let expected = Case {
        key: case.key,
        case_no: "S-1".into(),
        case_type: Some("Byggesag".into()),
        is_open: false,
        start_date: some("2024-01-01"),
        end_date: some("2024-06-30"),
    };
    assert_eq!(case, expected);
    let expected = Party { start_date: some("2024-02-01"), ..party(case.key, 1, "") };
    assert_eq!(register.try_out(|t| t.parties(case.key).unwrap()), [expected]);
}

fn a_case_gets_a_key_beside_those_that_a_case_system_chose(register: &mut Register) {
    register.sql("INSERT INTO case_file (case_key, case_no) VALUES (1, 'S-1'), (2, 'S-2')");
    let key = register.write(|t| t.insert_case(&new_case("1", None)).unwrap());
    assert_eq!(key, 3);
    assert_eq!(register.write(|t| t.insert_case(&new_case("2", None)).unwrap()), 4);
}

fn the_address_of_a_party_stays_when_its_dates_change(register: &mut Register) {
    with_contacts(register, 1);
    register.sql(
        "INSERT INTO case_file (case_key, case_no) VALUES (1, 'S-1');
         INSERT INTO case_party (case_key, contact_key, role, address_key) VALUES (1, 1, 'Ansøger', 17)",
    );
    register.write(|t| t.put_party(&Party { end_date: some("2026-01-04"), ..party(1, 1, "Ansøger") }).unwrap());
    let rows = register.query("SELECT address_key, end_date FROM case_party");
    assert_eq!(rows.concat(), ["17", "2026-01-04"]);
}
