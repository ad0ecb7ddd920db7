/// How often a fault happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// To the next so many requests that it concerns.
    Next(u32),
    /// Until faults are cleared.
    UntilCleared,
}
