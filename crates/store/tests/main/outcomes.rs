//! Runs, and what became of single persons in them.

use kartotek_register::contact::{ContactKey, SourceId};
use kartotek_register::import::{Changes, What};
use kartotek_register::ports::{
    Counts, DeliveryKey, Message, NewDelivery, NewRun, PersonInRun, PersonOutcome, RunCard, RunKey, RunState, Severity,
    StoreErrorKind, Transaction,
};

use crate::fixture::{Register, new_run};
use crate::ledger::new_delivery;
use crate::rows::*;
use crate::subscriptions::erase;

const LATER: &str = "2026-01-06T20:15:00Z";

/// A person, masked, with what is wrong.
fn message(severity: Severity, code: &str, contact: Option<ContactKey>) -> Message {
    Message {
        severity,
        code: code.into(),
        line: Some(17),
        byte: None,
        record: Some(8),
        person: Some("999999-****".into()),
        subject: None,
        contact,
        text: format!("what {code} means"),
    }
}

/// Journal entries about contacts that are there.
fn journal(t: &mut dyn Transaction, run: RunKey, delivery: Option<DeliveryKey>, entries: &[(ContactKey, What)]) {
    let mut changes = Changes::of(SOURCE);
    changes.journal = entries.iter().map(|(contact, what)| entry(*contact, *what, "[]")).collect();
    t.apply(&changes, run, delivery, NOW).unwrap();
}

/// Two runs, the first of which took a delivery in: persons 1 to 6 of every outcome, 7 as a placeholder, and somebody who is
/// not in the register. The second run found everybody unchanged.
fn two_runs(register: &mut Register) -> [RunKey; 2] {
    for contact in 1..=7 {
        register.apply(&new_contact(contact, person(&format!("000{contact}")), &format!("Navn{contact}"), "Bro"));
    }
    let first = register.write(|t| {
        let run = new_run(t);
        let delivery = Some(t.insert_delivery(&new_delivery(run)).unwrap());
        let entries = [(2, What::Updated), (7, What::Placeholder), (1, What::Created)];
        journal(t, run, delivery, &entries);
        t.insert_messages(run, delivery, &[message(Severity::Error, "first-pass", Some(6))]).unwrap();
        (run, delivery)
    });
    // Somebody else writes in between.
    register.write(|t| {
        let other = new_run(t);
        journal(t, other, None, &[(1, What::Updated)]);
        t.finish_run(other, RunState::Done, &Counts::default(), NOW).unwrap();
    });
    let (run, delivery) = first;
    register.write(|t| {
        journal(t, run, delivery, &[(3, What::Completed)]);
        let persons = [(5, PersonOutcome::Older), (4, PersonOutcome::Unchanged)];
        t.insert_run_persons(run, delivery, &persons).unwrap();
        t.insert_run_persons(run, delivery, &persons[1..]).unwrap();
        t.insert_run_persons(run, delivery, &[]).unwrap();
        let messages = [
            message(Severity::Remark, "strange", Some(3)),
            message(Severity::Error, "unknown", None),
            message(Severity::Remark, "odd", Some(4)),
            message(Severity::Remark, "more", Some(6)),
            // About nobody.
            Message { person: None, ..message(Severity::Error, "unreadable", None) },
            Message { person: None, ..message(Severity::Remark, "receipt-997", None) },
        ];
        t.insert_messages(run, delivery, &messages).unwrap();
        t.finish_run(run, RunState::Done, &Counts::default(), LATER).unwrap();
    });
    let second = register.write(|t| {
        let run = t.insert_run(&NewRun { kind: "cpr lookup", source: SOURCE, started_at: LATER.into() }).unwrap();
        let all: Vec<_> = (1..=6).map(|contact| (contact, PersonOutcome::Unchanged)).collect();
        t.insert_run_persons(run, None, &all).unwrap();
        run
    });
    [run, second]
}

/// Who, what became of them, and the codes of the messages.
fn told<'p>(persons: &'p [PersonInRun]) -> Vec<(Option<ContactKey>, PersonOutcome, Vec<&'p str>)> {
    let codes = |messages: &'p [Message]| messages.iter().map(|message| message.code.as_str()).collect();
    persons.iter().map(|person| (person.contact, person.outcome, codes(&person.messages))).collect()
}

