//! FTP, with TLS or without, by `suppaftp`: passive, one transfer at a time.

mod connect;
mod data;
mod failure;
mod fetch;
mod latin1;
mod lines;
mod listing;
mod rename;
mod session;
mod store;
mod tls;

pub(super) use connect::connect;
