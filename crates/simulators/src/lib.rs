//! Simulators of the registers, and the synthetic population that they serve.

pub mod authority;
pub mod cpr_direkte;
pub mod cpr_ftp;
mod listening;
pub mod population;
mod subscriptions;
mod times;
