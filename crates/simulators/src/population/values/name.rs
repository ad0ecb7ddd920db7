//! Names, and the forms in which records show them.

use kartotek_formats::codes::NameMarker;

use crate::population::calendar::Day;
use crate::population::lists::{COMPOUND_NAMES, Country, GIVEN_FEMALE, GIVEN_MALE, MIDDLE_NAMES, SURNAMES};
use crate::population::random::{Draw, Purpose};
use crate::population::text::ShortText;

/// How many neighbouring names of the list are in fashion in a year.
const FASHION: usize = 24;

/// A person's name in parts. Blank parts are empty.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Name {
    pub(crate) given: [&'static [u8]; 4],
    pub(crate) middle: &'static [u8],
    pub(crate) last: &'static [u8],
    pub(crate) given_marker: NameMarker,
    pub(crate) last_marker: NameMarker,
}

impl Name {
    /// A Danish name in the fashion of the year of birth.
    pub(crate) fn danish(seed: u64, key: u64, female: bool, born: Day, last: &'static [u8]) -> Self {
        let mut draw = Draw::new(seed, Purpose::GivenName, key);
        let names = if female { GIVEN_FEMALE } else { GIVEN_MALE };
        let years = usize::from(born.year().clamp(1890, 2030) - 1890);
        let from = years * names.len().saturating_sub(FASHION) / 140;
        let fashionable = names.get(from..from + FASHION).unwrap_or(names);
        let mut given = [draw.pick(fashionable), &[], &[], &[]];
        let second = draw.pick(fashionable);
        if draw.per_mille(550) && !given.contains(&second) {
            given = [given[0], second, &[], &[]];
        }
        let middle = if draw.per_mille(420) { draw.pick(MIDDLE_NAMES) } else { &[] };
        Self { given, middle, last, ..Self::default() }
    }

    /// A name of the country.
    pub(crate) fn foreign(seed: u64, key: u64, female: bool, country: &Country) -> Self {
        let mut draw = Draw::new(seed, Purpose::ForeignName, key);
        let list = if female { country.given_female } else { country.given_male };
        let given = [draw.pick(list), &[], &[], &[]];
        Self { given, last: draw.pick(country.surnames), ..Self::default() }
    }

    /// A name of some country or other, for somebody of whom nothing else is known.
    pub(crate) fn of_stranger(seed: u64, key: u64, female: bool) -> Self {
        let mut draw = Draw::new(seed, Purpose::ForeignName, key ^ (1 << 63));
        Self::foreign(seed, key, female, Country::draw(&mut draw))
    }

    /// Four double names, longer together than FORNVN.
    pub(crate) fn with_long_given_name(mut self, draw: &mut Draw) -> Self {
        self.given = [draw.pick(COMPOUND_NAMES), draw.pick(COMPOUND_NAMES), draw.pick(COMPOUND_NAMES), self.given[0]];
        self
    }

    /// FORNVN; cut off and marked `+` when it is too long.
    pub(crate) fn given_names(&self) -> (ShortText<50>, NameMarker) {
        let mut text = ShortText::default();
        let complete = self.given.iter().all(|part| text.push_word(part));
        (text, if complete { self.given_marker } else { NameMarker::Abbreviated })
    }

    /// ADRNVN, `First Last` within 34 characters: middle names shrink to initials, then the given names, then vanish.
    pub(crate) fn addressing(&self) -> ShortText<34> {
        let [first, others @ ..] = self.given;
        let mut plain = ShortText::default();
        let mut words = [first].into_iter().chain(others).chain([self.middle, self.last]);
        if words.all(|word| plain.push_word(word)) {
            return plain;
        }
        let mut initials = ShortText::default();
        let shortened = others.into_iter().chain([self.middle]).map(initial);
        let mut words = [first].into_iter().chain(shortened).chain([self.last]);
        if words.all(|word| initials.push_word(word)) {
            return initials;
        }
        let mut short = ShortText::default();
        short.push_word(initial(first));
        short.push_word(self.last);
        short
    }

    /// `Last,First` within 34 characters, as records 012 and 015 name a person without number; blank when unknown.
    pub(crate) fn last_first(&self) -> ShortText<34> {
        let comma: &[u8] = if self.last.is_empty() { b"" } else { b"," };
        ShortText::of(&[self.last, comma, self.given[0]])
    }
}

/// A surname that is nobody's in particular.
pub(crate) fn surname(seed: u64, key: u64) -> &'static [u8] {
    let mut draw = Draw::new(seed, Purpose::Surname, key);
    let common = SURNAMES.get(..20).unwrap_or(SURNAMES);
    if draw.per_mille(450) { draw.pick(common) } else { draw.pick(SURNAMES) }
}

fn initial(word: &'static [u8]) -> &'static [u8] {
    word.get(..1).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(given: [&'static [u8]; 4], middle: &'static [u8], last: &'static [u8]) -> Name {
        Name { given, middle, last, ..Name::default() }
    }

    #[test]
    fn an_addressing_name_shrinks_until_it_fits() {
        let cases = [
            (name([b"Anna", b"", b"", b""], b"Bak", b"Lind"), "Anna Bak Lind"),
            (name([b"Ulrikke", b"Veronika", b"", b""], b"Fich", b"Villadsen-Hansen"), "Ulrikke V F Villadsen-Hansen"),
            (name([b"Wilhelmine-Henriette-Alexandra", b"", b"", b""], b"", b"Villadsen"), "W Villadsen"),
        ];
        for (name, expected) in cases {
            assert_eq!(name.addressing().as_bytes(), expected.as_bytes());
        }
    }

    #[test]
    fn a_given_name_that_is_too_long_is_marked() {
        let long: &'static [u8] = b"Maximilian-Ferdinand";
        let (text, marker) = name([long, long, long, b""], b"", b"Bak").given_names();
        assert_eq!((text.as_bytes().len(), marker), (50, NameMarker::Abbreviated));
    }
}
