//! CPR Direkte as CPR runs it (cpr-direkte.md), over real sockets and TLS, about the synthetic population.
//!
//! | Part | Holds |
//! | --- | --- |
//! | `options`, `server` | starting and stopping |
//! | `connection`, `delivery` | one connection: handshake, one request, one answer, close |
//! | `request`, `service` | what a request asks, and the answer |
//! | `accounts` | password and tokens |
//! | `answer`, `body` | how an answer is written, and a person as its data |
//! | `fault`, `fault_order` | what can go wrong on request, and how that is asked for in words |
//! | `control` | everything that a test does while the simulator runs |
//! | `caller` | the bare minimum of a caller, to measure against |

mod accounts;
mod answer;
mod body;
mod caller;
mod connection;
mod control;
mod counts;
mod delivery;
mod fault;
mod fault_order;
mod options;
mod request;
mod server;
mod service;

pub use caller::look_up_unchecked;
pub use control::Control;
pub use counts::Counts;
pub use fault::{Fault, Scope, UnknownFault};
pub use fault_order::{FaultOrder, FaultOrderError};
pub use options::{CertificateKind, Exchange, ExchangeEvent, Observer, SimulatorOptions};
pub use request::{RequestKind, Violation};
pub use server::{Simulator, StartError};

pub use crate::subscriptions::Subscription;
pub use crate::times::Times;
