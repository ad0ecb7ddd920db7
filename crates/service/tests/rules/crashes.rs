//! Accidents at every step of applying by file: every wish is ordered exactly once, and no file is broken.

use kartotek_register::memory::Accident;
use kartotek_service::subscriptions::{apply_files, finish_files};

use crate::support::{FolderAccident, World, file_settings, numbers};

/// Wishes of both kinds, and what the files shall be.
fn wished() -> (World, Vec<String>) {
    let mut world = World::new();
    let all = numbers(30);
    world.deliver("2025-12-01", &all[..12], true);
    world.pass_days(9);
    world.open_case("S-1");
    for number in &all[12..] {
        world.add("S-1", *number);
    }
    world.wish();
    let mut expected: Vec<_> = all[12..].iter().map(|number| format!("OP {}", number.reveal())).collect();
    expected.extend(all[..12].iter().map(|number| format!("SL {}", number.reveal())));
    (world, expected)
}

fn assert_ordered_once(world: &mut World, expected: &[String], what: &str) {
    world.apply();
    assert_eq!(world.folder.lines(), expected, "{what}");
    assert_eq!(world.folder.files.len(), 1, "{what}");
    let orders = world.orders();
    assert_eq!(orders.len(), expected.len(), "{what}");
    assert!(orders.iter().all(|order| order.state == kartotek_register::ports::OrderState::Sent), "{what}");
    world.wish();
    assert!(world.apply().files.is_empty(), "{what}: nothing is left to order");
}

#[test]
fn an_accident_of_the_store_at_any_step_orders_every_wish_once() {
    for accident in [Accident::Before, Accident::After] {
        for step in 0.. {
            let (mut world, expected) = wished();
            world.memory.fail_after(step, accident);
            let outcome =
                apply_files(world.store.as_mut(), &world.clock, &world.rules, &file_settings(), &mut world.folder);
            world.memory.recover();
            assert_ordered_once(&mut world, &expected, &format!("step {step} {accident:?}"));
            if outcome.is_ok() {
                assert_eq!(step, 9, "a reader, and four transactions that begin and end");
                break;
            }
        }
    }
}

#[test]
fn an_accident_of_the_folder_at_any_step_orders_every_wish_once() {
    for accident in [FolderAccident::Before, FolderAccident::After] {
        for step in 0.. {
            let (mut world, expected) = wished();
            world.folder.fails_in = Some((step, accident));
            let outcome =
                apply_files(world.store.as_mut(), &world.clock, &world.rules, &file_settings(), &mut world.folder);
            world.folder.fails_in = None;
            let bytes = world.folder.files.clone();
            assert_ordered_once(&mut world, &expected, &format!("step {step} {accident:?}"));
            for (name, before) in bytes {
                assert_eq!(world.folder.files[&name], before, "a file that was there has kept its bytes");
            }
            if outcome.is_ok() {
                assert!(step >= 2, "there are steps to fail at");
                break;
            }
        }
    }
}

#[test]
fn an_accident_on_another_day_sends_what_was_planned_for_a_day_to_come() {
    let (mut world, expected) = wished();
    world.folder.fails_in = Some((1, FolderAccident::Before));
    assert!(
        apply_files(world.store.as_mut(), &world.clock, &world.rules, &file_settings(), &mut world.folder).is_err()
    );
    assert!(world.folder.files.is_empty());
    world.pass_days(2);
    assert_ordered_once(&mut world, &expected, "two days later");
    assert!(world.folder.files.contains_key("d260116.i990001"), "{:?}", world.folder.files.keys());
}

#[test]
fn an_accident_while_a_late_file_gets_another_name_orders_every_wish_once() {
    for accident in [Accident::Before, Accident::After] {
        for step in 0.. {
            let (mut world, expected) = wished();
            world.folder.fails_in = Some((1, FolderAccident::Before));
            apply_files(world.store.as_mut(), &world.clock, &world.rules, &file_settings(), &mut world.folder)
                .unwrap_err();
            world.pass_days(2);
            world.memory.fail_after(step, accident);
            let outcome = finish_files(world.store.as_mut(), &world.clock, &file_settings(), &mut world.folder);
            world.memory.recover();
            assert_ordered_once(&mut world, &expected, &format!("step {step} {accident:?}"));
            if outcome.is_ok() {
                assert_eq!(step, 4);
                break;
            }
        }
    }
}
