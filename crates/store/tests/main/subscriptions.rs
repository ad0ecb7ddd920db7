//! Wishes, and what CPR's state is.

use compact_str::CompactString;
use kartotek_register::contact::{ContactKey, ContactStatement, ContactUpdate, Scope, SourceId, SourceStamp, Stated};
use kartotek_register::import::{Batch, Changes, ImportOptions, Importer, Item, MappedAgain, Outcome, Touch};
use kartotek_register::ports::{OrderAction, OrderState, Rewish, RunKey, SourceCard, SystemClock, Transaction, Wish};

use crate::fixture::{Register, new_run};
use crate::orders::new_order;
use crate::rows::*;

pub(crate) const LATER: &str = "2026-02-01T23:59:59Z";

pub(crate) fn key(number: &str) -> CompactString {
    person(number).name_code
}

/// A contact that no source has delivered.
pub(crate) fn stranger(register: &mut Register, key: ContactKey, number: &str) {
    let mut changes = Changes::of(SOURCE);
    changes.contacts_new = vec![contact(key, person(number), "A", "B")];
    register.apply(&changes);
}

fn wish(number: &str, contact: ContactKey, src_subscribed: bool, wish: bool) -> Wish {
    Wish { source_key: key(number), contact, src_subscribed, wish }
}

fn wishes(register: &Register) -> Vec<Wish> {
    register.reader().wishes(SOURCE, None, 100).unwrap()
}

fn record(register: &Register, number: &str) -> SourceCard {
    register.card(&person(number)).sources.into_iter().next().unwrap()
}

/// What `source_record` says about subscription: the state, and the wish.
fn subscription(register: &Register, number: &str) -> (String, Option<String>) {
    let record = record(register, number);
    (record.src_subscribed, record.subscribed)
}

fn says(state: &str, wish: Option<&str>) -> (String, Option<String>) {
    (state.into(), wish.map(Into::into))
}

for_each_store! {
    wishes_are_set_changed_and_cleared,
    a_wish_about_somebody_who_never_came_makes_a_row_without_data,
    clearing_a_wish_makes_no_row,
    wishes_come_page_by_page_by_key,
    of_several_wishes_about_one_person_the_last_counts,
    a_new_state_at_the_source_settles_the_wish,
    a_wish_changes_unless_somebody_has_changed_it_before,
    deliveries_from_before_a_cancellation_do_not_undo_it,
    an_import_fills_the_row_of_a_wish_and_leaves_the_wish,
    an_import_leaves_the_wish_of_a_row_that_it_changes_or_touches,
    what_was_asked_about_a_person_goes_when_the_person_is_erased,
}

fn wishes_are_set_changed_and_cleared(register: &mut Register) {
    register.apply(&new_contact(1, person("0001"), "A", "B"));
    register.apply(&new_contact(2, person("0002"), "A", "B"));
    register.write(|t| t.set_wishes(SOURCE, &[(key("0002"), 2, Some(true)), (key("0001"), 1, Some(false))]).unwrap());
    assert!(wishes(register) == [wish("0001", 1, true, false), wish("0002", 2, true, true)]);
    assert_eq!(subscription(register, "0001"), says("J", Some("N")));
    register.write(|t| t.set_wishes(SOURCE, &[(key("0001"), 1, Some(true)), (key("0002"), 2, None)]).unwrap());
    assert!(wishes(register) == [wish("0001", 1, true, true)]);
    assert_eq!(subscription(register, "0002"), says("J", None));
    register.try_out(|t| t.set_wishes(SOURCE, &[(key("0001"), 1, None)]).unwrap());
    assert_eq!(wishes(register).len(), 1);
    // The rest of the row is as the import left it.
    let states = register.try_out(|t| t.states(SOURCE, &[1]).unwrap());
    assert!(states[0].source == Some(source(1, &person("0001"))));
    assert_eq!(record(register, "0001").source_updated_at.as_deref(), Some(NOW));
}

