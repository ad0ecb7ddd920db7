//! Randomness without state: a draw is a function of the seed, what it is for, and whom it concerns.
//!
//! That is what makes every person a pure function of seed and index: nothing depends on what was drawn before for
//! somebody else, and the same seed gives the same bytes on every machine. The mixing is SplitMix64 (public domain).

/// What a draw is for; two purposes never share their randomness. The order is part of the output: append only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Purpose {
    Serial = 1,
    Partners,
    Siblings,
    Offspring,
    Couple,
    Single,
    Fate,
    Trait,
    Home,
    Dwelling,
    GivenName,
    Surname,
    SurnameChange,
    ForeignName,
    ForeignAddress,
    Registration,
    Church,
    Citizenship,
    Occupation,
    Protection,
    Guardian,
    Custody,
    Parents,
    Civil,
    Remarks,
    CareOf,
    Clock,
    Showcase,
    Event,
    Arrival,
    Death,
}

/// A sequence of random values for one purpose and key.
#[derive(Clone, Copy)]
pub(crate) struct Draw(u64);

impl Draw {
    pub(crate) fn new(seed: u64, purpose: Purpose, key: u64) -> Self {
        Self(mix(seed ^ mix((u64::from(purpose as u8) << 56) ^ key)))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// Evenly from `0..n`; 0 when `n` is 0.
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        let product = u128::from(self.next()) * u128::from(n);
        u32::try_from(product >> 64).unwrap_or_default()
    }

    /// Evenly from `0..n` days; 0 when there are none.
    pub(crate) fn days(&mut self, n: i32) -> i32 {
        let n = u32::try_from(n).unwrap_or_default();
        i32::try_from(self.below(n)).unwrap_or_default()
    }

    /// True in `n` of a thousand cases.
    pub(crate) fn per_mille(&mut self, n: u32) -> bool {
        self.below(1000) < n
    }

    /// True in `n` of a million cases.
    pub(crate) fn per_million(&mut self, n: u32) -> bool {
        self.below(1_000_000) < n
    }

    /// One of the list; the default value when the list is empty.
    pub(crate) fn pick<T: Copy + Default>(&mut self, list: &[T]) -> T {
        let n = u32::try_from(list.len()).unwrap_or(u32::MAX);
        list.get(self.below(n) as usize).copied().unwrap_or_default()
    }

    /// The position of one of `len` list entries.
    pub(crate) fn position(&mut self, len: usize) -> u16 {
        u16::try_from(self.below(u32::try_from(len).unwrap_or(u32::MAX))).unwrap_or_default()
    }
}

/// The finaliser of SplitMix64: each bit of the result depends on each bit of `x`.
pub(crate) const fn mix(x: u64) -> u64 {
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_the_published_splitmix64_sequence() {
        // First outputs for state 1234567 of the reference implementation.
        let mut draw = Draw(1_234_567);
        assert_eq!(draw.next(), 6_457_827_717_110_365_317);
        assert_eq!(draw.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn a_draw_stays_below_its_bound() {
        let mut draw = Draw::new(1, Purpose::Home, 2);
        assert!((0..10_000).all(|_| draw.below(7) < 7));
        assert_eq!(draw.below(0), 0);
        assert_eq!(draw.days(-3), 0);
    }
}
