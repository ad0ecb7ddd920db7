use std::sync::atomic::{AtomicU64, Ordering};

/// What happened since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Connections accepted.
    pub connections: u64,
    /// Connections that are open now.
    pub open: u64,
    /// TLS handshakes completed.
    pub handshakes: u64,
    /// Those of them that resumed an earlier session.
    pub resumed: u64,
    /// Sign-ons answered.
    pub logons: u64,
    /// Look-ups answered, changes of subscriptions included.
    pub lookups: u64,
    /// Answers with an error number.
    pub refused: u64,
}

/// The counters behind [`Counts`].
#[derive(Default)]
pub(super) struct Counters {
    pub(super) connections: Counter,
    pub(super) closed: Counter,
    pub(super) handshakes: Counter,
    pub(super) resumed: Counter,
    pub(super) logons: Counter,
    pub(super) lookups: Counter,
    pub(super) refused: Counter,
}

#[derive(Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    pub(super) fn add(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

impl Counters {
    pub(super) fn counts(&self) -> Counts {
        // Read first: a connection that closes meanwhile must not make the difference negative.
        let closed = self.closed.get();
        let connections = self.connections.get();
        Counts {
            connections,
            open: connections.saturating_sub(closed),
            handshakes: self.handshakes.get(),
            resumed: self.resumed.get(),
            logons: self.logons.get(),
            lookups: self.lookups.get(),
            refused: self.refused.get(),
        }
    }
}
