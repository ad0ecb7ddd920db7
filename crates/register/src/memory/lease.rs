//! Leases of a register in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use crate::ports::{Lease, LeaseTaken, StoreError, StoreErrorKind};

use super::lock;

/// The leases that somebody has, by name. A clone knows the same.
#[derive(Clone, Default)]
pub(super) struct Leases {
    held: Arc<Mutex<BTreeMap<String, Held>>>,
}

struct Held {
    holder: String,
    /// Tells a lease from a later one of the same name.
    mark: Arc<()>,
}

impl Leases {
    pub fn take(&self, name: &str, holder: &str) -> LeaseTaken {
        let mut held = lock(&self.held);
        if let Some(held) = held.get(name) {
            return LeaseTaken::Held { by: held.holder.clone() };
        }
        let mark = Arc::new(());
        held.insert(name.to_owned(), Held { holder: holder.to_owned(), mark: Arc::clone(&mark) });
        LeaseTaken::Taken(Box::new(MemoryLease { leases: self.clone(), name: name.to_owned(), mark }))
    }

    pub fn lose(&self) {
        lock(&self.held).clear();
    }
}

struct MemoryLease {
    leases: Leases,
    name: String,
    mark: Arc<()>,
}

impl MemoryLease {
    fn is_mine(&self, held: &BTreeMap<String, Held>) -> bool {
        held.get(&self.name).is_some_and(|held| Arc::ptr_eq(&held.mark, &self.mark))
    }
}

impl Lease for MemoryLease {
    fn check(&mut self) -> Result<(), StoreError> {
        if self.is_mine(&lock(&self.leases.held)) {
            return Ok(());
        }
        Err(StoreError::new(StoreErrorKind::Unavailable, "keep the lease", "it was lost"))
    }
}

impl Drop for MemoryLease {
    fn drop(&mut self) {
        let mut held = lock(&self.leases.held);
        if self.is_mine(&held) {
            held.remove(&self.name);
        }
    }
}
