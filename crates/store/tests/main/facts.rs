//! Persons as the subscription rules see them.

use compact_str::CompactString;
use kartotek_formats::dates::PartialDate;
use kartotek_register::contact::{ContactKey, ContactRow, PartRow, Role};
use kartotek_register::import::Changes;
use kartotek_register::ports::{CaseKey, OrderAction, OrderState, Party, SubscriptionFacts};

use crate::cases::{new_case, party};
use crate::fixture::{Register, new_run};
use crate::orders::new_order;
use crate::rows::*;
use crate::subscriptions::{key, stranger};

const TODAY: &str = "2026-01-05";

fn facts_after(register: &Register, after: Option<&str>, limit: u32) -> Vec<SubscriptionFacts> {
    register.reader().subscription_facts(SOURCE, date(TODAY), after, limit).unwrap()
}

fn facts(register: &Register) -> Vec<SubscriptionFacts> {
    facts_after(register, None, 1_000)
}

/// The last four digits of who is seen.
fn numbers(facts: &[SubscriptionFacts]) -> Vec<&str> {
    facts.iter().map(|person| person.source_key.strip_prefix("999999").unwrap()).collect()
}

/// What is seen of a person about whom there is nothing but the contact.
fn nothing(number: &str, contact: ContactKey) -> SubscriptionFacts {
    SubscriptionFacts {
        source_key: key(number),
        contact,
        src_subscribed: false,
        wish: None,
        updated_at: None,
        open_cases: Vec::new(),
        replaced_by: None,
        blocked: None,
        pending: None,
    }
}

fn open_case(register: &mut Register, case_no: &str, case_type: Option<&str>, parties: &[ContactKey]) -> CaseKey {
    register.write(|t| {
        let case = t.insert_case(&new_case(case_no, case_type)).unwrap();
        for contact in parties {
            t.put_party(&party(case, *contact, "")).unwrap();
        }
        case
    })
}

for_each_store! {
    a_person_whom_the_source_delivered_is_seen,
    a_person_with_nothing_but_a_wish_is_seen,
    a_party_of_an_open_case_is_seen_with_its_type,
    others_are_not_seen,
    a_case_is_open_and_a_party_current_on_their_last_day,
    a_case_counts_once_however_many_roles_a_person_has_in_it,
    what_is_on_its_way_and_what_stands_against_it_are_seen,
    the_cases_of_a_number_that_was_replaced_count_for_the_valid_one,
    cases_follow_every_change_of_the_number_and_count_once,
    a_reference_that_is_ended_or_answered_replaces_nothing,
    the_same_persons_come_in_pages_of_any_size,
}

fn a_person_whom_the_source_delivered_is_seen(register: &mut Register) {
    register.apply(&new_contact(1, person("0001"), "A", "B"));
    let delivered = SubscriptionFacts { src_subscribed: true, updated_at: Some(NOW.into()), ..nothing("0001", 1) };
    assert!(facts(register) == [delivered.clone()]);
    register.write(|t| t.set_src_subscribed(SOURCE, &[(key("0001"), 1, false)], None).unwrap());
    assert!(facts(register) == [SubscriptionFacts { src_subscribed: false, ..delivered }]);
}

fn a_person_with_nothing_but_a_wish_is_seen(register: &mut Register) {
    stranger(register, 1, "0001");
    stranger(register, 2, "0002");
    register.write(|t| t.set_wishes(SOURCE, &[(key("0001"), 1, Some(true)), (key("0002"), 2, Some(false))]).unwrap());
    let wished = |number, contact, wish| SubscriptionFacts { wish: Some(wish), ..nothing(number, contact) };
    assert!(facts(register) == [wished("0001", 1, true), wished("0002", 2, false)]);
}

fn a_party_of_an_open_case_is_seen_with_its_type(register: &mut Register) {
    stranger(register, 1, "0001");
    stranger(register, 2, "0002");
    register.apply(&new_contact(3, person("0003"), "A", "B"));
    open_case(register, "1", Some("Børnesag"), &[1, 3]);
    open_case(register, "2", None, &[2, 3]);
    open_case(register, "3", Some("Børnesag"), &[3]);
    let cases = |types: &[&str]| types.iter().copied().map(CompactString::from).collect::<Vec<_>>();
    let of_case = |number, contact, types| SubscriptionFacts { open_cases: cases(types), ..nothing(number, contact) };
    let delivered = SubscriptionFacts {
        src_subscribed: true,
        updated_at: Some(NOW.into()),
        ..of_case("0003", 3, &["Børnesag", "", "Børnesag"])
    };
    assert!(facts(register) == [of_case("0001", 1, &["Børnesag"]), of_case("0002", 2, &[""]), delivered]);
}