for_each_store! {
    a_run_tells_what_it_did_and_which_delivery_it_took_in,
    a_run_that_went_on_with_a_delivery_tells_which,
    runs_come_latest_first_and_no_more_than_asked_for,
    the_persons_of_a_run_come_with_outcome_and_messages,
    the_persons_of_a_run_come_page_by_page,
    the_persons_of_one_outcome_come_page_by_page,
    the_persons_of_a_delivery_come_from_all_runs_that_took_it_in,
    a_run_that_was_killed_has_the_counts_of_what_is_in_the_register,
    a_run_that_is_under_way_tells_about_its_persons,
    the_runs_of_a_person_come_latest_first,
    a_person_who_was_erased_is_in_no_run,
    only_persons_who_were_passed_over_are_entered,
}

fn a_run_tells_what_it_did_and_which_delivery_it_took_in(register: &mut Register) {
    let counts =
        Counts { created: 1, updated: 2, unchanged: 3, older: 4, rejected: 5, placeholders: 6, remarks: 7_000_000_000 };
    let (run, delivery) = register.write(|t| {
        let run = new_run(t);
        (run, t.insert_delivery(&new_delivery(run)).unwrap())
    });
    let under_way = RunCard {
        run,
        kind: "import cpr".into(),
        started_at: "2026-01-05T07:59:00Z".into(),
        finished_at: None,
        state: RunState::Running,
        delivery: Some(delivery),
        name: Some("D260105.txt".into()),
        counts: Counts::default(),
    };
    assert_eq!(register.reader().run(run).unwrap(), Some(under_way.clone()));
    register.write(|t| t.finish_run(run, RunState::Done, &counts, NOW).unwrap());
    let done = RunCard { finished_at: Some(NOW.into()), state: RunState::Done, counts, ..under_way };
    assert_eq!(register.reader().run(run).unwrap(), Some(done));
    assert_eq!(register.reader().run(run + 1).unwrap(), None);
}

fn a_run_that_went_on_with_a_delivery_tells_which(register: &mut Register) {
    let (delivery, resuming, online) = register.write(|t| {
        let begun = new_run(t);
        let delivery = t.insert_delivery(&new_delivery(begun)).unwrap();
        let resuming = new_run(t);
        t.resume_delivery(resuming, delivery).unwrap();
        (delivery, resuming, new_run(t))
    });
    let mut reader = register.reader();
    let card = reader.run(resuming).unwrap().unwrap();
    assert_eq!((card.delivery, card.name.as_deref()), (Some(delivery), Some("D260105.txt")));
    let card = reader.run(online).unwrap().unwrap();
    assert_eq!((card.delivery, card.name), (None, None));
}

fn runs_come_latest_first_and_no_more_than_asked_for(register: &mut Register) {
    register.write(|t| {
        for source in [SOURCE, SourceId::HAND, SOURCE, SOURCE] {
            t.insert_run(&NewRun { kind: "x", source, started_at: NOW.into() }).unwrap();
        }
    });
    let mut reader = register.reader();
    let mut found = |limit| -> Vec<_> { reader.runs(SOURCE, limit).unwrap().into_iter().map(|run| run.run).collect() };
    assert_eq!(found(10), [4, 3, 1]);
    assert_eq!(found(2), [4, 3]);
    assert_eq!(found(0), [0; 0]);
}

