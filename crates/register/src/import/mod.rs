//! Taking a batch of updates into the register: decide what is newer, plan the difference, apply it with its journal.

mod batch;
mod changes;
mod journal;
mod options;
pub mod plan;
mod remembered;
mod targets;

pub use batch::{Batch, BatchReport, Importer, Item, MappedAgain, Outcome};
pub use changes::{Changes, Touch};
pub use journal::{JournalEntry, JournalFields, What};
pub use options::{ForceUpdate, ImportOptions};
pub use targets::make_placeholders;
