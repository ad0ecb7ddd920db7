//! Addresses abroad.

use crate::population::lists::Country;
use crate::population::random::{Draw, Purpose};
use crate::population::text::ShortText;

/// An address in another country.
#[derive(Clone, Copy)]
pub(crate) struct ForeignAddress {
    pub(crate) country: &'static Country,
    street: &'static [u8],
    number: u16,
    town: &'static [u8],
}

impl ForeignAddress {
    /// Somewhere abroad.
    pub(crate) fn draw(seed: u64, key: u64) -> Self {
        let mut draw = Draw::new(seed, Purpose::ForeignAddress, key);
        let country = Country::draw(&mut draw);
        Self::with(country, &mut draw)
    }

    /// Somewhere in a country.
    pub(crate) fn in_country(seed: u64, country: &'static Country, key: u64) -> Self {
        Self::with(country, &mut Draw::new(seed, Purpose::ForeignAddress, key))
    }

    fn with(country: &'static Country, draw: &mut Draw) -> Self {
        let street = draw.pick(country.streets);
        Self { country, street, number: 1 + draw.position(120), town: draw.pick(country.towns) }
    }

    /// The first three of five lines; the others are blank.
    pub(crate) fn lines(self) -> [ShortText<34>; 3] {
        let mut street = ShortText::of(&[self.street, b" "]);
        street.push_number(u32::from(self.number), 1);
        [street, ShortText::of(&[self.town]), ShortText::of(&[self.country.name])]
    }
}