fn the_persons_of_a_run_come_with_outcome_and_messages(register: &mut Register) {
    let [run, _] = two_runs(register);
    let persons = register.reader().persons_in_runs(&[run], None, 0, 100).unwrap();
    let expected = [
        (Some(2), PersonOutcome::Updated, vec![]),
        (Some(1), PersonOutcome::Created, vec![]),
        (Some(3), PersonOutcome::Created, vec!["strange"]),
        (Some(4), PersonOutcome::Unchanged, vec!["odd"]),
        (Some(5), PersonOutcome::Older, vec![]),
        (Some(6), PersonOutcome::Rejected, vec!["first-pass", "more"]),
        (None, PersonOutcome::Rejected, vec!["unknown"]),
    ];
    assert_eq!(told(&persons), expected);
    let known = PersonInRun {
        run,
        started_at: "2026-01-05T07:59:00Z".into(),
        delivery: Some("D260105.txt".into()),
        contact: Some(3),
        id: Some(person("0003")),
        name1: "Navn3".into(),
        name2: "Bro".into(),
        outcome: PersonOutcome::Created,
        messages: vec![message(Severity::Remark, "strange", Some(3))],
    };
    assert!(persons[2] == known);
    let unknown = PersonInRun {
        contact: None,
        id: None,
        name1: String::new(),
        name2: String::new(),
        outcome: PersonOutcome::Rejected,
        messages: vec![message(Severity::Error, "unknown", None)],
        ..known
    };
    assert!(persons[6] == unknown);
    assert!(register.reader().persons_in_runs(&[run + 100], None, 0, 100).unwrap().is_empty());
}

fn the_persons_of_a_run_come_page_by_page(register: &mut Register) {
    let [run, _] = two_runs(register);
    let mut reader = register.reader();
    let all = reader.persons_in_runs(&[run], None, 0, 100).unwrap();
    for skip in 0..=all.len() + 1 {
        for limit in 0..=all.len() + 1 {
            let page = reader.persons_in_runs(&[run], None, skip as u64, u32::try_from(limit).unwrap()).unwrap();
            let expected: Vec<_> = all.iter().skip(skip).take(limit).cloned().collect();
            assert!(page == expected, "{limit} after {skip}");
        }
    }
    assert!(reader.persons_in_runs(&[run], None, u64::MAX, 10).unwrap().is_empty());
}

fn the_persons_of_one_outcome_come_page_by_page(register: &mut Register) {
    let [run, _] = two_runs(register);
    let mut reader = register.reader();
    for outcome in PersonOutcome::ALL {
        let all = reader.persons_in_runs(&[run], None, 0, 100).unwrap();
        let all: Vec<_> = all.into_iter().filter(|person| person.outcome == outcome).collect();
        assert!(!all.is_empty(), "{outcome:?}");
        for skip in 0..=all.len() {
            let page = reader.persons_in_runs(&[run], Some(outcome), skip as u64, 1).unwrap();
            assert!(page.iter().eq(all.iter().skip(skip).take(1)), "{outcome:?} after {skip}");
        }
    }
}

/// Two runs that took one delivery in, the first of which was killed, and one of another delivery between them.
fn killed_and_taken_up_again(register: &mut Register) -> (DeliveryKey, [RunKey; 2]) {
    for contact in 1..=6 {
        register.apply(&new_contact(contact, person(&format!("000{contact}")), &format!("Navn{contact}"), "Bro"));
    }
    let (killed, delivery) = register.write(|t| {
        let run = new_run(t);
        let delivery = t.insert_delivery(&new_delivery(run)).unwrap();
        journal(t, run, Some(delivery), &[(1, What::Created), (2, What::Updated)]);
        let messages = [
            message(Severity::Error, "first-pass", Some(6)),
            message(Severity::Remark, "strange", Some(3)),
            message(Severity::Error, "unknown", None),
        ];
        t.insert_messages(run, Some(delivery), &messages).unwrap();
        (run, delivery)
    });
    register.write(|t| {
        t.fail_dead_runs(SOURCE, "import cpr", LATER).unwrap();
        let other = new_run(t);
        let another = t.insert_delivery(&NewDelivery { sha256: "e".repeat(64), ..new_delivery(other) }).unwrap();
        journal(t, other, Some(another), &[(1, What::Updated)]);
        t.insert_messages(other, Some(another), &[message(Severity::Remark, "elsewhere", Some(3))]).unwrap();
        t.finish_run(other, RunState::Done, &Counts::default(), LATER).unwrap();
    });
    let second = register.write(|t| {
        let run = new_run(t);
        t.resume_delivery(run, delivery).unwrap();
        journal(t, run, Some(delivery), &[(3, What::Created), (2, What::Created)]);
        let persons = [(4, PersonOutcome::Unchanged), (5, PersonOutcome::Older)];
        t.insert_run_persons(run, Some(delivery), &persons).unwrap();
        let messages = [message(Severity::Remark, "more", Some(6)), message(Severity::Error, "another", None)];
        t.insert_messages(run, Some(delivery), &messages).unwrap();
        t.finish_run(run, RunState::Done, &Counts::default(), LATER).unwrap();
        run
    });
    (delivery, [killed, second])
}