fn a_wish_about_somebody_who_never_came_makes_a_row_without_data(register: &mut Register) {
    stranger(register, 1, "0001");
    register.write(|t| t.set_wishes(SOURCE, &[(key("0001"), 1, Some(true))]).unwrap());
    assert!(wishes(register) == [wish("0001", 1, false, true)]);
    let record = record(register, "0001");
    assert_eq!((record.source_stamp, record.source_updated_at), (None, None));
    let known = register.reader().known(SOURCE, &[key("0001")]).unwrap()[0].unwrap();
    assert_eq!((known.stamp, known.content_hash, known.mapping_hash, known.edited), (SourceStamp::NEVER, 0, 0, false));
    let row = register.try_out(|t| t.sources(SOURCE, &[key("0001")]).unwrap()).pop().unwrap().unwrap();
    assert_eq!((row.contact, row.stamp, row.stated, row.was_delivered()), (1, SourceStamp::NEVER, 0, false));
    let states = register.try_out(|t| t.states(SOURCE, &[1]).unwrap());
    assert!(states[0].source == Some(row));
}

fn clearing_a_wish_makes_no_row(register: &mut Register) {
    stranger(register, 1, "0001");
    register.write(|t| t.set_wishes(SOURCE, &[(key("0001"), 1, None)]).unwrap());
    assert!(register.card(&person("0001")).sources.is_empty());
    register.write(|t| t.set_wishes(SOURCE, &[]).unwrap());
}

fn wishes_come_page_by_page_by_key(register: &mut Register) {
    let mut changes = Changes::of(SOURCE);
    // Keys and numbers run against each other.
    changes.contacts_new = (1..=9).map(|key| contact(key, person(&format!("{:04}", 10 - key)), "A", "B")).collect();
    register.apply(&changes);
    let all: Vec<_> = (1..=9).map(|nth| (key(&format!("{nth:04}")), 10 - nth, Some(nth % 2 == 0))).collect();
    register.write(|t| t.set_wishes(SOURCE, &all).unwrap());
    register.write(|t| t.set_wishes(SOURCE, &[(key("0004"), 6, None)]).unwrap());
    let mut reader = register.reader();
    for limit in [1, 3, 4, 8, 9] {
        let mut found: Vec<Wish> = Vec::new();
        loop {
            let after = found.last().map(|wish| wish.source_key.clone());
            let page = reader.wishes(SOURCE, after.as_deref(), limit).unwrap();
            if page.is_empty() {
                break;
            }
            assert!(page.len() <= usize::try_from(limit).unwrap());
            found.extend(page);
        }
        let numbers: Vec<_> = found.iter().map(|wish| wish.source_key.clone()).collect();
        let expected: Vec<_> =
            all.iter().filter(|(_, contact, _)| *contact != 6).map(|(key, ..)| key.clone()).collect();
        assert_eq!(numbers, expected, "pages of {limit}");
    }
    assert!(reader.wishes(SOURCE, None, 0).unwrap().is_empty());
    assert!(reader.wishes(SourceId::HAND, None, 10).unwrap().is_empty());
}

fn of_several_wishes_about_one_person_the_last_counts(register: &mut Register) {
    stranger(register, 1, "0001");
    stranger(register, 2, "0002");
    let several = [
        (key("0001"), 1, Some(true)),
        (key("0002"), 2, None),
        (key("0001"), 1, Some(false)),
        (key("0002"), 2, Some(true)),
        (key("0002"), 2, Some(true)),
    ];
    register.write(|t| t.set_wishes(SOURCE, &several).unwrap());
    assert!(wishes(register) == [wish("0001", 1, false, false), wish("0002", 2, false, true)]);
    let states = [(key("0001"), 1, true), (key("0001"), 1, false), (key("0002"), 2, false), (key("0002"), 2, true)];
    register.write(|t| t.set_src_subscribed(SOURCE, &states, None).unwrap());
    assert_eq!(subscription(register, "0001"), says("N", None));
    assert_eq!(subscription(register, "0002"), says("J", None));
}

