//! Invariant 3: what is older than the register has for a person changes nothing about that person, and is counted.

use kartotek_formats::dates::{PartialDate, Timestamp};
use kartotek_register::contact::{SourceId, SourceStamp};

use crate::support::{Case, Dice, Extract, Files, Kind, Register, anyway, assert_same, contacts, current_of};

property_in_each_store! {
    older_items_are_refused_and_counted: 24, 8, 2;
}

fn older_items_are_refused_and_counted(kind: Kind, case: &Case) {
    let mut dice = case.dice();
    let extracts = in_some_order(case, &mut dice);
    let files = Files::of(&extracts);
    let mut register = Register::new(kind);
    for (extract, path) in extracts.iter().zip(&files.paths) {
        let older = older_than_stored(extract, &register);
        let before = said_about(&register, &older);
        let report = register.take(&anyway(), path);
        assert_eq!(report.counts.older, older.len() as u64, "persons refused");
        assert_same(&said_about(&register, &older), &before, "persons who are older in the file");
    }
}

/// Each production date once, the later ones mostly first; contents differ from what the days before said.
fn in_some_order(case: &Case, dice: &mut Dice) -> Vec<Extract> {
    let mut extracts: Vec<_> = case.extracts().into_iter().map(|extract| extract.contradicted(dice)).collect();
    if dice.one_in(3) {
        dice.shuffle(&mut extracts);
    } else {
        extracts.reverse();
    }
    extracts
}

fn older_than_stored(extract: &Extract, register: &Register) -> Vec<String> {
    let numbers: Vec<_> = extract.persons.keys().map(|number| str::from_utf8(number).unwrap().into()).collect();
    let known = register.reader().known(SourceId::CPR, &numbers).unwrap();
    let is_older = |(number, known): (&Vec<u8>, &Option<_>)| {
        let known: &kartotek_register::ports::Known = known.as_ref()?;
        (stamp(extract, number) < known.stamp).then(|| format!("C:{}", str::from_utf8(number).unwrap()))
    };
    extract.persons.keys().zip(&known).filter_map(is_older).collect()
}

/// As contact-model.md 6.8 has it, worked out apart from the importer.
fn stamp(extract: &Extract, number: &[u8]) -> SourceStamp {
    let events = extract.persons[number].iter().filter(|record| record.starts_with(b"099"));
    // A requisition has no time: it updates nothing.
    let latest = events.filter_map(|event| Timestamp::from_digits(&event[13..25])).max();
    let production = PartialDate::from_compact(extract.production_date()).unwrap();
    SourceStamp::new(production, latest)
}

fn said_about(register: &Register, persons: &[String]) -> Vec<String> {
    let mut contacts = contacts(register.store.as_ref());
    contacts.retain(|contact| persons.contains(&contact.identity));
    current_of(&contacts, &|known| format!("{} {}", known.stamp, known.content_hash))
}