fn others_are_not_seen(register: &mut Register) {
    let mut changes = Changes::of(SOURCE);
    changes.contacts_new = vec![
        contact(1, person("0001"), "A", "B"),
        ContactRow { placeholder: true, ..contact(2, person("0002"), "A", "B") },
        // No person with a CPR number, though party of an open case.
        contact(3, id('P', "9999990003"), "A", "B"),
        contact(4, person("0004"), "A", "B"),
    ];
    register.apply(&changes);
    let closed = open_case(register, "closed", None, &[1]);
    register.write(|t| t.set_case_state(closed, false, None).unwrap());
    open_case(register, "open", None, &[3]);
    register.write(|t| {
        // Orders and blocks alone do not make a person one whom the rules look at.
        let run = new_run(t);
        let orders = [new_order("0004", 4, OrderAction::Subscribe, OrderState::Sent)];
        t.insert_orders(SOURCE, run, &orders, NOW).unwrap();
        t.put_block(SOURCE, &key("0004"), "x", NOW).unwrap();
    });
    assert!(facts(register).is_empty());
}

/// Days around today: yesterday, today and tomorrow.
const DAYS: [&str; 3] = ["2026-01-04", "2026-01-05", "2026-01-06"];

fn a_case_is_open_and_a_party_current_on_their_last_day(register: &mut Register) {
    let days = || std::iter::once(None).chain(DAYS.map(Some));
    let mut nth = 0;
    let mut expected = Vec::new();
    for is_open in [true, false] {
        for case_end in days() {
            for (start, end) in days().flat_map(|start| days().map(move |end| (start, end))) {
                nth += 1;
                let number = format!("{nth:04}");
                stranger(register, nth, &number);
                let case = open_case(register, &number, None, &[]);
                let iso = |day: Option<&str>| day.map(|day| PartialDate::from_iso(day.as_bytes()).unwrap());
                register.write(|t| {
                    t.set_case_state(case, is_open, iso(case_end)).unwrap();
                    let row = Party { start_date: iso(start), end_date: iso(end), ..party(case, nth, "") };
                    t.put_party(&row).unwrap();
                });
                let case_is_open = is_open && case_end.is_none_or(|end| end >= TODAY);
                let is_current = start.is_none_or(|start| start <= TODAY) && end.is_none_or(|end| end >= TODAY);
                if case_is_open && is_current {
                    expected.push(number);
                }
            }
        }
    }
    assert_eq!(expected.len(), 27);
    assert_eq!(numbers(&facts(register)), expected);
}

fn a_case_counts_once_however_many_roles_a_person_has_in_it(register: &mut Register) {
    stranger(register, 1, "0001");
    let case = open_case(register, "1", Some("A"), &[1]);
    let second = open_case(register, "2", Some("B"), &[]);
    register.write(|t| {
        t.put_party(&party(case, 1, "Ansøger")).unwrap();
        t.put_party(&party(case, 1, "Værge")).unwrap();
        // A role in the past beside one in force.
        t.put_party(&Party { end_date: some("2025-12-31"), ..party(second, 1, "Værge") }).unwrap();
        t.put_party(&party(second, 1, "Ansøger")).unwrap();
    });
    assert_eq!(facts(register)[0].open_cases, ["A", "B"]);
}

fn what_is_on_its_way_and_what_stands_against_it_are_seen(register: &mut Register) {
    for (contact_key, number) in [(1, "0001"), (2, "0002"), (3, "0003")] {
        register.apply(&new_contact(contact_key, person(number), "A", "B"));
    }
    let keys = register.write(|t| {
        let run = new_run(t);
        let orders = [
            new_order("0001", 1, OrderAction::Subscribe, OrderState::Done),
            new_order("0001", 1, OrderAction::Unsubscribe, OrderState::Planned),
            new_order("0001", 1, OrderAction::Subscribe, OrderState::Refused),
            new_order("0002", 2, OrderAction::Unsubscribe, OrderState::Sent),
            new_order("0002", 2, OrderAction::Subscribe, OrderState::Sent),
            new_order("0003", 3, OrderAction::Subscribe, OrderState::Done),
        ];
        t.put_block(SOURCE, &key("0002"), "afklares", NOW).unwrap();
        t.insert_orders(SOURCE, run, &orders, NOW).unwrap()
    });
    let pending = |register: &Register| facts(register).iter().map(|person| person.pending).collect::<Vec<_>>();
    // Of several, what was asked for last.
    assert_eq!(pending(register), [Some(OrderAction::Unsubscribe), Some(OrderAction::Subscribe), None]);
    let blocked: Vec<_> = facts(register).into_iter().map(|person| person.blocked).collect();
    assert_eq!(blocked, [None, Some("afklares".to_owned()), None]);
    register.write(|t| t.move_orders(&[keys[1], keys[4]], OrderState::Done, None).unwrap());
    assert_eq!(pending(register), [None, Some(OrderAction::Unsubscribe), None]);
}

