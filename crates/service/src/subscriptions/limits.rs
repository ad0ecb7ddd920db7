use super::SubscriptionError;

/// How many persons one run may change without an operator's confirmation.
///
/// A run stops when it would change more than the larger of the two: `max_persons`, so that a small register is not asked
/// about each handful, and `max_percent` of the persons who are subscribed, so that a large one is not asked every night.
/// A rule that went wrong, a case system that delivered no cases or a list that was cut off changes far more than either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Of the persons who are subscribed, 0-100.
    pub max_percent: u8,
    /// Persons.
    pub max_persons: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_percent: 5, max_persons: 50 }
    }
}

impl Limits {
    /// How many persons may change when so many are subscribed.
    pub fn allowed(&self, subscribed: u64) -> u64 {
        let percent = u128::from(subscribed) * u128::from(self.max_percent) / 100;
        self.max_persons.max(u64::try_from(percent).unwrap_or(u64::MAX))
    }

    /// Refuses more.
    pub fn check(&self, changes: u64, subscribed: u64) -> Result<(), SubscriptionError> {
        let allowed = self.allowed(subscribed);
        if changes > allowed { Err(SubscriptionError::TooMany { changes, allowed, subscribed }) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_larger_of_the_two_counts_and_is_itself_allowed() {
        let limits = Limits::default();
        for (subscribed, allowed) in [(0, 50), (1_000, 50), (1_019, 50), (1_020, 51), (100_000, 5_000)] {
            assert_eq!(limits.allowed(subscribed), allowed, "{subscribed}");
            assert!(limits.check(allowed, subscribed).is_ok());
            assert!(limits.check(allowed + 1, subscribed).is_err());
        }
        assert!(Limits { max_percent: 0, max_persons: 0 }.check(1, 1_000).is_err());
        assert_eq!(Limits { max_percent: 100, max_persons: 0 }.allowed(u64::MAX), u64::MAX);
    }
}