fn the_persons_of_a_delivery_come_from_all_runs_that_took_it_in(register: &mut Register) {
    let (delivery, runs) = killed_and_taken_up_again(register);
    let mut reader = register.reader();
    let took: Vec<_> = reader.runs_of_delivery(delivery).unwrap().into_iter().map(|run| run.run).collect();
    assert_eq!(took, runs);
    assert!(reader.runs_of_delivery(delivery + 100).unwrap().is_empty());

    let all = reader.persons_in_runs(&runs, None, 0, 100).unwrap();
    let expected = [
        (Some(1), PersonOutcome::Created, vec![]),
        (Some(2), PersonOutcome::Updated, vec![]),
        (Some(6), PersonOutcome::Rejected, vec!["first-pass", "more"]),
        (None, PersonOutcome::Rejected, vec!["unknown"]),
        (Some(3), PersonOutcome::Created, vec!["strange"]),
        (Some(2), PersonOutcome::Created, vec![]),
        (Some(4), PersonOutcome::Unchanged, vec![]),
        (Some(5), PersonOutcome::Older, vec![]),
        (None, PersonOutcome::Rejected, vec!["another"]),
    ];
    assert_eq!(told(&all), expected);
    assert_eq!((all[3].run, all[4].run), (runs[0], runs[1]));
    // Pages and outcomes go over the whole.
    for outcome in [None].into_iter().chain(PersonOutcome::ALL.map(Some)) {
        let wanted: Vec<_> = all.iter().filter(|person| outcome.is_none_or(|of| person.outcome == of)).collect();
        for skip in 0..=wanted.len() + 1 {
            for limit in 0..=wanted.len() + 1 {
                let page = reader.persons_in_runs(&runs, outcome, skip as u64, u32::try_from(limit).unwrap()).unwrap();
                let expected = wanted.iter().skip(skip).take(limit).copied();
                assert!(page.iter().eq(expected), "{outcome:?}: {limit} after {skip}");
            }
        }
    }
    // A run of them alone has said only what it has said.
    let alone = reader.persons_in_runs(&runs[1..], None, 0, 1).unwrap();
    assert_eq!(told(&alone), [(Some(3), PersonOutcome::Created, vec![])]);
    assert!(reader.persons_in_runs(&[], None, 0, 100).unwrap().is_empty());
}

fn a_run_that_was_killed_has_the_counts_of_what_is_in_the_register(register: &mut Register) {
    let counts =
        Counts { created: 1, updated: 2, unchanged: 3, older: 4, rejected: 5, placeholders: 6, remarks: 7_000_000_000 };
    let (run, delivery, online) = register.write(|t| {
        let run = new_run(t);
        let delivery = t.insert_delivery(&new_delivery(run)).unwrap();
        t.move_delivery(delivery, RunState::Running, 17, &counts).unwrap();
        (run, delivery, new_run(t))
    });
    let told = |register: &Register, run| {
        let card = register.reader().run(run).unwrap().unwrap();
        (card.state, card.counts)
    };
    assert_eq!(told(register, run), (RunState::Running, counts), "before anybody has found it dead");
    register.write(|t| t.fail_dead_runs(SOURCE, "import cpr", LATER).unwrap());
    assert_eq!(told(register, run), (RunState::Failed, counts));
    assert_eq!(told(register, online), (RunState::Failed, Counts::default()));
    // It keeps them when another one goes on.
    let more = Counts { created: 100, ..counts };
    register.write(|t| {
        let next = new_run(t);
        t.resume_delivery(next, delivery).unwrap();
        t.move_delivery(delivery, RunState::Done, 170, &more).unwrap();
        t.finish_run(next, RunState::Done, &more, LATER).unwrap();
    });
    let runs = register.reader().runs_of_delivery(delivery).unwrap();
    assert_eq!(runs.iter().map(|run| run.counts).collect::<Vec<_>>(), [counts, more]);
}

