//! CPR Klient (F4, F12, F13, F18): a local proxy in front of CPR Direkte.
//!
//! Speaks the same requests and answers as CPR Direkte over plain TCP, but its callers leave token, user id and error
//! number blank: it signs on itself, so that password and token stay here. Systems that expect the old program find what
//! they expect.

mod answer;
mod callers;
mod request;
mod server;
mod single;

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};

pub use callers::{Callers, CallersError};
pub use server::{KlientOptions, KlientServer};
pub use single::{OnlyOne, OnlyOneError};

/// Where it listens when nothing else is said, and so the port on which another machine is asked for it.
pub const DEFAULT_LISTEN: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 5001));
