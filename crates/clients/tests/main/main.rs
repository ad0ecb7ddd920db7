//! The client of CPR Direkte against servers on real sockets.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

mod smoke;
mod support;
