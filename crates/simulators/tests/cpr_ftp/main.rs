//! The simulated file server through its sockets: with curl, a client that nobody here wrote, and line by line where curl
//! is too clever.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests")]

mod commands;
mod curl;
mod faults;
mod files;
mod nightly;
mod place;
mod spoken;
mod tls;
mod zos;
