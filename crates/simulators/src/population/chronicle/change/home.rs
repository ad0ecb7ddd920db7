//! What changes of home do to a person.

use kartotek_formats::codes::Status;
use kartotek_formats::dates::Timestamp;

use crate::population::census::{Census, resident_status};
use crate::population::state::{Period, PersonState, Residence, Stay, StayAbroad};
use crate::population::values::{Moment, Name};

pub(super) fn move_to(person: &mut PersonState, census: &Census, dwelling: u64, on: Timestamp) {
    let from = Moment::certain(Some(on));
    let stay = Stay { dwelling: census.dwelling(dwelling), care_of: None };
    let mut residence =
        Residence { stay, from, in_municipality_from: from, from_municipality: None, supplementary: None };
    if let Some(last) = person.residence.take() {
        person.former_addresses.insert(0, Period::new(last.stay, last.from, from));
        let municipality = last.stay.dwelling.place.municipality;
        if municipality == stay.dwelling.place.municipality {
            residence.in_municipality_from = last.in_municipality_from;
            residence.from_municipality = last.from_municipality;
        } else {
            residence.from_municipality = Some((municipality, from));
        }
    }
    person.status = resident_status(&stay.dwelling);
    person.residence = Some(residence);
    person.relocation_order = None;
}

pub(super) fn care_of(person: &mut PersonState, census: &Census, name: u64) {
    let born = person.born;
    if let Some(residence) = &mut person.residence {
        let name = Name::danish(census.seed, name, super::is_female(name), born, person.name.last);
        residence.stay.care_of = match residence.stay.care_of {
            Some(_) => None,
            None => Some(name),
        };
    }
}

pub(super) fn leave(person: &mut PersonState, status: Status, at: Moment) {
    if let Some(last) = person.residence.take() {
        person.former_addresses.insert(0, Period::new(last.stay, last.from, at));
    }
    person.status = status;
    person.status_from = at;
    person.custody.clear();
    person.guardianship = None;
    person.relocation_order = None;
}

pub(super) fn come_back(person: &mut PersonState, census: &Census, dwelling: u64, on: Timestamp) {
    let back = Moment::certain(Some(on));
    if let Some(emigration) = person.emigration.take() {
        person.stays_abroad.push(StayAbroad { address: emigration.to, out: Some(emigration.at), back });
    }
    if let Some(lost) = person.disappearance.take() {
        person.former_disappearances.push(Period::new((), lost, back));
    }
    move_to(person, census, dwelling, on);
    person.status_from = Moment::default();
}
