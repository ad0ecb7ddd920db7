//! Name, origin, faith and work.

use kartotek_formats::codes::{Church, CorrectionMarker, NameMarker};

use super::life::{Fate, Life};
use super::traits::Trait;
use super::union::Union;
use super::{Census, between};
use crate::population::calendar::Day;
use crate::population::lists::OCCUPATIONS;
use crate::population::random::Purpose;
use crate::population::state::{Birthplace, DENMARK, Period, PersonState};
use crate::population::text::latin1;
use crate::population::values::{Moment, Name, When, surname};

/// Who was born before has no registered parents, and so no surname that comes from them.
const SURNAMES_INHERITED: Day = Day::of(1952, 1, 1);

impl Census {
    /// The surname a person was born with: the father's, his father's, and so on, now and then the mother's.
    pub(super) fn family_name(&self, index: u32) -> &'static [u8] {
        let mut index = index;
        // Twenty years at least between generations leave no room for more of them.
        for _ in 0..8 {
            let (born, _) = self.birth(index);
            if let Some(name) = self.foreign_name(index, born) {
                return name.last;
            }
            let parents =
                Some(born).filter(|born| *born >= SURNAMES_INHERITED).and_then(|_| self.families.parents_of(index));
            let Some(couple) = parents else { break };
            let (mother, father) = couple.as_parents();
            index = if self.draw(Purpose::Surname, father).per_mille(880) { father } else { mother };
        }
        surname(self.seed, u64::from(index))
    }

    fn foreign_name(&self, index: u32, born: Day) -> Option<Name> {
        let country = self.arrival(index, born)?.country;
        let female = self.is_female(index, self.families.couple_of(index).as_ref());
        Some(Name::foreign(self.seed, u64::from(index), female, country))
    }

    /// The name at birth, or on arrival.
    fn first_name(&self, life: &Life) -> Name {
        let key = u64::from(life.index);
        let mut name = match life.arrival {
            Some(arrival) => Name::foreign(self.seed, key, life.female, arrival.country),
            None => Name::danish(self.seed, key, life.female, life.born, self.family_name(life.index)),
        };
        if self.has(Trait::LongName, life.index) {
            name = name.with_long_given_name(&mut self.draw(Purpose::GivenName, life.index));
        }
        if self.has(Trait::OtherCharacters, life.index) {
            name.given_marker = NameMarker::OtherCharacters;
        }
        if self.has(Trait::UndocumentedName, life.index) {
            name.last_marker = NameMarker::Undocumented;
        }
        name
    }

    /// Fills in the name and those before it.
    pub(super) fn tell_name(&self, life: &Life, union: &Union, person: &mut PersonState) {
        let until = life.here_until(self.today);
        let key = u64::from(life.index);
        let mut draw = self.draw(Purpose::SurnameChange, life.index);
        let named = life.here_from().plus(draw.days(60)).min(until.plus(-1)).max(life.here_from());
        let mut changes: [Option<(Day, &'static [u8])>; 3] = [None; 3];
        let takes = draw.per_mille(if life.female { 520 } else { 60 });
        if let (Some(married), Some(couple), true) = (union.married, &life.couple, takes) {
            let own = self.family_name(life.index);
            let [first, second, _] = &mut changes;
            *first = Some((married, self.family_name(couple.other(life.index))));
            *second = union.divorced.filter(|_| draw.per_mille(400)).map(|day| (day, own));
        }
        let grown_up = life.here_from().max(life.born.plus_years(18));
        if self.has(Trait::Renamed, life.index) && grown_up < until {
            let [.., third] = &mut changes;
            *third = Some((between(&mut draw, grown_up, until), surname(self.seed, key | 1 << 40)));
        }
        changes.sort_unstable_by_key(|change| change.map(|(day, _)| day));
        person.name = self.first_name(life);
        person.name_from = Moment::draw(self.seed, named, key);
        for (day, last) in changes.into_iter().flatten().filter(|(day, _)| *day > named) {
            let at = Moment::draw(self.seed, day, key);
            person.former_names.push(Period::new(person.name, person.name_from, at));
            person.name.last = last;
            person.name_from = at;
        }
        if self.has(Trait::CorrectedName, life.index) {
            let wrong = Name { middle: latin1!("Fich"), ..person.name };
            let mut row = Period::new(wrong, person.name_from, person.name_from);
            row.correction = CorrectionMarker::Corrected;
            person.former_names.push(row);
        }
    }

    pub(super) fn birthplace(&self, life: &Life) -> Birthplace {
        let mut draw = self.draw(Purpose::Registration, life.index);
        match life.arrival {
            Some(arrival) => Birthplace {
                authority: arrival.country.code,
                text: if draw.per_mille(300) {
                    draw.pick(arrival.country.towns).get(..8).unwrap_or_default()
                } else {
                    &[]
                },
            },
            None => Birthplace {
                authority: 7001 + draw.position(2300),
                text: if draw.per_mille(40) { latin1!("Født på Færgen") } else { &[] },
            },
        }
    }

    pub(super) fn tell_citizenship(&self, life: &Life, person: &mut PersonState) {
        let key = u64::from(life.index);
        person.citizenship = DENMARK;
        person.citizenship_from = Moment::draw(self.seed, life.born, key);
        let Some(arrival) = life.arrival else { return };
        person.citizenship = arrival.country.code;
        let eligible = arrival.on.plus_years(9);
        if self.has(Trait::Naturalised, life.index) && eligible < life.here_until(self.today) {
            let day = between(&mut self.draw(Purpose::Citizenship, life.index), eligible, life.here_until(self.today));
            let at = Moment::draw(self.seed, day, key);
            person.former_citizenships.push(Period::new(person.citizenship, person.citizenship_from, at));
            person.citizenship = DENMARK;
            person.citizenship_from = at;
        }
    }

    pub(super) fn tell_church(&self, life: &Life, person: &mut PersonState) {
        let mut draw = self.draw(Purpose::Church, life.index);
        let member = life.arrival.is_none() && draw.per_mille(810);
        person.church = match (member, self.today.years_since(life.born)) {
            (_, 0) => Church::Awaiting,
            (false, _) => Church::Outside,
            (true, _) if draw.per_mille(12) => Church::ElectiveCongregation,
            (true, _) if draw.per_mille(12) => Church::Exempt,
            (true, _) => Church::Member,
        };
        let since = life.here_from();
        person.church_from = When::draw(self.seed, since, u64::from(life.index));
        let grown_up = life.born.plus_years(18);
        if member && grown_up < life.here_until(self.today) && self.has(Trait::LeftChurch, life.index) {
            let day = between(&mut draw, grown_up, life.here_until(self.today));
            person.former_churches.push((person.church, person.church_from, When::on(day)));
            person.church = Church::Outside;
            person.church_from = When::on(day);
        }
    }

    pub(super) fn occupation(&self, life: &Life) -> &'static [u8] {
        let mut draw = self.draw(Purpose::Occupation, life.index);
        let works = self.today.years_since(life.born) >= 18 && !matches!(life.fate, Fate::Administrative(_));
        if works && draw.per_mille(420) { draw.pick(OCCUPATIONS) } else { &[] }
    }
}
