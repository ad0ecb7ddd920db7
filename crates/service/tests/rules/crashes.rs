//! Accidents at every step of applying by file: every wish is ordered exactly once, and no file is broken.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use kartotek_register::ports::{Reader, SecretChange, SecretsWritten, Store, StoreError, StoreErrorKind, Transaction};
use kartotek_service::subscriptions::apply_files;

use crate::support::{FolderAccident, World, file_settings, numbers};

/// A store whose transactions fail to begin, or lose their answer, at a chosen call.
struct Failing<'s> {
    store: &'s mut dyn Store,
    left: Arc<AtomicI64>,
}

impl Failing<'_> {
    fn call(&self) -> Result<(), StoreError> {
        if self.left.fetch_sub(1, Ordering::Relaxed) <= 0 { Err(accident()) } else { Ok(()) }
    }
}

fn accident() -> StoreError {
    StoreError::new(StoreErrorKind::Unavailable, "do anything", "an accident")
}

impl Store for Failing<'_> {
    fn begin(&mut self) -> Result<Box<dyn Transaction + '_>, StoreError> {
        self.call()?;
        self.store.begin()
    }

    fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        self.call()?;
        self.store.reader()
    }

    fn begin_load(&mut self) -> Result<(), StoreError> {
        self.store.begin_load()
    }

    fn finish_load(&mut self) -> Result<(), StoreError> {
        self.store.finish_load()
    }

    fn write_secrets(&mut self, changes: &[SecretChange], now: &str) -> Result<SecretsWritten, StoreError> {
        self.store.write_secrets(changes, now)
    }
}

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
    for step in 0.. {
        let (mut world, expected) = wished();
        let left = Arc::new(AtomicI64::new(step));
        let mut failing = Failing { store: world.store.as_mut(), left: Arc::clone(&left) };
        let outcome = apply_files(&mut failing, &world.clock, &world.rules, &file_settings(), &mut world.folder);
        assert_ordered_once(&mut world, &expected, &format!("step {step}"));
        if outcome.is_ok() {
            assert!(step >= 4, "there are steps to fail at");
            return;
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
fn an_accident_on_another_day_sends_the_file_that_was_planned() {
    let (mut world, expected) = wished();
    world.folder.fails_in = Some((1, FolderAccident::Before));
    assert!(
        apply_files(world.store.as_mut(), &world.clock, &world.rules, &file_settings(), &mut world.folder).is_err()
    );
    assert!(world.folder.files.is_empty());
    world.pass_days(2);
    assert_ordered_once(&mut world, &expected, "two days later");
    assert!(world.folder.files.contains_key("d260114.i990001"), "{:?}", world.folder.files.keys());
}
