//! Coming, staying, leaving: residence and what became of it (001, 002, 005, 007, 023-025).

use kartotek_formats::codes::Status;

use super::home::Home;
use super::life::{Fate, Life};
use super::traits::Trait;
use super::{Census, between};
use crate::population::calendar::Day;
use crate::population::random::{Draw, Purpose};
use crate::population::state::{Emigration, Period, PersonState, Residence, Stay, StayAbroad, Supplementary};
use crate::population::text::latin1;
use crate::population::values::{Dwelling, ForeignAddress, Moment, Name, surname};

impl Census {
    /// Fills in the home, those before it, and the status that follows.
    pub(super) fn tell_residence(&self, life: &Life, home: &Home, person: &mut PersonState) {
        let dwelling = self.dwelling(home.key);
        let stay = Stay { dwelling, care_of: self.care_of(life) };
        let from = Moment::draw(self.seed, home.from, home.key);
        let mut residence =
            Residence { stay, from, in_municipality_from: from, from_municipality: None, supplementary: None };
        if let Some((key, day)) = home.before {
            let before = self.dwelling(key);
            let since = Moment::draw(self.seed, day, key);
            person.former_addresses.push(Period::new(Stay { dwelling: before, care_of: None }, since, from));
            if before.place.municipality == dwelling.place.municipality {
                residence.in_municipality_from = since;
            } else {
                residence.from_municipality = Some((before.place.municipality, from));
            }
        }
        residence.supplementary = self.supplementary(life, home.from);
        match life.fate {
            Fate::Resident => {
                person.status = resident_status(&dwelling);
                person.residence = Some(residence);
            }
            _ => self.tell_departure(life, &residence, person),
        }
    }

    fn tell_departure(&self, life: &Life, last: &Residence, person: &mut PersonState) {
        let Some(day) = life.fate.left() else { return };
        let at = Moment::draw(self.seed, day, u64::from(life.index));
        person.former_addresses.push(Period::new(last.stay, last.from, at));
        person.status_from = at;
        match life.fate {
            Fate::Dead(_) => person.status = Status::Dead,
            Fate::Emigrated(_) => {
                person.status = Status::Emigrated;
                person.emigration = Some(Emigration { to: ForeignAddress::draw(self.seed, u64::from(life.index)), at });
            }
            Fate::Disappeared(_) => {
                person.status = Status::Disappeared;
                person.status_from.uncertain = true;
                person.disappearance = Some(person.status_from);
            }
            Fate::Superseded { duplicate, .. } => {
                person.status = if duplicate { Status::Deleted } else { Status::Changed };
            }
            Fate::Resident | Fate::Administrative(_) | Fate::Cancelled(_) => {}
        }
    }

    /// Fills in arrivals, returns and disappearances that are over (024, 025).
    pub(super) fn tell_absences(&self, life: &Life, person: &mut PersonState) {
        let key = u64::from(life.index);
        let at = |day| Moment::draw(self.seed, day, key);
        if let Some(arrival) = life.arrival {
            let address = ForeignAddress::in_country(self.seed, arrival.country, key | 1 << 40);
            person.stays_abroad.push(StayAbroad { address, out: None, back: at(arrival.on) });
        }
        let grown_up = life.born.plus_years(18).max(life.here_from()).plus(30);
        let until = life.here_until(self.today);
        if grown_up.plus(500) >= until {
            return;
        }
        let mut draw = Draw::new(self.seed, Purpose::Remarks, key | 1 << 40);
        if self.has(Trait::ReturnedFromAbroad, life.index) {
            let out = between(&mut draw, grown_up, until.plus(-400));
            let back = between(&mut draw, out.plus(90), until.plus(-30));
            let address = ForeignAddress::draw(self.seed, key | 1 << 41);
            person.stays_abroad.push(StayAbroad { address, out: Some(at(out)), back: at(back) });
        }
        if self.has(Trait::FoundAgain, life.index) {
            let lost = between(&mut draw, grown_up, until.plus(-300));
            person.former_disappearances.push(Period::new((), at(lost), at(lost.plus(1 + draw.days(200)))));
        }
    }

    pub(super) fn care_of(&self, life: &Life) -> Option<Name> {
        self.has(Trait::CareOf, life.index).then(|| {
            let key = self.draw(Purpose::CareOf, life.index).next();
            Name::danish(self.seed, key, key.is_multiple_of(2), life.born, surname(self.seed, key))
        })
    }

    fn supplementary(&self, life: &Life, from: Day) -> Option<Supplementary> {
        self.has(Trait::SupplementaryAddress, life.index).then(|| {
            let mut draw = Draw::new(self.seed, Purpose::Remarks, u64::from(life.index) | 1 << 42);
            let lines = [latin1!("Baghuset, opgang C"), latin1!("Plads 14, Vestmolen"), latin1!("Værelse 207, fløj Ø")];
            let until = draw.per_mille(400).then(|| self.today.plus(draw.days(700)));
            Supplementary { line: draw.pick(&lines), from, until }
        })
    }
}

/// The status of somebody who lives there.
pub(crate) fn resident_status(dwelling: &Dwelling) -> Status {
    match (dwelling.is_in_greenland(), dwelling.is_special()) {
        (false, false) => Status::Resident,
        (false, true) => Status::SpecialStreet,
        (true, false) => Status::ResidentGreenland,
        (true, true) => Status::SpecialStreetGreenland,
    }
}
