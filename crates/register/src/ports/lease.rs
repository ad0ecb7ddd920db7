use super::StoreError;

/// What came of asking for a lease.
pub enum LeaseTaken {
    /// It is ours until it is dropped, or until this process or its connection to the register ends.
    Taken(Box<dyn Lease>),
    /// Somebody else has it.
    Held {
        /// Who, in words that an operator can follow: host, process and since when, where the store can tell.
        by: String,
    },
}

/// The right to be the only one who works at something. A holder that dies loses it at once on the same machine, and as soon
/// as its connection is seen to be dead on another, so that nobody has to clear anything away.
pub trait Lease: Send {
    /// Fails once it is no longer ours, as when the connection to the register was lost.
    fn check(&mut self) -> Result<(), StoreError>;
}
