use std::error::Error as _;
use std::io;

use kartotek_register::ports::{StoreError, StoreErrorKind};
use tokio_postgres::Error;
use tokio_postgres::error::DbError;

/// What can go wrong within an operation.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// The driver or the server says so.
    #[error(transparent)]
    Driver(#[from] Error),
    /// A row that must be there is not.
    #[error("a row that must be there is not")]
    Missing,
    /// Something in the register that no version of Kartotek writes.
    #[error("{0}")]
    Corrupt(&'static str),
    /// A database that cannot hold the register, or holds something else.
    #[error("{0}")]
    Schema(String),
    /// A value of the caller that cannot be stored.
    #[error("{0}")]
    Refused(&'static str),
}

/// Sorts a failure.
pub(super) fn failed(operation: &'static str, failure: &Failure) -> StoreError {
    let kind = match failure {
        Failure::Driver(error) => return driver_failed(operation, error),
        Failure::Missing | Failure::Refused(_) => StoreErrorKind::Refused,
        Failure::Corrupt(_) => StoreErrorKind::Corrupt,
        Failure::Schema(_) => StoreErrorKind::Schema,
    };
    StoreError::new(kind, operation, failure.to_string())
}

fn driver_failed(operation: &'static str, error: &Error) -> StoreError {
    if let Some(cause) = error.as_db_error() {
        return StoreError::new(kind(cause.code().code()), operation, message(cause));
    }
    let cause = error.source().and_then(|cause| cause.downcast_ref::<io::Error>());
    let kind = if error.is_closed() || cause.is_some() { StoreErrorKind::Unavailable } else { StoreErrorKind::Refused };
    // The driver's words name what it was doing; the operating system's, why that failed. Neither holds values.
    let message = cause.map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"));
    StoreError::new(kind, operation, message)
}

/// By the classes of SQLSTATE (PostgreSQL manual, appendix A).
fn kind(code: &str) -> StoreErrorKind {
    match code {
        // lock_not_available, deadlock_detected, serialization_failure
        "55P03" | "40P01" | "40001" => StoreErrorKind::Busy,
        // read_only_sql_transaction: a standby; insufficient_privilege; undefined database
        "25006" | "42501" | "3D000" => StoreErrorKind::Unavailable,
        // undefined_table, undefined_column: an older version's
        "42P01" | "42703" => StoreErrorKind::Schema,
        _ => match code.get(..2) {
            // Connection, authorisation, resources, operator's intervention, the server's system.
            Some("08" | "28" | "53" | "57" | "58") => StoreErrorKind::Unavailable,
            Some("XX") => StoreErrorKind::Corrupt,
            _ => StoreErrorKind::Refused,
        },
    }
}

/// Severity, code and primary message; detail, hint and context may hold values of rows and are left out. So is the
/// primary message of a data exception, which quotes the value.
fn message(cause: &DbError) -> String {
    let code = cause.code().code();
    let text = if code.starts_with("22") { "the server refused a value" } else { cause.message() };
    format!("{} {code}: {text}", cause.severity())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_that_is_held_may_be_retried_and_a_duplicate_key_may_not() {
        assert_eq!(kind("55P03"), StoreErrorKind::Busy);
        assert_eq!(kind("57P01"), StoreErrorKind::Unavailable);
        assert_eq!(kind("23505"), StoreErrorKind::Refused);
        assert_eq!(kind("XX001"), StoreErrorKind::Corrupt);
    }
}
