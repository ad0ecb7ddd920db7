//! Protections and what municipalities add (004, 006, 018-021, 050).

use kartotek_formats::codes::{ElectionCode, MunicipalCondition, ProtectionType};

use super::life::{Fate, Life};
use super::traits::Trait;
use super::{Census, between, lately};
use crate::population::calendar::Day;
use crate::population::random::{Draw, Purpose};
use crate::population::state::{Condition, ContactAddress, Election, Note, PersonState, Protection};
use crate::population::text::latin1;
use crate::population::values::{Name, When};

/// The traits that protect, with the type of record 004. In the order of the types.
const PROTECTIONS: [(Trait, ProtectionType); 4] = [
    (Trait::AddressProtection, ProtectionType::NameAndAddress),
    (Trait::DirectoryProtection, ProtectionType::LocalDirectory),
    (Trait::MarketingProtection, ProtectionType::Marketing),
    (Trait::ResearchProtection, ProtectionType::Research),
];

impl Census {
    pub(super) fn tell_protections(&self, life: &Life, person: &mut PersonState) {
        if !matches!(life.fate, Fate::Resident | Fate::Emigrated(_) | Fate::Disappeared(_)) {
            return;
        }
        let earliest = life.here_from().max(Day::of(1990, 1, 1));
        for (feature, kind) in PROTECTIONS {
            if self.has(feature, life.index) && earliest < self.today {
                let mut draw =
                    Draw::new(self.seed, Purpose::Protection, u64::from(life.index) | u64::from(feature as u8) << 40);
                let from = lately(&mut draw, earliest, self.today);
                person.protections.push(Protection { kind, from, until: self.protected_until(&mut draw, from) });
            }
        }
        let grown_up = life.born.plus_years(18).max(Day::of(2017, 1, 1));
        if grown_up < self.today && self.has(Trait::CreditWarning, life.index) {
            let mut draw = Draw::new(self.seed, Purpose::Protection, u64::from(life.index));
            let day = if draw.per_mille(60) {
                self.today.plus(draw.days(60))
            } else {
                lately(&mut draw, grown_up, self.today)
            };
            person.credit_warning = day.at(9, 30);
        }
    }

    /// Blank, the old stand-in a century ahead, a day to come, or one that has passed without anybody deleting.
    fn protected_until(&self, draw: &mut Draw, from: Day) -> Option<Day> {
        match draw.below(100) {
            0..52 => None,
            52..62 => Some(from.plus_years(100)),
            62..88 => Some(self.today.plus(1 + draw.days(365))),
            _ => Some(between(draw, from, self.today)),
        }
    }

    pub(super) fn tell_remarks(&self, life: &Life, person: &mut PersonState) {
        let mut draw = self.draw(Purpose::Remarks, life.index);
        self.tell_contact_address(life, &mut draw, person);
        if life.fate != Fate::Resident {
            if matches!(life.fate, Fate::Emigrated(_)) && self.has(Trait::Election, life.index) {
                person.election = Some(self.election(life, &mut draw));
            }
            return;
        }
        let grown_up = life.born.plus_years(18);
        if self.has(Trait::Condition, life.index) {
            let kinds = [
                (MunicipalCondition::LivingApart, latin1!("1"), latin1!("Lever adskilt")),
                (MunicipalCondition::FosterChild, latin1!("JA"), latin1!("Plejebarn i familien")),
                (MunicipalCondition::Pension, latin1!("N"), latin1!("Førtidspension")),
                (MunicipalCondition::PayingMunicipality, latin1!("0461"), latin1!("")),
            ];
            let pick = usize::from(draw.position(kinds.len()));
            let from = When::on(lately(&mut draw, life.here_from(), self.today));
            let condition = kinds.get(pick).map(|(kind, code, remark)| Condition { kind: *kind, code, from, remark });
            person.conditions.extend(condition);
        }
        if self.has(Trait::Note, life.index) {
            let lines =
                [latin1!("Afventer bopælsattest"), latin1!("Se notat på ægtefælle"), latin1!("Æske 14, løbenr. 7")];
            for number in 1..=1 + draw.below(2) {
                let from = lately(&mut draw, life.here_from(), self.today);
                person.notes.push(Note {
                    number: u8::try_from(number).unwrap_or(1),
                    line: draw.pick(&lines),
                    from,
                    until: draw.per_mille(500).then(|| self.today.plus(draw.days(400))),
                });
            }
        }
        if grown_up.plus(30) < self.today && self.has(Trait::Election, life.index) {
            person.election = Some(self.election(life, &mut draw));
        }
        if self.has(Trait::RelocationOrder, life.index) {
            person.relocation_order = self.today.plus(draw.days(180)).date();
        }
    }

    fn election(&self, life: &Life, draw: &mut Draw) -> Election {
        let from = lately(draw, life.born.plus_years(18).max(life.here_from()), self.today);
        Election {
            code: draw.pick(ElectionCode::ALL),
            right_from: from,
            from,
            until: draw.per_mille(600).then(|| self.today.plus(draw.days(900))),
        }
    }

    fn tell_contact_address(&self, life: &Life, draw: &mut Draw, person: &mut PersonState) {
        let of_number = matches!(life.fate, Fate::Administrative(_));
        let may = of_number || matches!(life.fate, Fate::Resident | Fate::Emigrated(_));
        if may && self.has(Trait::ContactAddress, life.index) || of_number && draw.per_mille(600) {
            let key = draw.next() >> 4;
            person.contact_address = Some(ContactAddress {
                name: Name::of_stranger(self.seed, key, draw.per_mille(500)),
                dwelling: self.dwelling(key),
                from: lately(draw, life.here_from(), self.today),
                until: draw.per_mille(500).then(|| self.today.plus(draw.days(700))),
            });
        }
    }
}
