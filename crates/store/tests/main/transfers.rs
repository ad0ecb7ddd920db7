//! The ledger of files, the settings of the transfer, and runs that died.

use kartotek_register::contact::SourceId;
use kartotek_register::ports::{
    Counts, Direction, NewRun, RunKey, RunState, StoreErrorKind, Transaction, Transfer, TransferState,
};

use crate::fixture::{Register, new_run};
use crate::ledger::new_delivery;
use crate::rows::*;

const LATER: &str = "2026-01-06T20:15:00Z";

fn incoming(name: &str) -> Transfer {
    Transfer::new(SOURCE, Direction::In, name, NOW)
}

/// With something in every column.
fn whole(name: &str) -> Transfer {
    Transfer {
        state: TransferState::Waiting,
        renamed: true,
        gap_accepted: true,
        size: Some(i64::MAX.cast_unsigned()),
        remote_size: Some(0),
        remote_modified: Some("Jan  5 20:07 ø".into()),
        sha256: Some("0123456789abcdef".repeat(4)),
        task: Some("990001".into()),
        production_date: some("2026-01-05"),
        previous_date: some("2026-01-02"),
        problem: Some("expected record 999, found the end".into()),
        ..incoming(name)
    }
}

for_each_store! {
    a_transfer_comes_back_as_it_was_entered,
    a_transfer_changes_and_keeps_what_it_is,
    a_transfer_that_is_not_there_cannot_be_changed,
    transfers_come_by_key_for_one_source_and_direction_and_state,
    a_transfer_that_was_undone_was_never_there,
    settings_come_by_name_and_the_last_value_counts,
    runs_that_died_are_marked_as_failed_and_no_others,
}

fn a_transfer_comes_back_as_it_was_entered(register: &mut Register) {
    let new = [incoming("d260105.l990001"), whole("æ"), incoming("d260105.l990001")];
    let keys: Vec<_> = register.write(|t| new.iter().map(|transfer| t.insert_transfer(transfer).unwrap()).collect());
    assert!(keys.is_sorted_by(|first, second| first < second), "{keys:?}");
    let expected: Vec<_> = new.into_iter().zip(keys).map(|(transfer, key)| Transfer { key, ..transfer }).collect();
    assert_eq!(register.reader().transfers(SOURCE, Direction::In, None).unwrap(), expected);
    assert_eq!(register.try_out(|t| t.transfers(SOURCE, Direction::In, None).unwrap()), expected);
}

fn a_transfer_changes_and_keeps_what_it_is(register: &mut Register) {
    let (key, run, delivery) = register.write(|t| {
        let run = new_run(t);
        let delivery = t.insert_delivery(&new_delivery(run)).unwrap();
        (t.insert_transfer(&incoming("a")).unwrap(), run, delivery)
    });
    let changed = Transfer {
        key,
        source: SourceId::HAND,
        direction: Direction::Out,
        delivery: Some(delivery),
        run: Some(run),
        created_at: LATER.into(),
        updated_at: LATER.into(),
        ..whole("b")
    };
    register.write(|t| t.update_transfer(&changed).unwrap());
    let kept = Transfer {
        source: SOURCE,
        direction: Direction::In,
        name: "a".into(),
        created_at: NOW.into(),
        ..changed.clone()
    };
    assert_eq!(register.reader().transfers(SOURCE, Direction::In, None).unwrap(), std::slice::from_ref(&kept));
    assert!(register.reader().transfers(SourceId::HAND, Direction::Out, None).unwrap().is_empty());
    // And back to where it was.
    let bare = Transfer { key, updated_at: LATER.into(), ..incoming("a") };
    register.write(|t| t.update_transfer(&bare).unwrap());
    assert_eq!(register.reader().transfers(SOURCE, Direction::In, None).unwrap(), [bare]);
}

fn a_transfer_that_is_not_there_cannot_be_changed(register: &mut Register) {
    let error = register.try_out(|t| t.update_transfer(&Transfer { key: 7, ..incoming("a") }).unwrap_err());
    assert_eq!(error.kind, StoreErrorKind::Refused, "{error}");
}

