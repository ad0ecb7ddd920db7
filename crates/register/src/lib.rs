//! The contact register's engine: what a source states about a contact is compared with what is stored, and the
//! difference is applied in one transaction together with its journal.
//!
//! ```text
//! decoded records ──mapping──▶ ContactUpdate ──import::plan──▶ Changes ──ports::Store──▶ register + journal
//! ```
//!
//! Mapping and planning are pure. The engine knows no file, socket or database: those stand behind [`ports`].

pub mod contact;
pub mod import;
pub mod mapping;
pub mod memory;
pub mod ports;
pub mod subscription;
