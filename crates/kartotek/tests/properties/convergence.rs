//! Invariant 1: the same deliveries in any order, in any pieces, with any accident between, end in the same current
//! state (`support::current` says what that is), and so in every store.

use kartotek_register::mapping::cpr::MappingOptions;
use kartotek_register::ports::Store;
use kartotek_service::cpr_extract::ExtractImport;

use crate::support::{
    Case, Dice, Extract, Failing, Files, Kind, Mode, Register, Trap, anyway, assert_same, current, each_case, history,
    import, put,
};

property_in_each_store! {
    any_order_with_repetitions_and_accidents_ends_the_same: 80, 24, 5;
    contradictions_of_one_moment_are_settled_the_same_way: 80, 24, 5;
    records_that_say_two_things_are_settled_the_same_way: 40, 10, 2;
    a_task_that_delivers_less_ends_the_same_too: 60, 16, 3;
}

#[test]
fn all_stores_remember_the_same() {
    each_case(4, |case| {
        let mut dice = case.dice();
        let mut files = Files::of(&deliveries(case, &mut dice));
        dice.shuffle(&mut files.paths);
        let [memory, sqlite, postgres] =
            Kind::ALL.map(|kind| history(Register::with(kind, &anyway(), &files.paths).store.as_ref()));
        sqlite.assert_same(&memory);
        postgres.assert_same(&memory);
    });
}

/// An establishing extract, each day whole, in two pieces, or both, and a status extract of one of the days.
fn deliveries(case: &Case, dice: &mut Dice) -> Vec<Extract> {
    let extracts = case.extracts();
    let mut deliveries = vec![extracts[0].clone()];
    for day in &extracts[1..] {
        let (whole, pieces) = (dice.one_in(2), dice.one_in(2));
        if whole || !pieces {
            deliveries.push(day.clone());
        }
        if pieces {
            let salt = dice.below(7);
            let mut is_first = |number: &[u8]| (usize::from(number[9]) + salt).is_multiple_of(3);
            deliveries.push(day.with_persons(&mut is_first));
            deliveries.push(day.with_persons(|number| !is_first(number)).shuffled(dice));
        }
    }
    let day = 1 + u32::try_from(dice.below(case.days as usize)).unwrap();
    deliveries.push(case.status_extract(day).shuffled(dice));
    deliveries
}

fn any_order_with_repetitions_and_accidents_ends_the_same(kind: Kind, case: &Case) {
    let mut dice = case.dice();
    let deliveries = deliveries(case, &mut dice);
    same_in_any_order(kind, &deliveries, &ExtractImport::default(), &mut dice);
}

/// The task orders some of the record types; of the others nothing ever comes, and that means nothing.
fn a_task_that_delivers_less_ends_the_same_too(kind: Kind, case: &Case) {
    let mut dice = case.dice();
    let ordered: Vec<u16> = (2..=52).filter(|_| !dice.one_in(3)).chain([1, 99]).collect();
    let mut deliveries = deliveries(case, &mut dice);
    for records in deliveries.iter_mut().flat_map(|delivery| delivery.persons.values_mut()) {
        records.retain(|record| ordered.contains(&number(record)));
    }
    let delivers = ordered.into_iter().collect();
    let mapping = MappingOptions { delivers, ..MappingOptions::default() };
    same_in_any_order(kind, &deliveries, &ExtractImport { mapping, ..ExtractImport::default() }, &mut dice);
}

/// Several files show the same persons at the same moment, and differently.
fn contradictions_of_one_moment_are_settled_the_same_way(kind: Kind, case: &Case) {
    let mut dice = case.dice();
    let extracts = case.extracts();
    let mut deliveries = extracts.clone();
    for _ in 0..3 {
        let of = dice.below(extracts.len());
        deliveries.push(extracts[of].clone().contradicted(&mut dice));
    }
    same_in_any_order(kind, &deliveries, &ExtractImport::default(), &mut dice);
}

/// A record that comes once comes twice, and not the same; the next file has the two the other way round.
fn records_that_say_two_things_are_settled_the_same_way(kind: Kind, case: &Case) {
    let mut dice = case.dice();
    let mut deliveries = case.extracts();
    for delivery in &mut deliveries {
        for records in delivery.persons.values_mut() {
            let mut other = records.clone();
            for (kind, start) in [(b"002", 70), (b"003", 116), (b"008", 14), (b"009", 18), (b"016", 18)] {
                put(&mut other, *kind, start, 10, "1999-09-09");
            }
            let is_repeated = |record: &&Vec<u8>| [2, 3, 8, 9, 16].contains(&number(record));
            records.extend(other.iter().filter(is_repeated).filter(|_| dice.one_in(9)).cloned());
        }
    }
    let others: Vec<_> = deliveries.iter().map(|delivery| delivery.clone().shuffled(&mut dice)).collect();
    deliveries.extend(others);
    same_in_any_order(kind, &deliveries, &ExtractImport::default(), &mut dice);
}

fn number(record: &[u8]) -> u16 {
    str::from_utf8(&record[..3]).unwrap().parse().unwrap()
}

fn same_in_any_order(kind: Kind, deliveries: &[Extract], settings: &ExtractImport, dice: &mut Dice) {
    let files = Files::of(deliveries);
    let mut settings = ExtractImport { accept: anyway().accept, ..settings.clone() };
    settings.mapping.extended = dice.one_in(2);

    let straight = Register::with(Kind::Memory, &settings, &files.paths);
    let mut register = Register::new(kind);
    take_somehow(&mut register, &files, &settings, dice);
    assert_same(&current(register.store.as_ref()), &current(straight.store.as_ref()), "current state");
}

/// Takes all files in: shuffled, some twice, some cut off by an accident and left so until others have come.
fn take_somehow(register: &mut Register, files: &Files, settings: &ExtractImport, dice: &mut Dice) {
    let mut queue: Vec<_> = files.paths.iter().collect();
    let again: Vec<_> = files.paths.iter().filter(|_| dice.one_in(3)).collect();
    queue.extend(again);
    dice.shuffle(&mut queue);
    for path in queue {
        let settings = ExtractImport { again: dice.one_in(2), ..settings.clone() };
        if dice.one_in(3) {
            let trap = Trap::at(dice.below(40), Mode::ALL[dice.below(3)]);
            let mut failing = Failing { store: register.store.as_mut(), trap: trap.clone() };
            let outcome = import(&mut failing as &mut dyn Store, &settings, path);
            assert!(outcome.is_ok() || trap.has_gone_off(), "only an accident stops an import");
            register.reopen();
        } else {
            register.take(&settings, path);
        }
    }
    // What was cut off goes on; what is in already is passed over.
    files.paths.iter().for_each(|path| drop(register.take(settings, path)));
}
