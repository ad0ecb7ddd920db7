//! Look-ups of everybody give the register that a file of everybody gives, field by field.

use std::ops::ControlFlow;

use kartotek_formats::identifiers::CprNumber;
use kartotek_register::contact::{ContactId, NameType};
use kartotek_register::mapping::cpr::MappingOptions;
use kartotek_register::memory::MemoryStore;
use kartotek_register::ports::{ContactCard, FindQuery, PartCard, RunState, SourceCard, Store, SystemClock};
use kartotek_service::cpr_extract::ExtractImport;
use kartotek_service::cpr_online::{Ask, OnlineImport};
use kartotek_simulators::population::Shape;

use crate::support::{Direkte, population};

const PERSONS: u32 = 600;
const DAY: u32 = 5;

#[test]
fn look_ups_of_everybody_give_the_register_that_their_file_gives() {
    compare(MappingOptions::default());
}

#[test]
fn the_same_holds_for_the_extended_mapping() {
    compare(MappingOptions { extended: true, ..MappingOptions::default() });
}

fn compare(mapping: MappingOptions) {
    let mut persons = population(PERSONS);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("d260112.l990001");
    let mut file = std::fs::File::create(&path).unwrap();
    persons.write_status(DAY, Shape::default(), 990_001, &mut file).unwrap();
    let numbers: Vec<CprNumber> = (0..persons.indices(DAY))
        .filter_map(|index| persons.person(index, DAY))
        .map(|person| person.number())
        .collect();

    let mut by_file = MemoryStore::new();
    let import = ExtractImport { mapping: mapping.clone(), ..ExtractImport::default() };
    let report = import.file(&mut by_file, &path, &SystemClock, &mut |_| {}, &mut |_| {}).unwrap();
    assert_eq!(report.counts.persons(), numbers.len() as u64);

    let direkte = Direkte::start(persons);
    direkte.simulator.control().set_day(DAY);
    let mut by_look_up = MemoryStore::new();
    look_up(&direkte, &mut by_look_up, &numbers, mapping);

    let (by_file, by_look_up) = (cards(&by_file), cards(&by_look_up));
    assert!(by_file.len() > numbers.len() - 50, "{}", by_file.len());
    assert_eq!(by_file.len(), by_look_up.len());
    for (from_file, from_look_up) in by_file.iter().zip(&by_look_up) {
        assert!(from_file == from_look_up, "{}:{} differs", from_file.id.name_type.as_char(), from_file.id.name_code);
    }
}

fn look_up(direkte: &Direkte, store: &mut dyn Store, numbers: &[CprNumber], mapping: MappingOptions) {
    let online = direkte.online();
    let import = OnlineImport { mapping, ..OnlineImport::default() };
    let clock = SystemClock;
    let mut run = import.begin(store, &clock, "cpr lookup").unwrap();
    let mut waiting = Vec::new();
    online.fetch_all(numbers.to_vec(), Ask::FetchAndSubscribe, |_, answer| {
        waiting.push(answer.unwrap().expect("data"));
        ControlFlow::Continue(())
    });
    for batch in waiting.chunks(97) {
        let taken = run.take_in(store, batch, true).unwrap();
        assert!(taken.iter().all(|person| person.outcome.is_some()));
    }
    let counts = run.finish(store, RunState::Done).unwrap();
    assert_eq!(counts.persons(), numbers.len() as u64);
    assert_eq!(direkte.simulator.control().subscribed().len(), numbers.len());
    assert_eq!(direkte.simulator.control().counts().logons, 1, "one sign-on for all");
}

/// All contacts, without what differs between two registers of the same content: keys, when data came, and the running
/// numbers of persons who have no CPR number.
fn cards(store: &MemoryStore) -> Vec<ContactCard> {
    let mut reader = store.reader().unwrap();
    let all = reader.find(&FindQuery { limit: u32::MAX, ..FindQuery::default() }).unwrap();
    let mut cards: Vec<_> =
        all.iter().map(|summary| comparable(reader.contact(&summary.id).unwrap().unwrap())).collect();
    cards.sort_by(|a, b| a.id.cmp(&b.id));
    cards
}

fn comparable(card: ContactCard) -> ContactCard {
    let sources =
        card.sources.into_iter().map(|source| SourceCard { source_stamp: None, source_updated_at: None, ..source });
    let mut parts: Vec<_> = card
        .parts
        .into_iter()
        .map(|part| PartCard { reference: by_name(part.reference, &part.name1, &part.name2), ..part })
        .collect();
    parts.sort_by(|a, b| (&a.role, &a.reference).cmp(&(&b.role, &b.reference)));
    ContactCard {
        contact_key: 0,
        id: by_name(card.id, &card.name1, &card.name2),
        sources: sources.collect(),
        parts,
        ..card
    }
}

fn by_name(id: ContactId, name1: &str, name2: &str) -> ContactId {
    if id.name_type == NameType::CPR_PERSON {
        return id;
    }
    ContactId { name_code: format!("{name1} {name2}").into(), ..id }
}
