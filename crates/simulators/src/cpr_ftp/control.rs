use std::io;
use std::sync::Arc;

use super::fault::Fault;
use super::record::Happened;
use super::server::Shared;
use crate::times::Times;

/// Everything that can be done to a server while it runs, and seen of it. Cloning it gives another handle.
#[derive(Clone)]
pub struct Control(pub(super) Arc<Shared>);

impl Control {
    /// Lets something go wrong. Faults of one stage strike in the order in which they were ordered.
    pub fn order(&self, fault: Fault, times: Times) {
        self.0.faults.add(fault, times);
    }

    /// Forgets the faults that did not strike yet.
    pub fn clear_faults(&self) {
        self.0.faults.clear();
    }

    /// How many times faults are still to strike; those without end count once.
    pub fn faults_left(&self) -> u32 {
        self.0.faults.left()
    }

    /// Moves a file of `ud` to slow storage, from which a fetch brings it back. Only z/OS shows it in listings.
    pub fn migrate(&self, name: &str) -> io::Result<()> {
        self.0.files.migrate(name)
    }

    /// Whether a file of `ud` is on slow storage.
    pub fn is_migrated(&self, name: &str) -> bool {
        self.0.files.is_migrated(super::Directory::Ud, name)
    }

    /// What happened since the start.
    pub fn happened(&self) -> Happened {
        self.0.record.write().clone()
    }

    /// Commands that would have deleted something.
    pub fn deletions_tried(&self) -> u32 {
        self.0.record.write().deletions_tried
    }
}
