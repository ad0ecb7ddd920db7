//! Months of an authority's life, against a model that says what must be so: many persons, cases that open and close,
//! nightly runs, deliveries that come when they come.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use kartotek_formats::dates::PartialDate;
use kartotek_formats::identifiers::CprNumber;
use kartotek_formats::subscription_file::{SubscriptionAction, SubscriptionFileName};
use kartotek_service::cases::import_cases;
use kartotek_service::danish_time;
use kartotek_service::subscriptions::plan;
use proptest::prelude::*;

use crate::support::{World, numbers};

/// What CPR does with the files of a day: it takes them in the evening, and delivers the data of whom it subscribes.
#[derive(Default)]
struct Cpr {
    subscribed: BTreeSet<CprNumber>,
    taken: BTreeSet<String>,
}

impl Cpr {
    /// The evening run of a day: whose data are delivered.
    fn run(&mut self, world: &World, today: PartialDate) -> Vec<CprNumber> {
        let mut delivered = Vec::new();
        for name in world.folder.files.keys() {
            let day = SubscriptionFileName::parse(name).unwrap().process_date();
            if day != today || !self.taken.insert(name.clone()) {
                assert!(day >= today || self.taken.contains(name), "{name} came too late to be taken");
                continue;
            }
            for line in world.folder.read(name).lines() {
                match line.action {
                    SubscriptionAction::Create => {
                        assert!(self.subscribed.insert(line.number), "nobody is subscribed twice");
                        delivered.push(line.number);
                    }
                    SubscriptionAction::Delete => {
                        assert!(self.subscribed.remove(&line.number), "nobody is cancelled who is not subscribed");
                    }
                }
            }
        }
        delivered
    }
}

/// What happens to a case on a day.
#[derive(Debug, Clone, Copy)]
enum Event {
    Add { case: usize, person: usize },
    Close { case: usize },
    Reopen { case: usize },
}

/// Which cases are open, and who is a party of which.
#[derive(Default)]
struct Model {
    open: BTreeSet<usize>,
    parties: BTreeMap<usize, BTreeSet<usize>>,
}

impl Model {
    fn with_open_case(&self) -> BTreeSet<usize> {
        self.open.iter().filter_map(|case| self.parties.get(case)).flatten().copied().collect()
    }
}

fn happen(world: &mut World, model: &mut Model, all: &[CprNumber], event: Event) {
    let case_no = |case: usize| format!("S-{case}");
    match event {
        Event::Add { case, person } => {
            if !model.parties.contains_key(&case) {
                world.open_case(&case_no(case));
                model.open.insert(case);
                model.parties.insert(case, BTreeSet::new());
            }
            if model.open.contains(&case) {
                world.add(&case_no(case), all[person]);
                model.parties.entry(case).or_default().insert(person);
            }
        }
        Event::Close { case } if model.parties.contains_key(&case) => {
            world.desk().close(&case_no(case)).unwrap();
            model.open.remove(&case);
        }
        Event::Reopen { case } if model.parties.contains_key(&case) => {
            world.desk().reopen(&case_no(case)).unwrap();
            model.open.insert(case);
        }
        Event::Close { .. } | Event::Reopen { .. } => {}
    }
}

/// Days, one after the other, and enough quiet ones at the end for everything to come to rest.
fn live(all: &[CprNumber], days: &[Vec<Event>]) {
    // A Monday, 02:00 in Denmark.
    let mut world = World::at("2026-01-05T01:00:00Z");
    let mut cpr = Cpr::default();
    let mut model = Model::default();
    let rest = vec![Vec::new(); 20];
    for events in days.iter().chain(&rest) {
        for event in events {
            happen(&mut world, &mut model, all, *event);
        }
        night(&mut world, &mut cpr);
    }
    assert_as_modelled(&mut world, &cpr, &model, all);
}

/// A night's run and the day after it, with CPR's run in the evening and its delivery in the next night.
fn night(world: &mut World, cpr: &mut Cpr) {
    world.settle();
    world.wish();
    world.apply();
    let today = danish_time::today(&world.clock);
    let delivered = cpr.run(world, today);
    world.pass_hours(20);
    if !delivered.is_empty() {
        world.deliver(&today.to_string(), &delivered, true);
    }
    world.pass_hours(4);
}

fn assert_as_modelled(world: &mut World, cpr: &Cpr, model: &Model, all: &[CprNumber]) {
    world.settle();
    let mut here = BTreeSet::new();
    plan(world.store.reader().unwrap().as_mut(), &world.clock, &world.rules, &mut |planned| {
        if planned.facts.src_subscribed {
            here.insert(planned.number().unwrap());
        }
    })
    .unwrap();
    let expected: BTreeSet<_> = model.with_open_case().into_iter().map(|person| all[person]).collect();
    assert!(cpr.subscribed == expected, "{} at CPR, expected {}", cpr.subscribed.len(), expected.len());
    assert!(here == expected, "{} in the register, expected {}", here.len(), expected.len());
    assert!(world.orders().iter().all(|order| !order.state.is_pending()));
}

fn any_event(persons: usize, cases: usize) -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (0..cases, 0..persons).prop_map(|(case, person)| Event::Add { case, person }),
        2 => (0..cases).prop_map(|case| Event::Close { case }),
        1 => (0..cases).prop_map(|case| Event::Reopen { case }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn in_the_end_exactly_those_with_an_open_case_are_subscribed(
        days in proptest::collection::vec(proptest::collection::vec(any_event(12, 6), 0..6), 1..40),
    ) {
        live(&numbers(12), &days);
    }
}

/// The cases of a day as the authority lists them.
fn list(model: &Model, all: &[CprNumber]) -> String {
    let mut list = "case_no,case_type,state,start_date,end_date,contact,role,party_start,party_end\n".to_owned();
    for (case, parties) in &model.parties {
        let state = if model.open.contains(case) { "open,2026-01-01," } else { "closed,2026-01-01,2026-01-02" };
        for person in parties {
            writeln!(list, "S-{case},,{state},{},,,", all[*person].reveal()).unwrap();
        }
    }
    list
}

#[test]
fn twenty_thousand_persons_of_whom_a_list_comes_each_day_end_as_the_model_says() {
    let all = numbers(20_000);
    let mut world = World::in_sqlite("2026-01-05T01:00:00Z");
    let mut cpr = Cpr::default();
    let mut model = Model::default();
    let mut dice = Dice(1);
    for day in 0..34_u32 {
        if day < 14 {
            for _ in 0..1_500 {
                let (case, person) = (dice.below(400), dice.below(all.len()));
                if model.parties.entry(case).or_default().insert(person) && model.parties[&case].len() == 1 {
                    model.open.insert(case);
                }
            }
            for _ in 0..40 {
                model.open.remove(&dice.below(400));
            }
            for _ in 0..10 {
                let case = dice.below(400);
                if model.parties.contains_key(&case) {
                    model.open.insert(case);
                }
            }
            import_cases(world.store.as_mut(), &world.clock, list(&model, &all).as_bytes()).unwrap();
        }
        night(&mut world, &mut cpr);
    }
    assert_as_modelled(&mut world, &cpr, &model, &all);
    let subscribed = cpr.subscribed.len();
    assert!((1_000..20_000).contains(&subscribed), "{subscribed} of the persons are subscribed");
    assert!(world.orders().len() > subscribed + 1_000, "many were cancelled on the way");
}

/// A small generator, so that a failure is the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }
}