fn transfers_come_by_key_for_one_source_and_direction_and_state(register: &mut Register) {
    let entered = [
        (SOURCE, Direction::In, TransferState::Waiting),
        (SOURCE, Direction::Out, TransferState::Done),
        (SourceId::HAND, Direction::In, TransferState::Waiting),
        (SOURCE, Direction::In, TransferState::Refused),
        (SOURCE, Direction::In, TransferState::Waiting),
        (SOURCE, Direction::In, TransferState::Begun),
    ];
    let keys: Vec<_> = register.write(|t| {
        let transfers =
            entered.map(|(source, direction, state)| Transfer { source, direction, state, ..incoming("a") });
        transfers.iter().map(|transfer| t.insert_transfer(transfer).unwrap()).collect()
    });
    let mut reader = register.reader();
    let mut found = |direction, state| -> Vec<_> {
        reader.transfers(SOURCE, direction, state).unwrap().into_iter().map(|transfer| transfer.key).collect()
    };
    assert_eq!(found(Direction::In, None), [keys[0], keys[3], keys[4], keys[5]]);
    assert_eq!(found(Direction::Out, None), [keys[1]]);
    for (state, expected) in TransferState::ALL.into_iter().zip([&[5][..], &[0, 4], &[3], &[]]) {
        let expected: Vec<_> = expected.iter().map(|at| keys[*at]).collect();
        assert_eq!(found(Direction::In, Some(state)), expected, "{state:?}");
    }
}

fn a_transfer_that_was_undone_was_never_there(register: &mut Register) {
    register.try_out(|t| {
        t.insert_transfer(&incoming("a")).unwrap();
        t.put_transfer_setting(SOURCE, "a", Some("b"), NOW).unwrap();
    });
    assert!(register.reader().transfers(SOURCE, Direction::In, None).unwrap().is_empty());
    assert!(register.reader().transfer_settings(SOURCE).unwrap().is_empty());
}

fn settings_come_by_name_and_the_last_value_counts(register: &mut Register) {
    register.write(|t| {
        for (name, value) in [("å", Some("ø")), ("rename_prefix", Some("x")), ("Z", Some("")), ("pattern", Some("a"))]
        {
            t.put_transfer_setting(SOURCE, name, value, NOW).unwrap();
        }
        t.put_transfer_setting(SourceId::HAND, "pattern", Some("other"), NOW).unwrap();
    });
    register.write(|t| {
        t.put_transfer_setting(SOURCE, "pattern", Some("d*.l990001"), LATER).unwrap();
        t.put_transfer_setting(SOURCE, "rename_prefix", None, LATER).unwrap();
        t.put_transfer_setting(SOURCE, "never set", None, LATER).unwrap();
    });
    let expected = [("Z", ""), ("pattern", "d*.l990001"), ("å", "ø")].map(|(n, v)| (n.to_owned(), v.to_owned()));
    assert_eq!(register.reader().transfer_settings(SOURCE).unwrap(), expected);
    assert_eq!(register.try_out(|t| t.transfer_settings(SOURCE).unwrap()), expected);
}

fn run_of(t: &mut dyn Transaction, kind: &'static str, source: SourceId) -> RunKey {
    t.insert_run(&NewRun { kind, source, started_at: NOW.into() }).unwrap()
}

fn runs_that_died_are_marked_as_failed_and_no_others(register: &mut Register) {
    let (dead, alive) = register.write(|t| {
        let done = run_of(t, "cpr batch", SOURCE);
        t.finish_run(done, RunState::Done, &Counts::default(), NOW).unwrap();
        let dead = [run_of(t, "cpr batch", SOURCE), run_of(t, "cpr batch", SOURCE)];
        let alive = [run_of(t, "import cpr", SOURCE), run_of(t, "cpr batch", SourceId::HAND)];
        (dead, alive)
    });
    let running =
        |register: &mut Register| register.try_out(|t| [1, 2, 3, 4, 5, 6].map(|run| t.is_running(run).unwrap()));
    assert_eq!(running(register), [false, true, true, true, true, false], "done, four of them, and one that never was");
    assert_eq!(register.write(|t| t.fail_dead_runs(SOURCE, "cpr batch", LATER).unwrap()), 2);
    assert_eq!(running(register), [false, false, false, true, true, false]);
    assert_eq!(register.write(|t| t.fail_dead_runs(SOURCE, "cpr batch", LATER).unwrap()), 0);
    let mut reader = register.reader();
    let mut state = |run| {
        let card = reader.run(run).unwrap().unwrap();
        (card.state, card.finished_at)
    };
    assert_eq!(state(1), (RunState::Done, Some(NOW.to_owned())));
    for run in dead {
        assert_eq!(state(run), (RunState::Failed, Some(LATER.to_owned())));
    }
    for run in alive {
        assert_eq!(state(run), (RunState::Running, None));
    }
}

for_each_database! {
    words_of_no_version_are_refused,
}

fn words_of_no_version_are_refused(register: &mut Register) {
    register.write(|t| t.insert_transfer(&incoming("a")).unwrap());
    for (column, value) in
        [("direction", "'up'"), ("state", "'lost'"), ("renamed", "'Y'"), ("gap_accepted", "NULL"), ("delivery", "7")]
    {
        assert!(register.try_sql(&format!("UPDATE transfer SET {column} = {value}")).is_err(), "{column}");
    }
}
