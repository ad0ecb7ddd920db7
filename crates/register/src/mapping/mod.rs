//! What each source's records state about a contact. Pure: nothing here knows what is stored.

pub mod cpr;