fn a_run_that_is_under_way_tells_about_its_persons(register: &mut Register) {
    let run = register.apply(&{
        let mut changes = new_contact(1, person("0001"), "A", "B");
        changes.journal = vec![entry(1, What::Created, "[]")];
        changes
    });
    let persons = register.reader().persons_in_runs(&[run], None, 0, 10).unwrap();
    assert_eq!(told(&persons), [(Some(1), PersonOutcome::Created, vec![])]);
}

fn the_runs_of_a_person_come_latest_first(register: &mut Register) {
    let [first, second] = two_runs(register);
    let other = first + 1;
    let mut reader = register.reader();
    let mut found = |number: &str, limit| -> Vec<_> {
        let runs = reader.runs_of_person(&person(number), limit).unwrap();
        runs.into_iter().map(|run| (run.run, run.outcome, run.messages.len())).collect()
    };
    let last = (second, PersonOutcome::Unchanged, 0);
    assert_eq!(found("0001", 10), [last, (other, PersonOutcome::Updated, 0), (first, PersonOutcome::Created, 0)]);
    assert_eq!(found("0001", 2), [last, (other, PersonOutcome::Updated, 0)]);
    assert_eq!(found("0004", 10), [last, (first, PersonOutcome::Unchanged, 1)]);
    assert_eq!(found("0005", 10), [last, (first, PersonOutcome::Older, 0)]);
    assert_eq!(found("0006", 10), [last, (first, PersonOutcome::Rejected, 2)]);
    assert_eq!(found("0007", 10), []);
    assert_eq!(found("0008", 10), []);
    let runs = register.reader().runs_of_person(&person("0006"), 10).unwrap();
    assert_eq!(runs[0].started_at, LATER);
    assert_eq!((runs[0].delivery.as_deref(), runs[1].delivery.as_deref()), (None, Some("D260105.txt")));
    assert_eq!((runs[1].contact, &runs[1].id, runs[1].name1.as_str()), (Some(6), &Some(person("0006")), "Navn6"));
}

fn a_person_who_was_erased_is_in_no_run(register: &mut Register) {
    let [first, second] = two_runs(register);
    for number in ["0002", "0004", "0005"] {
        erase(register, number);
    }
    let mut reader = register.reader();
    let mut contacts = |run| -> Vec<_> {
        reader.persons_in_runs(&[run], None, 0, 100).unwrap().into_iter().map(|person| person.contact).collect()
    };
    assert_eq!(contacts(first), [Some(1), Some(3), Some(6), None]);
    assert_eq!(contacts(second), [Some(1), Some(3), Some(6)]);
    assert!(register.reader().runs_of_person(&person("0004"), 10).unwrap().is_empty());
    if register.memory().is_none() {
        let left = register.query("SELECT count(*) FROM run_person WHERE contact_key IN (2, 4, 5)").concat();
        assert_eq!(left, ["0"]);
    }
}

fn only_persons_who_were_passed_over_are_entered(register: &mut Register) {
    for outcome in [PersonOutcome::Created, PersonOutcome::Updated, PersonOutcome::Rejected] {
        let error = register.try_out(|t| {
            let run = new_run(t);
            t.insert_run_persons(run, None, &[(1, outcome)]).unwrap_err()
        });
        assert_eq!(error.kind, StoreErrorKind::Refused, "{error}");
    }
}

for_each_database! {
    the_journal_is_searched_only_where_a_run_has_written,
}

/// The journal of a large register is long, and has no index by run.
fn the_journal_is_searched_only_where_a_run_has_written(register: &mut Register) {
    let [run, _] = two_runs(register);
    let bounds = register.query(&format!("SELECT first_change, last_change FROM run WHERE run = {run}"));
    let found = register.query(&format!("SELECT min(change_seq), max(change_seq) FROM change WHERE run = {run}"));
    assert_eq!(bounds, found);
    // Entries that stand elsewhere are not looked for.
    register.sql(&format!("UPDATE run SET first_change = last_change WHERE run = {run}"));
    let persons = register.reader().persons_in_runs(&[run], Some(PersonOutcome::Updated), 0, 10).unwrap();
    assert!(persons.is_empty());
}