fn a_new_state_at_the_source_settles_the_wish(register: &mut Register) {
    register.apply(&new_contact(1, person("0001"), "A", "B"));
    stranger(register, 2, "0002");
    stranger(register, 3, "0003");
    stranger(register, 4, "0004");
    register.write(|t| {
        let wishes = [(key("0001"), 1, Some(false)), (key("0002"), 2, Some(true)), (key("0004"), 4, Some(true))];
        t.set_wishes(SOURCE, &wishes).unwrap();
        let states = [(key("0001"), 1, false), (key("0002"), 2, true), (key("0003"), 3, true), (key("0004"), 4, false)];
        t.set_src_subscribed(SOURCE, &states, None).unwrap();
        t.set_src_subscribed(SOURCE, &[], None).unwrap();
    });
    assert!(wishes(register) == [wish("0004", 4, false, true)], "a wish that it does not fulfil stays");
    assert_eq!(subscription(register, "0001"), says("N", None));
    assert_eq!(subscription(register, "0002"), says("J", None));
    assert_eq!(subscription(register, "0003"), says("J", None));
    assert_eq!(record(register, "0001").source_updated_at.as_deref(), Some(NOW), "nothing was taken in");
    assert_eq!(record(register, "0003").source_updated_at, None);
}

fn update(number: &str, subscribed: bool) -> ContactUpdate {
    ContactUpdate {
        id: person(number),
        stamp: stamp("2026-01-05"),
        // The worst case: the same as in a row without data.
        content_hash: 0,
        mapping_hash: 0,
        subscribed,
        scope: Scope::default(),
        contact: ContactStatement { name1: Stated::Value("Åse".into(), 8), ..ContactStatement::default() },
        infos: Vec::new(),
        dates: Vec::new(),
        address: Stated::Silent,
        other_addresses: Vec::new(),
        parts: Vec::new(),
        protections: Vec::new(),
        status_date: None,
        civil_status_date: None,
    }
}

fn import(transaction: &mut dyn Transaction, run: RunKey, update: ContactUpdate) -> Vec<Outcome> {
    let batch = Batch { run, delivery: None, map_again: &|_| MappedAgain::default() };
    let mut importer = Importer::new(ImportOptions::default(), &SystemClock, false);
    importer.take(transaction, &[Item::Update(Box::new(update))], &batch).unwrap().outcomes
}

fn a_wish_changes_unless_somebody_has_changed_it_before(register: &mut Register) {
    register.apply(&new_contact(1, person("0001"), "A", "B"));
    stranger(register, 2, "0002");
    register.write(|t| t.set_wishes(SOURCE, &[(key("0001"), 1, Some(true))]).unwrap());
    let change = |register: &mut Register, number: &str, was, becomes| {
        let wishes = [Rewish { source_key: key(number), was, becomes }];
        register.write(|t| t.rewish(SOURCE, &wishes).unwrap());
        wishes_of(register)
    };
    let (j, n) = ([("0001", true)].map(keyed), [("0001", false)].map(keyed));
    assert_eq!(change(register, "0001", Some(false), None), j);
    assert_eq!(change(register, "0001", None, Some(false)), j);
    assert_eq!(change(register, "0001", Some(true), Some(false)), n);
    assert_eq!(change(register, "0001", Some(false), None), []);
    assert_eq!(change(register, "0001", None, Some(true)), j);
    assert_eq!(change(register, "0002", None, Some(true)), j, "no row is made");
    register.write(|t| t.rewish(SOURCE, &[]).unwrap());
}

fn keyed((number, wish): (&str, bool)) -> (CompactString, bool) {
    (key(number), wish)
}

fn wishes_of(register: &Register) -> Vec<(CompactString, bool)> {
    wishes(register).into_iter().map(|wish| (wish.source_key, wish.wish)).collect()
}

/// What a delivery of a day makes of the state of a person whom the source has delivered before.
fn state_after(register: &mut Register, produced: &str, subscribed: bool, content_hash: i64) -> String {
    let delivered = ContactUpdate { stamp: stamp(produced), content_hash, ..update("0001", subscribed) };
    register.write(|t| {
        let run = new_run(t);
        import(t, run, delivered)
    });
    record(register, "0001").src_subscribed
}

