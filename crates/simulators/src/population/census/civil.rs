//! Civil status, separations and their history (012, 013, 029, 030).

use kartotek_formats::codes::{CivilStatus, CorrectionMarker};

use super::life::{Fate, Life};
use super::traits::Trait;
use super::union::Union;
use super::{Census, between};
use crate::population::calendar::Day;
use crate::population::families::Couple;
use crate::population::random::{Draw, Purpose};
use crate::population::state::{Civil, Period, PersonState, Separation, Spouse};
use crate::population::values::{Moment, Name, When};

impl Census {
    /// Fills in what the couple's life, or a marriage to somebody without a number, left in the register.
    pub(super) fn tell_civil_status(&self, life: &Life, union: &Union, person: &mut PersonState) {
        match (union.married, &life.couple) {
            (Some(married), Some(couple)) => self.tell_marriage(life, couple, union, married, person),
            _ => self.tell_foreign_spouse(life, union, person),
        }
        if let Fate::Dead(day) = life.fate {
            self.tell_death(life, day, person);
        }
    }

    fn tell_marriage(&self, life: &Life, couple: &Couple, union: &Union, married: Day, person: &mut PersonState) {
        let spouse = self.number_of(couple.other(life.index), couple.other_is_female(life.index));
        let spouse = spouse.map_or(Spouse::None, Spouse::Number);
        let statuses = if union.registered {
            [CivilStatus::RegisteredPartner, CivilStatus::DissolvedPartnership, CivilStatus::SurvivingPartner]
        } else {
            [CivilStatus::Married, CivilStatus::Divorced, CivilStatus::Widowed]
        };
        let [married_status, divorced_status, widowed_status] = statuses;
        // Keyed by the couple, so that both have the same times.
        let at = |day| Moment::draw(self.seed, day, couple.key);
        let registered = |day: Day| day.plus(3).min(self.today.plus(-1));
        let separation = union.separated.map(|day| Separation { key: at(registered(day)).stamp, from: When::on(day) });
        let marriage = Civil {
            status: married_status,
            spouse,
            from: at(married),
            separation: separation.and_then(|separation| separation.key),
        };
        person.civil = marriage;
        let dead_on = if let Fate::Dead(day) = life.fate { Some(day) } else { None };
        let (status, day) = match (union.divorced, union.bereaved) {
            (Some(day), _) => (divorced_status, day),
            // The survivor; the one who died is told of as dead.
            (None, Some(day)) if dead_on.is_none_or(|own| own > day) => (widowed_status, day),
            _ => {
                person.separation = separation;
                return;
            }
        };
        person.former_civil.push(Period::new(marriage, marriage.from, at(day)));
        person.civil = Civil { status, spouse, from: at(day), separation: None };
        person.former_separations.extend(separation.map(|separation| (separation, at(day).when())));
    }

    /// A marriage of which the register has one side only.
    fn tell_foreign_spouse(&self, life: &Life, union: &Union, person: &mut PersonState) {
        let from = life.born.plus_years(20).max(life.here_from()).plus(60);
        let until = life.here_until(self.today);
        if union.from.is_some()
            || !life.fate.is_person()
            || from >= until
            || !self.has(Trait::ForeignSpouse, life.index)
        {
            return;
        }
        let mut draw = self.draw(Purpose::Civil, life.index);
        let key = draw.next();
        let married = between(&mut draw, from, until);
        let name = Name::of_stranger(self.seed, key, !life.female);
        let birth = When::draw(self.seed, life.born.plus(draw.days(2000)), key);
        let status = match draw.below(10) {
            0 => CivilStatus::Widowed,
            1 => CivilStatus::Divorced,
            _ => CivilStatus::Married,
        };
        person.civil = Civil {
            status,
            spouse: Spouse::Unnumbered { name, birth },
            from: Moment::draw(self.seed, married, key),
            separation: None,
        };
    }

    /// Death is a civil status too; it keeps the spouse of a marriage that lasted.
    fn tell_death(&self, life: &Life, day: Day, person: &mut PersonState) {
        let at = Moment::draw(self.seed, day, u64::from(life.index));
        let last = person.civil;
        if last.status != CivilStatus::Unmarried {
            person.former_civil.push(Period::new(last, last.from, at));
        }
        person.former_separations.extend(person.separation.take().map(|separation| (separation, at.when())));
        person.civil = Civil {
            status: CivilStatus::Dead,
            spouse: if last.is_bound() { last.spouse } else { Spouse::None },
            from: at,
            separation: None,
        };
        let mut draw = Draw::new(self.seed, Purpose::Civil, u64::from(life.index) | 1 << 40);
        if draw.per_mille(8) {
            // Registered twice, the first time in error.
            let mut annulled = Period::new(person.civil, at, at);
            annulled.correction = CorrectionMarker::Corrected;
            person.former_civil.push(annulled);
        }
    }
}
