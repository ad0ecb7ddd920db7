//! Holds the documents true: the queries in them run, and what they list is what there is.
//!
//! The queries run on SQLite and on PostgreSQL; for the latter `scripts/test` and `scripts/with-postgres COMMAND` start
//! a server.

#[cfg(test)]
mod architecture;
#[cfg(test)]
mod batch;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod configured;
#[cfg(test)]
mod database;
#[cfg(test)]
mod file_server;
#[cfg(test)]
mod mapping;
#[cfg(test)]
mod markdown;
#[cfg(test)]
mod online;
#[cfg(test)]
mod operations;
#[cfg(test)]
mod registers;
#[cfg(test)]
mod subscriptions;
