//! Sources of the register and the runs that take them in.

pub mod cases;
pub mod cpr_batch;
pub mod cpr_extract;
pub mod cpr_klient;
pub mod cpr_online;
mod cpr_person;
pub mod danish_time;
pub mod external_sources;
pub mod secrets;
pub mod subscriptions;
pub mod toml_error;
