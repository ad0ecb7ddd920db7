//! One file a command.

pub mod bench;
pub mod case;
pub mod contact;
pub mod cpr;
pub mod cpr_batch;
pub mod demo;
pub mod generate;
pub mod import;
pub mod secret;
pub mod simulate;
pub mod source;
pub mod subscription;