/// References of `GældendePNR`, from the first of each pair to the second.
fn replaced(register: &mut Register, pairs: &[(ContactKey, ContactKey)]) {
    let mut changes = Changes::of(SOURCE);
    changes.parts_new = pairs.iter().map(|(old, valid)| part(*old, Role::GaeldendePnr, *valid, 1)).collect();
    register.apply(&changes);
}

/// The last four digits, how many cases, and the last four digits of the number that took this one's place.
fn seen(facts: &[SubscriptionFacts]) -> Vec<(String, usize, String)> {
    let digits = |number: &CompactString| number.strip_prefix("999999").unwrap().to_owned();
    let seen = |person: &SubscriptionFacts| {
        let valid = person.replaced_by.as_ref().map(digits).unwrap_or_default();
        (digits(&person.source_key), person.open_cases.len(), valid)
    };
    facts.iter().map(seen).collect()
}

fn expected<const N: usize>(persons: [(&str, usize, &str); N]) -> [(String, usize, String); N] {
    persons.map(|(number, cases, valid)| (number.to_owned(), cases, valid.to_owned()))
}

fn the_cases_of_a_number_that_was_replaced_count_for_the_valid_one(register: &mut Register) {
    register.apply(&new_contact(1, person("0001"), "A", "B"));
    // Nobody has asked about the valid number yet, and the numbers run against each other.
    for (contact, number) in [(2, "0003"), (3, "0002"), (4, "0004")] {
        stranger(register, contact, number);
    }
    open_case(register, "1", Some("Børnesag"), &[1, 3]);
    replaced(register, &[(1, 2)]);
    assert_eq!(seen(&facts(register)), expected([("0001", 1, "0003"), ("0002", 1, ""), ("0003", 1, "")]));
    let valid = SubscriptionFacts { open_cases: vec!["Børnesag".into()], ..nothing("0003", 2) };
    assert!(facts(register)[2] == valid);
    // Page by page as well, where the two numbers stand apart.
    assert_eq!(seen(&facts_after(register, Some("9999990002"), 1)), expected([("0003", 1, "")]));
    // Without a case, the valid number alone tells that there was another.
    register.write(|t| {
        let case = t.case("1").unwrap().unwrap();
        t.set_case_state(case.key, false, None).unwrap();
    });
    assert_eq!(seen(&facts(register)), expected([("0001", 0, "0003"), ("0003", 0, "")]));
}

fn cases_follow_every_change_of_the_number_and_count_once(register: &mut Register) {
    for (contact, number) in [(1, "0001"), (2, "0002"), (3, "0003"), (4, "0004")] {
        stranger(register, contact, number);
    }
    open_case(register, "1", None, &[1, 2, 3]);
    open_case(register, "2", Some("A"), &[1, 4]);
    replaced(register, &[(1, 2), (2, 3), (4, 3)]);
    let persons = [("0001", 2, "0002"), ("0002", 2, "0003"), ("0003", 2, ""), ("0004", 1, "0003")];
    assert_eq!(seen(&facts(register)), expected(persons));
    // Whoever says that one number was replaced by several says the lowest here; the cases count for each of them.
    stranger(register, 5, "0000");
    replaced(register, &[(4, 5)]);
    assert_eq!(seen(&facts(register))[..1], expected([("0000", 1, "")]));
    assert_eq!(seen(&facts(register))[4..], expected([("0004", 1, "0000")]));
}

fn a_reference_that_is_ended_or_answered_replaces_nothing(register: &mut Register) {
    for (contact, number) in [(1, "0001"), (2, "0002"), (3, "0003"), (4, "0004")] {
        stranger(register, contact, number);
    }
    let mut company = Changes::of(SOURCE);
    company.contacts_new = vec![contact(9, id('J', "99999999"), "A", "B")];
    register.apply(&company);
    open_case(register, "1", None, &[1, 3]);
    // Two that refer to each other: CPR has taken a change back, and one of them was not delivered again. Which is valid
    // nobody knows, so both are kept. Another role, another kind of contact and a contact itself say nothing.
    replaced(register, &[(1, 2), (2, 1), (3, 9), (3, 3)]);
    let mut others = Changes::of(SOURCE);
    others.parts_new = vec![part(3, Role::Foraeldre, 4, 1)];
    register.apply(&others);
    assert_eq!(seen(&facts(register)), expected([("0001", 1, ""), ("0002", 1, ""), ("0003", 1, "")]));
    let mut ended = Changes::of(SOURCE);
    ended.parts_changed = vec![PartRow { end_date: some("2026-01-04"), ..part(2, Role::GaeldendePnr, 1, 1) }];
    register.apply(&ended);
    assert_eq!(seen(&facts(register)), expected([("0001", 1, "0002"), ("0002", 1, ""), ("0003", 1, "")]));
    ended.parts_changed = vec![PartRow { end_date: some("2026-01-04"), ..part(1, Role::GaeldendePnr, 2, 1) }];
    register.apply(&ended);
    assert_eq!(seen(&facts(register)), expected([("0001", 1, ""), ("0003", 1, "")]));
}

