/// Whose fault an error is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The other side's: a server that is away or busy.
    Peer,
    /// The configuration's.
    Configuration,
    /// The data's.
    Data,
    /// Ours.
    Kartotek,
}

/// What went wrong in a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreErrorKind {
    /// It cannot be reached or opened.
    Unavailable,
    /// Somebody else holds what is needed; the same call may go through later.
    Busy,
    /// Its tables are not the ones that this version knows.
    Schema,
    /// It holds something that it should not.
    Corrupt,
    /// The database refused a statement that should have been right.
    Refused,
}

/// An error of a store. The message comes from the database and holds no values of rows.
#[derive(Debug, thiserror::Error)]
#[error("{operation}: {message}")]
pub struct StoreError {
    /// What went wrong.
    pub kind: StoreErrorKind,
    /// What was being done.
    pub operation: &'static str,
    /// The database's words.
    pub message: String,
}

impl StoreError {
    /// An error of a kind while doing something.
    pub fn new(kind: StoreErrorKind, operation: &'static str, message: impl Into<String>) -> Self {
        Self { kind, operation, message: message.into() }
    }

    /// Whether the same call may go through later.
    pub fn may_be_retried(&self) -> bool {
        matches!(self.kind, StoreErrorKind::Unavailable | StoreErrorKind::Busy)
    }

    /// Whose fault it is.
    pub fn fault(&self) -> Fault {
        match self.kind {
            StoreErrorKind::Unavailable | StoreErrorKind::Busy => Fault::Peer,
            StoreErrorKind::Schema => Fault::Configuration,
            StoreErrorKind::Corrupt => Fault::Data,
            StoreErrorKind::Refused => Fault::Kartotek,
        }
    }
}
