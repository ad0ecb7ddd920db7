//! Directory listings of file servers: what POSIX and z/OS servers answer to `LIST`, and the forms of `MLSD` and `NLST`.

mod entry;

pub use entry::{Entry, EntryKind};