fn the_same_persons_come_in_pages_of_any_size(register: &mut Register) {
    // Of thirty persons every third is seen: delivered, wished for, or party of an open case in turn. Keys run against
    // numbers.
    let mut changes = Changes::of(SOURCE);
    changes.contacts_new = (1..=30).map(|key| contact(key, person(&format!("{:04}", 31 - key)), "A", "B")).collect();
    register.apply(&changes);
    let seen: Vec<(ContactKey, String)> = (1..=30).step_by(3).map(|nth| (31 - nth, format!("{nth:04}"))).collect();
    for (nth, (contact, number)) in seen.iter().enumerate() {
        match nth % 3 {
            0 => register.write(|t| t.set_src_subscribed(SOURCE, &[(key(number), *contact, true)], None).unwrap()),
            1 => register.write(|t| t.set_wishes(SOURCE, &[(key(number), *contact, Some(true))]).unwrap()),
            _ => drop(open_case(register, number, None, &[*contact])),
        }
    }
    let whole = facts(register);
    assert_eq!(numbers(&whole), seen.iter().map(|(_, number)| number.as_str()).collect::<Vec<_>>());
    for limit in [1, 2, 3, 9, 10, 11] {
        let mut found: Vec<SubscriptionFacts> = Vec::new();
        loop {
            let after = found.last().map(|person| person.source_key.clone());
            let page = facts_after(register, after.as_deref(), limit);
            found.extend(page.iter().cloned());
            if page.len() < usize::try_from(limit).unwrap() {
                break;
            }
        }
        assert!(found == whole, "pages of {limit}");
    }
    assert!(facts_after(register, None, 0).is_empty());
    assert!(facts_after(register, Some("9999990029"), 10).is_empty());
    // A number that nobody has is a place to go on from, too.
    assert_eq!(numbers(&facts_after(register, Some("9999990026x"), 10)), ["0028"]);
}

/// SQLite keeps any text in the place of a date. The rules must see the same days as the commands.
#[test]
fn dates_that_a_case_system_wrote_into_sqlite_in_its_own_form_are_read_alike_everywhere() {
    let mut register = Register::on_sqlite();
    let today = date(TODAY);
    let texts = [
        "",
        "2026-01-04",
        "2026-01-04 23:59:59",
        "2026-01-05 00:00:00",
        "2026-01-05T12:00:00Z",
        "2026-01-06 00:00",
        "x",
    ];
    let forms = || texts.iter().enumerate();
    let mut nth = 0;
    let (mut by_rows, mut expected) = (Vec::new(), Vec::new());
    for ((case_end, start), end) in forms().flat_map(|a| forms().flat_map(move |b| forms().map(move |c| ((a, b), c)))) {
        nth += 1;
        let number = format!("{nth:04}");
        stranger(&mut register, nth, &number);
        register.sql(&format!(
            "INSERT INTO case_file (case_key, case_no, end_date) VALUES ({nth}, '{nth}', '{}');
             INSERT INTO case_party (case_key, contact_key, start_date, end_date) VALUES ({nth}, {nth}, '{}', '{}')",
            case_end.1, start.1, end.1
        ));
        // No end, today or tomorrow; no start, yesterday or today.
        let goes_on = |(at, _): (usize, &&str)| matches!(at, 0 | 3..);
        let has_begun = |(at, _): (usize, &&str)| at != 5;
        if goes_on(case_end) && goes_on(end) && has_begun(start) {
            expected.push(number.clone());
        }
        let (case, parties) = register.try_out(|t| {
            let case = t.case(&nth.to_string()).unwrap().unwrap();
            (case.clone(), t.parties(case.key).unwrap())
        });
        if case.is_open_on(today) && parties[0].is_current_on(today) {
            by_rows.push(number);
        }
    }
    let found = facts(&register);
    assert_eq!(numbers(&found), expected);
    assert!(found.iter().all(|person| person.open_cases.len() == 1));
    assert_eq!(by_rows, expected);
}
