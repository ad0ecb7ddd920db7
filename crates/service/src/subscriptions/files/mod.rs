//! Subscription files, crash-safe: every wish is ordered in exactly one file, whenever the process ends.
//!
//! 1. The orders are entered as planned, with the name of their file and their lines, in one transaction.
//! 2. The file is written under a temporary name, brought to disk and given its name.
//! 3. The orders are sent: their wishes are cleared, and cancelled persons are `SRC_SUBSCRIBED = 'N'` (F131), in one
//!    transaction.
//!
//! Steps 2 and 3 are done for everything that is planned before anything new is. A file is a function of its orders, so
//! that doing step 2 again gives the same bytes.

mod apply;
mod outbox;
mod postpone;

pub(crate) use apply::first_day;
pub use apply::{FileSettings, FilesReport, WrittenFile, apply_files, finish_files};
pub use outbox::{FolderOutbox, Outbox, Published};
pub(crate) use postpone::postpone_written;
