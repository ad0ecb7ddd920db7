//! CPR's own list against the register.

use std::fmt::Write as _;

use kartotek_formats::identifiers::CprNumber;
use kartotek_register::contact::ContactId;
use kartotek_service::subscriptions::{
    Difference, Limits, ReconcileCounts, SubscribedList, SubscriptionError, compare, repair,
};

use crate::support::{World, numbers};

fn list(numbers: &[CprNumber]) -> SubscribedList {
    let mut text = String::new();
    for number in numbers {
        writeln!(text, "{}", number.reveal()).unwrap();
    }
    SubscribedList::read(text.as_bytes(), None).unwrap()
}

fn differences(world: &mut World, list: &SubscribedList) -> (ReconcileCounts, Vec<(CprNumber, Difference)>) {
    let clock = world.clock;
    let mut found = Vec::new();
    let counts = compare(world.store.as_ref(), &clock, list, &mut |of| found.push((of.number, of.difference))).unwrap();
    (counts, found)
}

#[test]
fn missing_surplus_and_unknown_persons_are_told_apart() {
    let mut world = World::new();
    let all = numbers(12);
    world.deliver("2026-01-02", &all[..4], true);
    world.deliver("2026-01-02", &all[4..6], false);
    // A contact about whom CPR was never asked.
    world.open_case("S-1");
    world.add("S-1", all[6]);
    world.desk().close("S-1").unwrap();
    let (counts, found) = differences(&mut world, &list(&[&all[2..7], &all[10..]].concat()));
    assert_eq!((counts.at_cpr, counts.here, counts.same), (7, 4, 2));
    assert_eq!((counts.missing, counts.surplus, counts.unknown, counts.pending), (2, 3, 2, 0));
    let expected = [
        (all[0], Difference::Missing),
        (all[1], Difference::Missing),
        (all[4], Difference::Surplus),
        (all[5], Difference::Surplus),
        (all[6], Difference::Surplus),
        (all[10], Difference::Unknown),
        (all[11], Difference::Unknown),
    ];
    assert_eq!(found, expected);
    assert_eq!(differences(&mut world, &list(&all[..4])).0.differences(), 0);
}

#[test]
fn a_repair_makes_the_register_say_what_cpr_says_and_the_rules_do_the_rest() {
    let mut world = World::new();
    let all = numbers(8);
    world.deliver("2026-01-02", &all[..4], true);
    world.open_case("S-1");
    world.add("S-1", all[0]);
    world.add("S-1", all[5]);
    let listed = list(&all[2..7]);
    repair(world.store.as_mut(), &world.clock, &listed, Some(&Limits::default())).unwrap();
    assert_eq!(world.state(all[0]), (false, None), "missing at CPR");
    assert_eq!(world.state(all[5]), (true, None), "surplus, and justified");
    assert_eq!(world.state(all[6]), (true, Some(false)), "unknown here");
    let mut reader = world.store.reader().unwrap();
    let card = reader.contact(&ContactId::person(all[6])).unwrap().unwrap();
    assert!(card.placeholder);
    assert_eq!(differences(&mut world, &listed).0.differences(), 0);

    world.wish();
    world.apply();
    let mut expected: Vec<_> = [format!("OP {}", all[0].reveal())].into();
    expected.extend([all[4], all[6]].map(|number| format!("SL {}", number.reveal())));
    assert_eq!(world.folder.lines(), expected);
}

#[test]
fn a_delivery_from_before_the_list_does_not_undo_a_repair() {
    let mut world = World::new();
    let all = numbers(2);
    world.deliver("2026-01-02", &all, true);
    repair(world.store.as_mut(), &world.clock, &list(&all[1..]), Some(&Limits::default())).unwrap();
    world.deliver("2026-01-04", &all, true);
    assert_eq!(world.state(all[0]), (false, None));
    world.deliver("2026-01-05", &all, true);
    assert_eq!(world.state(all[0]), (true, None), "CPR reports changes after all");
}

#[test]
fn comparing_does_not_wait_for_a_writer() {
    let world = World::new();
    let mut other = world.memory.clone();
    let _writing = kartotek_register::ports::Store::begin(&mut other).unwrap();
    let all = numbers(3);
    let counts = compare(world.store.as_ref(), &world.clock, &list(&all), &mut |_| {}).unwrap();
    assert_eq!(counts.unknown, 3);
}

#[test]
fn persons_with_an_order_on_its_way_are_left_out() {
    let mut world = World::new();
    let all = numbers(3);
    world.deliver("2025-12-01", &all[..1], true);
    world.pass_days(9);
    world.open_case("S-1");
    world.add("S-1", all[1]);
    world.wish();
    world.apply();
    let (counts, found) = differences(&mut world, &list(&all[..2]));
    assert_eq!((counts.pending, found.len()), (2, 0));
}

#[test]
fn a_list_that_was_cut_off_stops_at_the_limits() {
    let mut world = World::new();
    let all = numbers(200);
    world.deliver("2026-01-02", &all, true);
    let listed = list(&all[..100]);
    let error = repair(world.store.as_mut(), &world.clock, &listed, Some(&Limits::default())).unwrap_err();
    assert!(matches!(error, SubscriptionError::TooMany { changes: 100, allowed: 50, subscribed: 200 }));
    assert_eq!(world.state(all[150]), (true, None));
    repair(world.store.as_mut(), &world.clock, &listed, None).unwrap();
    assert_eq!(world.state(all[150]), (false, None));
}

/// More than a page on either side, and stretches where one side has nothing.
#[test]
fn many_pages_are_compared_as_sets_are() {
    let mut world = World::new();
    let all = numbers(13_000);
    let here = all.iter().enumerate().filter(|(at, _)| at % 3 != 0 && *at < 9_000);
    let here: Vec<_> = here.map(|(_, number)| *number).collect();
    world.deliver("2026-01-02", &here, true);
    for listed in [&all[..], &all[4_000..], &all[..100], &all[..0], &all[8_000..12_000]] {
        let (counts, found) = differences(&mut world, &list(listed));
        let missing = here.iter().filter(|number| listed.binary_search(number).is_err()).count();
        let unknown = listed.iter().filter(|number| here.binary_search(number).is_err()).count();
        assert_eq!((counts.missing, counts.unknown, counts.surplus), (missing as u64, unknown as u64, 0));
        assert_eq!((counts.at_cpr, counts.here), (listed.len() as u64, here.len() as u64));
        assert_eq!(found.len(), missing + unknown);
        assert!(found.is_sorted_by_key(|(number, _)| *number));
    }
}
