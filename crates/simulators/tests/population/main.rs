//! The population as its receiver sees it: everything here reads the files, not the structures behind them.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests")]

mod bytes;
mod changes;
mod file;
mod frame;
mod history;
mod kinship;
mod private;
mod variety;
