//! The simulator of CPR Direkte through its sockets. The client here is the tests' own, and so are the positions: what
//! it shares with the simulator is the population only.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "helpers of tests")]

mod caller;
mod client;
mod connections;
mod faults;
mod logon;
mod lookup;
mod strict;
mod subscriptions;
mod support;
