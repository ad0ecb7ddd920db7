//! Dwellings: where a household lives, in the coded fields and in the one-line wording.

use crate::population::lists::{GREENLAND, GREENLAND_STREETS, LOCALITIES, PLACES, PostPlace, STREETS, Street};
use crate::population::random::{Draw, Purpose};
use crate::population::text::{ShortText, latin1};

/// ETAGE.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Floor {
    None,
    Basement,
    Ground,
    Upper(u8),
}

/// SIDEDOER; a side stands to the right of the field, as in the CPR Office's test extract.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    None,
    Side(&'static [u8]),
    Number(u16),
}

/// What is special about a dwelling.
#[expect(clippy::struct_excessive_bools, reason = "they are independent of each other")]
#[derive(Clone, Copy, Default)]
pub(crate) struct DwellingTraits {
    /// No fixed address: a street code 9900-9999.
    pub(crate) special_street: bool,
    pub(crate) greenland: bool,
    /// STANDARDADR in the wording before 2023, `Vej 9,5 tv`.
    pub(crate) old_wording: bool,
    /// The street in a spelling that was corrected since.
    pub(crate) former_spelling: bool,
    pub(crate) locality: bool,
}

/// A dwelling. Two are the same when their keys are.
#[derive(Clone, Copy)]
pub(crate) struct Dwelling {
    pub(crate) key: u64,
    pub(crate) place: PostPlace,
    pub(crate) street_code: u16,
    pub(crate) floor: Floor,
    pub(crate) door: Door,
    pub(crate) locality: &'static [u8],
    pub(crate) former_spelling: bool,
    pub(crate) old_wording: bool,
    street: Street,
    house: u16,
    letter: u8,
    building: u16,
}

impl Dwelling {
    pub(crate) fn draw(seed: u64, key: u64, traits: DwellingTraits) -> Self {
        let mut draw = Draw::new(seed, Purpose::Dwelling, key);
        let (places, streets) = if traits.greenland { (GREENLAND, GREENLAND_STREETS) } else { (PLACES, STREETS) };
        let mut place = draw.pick(places);
        if draw.per_mille(400) {
            place.town = &[];
        }
        let at = draw.position(streets.len());
        let mut dwelling = Self {
            key,
            place,
            // Unique per street of a municipality, and below the special codes from 9900.
            street_code: 16 + at * 71 + place.municipality % 71,
            floor: Floor::None,
            door: Door::None,
            locality: if traits.locality { draw.pick(LOCALITIES) } else { &[] },
            former_spelling: traits.former_spelling,
            old_wording: traits.old_wording,
            street: streets.get(usize::from(at)).copied().unwrap_or_default(),
            house: 1 + draw.position(199),
            letter: if draw.per_mille(150) { draw.pick(b"AABBCDEF") } else { b' ' },
            building: 0,
        };
        if traits.special_street {
            dwelling.make_special(&mut draw);
        } else if traits.greenland {
            dwelling.building = 1 + draw.position(3999);
        } else if draw.per_mille(480) {
            dwelling.make_apartment(&mut draw);
        }
        dwelling
    }

    /// A place in no street of a municipality: for administrative numbers, whose "municipality" is a tax authority.
    pub(crate) fn nowhere(municipality: u16) -> Self {
        Self {
            key: u64::MAX,
            place: PostPlace { municipality, ..PostPlace::default() },
            street_code: 0,
            floor: Floor::None,
            door: Door::None,
            locality: &[],
            former_spelling: false,
            old_wording: false,
            street: Street::default(),
            house: 0,
            letter: b' ',
            building: 0,
        }
    }

    fn make_special(&mut self, draw: &mut Draw) {
        let kinds = [
            (9901, latin1!("Uden fast bopæl")),
            (9902, latin1!("Kommunalt kontor")),
            (9950, latin1!("Ukendt adresse")),
            (9999, latin1!("Højskoleophold")),
        ];
        let (code, name) = draw.pick(&kinds);
        self.street_code = code;
        self.street = Street { name, former: &[] };
        self.house = 0;
        self.letter = b' ';
        self.place.postcode = 0;
        self.place.district = &[];
        self.place.town = &[];
        self.locality = &[];
    }

    fn make_apartment(&mut self, draw: &mut Draw) {
        self.floor = match draw.below(20) {
            0 => Floor::Basement,
            1..=4 => Floor::Ground,
            upper => Floor::Upper(u8::try_from(1 + upper % 6).unwrap_or(1)),
        };
        self.door = match draw.below(20) {
            0..=2 => Door::None,
            3..=8 => Door::Side(b"  tv"),
            9..=14 => Door::Side(b"  th"),
            15..=16 => Door::Side(b"  mf"),
            17 => Door::Side(b"-53"),
            _ => Door::Number(1 + draw.position(28)),
        };
    }