fn deliveries_from_before_a_cancellation_do_not_undo_it(register: &mut Register) {
    assert_eq!(state_after(register, "2026-01-05", true, 0), "J");
    let cancel = |register: &mut Register| {
        let states = [(key("0001"), record_contact(register), false)];
        register.write(|t| t.set_src_subscribed(SOURCE, &states, some("2026-01-09")).unwrap());
    };
    cancel(register);
    let row = register.try_out(|t| t.sources(SOURCE, &[key("0001")]).unwrap()).pop().unwrap().unwrap();
    assert_eq!(row.deliveries_from, some("2026-01-09"));
    assert_eq!(state_after(register, "2026-01-07", true, 0), "N", "the same data, older than the cancellation");
    assert_eq!(state_after(register, "2026-01-08", true, 1), "N", "other data, older than the cancellation");
    assert_eq!(state_after(register, "2026-01-09", false, 1), "N", "somebody has looked the person up");
    assert_eq!(state_after(register, "2026-01-10", true, 1), "J", "the same data, delivered after it");
    cancel(register);
    assert_eq!(state_after(register, "2026-01-10", true, 1), "N", "what was imported changes nothing");
    assert_eq!(state_after(register, "2026-01-11", true, 2), "J", "other data, delivered after it");
    // Somebody is to be subscribed from a day on.
    cancel(register);
    register.write(|t| t.set_deliveries_from(SOURCE, &[key("0001"), key("0002")], date("2026-01-13")).unwrap());
    assert_eq!(state_after(register, "2026-01-12", true, 2), "N");
    assert_eq!(state_after(register, "2026-01-13", true, 2), "J");
}

fn record_contact(register: &Register) -> ContactKey {
    register.card(&person("0001")).contact_key
}

fn an_import_fills_the_row_of_a_wish_and_leaves_the_wish(register: &mut Register) {
    for (contact_key, number, subscribed) in [(1, "0001", true), (2, "0002", false)] {
        let mut changes = Changes::of(SOURCE);
        changes.contacts_new = vec![contact(contact_key, person(number), "Person med cprnr", "- ikke importeret")];
        changes.contacts_new[0].placeholder = true;
        register.apply(&changes);
        register.write(|t| t.set_wishes(SOURCE, &[(key(number), contact_key, Some(true))]).unwrap());

        let outcomes = register.write(|t| {
            let run = new_run(t);
            import(t, run, update(number, subscribed))
        });
        assert_eq!(outcomes, [Outcome::Created]);
        let card = register.card(&person(number));
        assert_eq!((card.contact_key, card.name1.as_str(), card.placeholder), (contact_key, "Åse", false));
        let [record] = card.sources.as_slice() else { panic!("expected one source record") };
        assert_eq!(record.source_stamp.as_deref(), Some("2026-01-05 2026-01-04T15:30"));
        assert!(record.source_updated_at.is_some());
        assert_eq!(subscription(register, number), says(if subscribed { "J" } else { "N" }, Some("J")));
        let history = register.reader().history(&person(number)).unwrap();
        assert_eq!(history.last().unwrap().what, "completed");

        // From now on it is a row like any other.
        let again = register.write(|t| {
            let run = new_run(t);
            import(t, run, update(number, false))
        });
        assert_eq!(again, [Outcome::Unchanged]);
    }
}

fn an_import_leaves_the_wish_of_a_row_that_it_changes_or_touches(register: &mut Register) {
    register.apply(&new_contact(1, person("0001"), "A", "B"));
    register.write(|t| t.set_wishes(SOURCE, &[(key("0001"), 1, Some(false))]).unwrap());
    let mut changes = Changes::of(SOURCE);
    changes.sources_changed = vec![source(1, &person("0001"))];
    let touch = Touch { source_key: key("0001"), stamp: stamp("2026-02-01"), src_subscribed: true };
    changes.touched = vec![touch];
    register.write(|t| t.apply(&changes, 1, None, LATER).unwrap());
    assert_eq!(record(register, "0001").source_updated_at.as_deref(), Some(LATER));
    assert_eq!(subscription(register, "0001"), says("J", Some("N")));
}

