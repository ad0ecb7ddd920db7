//! Look-ups of everybody give the register that a file of everybody gives, field by field.

use std::ops::ControlFlow;

use kartotek_formats::identifiers::CprNumber;
use kartotek_register::mapping::cpr::MappingOptions;
use kartotek_register::memory::MemoryStore;
use kartotek_register::ports::{ContactCard, FindQuery, RunState, SourceCard, Store, SystemClock};
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
    let numbers: Vec<CprNumber> =
        (0..persons.indices(DAY)).filter_map(|index| persons.person(index, DAY)).map(|person| person.number()).collect();

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
        let taken = run.take_in(store, batch, true, &mut |_, _| Ok(())).unwrap();
        assert!(taken.iter().all(|person| person.outcome.is_some()));
    }
    let counts = run.finish(store, RunState::Done).unwrap();
    assert_eq!(counts.persons(), numbers.len() as u64);
    assert_eq!(direkte.simulator.control().subscribed().len(), numbers.len());
    assert_eq!(direkte.simulator.control().counts().logons, 1, "one sign-on for all");
}

/// All contacts, without what differs between two registers of the same content: keys, and when data came.
fn cards(store: &MemoryStore) -> Vec<ContactCard> {
    let mut reader = store.reader().unwrap();
    let all = reader.find(&FindQuery { limit: u32::MAX, ..FindQuery::default() }).unwrap();
    let cards = all.into_iter().map(|summary| {
        let card = reader.contact(&summary.id).unwrap().unwrap();
        let sources = card.sources.into_iter().map(|source| SourceCard {
            source_stamp: String::default(),
            source_updated_at: String::default(),
            ..source
        });
        ContactCard { contact_key: 0, sources: sources.collect(), ..card }
    });
    cards.collect()
}
