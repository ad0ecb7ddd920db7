//! Names, protections, guardians and the like: what is registered about one person.

use kartotek_formats::codes::{Church, DerivedMarker, ProtectionType};

use super::change::Change;
use super::kind::Kind;
use super::today::Today;
use crate::population::state::{Guardian, PersonState};
use crate::population::values::surname;

impl Today<'_> {
    pub(super) fn changes_name(&mut self, person: &PersonState) -> bool {
        let last = surname(self.census.seed, self.key());
        let on = self.now().filter(|_| person.is_active() && last != person.name.last);
        let Some(on) = on else { return false };
        self.write_main(person.index, Change::Renamed { last, on });
        true
    }

    pub(super) fn is_protected(&mut self, person: &PersonState) -> bool {
        if !person.is_active() {
            return false;
        }
        if self.draw.per_mille(200) {
            let may = person.credit_warning.is_none() && self.age(person) >= 18;
            if may {
                self.write_main(person.index, Change::CreditWarned);
            }
            return may;
        }
        let kinds = [ProtectionType::NameAndAddress, ProtectionType::LocalDirectory, ProtectionType::Marketing];
        let at = usize::from(self.draw.position(kinds.len()));
        let Some(kind) = kinds.get(at).copied() else { return false };
        let until = if self.draw.per_mille(600) { Some(self.day.plus(365)) } else { None };
        let may = person.protections.iter().all(|protection| protection.kind != kind);
        if may {
            self.write_main(person.index, Change::Protected { kind, until });
        }
        may
    }

    pub(super) fn protection_lapses(&mut self, person: &PersonState) -> bool {
        let Some(protection) = person.protections.first() else { return false };
        self.write_main(person.index, Change::ProtectionLapsed { kind: protection.kind });
        true
    }

    /// A guardian is appointed, replaced, or no longer needed.
    pub(super) fn guardian_changes(&mut self, kind: Kind, ward: &PersonState) -> bool {
        let fits = ward.is_active() && self.age(ward) >= 18 && ward.guardianship.is_some() == (kind != Kind::Guardian);
        if !fits {
            return false;
        }
        let before = match ward.guardianship.map(|guardianship| guardianship.guardian) {
            Some(Guardian::Number(number)) => self.untouched_number(number),
            _ => None,
        };
        if kind == Kind::GuardianRemoval {
            self.write_main(ward.index, Change::GuardianRemoved);
            if let Some(before) = before {
                self.write(before.index, DerivedMarker::GuardianDeleted, Change::None);
            }
            return true;
        }
        let roll = self.draw.below(10);
        let guardian = (roll < 6).then(|| self.somebody_grown_up(ward)).flatten();
        let name = if roll < 9 { self.key() } else { 0 };
        let number = guardian.as_ref().map(|guardian| guardian.number);
        self.write_main(ward.index, Change::GuardianAppointed { guardian: number, name });
        if let Some(guardian) = guardian {
            self.write(guardian.index, DerivedMarker::NewGuardian, Change::None);
        }
        true
    }

    pub(super) fn contact_address_is_set(&mut self, person: &PersonState) -> bool {
        let may = person.is_active() && person.contact_address.is_none();
        if may {
            let key = self.key();
            self.write_main(person.index, Change::ContactAddress { key });
        }
        may
    }

    pub(super) fn leaves_church(&mut self, person: &PersonState) -> bool {
        let may = person.is_active() && self.age(person) >= 18 && person.church == Church::Member;
        if may {
            self.write_main(person.index, Change::LeftChurch);
        }
        may
    }

    fn somebody_grown_up(&mut self, ward: &PersonState) -> Option<PersonState> {
        (0..20).find_map(|_| {
            let index = self.draw.below(self.census.persons);
            self.untouched(index)
                .filter(|other| other.index != ward.index && other.is_active() && (25..75).contains(&self.age(other)))
        })
    }
}
