//! How the base registers are reached. Speaks each protocol in its own words and knows no contacts.

pub mod cpr_direkte;
pub mod file_transfer;
mod tcp;
pub mod tls;
