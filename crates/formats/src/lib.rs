//! The formats that the Danish base registers speak, as pure functions on bytes.
//!
//! Nothing here reads a file, a clock or a socket: bytes go in, typed values with positions come out, and
//! every value that can be decoded can be encoded again. Values that identify a person print masked.

pub mod codes;
pub mod cpr_direkte;
pub mod dates;
pub mod extract;
pub mod identifiers;
pub mod latin1;
pub mod listing;
pub mod records;
pub mod subscription_file;
