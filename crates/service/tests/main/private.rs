//! PRIV, the service for private companies: the same persons, with what it does not tell.

use std::ops::ControlFlow;

use kartotek_formats::cpr_direkte::TransactionCode;
use kartotek_formats::identifiers::CprNumber;
use kartotek_register::contact::ContactId;
use kartotek_register::memory::MemoryStore;
use kartotek_register::ports::{ContactCard, RunState, Store, SystemClock};
use kartotek_service::cpr_online::{Ask, Online, OnlineImport};

use crate::support::{Direkte, online_of, population};

const DAY: u32 = 5;

struct Both {
    direkte: Direkte,
    numbers: Vec<CprNumber>,
}

impl Both {
    fn new() -> Self {
        let mut persons = population(400);
        persons.advance_to(DAY);
        let all = (0..persons.indices(DAY)).filter_map(|index| persons.person(index, DAY));
        let numbers = all.map(|person| person.number()).collect();
        let direkte = Direkte::start(persons);
        direkte.simulator.control().set_day(DAY);
        Self { direkte, numbers }
    }

    fn online(&self, transaction: TransactionCode) -> Online {
        let mut connection = self.direkte.connection();
        transaction.code().clone_into(&mut connection.transaction);
        online_of(&connection)
    }

    fn take_in(&self, store: &mut dyn Store, transaction: TransactionCode) {
        let import = OnlineImport::default();
        let clock = SystemClock;
        let mut run = import.begin(store, &clock, "cpr lookup").unwrap();
        let mut fetched = Vec::new();
        self.online(transaction).fetch_all(self.numbers.clone(), Ask::Fetch, |_, answer| {
            fetched.push(answer.unwrap().expect("data"));
            ControlFlow::Continue(())
        });
        let taken = run.take_in(store, &fetched, false).unwrap();
        assert!(taken.iter().all(|person| person.outcome.is_some()));
        run.finish(store, RunState::Done).unwrap();
    }
}

fn card(store: &MemoryStore, number: CprNumber) -> ContactCard {
    store.reader().unwrap().contact(&ContactId::person(number)).unwrap().unwrap()
}

fn info<'c>(card: &'c ContactCard, label: &str) -> Option<&'c str> {
    card.infos.iter().find(|info| info.custom_label == label).map(|info| info.info.as_str())
}

fn date<'c>(card: &'c ContactCard, label: &str) -> Option<&'c str> {
    card.dates.iter().find(|date| date.custom_label == label).map(|date| date.date.as_str())
}

fn home(card: &ContactCard) -> Option<&[String; 6]> {
    let main = card.addresses.iter().find(|address| address.address_type == "HA" && address.end_date.is_none());
    main.map(|address| &address.lines)
}

fn is_protected(card: &ContactCard) -> bool {
    card.protections.iter().any(|protection| protection.protection_type == "0001" && protection.end_date.is_none())
}

#[test]
fn both_services_say_the_same_where_both_say_something() {
    let both = Both::new();
    let (mut public, mut private) = (MemoryStore::new(), MemoryStore::new());
    both.take_in(&mut public, TransactionCode::Off4);
    both.take_in(&mut private, TransactionCode::Priv);
    let mut protected = 0;
    for number in &both.numbers {
        let (public, private) = (card(&public, *number), card(&private, *number));
        for label in ["GældendePNR", "Køn", "Status", "Civilstand"] {
            assert_eq!(info(&public, label), info(&private, label), "{label} of {}", number.masked());
        }
        for label in ["Fødselsdag", "Statusfra"] {
            assert_eq!(date(&public, label), date(&private, label), "{label} of {}", number.masked());
        }
        assert_eq!(public.end_date, private.end_date, "{}", number.masked());
        assert_eq!(is_protected(&public), is_protected(&private), "{}", number.masked());
        if is_protected(&public) {
            protected += 1;
            assert_eq!((private.name1.as_str(), private.name2.as_str(), private.text.as_str()), ("", "", ""));
            assert_eq!(home(&private), None, "{}", number.masked());
        } else {
            assert_eq!((&public.name1, &public.name2), (&private.name1, &private.name2), "{}", number.masked());
            assert_eq!(home(&public), home(&private), "{}", number.masked());
        }
    }
    assert!(protected > 3, "{protected}");
}

#[test]
fn what_is_withheld_stays_as_it_was_and_is_protected() {
    let both = Both::new();
    let mut store = MemoryStore::new();
    both.take_in(&mut store, TransactionCode::Off4);
    let before: Vec<_> = both.numbers.iter().map(|number| card(&store, *number)).collect();
    both.take_in(&mut store, TransactionCode::Priv);
    let mut protected = 0;
    for (number, before) in both.numbers.iter().zip(before) {
        let after = card(&store, *number);
        assert_eq!((&before.name1, &before.name2), (&after.name1, &after.name2), "{}", number.masked());
        if is_protected(&before) {
            assert_eq!(home(&before), home(&after), "{}", number.masked());
            let hidden =
                after.addresses.iter().filter(|address| address.address_type == "HA" && address.end_date.is_none());
            assert!(hidden.clone().all(|address| address.protection.is_some()), "{}", number.masked());
            protected += hidden.count();
        }
    }
    assert!(protected > 3, "{protected}");
}
