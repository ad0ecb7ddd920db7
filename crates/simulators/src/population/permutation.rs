//! A keyed shuffle of `0..size` that is computed, not stored, and can be undone.

use super::random::mix;

/// Multiplier of a round, and its inverse modulo 2^32.
const MULTIPLIER: u32 = 0x9E37_79B1;
const INVERSE: u32 = 0x0E8B_2F51;

/// A bijection on `0..size`.
///
/// Three rounds of xor, odd multiplication and xor-shift are a bijection on the next power of two; a value that falls
/// outside `0..size` goes round again ("cycle walking"), fewer than two times on average.
#[derive(Clone, Copy)]
pub(crate) struct Permutation {
    size: u32,
    mask: u32,
    shift: u32,
    keys: [u32; 3],
}

impl Permutation {
    pub(crate) fn new(size: u32, key: u64) -> Self {
        let bits = 32 - size.saturating_sub(1).leading_zeros();
        let mask = u32::MAX.checked_shr(32 - bits).unwrap_or_default();
        let half = |x: u64| u32::try_from(x >> 32).unwrap_or_default();
        let a = mix(key);
        let b = mix(a ^ key.rotate_left(17));
        Self { size, mask, shift: bits.div_ceil(2).max(1), keys: [half(a), half(b), half(mix(b))] }
    }

    /// Where `x` goes. `x` must be below the size; otherwise the answer is `x`.
    pub(crate) fn forward(self, x: u32) -> u32 {
        self.walk(x, |mut x| {
            for key in self.keys {
                x = (x ^ key) & self.mask;
                x = x.wrapping_mul(MULTIPLIER) & self.mask;
                x ^= x >> self.shift;
            }
            x
        })
    }

    /// What goes to `y`: the inverse of [`Permutation::forward`].
    pub(crate) fn backward(self, y: u32) -> u32 {
        self.walk(y, |mut y| {
            for key in self.keys.into_iter().rev() {
                y ^= y >> self.shift;
                y = y.wrapping_mul(INVERSE) & self.mask;
                y = (y ^ key) & self.mask;
            }
            y
        })
    }

    fn walk(self, mut x: u32, step: impl Fn(u32) -> u32) -> u32 {
        if x >= self.size {
            return x;
        }
        loop {
            x = step(x);
            if x < self.size {
                return x;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_exactly_one_place_and_finds_back() {
        for size in [1, 2, 3, 5, 64, 65, 1000, 4099] {
            let shuffle = Permutation::new(size, 42 + u64::from(size));
            let mut seen = vec![false; size as usize];
            for x in 0..size {
                let y = shuffle.forward(x);
                assert!(!seen[y as usize], "{size}: {y} twice");
                seen[y as usize] = true;
                assert_eq!(shuffle.backward(y), x);
            }
        }
    }
}
