//! Runs and deliveries.

use kartotek_register::contact::SourceId;
use kartotek_register::ports::{Counts, DeliveryState, NewDelivery, RunKey, RunState};

use crate::fixture::{Register, new_run};
use crate::rows::*;

pub(crate) fn new_delivery(run: RunKey) -> NewDelivery {
    NewDelivery {
        source: SOURCE,
        name: "D260105.txt".into(),
        sha256: "0123456789abcdef".repeat(4),
        task: "123456".into(),
        production_date: date("2026-01-05"),
        previous_date: some("2026-01-02"),
        run,
    }
}

const COUNTS: Counts =
    Counts { created: 1, updated: 2, unchanged: 3, older: 4, rejected: 5, placeholders: 6, remarks: 7_000_000_000 };

for_each_store! {
    a_delivery_begins_at_its_first_byte_and_is_found_by_its_hash,
    a_delivery_moves_on_with_its_counts,
    the_latest_entry_of_a_hash_counts,
    the_latest_delivery_of_a_task_is_the_newest_that_is_done,
    a_run_ends_with_its_counts,
}

fn a_delivery_begins_at_its_first_byte_and_is_found_by_its_hash(register: &mut Register) {
    let key = register.write(|t| {
        let run = new_run(t);
        t.insert_delivery(&new_delivery(run)).unwrap()
    });
    let new = new_delivery(1);
    let delivery = register.try_out(|t| t.delivery_by_hash(SOURCE, &new.sha256).unwrap()).unwrap();
    assert_eq!((delivery.key, delivery.position, delivery.state), (key, 0, DeliveryState::Running));
    assert_eq!([&delivery.name, &delivery.sha256, &delivery.task], [&new.name, &new.sha256, &new.task]);
    assert_eq!((delivery.production_date, delivery.previous_date), (new.production_date, new.previous_date));
    assert_eq!(delivery.counts, Counts::default());
    assert!(register.try_out(|t| t.delivery_by_hash(SOURCE, "other").unwrap()).is_none());
    assert!(register.try_out(|t| t.delivery_by_hash(SourceId::HAND, &new.sha256).unwrap()).is_none());
}

fn a_delivery_moves_on_with_its_counts(register: &mut Register) {
    let key = register.write(|t| {
        let run = new_run(t);
        t.insert_delivery(&new_delivery(run)).unwrap()
    });
    for state in [RunState::Running, RunState::Failed, RunState::Done] {
        register.write(|t| t.move_delivery(key, state, 6_000_000_000, &COUNTS).unwrap());
        let delivery = register.try_out(|t| t.delivery_by_hash(SOURCE, &new_delivery(1).sha256).unwrap()).unwrap();
        assert_eq!((delivery.state, delivery.position, delivery.counts), (state, 6_000_000_000, COUNTS));
    }
}

fn the_latest_entry_of_a_hash_counts(register: &mut Register) {
    let (first, second) = register.write(|t| {
        let run = new_run(t);
        let new = NewDelivery { previous_date: None, ..new_delivery(run) };
        (t.insert_delivery(&new_delivery(run)).unwrap(), t.insert_delivery(&new).unwrap())
    });
    assert_eq!((first, second), (1, 2));
    let delivery = register.try_out(|t| t.delivery_by_hash(SOURCE, &new_delivery(1).sha256).unwrap()).unwrap();
    assert_eq!((delivery.key, delivery.previous_date), (second, None));
}

fn the_latest_delivery_of_a_task_is_the_newest_that_is_done(register: &mut Register) {
    let dates = ["2026-01-05", "2026-01-07", "2026-01-06", "2026-01-07", "2026-01-09"];
    let keys = register.write(|t| {
        let run = new_run(t);
        dates.map(|day| {
            let new = NewDelivery { production_date: date(day), ..new_delivery(run) };
            t.insert_delivery(&new).unwrap()
        })
    });
    let latest = |register: &mut Register, task: &str| {
        register.try_out(|t| t.latest_delivery(SOURCE, task).unwrap()).map(|delivery| delivery.key)
    };
    assert_eq!(latest(register, "123456"), None);
    register.write(|t| {
        for key in &keys[..4] {
            t.move_delivery(*key, RunState::Done, 1, &COUNTS).unwrap();
        }
        t.move_delivery(keys[4], RunState::Failed, 1, &COUNTS).unwrap();
    });
    assert_eq!(latest(register, "123456"), Some(keys[3]));
    assert_eq!(latest(register, "654321"), None);
}

fn a_run_ends_with_its_counts(register: &mut Register) {
    let runs = register.write(|t| [new_run(t), new_run(t)]);
    assert_eq!(runs, [1, 2]);
    register.write(|t| t.finish_run(1, RunState::Done, &COUNTS, NOW).unwrap());
    if register.memory().is_some() {
        return;
    }
    let rows = register.query(
        "SELECT run, kind, source, state, finished_at IS NULL, created, updated, unchanged, older, rejected,
                placeholders, remarks FROM run ORDER BY run",
    );
    let rows: Vec<_> = rows.iter().map(|row| row.join(" ").replace(" f ", " 0 ").replace(" t ", " 1 ")).collect();
    assert_eq!(rows, ["1 import cpr CPR done 0 1 2 3 4 5 6 7000000000", "2 import cpr CPR running 1 0 0 0 0 0 0 0"]);
}
