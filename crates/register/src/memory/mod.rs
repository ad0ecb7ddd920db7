//! A register in memory, for tests: the same behaviour as the stores in databases, without their speed.

mod accident;
mod apply;
mod cards;
mod cases;
mod configured;
mod find;
mod hand;
mod lease;
mod ledger;
mod numbers;
mod outcomes;
mod reader;
mod state;
mod subscriptions;
mod tables;
mod transaction;
mod transfers;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::ports::{LeaseTaken, Reader, SecretChange, SecretsWritten, Store, StoreError, Transaction};

pub use accident::Accident;

use accident::Trap;
use lease::Leases;
use reader::MemoryReader;
use tables::Tables;
use transaction::MemoryTransaction;

/// A register in memory. A clone is another handle of the same register.
#[derive(Clone, Default)]
pub struct MemoryStore {
    /// The writer's place.
    writer: Arc<Mutex<()>>,
    committed: Arc<Mutex<Tables>>,
    leases: Leases,
    trap: Trap,
}

impl MemoryStore {
    /// An empty register.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets so many more beginnings, readers and commits through, by whichever handle, and lets all that follow fail.
    pub fn fail_after(&self, steps: u32, accident: Accident) {
        self.trap.set(Some((steps, accident)));
    }

    /// Lets nothing fail any more.
    pub fn recover(&self) {
        self.trap.set(None);
    }

    /// Takes all leases away from their holders, as a lost connection does.
    pub fn lose_leases(&self) {
        self.leases.lose();
    }
}

impl Store for MemoryStore {
    fn begin(&mut self) -> Result<Box<dyn Transaction + '_>, StoreError> {
        self.trap.pass()?;
        let place = lock(&self.writer);
        let tables = lock(&self.committed).clone();
        Ok(Box::new(MemoryTransaction::new(place, &self.committed, &self.trap, tables)))
    }

    /// Nothing survives a power cut.
    fn begin_durable(&mut self) -> Result<Box<dyn Transaction + '_>, StoreError> {
        self.begin()
    }

    fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        self.trap.pass()?;
        Ok(Box::new(MemoryReader::new(Arc::clone(&self.committed))))
    }

    /// There is nothing to put off.
    fn begin_load(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    fn finish_load(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    fn write_secrets(&mut self, changes: &[SecretChange], now: &str) -> Result<SecretsWritten, StoreError> {
        let _place = lock(&self.writer);
        Ok(configured::write_secrets(&mut lock(&self.committed), changes, now))
    }

    fn lease(&mut self, name: &str, holder: &str) -> Result<LeaseTaken, StoreError> {
        self.trap.pass()?;
        Ok(self.leases.take(name, holder))
    }
}

/// What a thread committed before it panicked is whole, so the lock is good.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
