use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::Population;

/// A population that several simulators serve. Cloning it does not copy it.
#[derive(Clone)]
pub struct SharedPopulation(Arc<RwLock<Population>>);

impl SharedPopulation {
    /// To look; others can look at the same time.
    pub fn read(&self) -> RwLockReadGuard<'_, Population> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// To let days happen.
    pub fn write(&self) -> RwLockWriteGuard<'_, Population> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<Population> for SharedPopulation {
    fn from(population: Population) -> Self {
        Self(Arc::new(RwLock::new(population)))
    }
}