pub(crate) fn erase(register: &Register, number: &str) {
    match register.memory() {
        Some(memory) => memory.erase_contact(&person(number)),
        None => register.sql(&format!("DELETE FROM contact WHERE name_type = 'C' AND name_code = '{}'", key(number))),
    }
}

fn what_was_asked_about_a_person_goes_when_the_person_is_erased(register: &mut Register) {
    let (_, changes) = full_person();
    register.apply(&changes);
    register.apply(&new_contact(5, person("0005"), "A", "B"));
    // A company with the same number is somebody else.
    let mut company = Changes::of(SOURCE);
    company.contacts_new = vec![contact(6, id('J', "9999990005"), "A", "")];
    register.apply(&company);
    let case = register.write(|t| {
        let run = new_run(t);
        let orders = [("0001", 1), ("0005", 5), ("0001", 1)]
            .map(|(number, contact)| new_order(number, contact, OrderAction::Subscribe, OrderState::Done));
        t.insert_orders(SOURCE, run, &orders, NOW).unwrap();
        t.set_wishes(SOURCE, &[(key("0001"), 1, Some(true)), (key("0005"), 5, Some(true))]).unwrap();
        t.put_block(SOURCE, &key("0001"), "x", NOW).unwrap();
        t.put_block(SOURCE, &key("0005"), "x", NOW).unwrap();
        let case = t.insert_case(&crate::cases::new_case("1", None)).unwrap();
        t.put_party(&crate::cases::party(case, 1, "Ansøger")).unwrap();
        t.put_party(&crate::cases::party(case, 5, "Ansøger")).unwrap();
        case
    });
    erase(register, "0001");
    match register.memory() {
        Some(memory) => memory.erase_contact(&id('J', "9999990005")),
        None => register.sql("DELETE FROM contact WHERE contact_key = 6"),
    }
    let mut reader = register.reader();
    assert!(reader.contact(&person("0001")).unwrap().is_none());
    assert!(reader.known(SOURCE, &[key("0001")]).unwrap()[0].is_none());
    let orders = reader.orders(SOURCE, None, 10).unwrap();
    assert!(orders.iter().map(|order| order.contact).eq([5]));
    assert!(reader.blocks(SOURCE).unwrap().iter().map(|block| &block.source_key).eq([&key("0005")]));
    assert!(reader.wishes(SOURCE, None, 10).unwrap() == [wish("0005", 5, true, true)]);
    let parties = register.try_out(|t| t.parties(case).unwrap());
    assert!(parties.iter().map(|party| party.contact).eq([5]));
    // Nobody refers to the erased person any more, and a person of that number is somebody new.
    assert!(register.card(&person("0002")).parts.is_empty());
    register.apply(&new_contact(7, person("0001"), "A", "B"));
    let card = register.card(&person("0001"));
    assert!(card.infos.is_empty() && card.dates.is_empty() && card.addresses.is_empty() && card.protections.is_empty());
}

for_each_database! {
    a_wish_that_somebody_writes_by_hand_is_read,
    words_of_no_version_are_refused,
}

/// The statement of docs/DATABASE.md for a person whom CPR may or may not have delivered.
const WISH: &str = "
    INSERT INTO source_record (source, source_key, contact_key, subscribed)
    SELECT 'CPR', name_code, contact_key, 'J' FROM contact WHERE name_type = 'C'
    ON CONFLICT (source, source_key) DO UPDATE SET subscribed = excluded.subscribed";

fn a_wish_that_somebody_writes_by_hand_is_read(register: &mut Register) {
    register.apply(&new_contact(1, person("0001"), "A", "B"));
    stranger(register, 2, "0002");
    register.sql(WISH);
    assert!(wishes(register) == [wish("0001", 1, true, true), wish("0002", 2, false, true)]);
    let known = register.reader().known(SOURCE, &[key("0001"), key("0002")]).unwrap();
    let known: Vec<_> = known.iter().map(|known| known.unwrap()).collect();
    assert_eq!(known[0].stamp, stamp("2026-01-05"));
    assert_eq!(known[1].stamp, SourceStamp::NEVER);
    assert!(!known[0].edited, "a wish is no edit");
    register.sql("UPDATE source_record SET subscribed = 'N' WHERE source = 'CPR' AND source_key = '9999990001'");
    assert_eq!(subscription(register, "0001"), says("J", Some("N")));
    let outcomes = register.write(|t| {
        let run = new_run(t);
        import(t, run, update("0002", true))
    });
    assert_eq!(outcomes, [Outcome::Created]);
    assert_eq!(subscription(register, "0002"), says("J", Some("J")));
}

