//! Who decides for whom: custody of children (016), guardians of adults (017, 052).

use kartotek_formats::codes::{CustodyRelation, GuardianshipType};

use super::kin::Parents;
use super::life::{Fate, Life};
use super::traits::Trait;
use super::{Census, lately};
use crate::population::random::{Draw, Purpose};
use crate::population::state::{Custody, Guardian, GuardianRecords, Guardianship};
use crate::population::values::{Name, When};

impl Census {
    /// Custody lies with others than the parents.
    pub(super) fn is_in_other_custody(&self, child: &Life) -> bool {
        self.today.years_since(child.born) < 18 && self.has(Trait::OtherCustody, child.index)
    }

    /// An adult who has custody instead of the parents; `number` 0 and 1 are different persons mostly.
    pub(super) fn custodian(&self, child: &Life, number: u64) -> Option<Life> {
        self.some_adult(u64::from(child.index) | number << 40)
    }

    /// Some resident aged 30 to 70.
    pub(super) fn some_adult(&self, key: u64) -> Option<Life> {
        let mut draw = Draw::new(self.seed, Purpose::Custody, key);
        (0..64).find_map(|_| {
            let life = self.life(draw.below(self.persons));
            let age = self.today.years_since(life.born);
            (life.fate == Fate::Resident && (30..70).contains(&age)).then_some(life)
        })
    }

    /// Record 016, for residents under 18.
    pub(super) fn custody(&self, child: &Life, parents: &Parents) -> Vec<Custody> {
        let age = self.today.years_since(child.born);
        if age >= 18 || child.fate != Fate::Resident {
            return Vec::new();
        }
        let of_age = Some(child.born.plus_years(18));
        let mut rows = Vec::with_capacity(2);
        let mut draw = self.draw(Purpose::Custody, child.index);
        let alone = draw.per_mille(120);
        if !self.is_in_other_custody(child) {
            let holders =
                [(&parents.mother, CustodyRelation::Mother), (&parents.father, CustodyRelation::Father)].into_iter();
            let holders = holders.filter(|(parent, _)| parent.is_some_and(|parent| parent.fate == Fate::Resident));
            rows.extend(holders.take(if alone { 1 } else { 2 }).map(|(_, relation)| Custody {
                relation,
                from: When::on(child.born),
                until: of_age,
                holder: None,
            }));
        }
        if rows.is_empty() {
            let from = When::on(lately(&mut draw, child.born, self.today));
            for (relation, number) in [(CustodyRelation::OtherFirst, 0), (CustodyRelation::OtherSecond, 1)] {
                let holder =
                    self.custodian(child, number).and_then(|holder| self.number_of(holder.index, holder.female));
                let second_too = number == 0 || !alone;
                rows.extend(holder.filter(|_| second_too).map(|holder| Custody {
                    relation,
                    from,
                    until: None,
                    holder: Some(holder),
                }));
            }
        }
        rows
    }

    /// Records 017 and 052, for adults.
    pub(super) fn guardianship(&self, ward: &Life, parents: &Parents) -> Option<Guardianship> {
        let of_age = ward.born.plus_years(18).max(ward.here_from());
        if ward.fate != Fate::Resident || of_age >= self.today || !self.has(Trait::Guardianship, ward.index) {
            return None;
        }
        let mut draw = self.draw(Purpose::Guardian, ward.index);
        let key = draw.next();
        let guardian = match draw.below(100) {
            0..60 => {
                let relative = parents.residents().next().copied();
                let guardian =
                    relative.or_else(|| self.some_adult(key)).filter(|guardian| guardian.index != ward.index);
                guardian
                    .and_then(|guardian| self.number_of(guardian.index, guardian.female))
                    .map_or(Guardian::NotRegistered, Guardian::Number)
            }
            60..85 => {
                let name = Name::danish(self.seed, key, draw.per_mille(500), ward.born, self.family_name(ward.index));
                Guardian::Named { name, dwelling: self.dwelling(key >> 4) }
            }
            _ => Guardian::NotRegistered,
        };
        Some(Guardianship {
            from: When::on(lately(&mut draw, of_age, self.today)),
            until: draw.per_mille(200).then(|| self.today.plus(draw.days(900))),
            guardian,
            kind: if draw.per_mille(250) { GuardianshipType::Full } else { GuardianshipType::Partial },
            told_by: match draw.below(100) {
                0..55 => GuardianRecords::Both,
                55..80 => GuardianRecords::TypedOnly,
                _ => GuardianRecords::OldOnly,
            },
        })
    }
}
