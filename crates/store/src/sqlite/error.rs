use kartotek_register::ports::{StoreError, StoreErrorKind};
use rusqlite::{Error, ErrorCode};

/// Sorts an error of SQLite. Its messages name tables and columns, never values.
pub(super) fn failed(operation: &'static str, error: &Error) -> StoreError {
    let kind = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreErrorKind::Busy,
        Some(
            ErrorCode::CannotOpen
            | ErrorCode::PermissionDenied
            | ErrorCode::ReadOnly
            | ErrorCode::DiskFull
            | ErrorCode::SystemIoFailure,
        ) => StoreErrorKind::Unavailable,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreErrorKind::Corrupt,
        // SQLite has no code of its own for what an older version's file does not have.
        _ if is_missing(error) => StoreErrorKind::Schema,
        _ => StoreErrorKind::Refused,
    };
    let message = match error {
        Error::SqliteFailure(cause, text) => text.clone().unwrap_or_else(|| cause.to_string()),
        Error::InvalidColumnType(at, name, kind) => format!("column {at} ({name}) holds {kind}"),
        Error::FromSqlConversionFailure(at, kind, _) => format!("column {at} holds {kind} of an unknown form"),
        Error::QueryReturnedNoRows => "a row that must be there is not".to_owned(),
        _ => "the database refused a statement".to_owned(),
    };
    StoreError::new(kind, operation, message)
}

/// Whether a statement speaks of a table or column that is not there.
fn is_missing(error: &Error) -> bool {
    let text = match error {
        Error::SqliteFailure(_, Some(text)) => text,
        Error::SqlInputError { msg, .. } => msg,
        _ => return false,
    };
    text.starts_with("no such table") || text.starts_with("no such column")
}

/// Something in the register that no version of Kartotek writes.
pub(super) fn corrupt(operation: &'static str, what: &str) -> StoreError {
    StoreError::new(StoreErrorKind::Corrupt, operation, what)
}