fn words_of_no_version_are_refused(register: &mut Register) {
    stranger(register, 1, "0001");
    register.write(|t| new_run(t));
    for sql in [
        "INSERT INTO source_record (source, source_key, contact_key, subscribed) VALUES ('CPR', '1', 1, 'Y')",
        "INSERT INTO source_record (source, source_key, contact_key, src_subscribed) VALUES ('CPR', '1', 1, NULL)",
        "INSERT INTO subscription_order
             (subscription_order, source, source_key, contact_key, action, reason, state, run, created_at)
         VALUES (1, 'CPR', '1', 1, 'XX', '', 'sent', 1, '2026-01-05T08:00:00Z')",
        "INSERT INTO subscription_order
             (subscription_order, source, source_key, contact_key, action, reason, state, run, created_at)
         VALUES (1, 'CPR', '1', 1, 'OP', '', 'lost', 1, '2026-01-05T08:00:00Z')",
    ] {
        assert!(register.try_sql(sql).is_err(), "{sql}");
    }
}

/// A case system goes on with its work while an import holds the writer's place, and the import leaves what it wrote.
#[test]
fn wishes_and_cases_on_postgres_do_not_wait_for_a_batch() {
    let mut register = Register::on_postgres();
    register.apply(&new_contact(1, person("0001"), "A", "B"));
    let mut writer = register.open_again();
    let mut batch = writer.begin().unwrap();
    batch.states(SOURCE, &[1]).unwrap();
    let tool = register.postgres_session();
    tool.execute(
        "SET lock_timeout = '5s';
         UPDATE source_record SET subscribed = 'N' WHERE source = 'CPR' AND source_key = '9999990001';
         INSERT INTO case_file (case_key, case_no) VALUES (1, 'S-1');
         INSERT INTO case_party (case_key, contact_key) VALUES (1, 1);
         UPDATE case_file SET state = 'closed' WHERE case_key = 1;
         DELETE FROM case_party",
    )
    .unwrap();
    let mut changes = Changes::of(SOURCE);
    changes.sources_changed = vec![source(1, &person("0001"))];
    batch.apply(&changes, 1, None, LATER).unwrap();
    batch.commit().unwrap();
    assert_eq!(subscription(&register, "0001"), says("J", Some("N")));
    assert_eq!(record(&register, "0001").source_updated_at.as_deref(), Some(LATER));
}

/// Otherwise a batch that found no row would fail at the one that somebody made meanwhile, and one that has read
/// `src_subscribed` would write the old state back.
#[test]
fn new_rows_and_states_on_postgres_wait_for_the_batch_under_way() {
    for sql in [WISH, "UPDATE source_record SET src_subscribed = 'N' WHERE source_key = '9999990002'"] {
        let mut register = Register::on_postgres();
        stranger(&mut register, 1, "0001");
        register.apply(&new_contact(2, person("0002"), "A", "B"));
        let mut writer = register.open_again();
        let mut batch = writer.begin().unwrap();
        let tool = register.postgres_session();
        std::thread::scope(|scope| {
            scope.spawn(move || tool.execute(sql).unwrap());
            register.wait_for_somebody_who_waits();
            let mut changes = Changes::of(SOURCE);
            changes.sources_new = vec![source(1, &person("0001"))];
            changes.sources_changed = vec![source(2, &person("0002"))];
            batch.apply(&changes, 1, None, NOW).unwrap();
            batch.commit().unwrap();
        });
        if sql == WISH {
            assert_eq!(subscription(&register, "0001"), says("J", Some("J")));
        } else {
            assert_eq!(subscription(&register, "0002"), says("N", None));
        }
    }
}