    /// True for a special street code, 9900-9999.
    pub(crate) fn is_special(&self) -> bool {
        self.street_code >= 9900
    }

    /// True for the municipalities of Greenland.
    pub(crate) fn is_in_greenland(&self) -> bool {
        self.place.municipality >= 900
    }

    /// True when the street has a former spelling that could be corrected.
    pub(crate) fn is_misspelt(&self) -> bool {
        self.former_spelling && !self.street.former.is_empty()
    }

    /// HUSNR: three digits and a letter; blank without a house number.
    pub(crate) fn house_number(&self) -> ShortText<4> {
        let mut text = ShortText::default();
        if self.house != 0 {
            text.push_number(u32::from(self.house), 3);
            text.push(&[self.letter]);
        }
        text
    }

    /// ETAGE.
    pub(crate) fn floor_code(&self) -> ShortText<2> {
        let mut text = ShortText::default();
        match self.floor {
            Floor::None => {}
            Floor::Basement => _ = text.push(b"kl"),
            Floor::Ground => _ = text.push(b"st"),
            Floor::Upper(floor) => _ = text.push_number(u32::from(floor), 2),
        }
        text
    }

    /// SIDEDOER.
    pub(crate) fn door_code(&self) -> ShortText<4> {
        let mut text = ShortText::default();
        match self.door {
            Door::None => {}
            Door::Side(side) => _ = text.push(side),
            Door::Number(number) => _ = text.push_number(u32::from(number), 4),
        }
        text
    }

    /// BNR, Greenland only.
    pub(crate) fn building_number(&self) -> ShortText<4> {
        let mut text = ShortText::default();
        if self.building != 0 {
            text.push_number(u32::from(self.building), 4);
        }
        text
    }

    /// VEJADRNVN.
    pub(crate) fn street_name(&self) -> &'static [u8] {
        if self.is_misspelt() { self.street.former } else { self.street.name }
    }

    /// STANDARDADR, `Strandvejen 123A, st. tv`, or before 2023 `Strandvejen 123 A,st tv`.
    pub(crate) fn standard_address(&self) -> ShortText<34> {
        let mut text = ShortText::of(&[self.street_name()]);
        if self.house != 0 {
            text.push(b" ");
            text.push_number(u32::from(self.house), 1);
            if self.letter != b' ' {
                text.push(if self.old_wording { b" " } else { b"" });
                text.push(&[self.letter]);
            }
        }
        if self.building != 0 {
            text.push(b", B-");
            text.push_number(u32::from(self.building), 1);
        }
        if self.floor != Floor::None {
            text.push(if self.old_wording { b"," } else { b", " });
            match self.floor {
                Floor::Upper(floor) => text.push_number(u32::from(floor), 1),
                _ => text.push(self.floor_code().as_bytes()),
            };
            text.push(if self.old_wording { b"" } else { b"." });
        }
        match self.door {
            Door::None => {}
            Door::Side(side) => _ = text.push_word(side.trim_ascii_start()),
            Door::Number(number) => {
                text.push(b" ");
                text.push_number(u32::from(number), 1);
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apartment() -> Dwelling {
        Dwelling {
            street: Street { name: b"Sankt Olufs Gade", former: b"Skt. Olufs Gade" },
            house: 123,
            letter: b'A',
            floor: Floor::Ground,
            door: Door::Side(b"  tv"),
            ..Dwelling::nowhere(101)
        }
    }

    #[test]
    fn the_one_line_address_follows_the_wording_of_its_time() {
        let new = apartment();
        assert_eq!(new.standard_address().as_bytes(), b"Sankt Olufs Gade 123A, st. tv");
        let old = Dwelling { old_wording: true, floor: Floor::Upper(5), former_spelling: true, ..new };
        assert_eq!(old.standard_address().as_bytes(), b"Skt. Olufs Gade 123 A,5 tv");
        assert_eq!(new.house_number().as_bytes(), b"123A");
        assert_eq!(old.floor_code().as_bytes(), b"05");
    }

    #[test]
    fn no_ordinary_street_code_is_a_special_one() {
        assert!(16 + (STREETS.len() - 1) * 71 + 70 < 9900);
        let all = STREETS.iter().chain(GREENLAND_STREETS);
        assert!(all.into_iter().all(|street| street.name.len() <= 20 && street.former.len() <= 20));
        assert!(PLACES.iter().chain(GREENLAND).all(|place| place.district.len() <= 20 && place.town.len() <= 34));
    }
}
