//! What the tests share: extracts put together person by person, and a register to take them into.

pub mod cli;
pub mod direkte;
pub mod extract;
pub mod file_server;
pub mod leak;
pub mod masking;
pub mod nights;
pub mod person;
pub mod register;
pub mod sample;
