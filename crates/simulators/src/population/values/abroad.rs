//! Addresses abroad.

use crate::population::lists::{COUNTRIES, Country};
use crate::population::random::{Draw, Purpose};
use crate::population::text::ShortText;

/// An address in another country, kept as the key it is drawn from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct ForeignAddress {
    pub(crate) key: u64,
}

impl ForeignAddress {
    /// Authority code of the country.
    pub(crate) fn country_code(self, seed: u64) -> u16 {
        self.country(seed).0.code
    }

    /// The first three of five lines; the others are blank.
    pub(crate) fn lines(self, seed: u64) -> [ShortText<34>; 3] {
        let (country, mut draw) = self.country(seed);
        let mut street = ShortText::of(&[draw.pick(country.streets), b" "]);
        street.push_number(1 + draw.below(120), 1);
        [street, ShortText::of(&[draw.pick(country.towns)]), ShortText::of(&[country.name])]
    }

    fn country(self, seed: u64) -> (Country, Draw) {
        let mut draw = Draw::new(seed, Purpose::ForeignAddress, self.key);
        (draw.pick(COUNTRIES), draw)
    }
}
