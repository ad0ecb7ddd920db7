//! A register that fails at a chosen step, for tests of what a crash leaves.

use std::sync::{Arc, Mutex};

use crate::ports::{StoreError, StoreErrorKind};

use super::lock;

/// How a register fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accident {
    /// What was asked for did not happen.
    Before,
    /// It happened, if it is a commit, and the answer is lost.
    After,
}

/// Counts the steps, and says when one fails. A clone counts on.
#[derive(Clone, Default)]
pub(super) struct Trap {
    /// Steps that still go through, and how the ones after them fail.
    set: Arc<Mutex<Option<(u32, Accident)>>>,
}

impl Trap {
    pub fn set(&self, to: Option<(u32, Accident)>) {
        *lock(&self.set) = to;
    }

    /// How the next step fails; `None`: it goes through.
    pub fn step(&self) -> Option<Accident> {
        match &mut *lock(&self.set) {
            None => None,
            Some((0, accident)) => Some(*accident),
            Some((left, _)) => {
                *left -= 1;
                None
            }
        }
    }

    /// A step that does nothing which could have happened.
    pub fn pass(&self) -> Result<(), StoreError> {
        self.step().map_or(Ok(()), |_| Err(lost()))
    }
}

pub(super) fn lost() -> StoreError {
    StoreError::new(StoreErrorKind::Unavailable, "do anything", "an accident")
}
