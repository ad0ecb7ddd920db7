//! Wishes through CPR Direkte.

use std::collections::{BTreeMap, BTreeSet};

use kartotek_formats::cpr_direkte::ErrorNumber;
use kartotek_formats::identifiers::CprNumber;
use kartotek_register::contact::{ContactId, SourceId};
use kartotek_register::ports::{OrderState, Store};
use kartotek_service::subscriptions::{Direkte, DirekteReport, Outcome, apply_direkte};

use crate::support::{World, numbers};

/// CPR, as far as it matters here.
#[derive(Default)]
struct Cpr {
    subscribed: BTreeSet<CprNumber>,
    answers: BTreeMap<CprNumber, Outcome>,
    calls: u32,
}

impl Cpr {
    fn outcome(&self, number: CprNumber) -> Outcome {
        self.answers.get(&number).cloned().unwrap_or(Outcome::Done)
    }
}

impl Direkte for Cpr {
    fn subscribe_and_fetch(&mut self, store: &mut dyn Store, numbers: &[CprNumber]) -> Vec<(CprNumber, Outcome)> {
        self.calls += 1;
        let outcomes: Vec<_> = numbers.iter().map(|number| (*number, self.outcome(*number))).collect();
        let mut transaction = store.begin().unwrap();
        for (number, _) in outcomes.iter().filter(|(_, outcome)| *outcome == Outcome::Done) {
            self.subscribed.insert(*number);
            let id = ContactId::person(*number);
            let contact = transaction.contact_keys(std::slice::from_ref(&id)).unwrap()[0].unwrap();
            transaction.set_src_subscribed(SourceId::CPR, &[(id.name_code, contact, true)]).unwrap();
        }
        transaction.commit().unwrap();
        outcomes
    }

    fn unsubscribe(&mut self, numbers: &[CprNumber]) -> Vec<(CprNumber, Outcome)> {
        self.calls += 1;
        let outcomes: Vec<_> = numbers.iter().map(|number| (*number, self.outcome(*number))).collect();
        for (number, _) in outcomes.iter().filter(|(_, outcome)| *outcome == Outcome::Done) {
            self.subscribed.remove(number);
        }
        outcomes
    }
}

fn apply(world: &mut World, cpr: &mut Cpr, batch: usize) -> DirekteReport {
    apply_direkte(world.store.as_mut(), &world.clock, &world.rules, cpr, batch).unwrap()
}

/// Twelve persons with an open case, and eight to be cancelled.
fn wished() -> (World, Vec<CprNumber>, Cpr) {
    let mut world = World::new();
    let all = numbers(20);
    world.deliver("2025-12-01", &all[12..], true);
    world.pass_days(9);
    world.open_case("S-1");
    for number in &all[..12] {
        world.add("S-1", *number);
    }
    world.wish();
    let cpr = Cpr { subscribed: all[12..].iter().copied().collect(), ..Cpr::default() };
    (world, all, cpr)
}

#[test]
fn persons_are_subscribed_and_cancelled_batch_by_batch() {
    let (mut world, all, mut cpr) = wished();
    let report = apply(&mut world, &mut cpr, 5);
    assert_eq!((report.subscribed, report.unsubscribed, report.left), (12, 8, 0));
    assert_eq!(cpr.calls, 3 + 2);
    assert_eq!(cpr.subscribed, all[..12].iter().copied().collect());
    for (at, number) in all.iter().enumerate() {
        assert_eq!(world.state(*number), (at < 12, None));
    }
    assert!(world.orders().iter().all(|order| order.state == OrderState::Done && order.file.is_none()));
    assert_eq!(world.orders().len(), 20);
    let again = apply(&mut world, &mut cpr, 5);
    assert_eq!((again.subscribed, again.unsubscribed, cpr.calls), (0, 0, 5));
}

#[test]
fn a_person_whom_cpr_does_not_know_is_blocked_and_not_asked_about_again() {
    let (mut world, all, mut cpr) = wished();
    cpr.answers.insert(all[3], Outcome::Unknown);
    let report = apply(&mut world, &mut cpr, 100);
    assert_eq!((report.subscribed, report.refused.len(), report.stopped), (11, 1, None));
    let facts = world.facts(all[3]).unwrap();
    assert_eq!(facts.blocked.as_deref(), Some("CPR does not know the number (error 05)"));
    assert_eq!((facts.src_subscribed, facts.wish), (false, None));
    let order = world.orders().into_iter().find(|order| order.state == OrderState::Refused).unwrap();
    assert_eq!((order.error.as_deref(), order.source_key), (Some("05"), facts.source_key));

    let calls = cpr.calls;
    world.wish();
    apply(&mut world, &mut cpr, 100);
    assert_eq!(cpr.calls, calls);
    // The operator found that the number is right.
    cpr.answers.clear();
    let mut transaction = world.store.begin().unwrap();
    assert!(transaction.remove_block(SourceId::CPR, &all[3].reveal()).unwrap());
    transaction.commit().unwrap();
    world.wish();
    assert_eq!(apply(&mut world, &mut cpr, 100).subscribed, 1);
}

#[test]
fn an_error_that_concerns_everybody_stops_the_run_and_says_what_is_left() {
    let (mut world, all, mut cpr) = wished();
    cpr.answers.insert(all[1], Outcome::Refused(ErrorNumber::UNKNOWN_CUSTOMER));
    let report = apply(&mut world, &mut cpr, 4);
    assert_eq!((report.unsubscribed, report.subscribed, report.left), (8, 3, 8));
    assert!(report.stopped.unwrap().starts_with("error 06"));
    assert_eq!(world.state(all[1]), (false, Some(true)), "the wish stays");
    cpr.answers.clear();
    let again = apply(&mut world, &mut cpr, 4);
    assert_eq!((again.subscribed, again.left), (9, 0));
}

#[test]
fn an_answer_that_does_not_come_keeps_the_wish() {
    let (mut world, all, mut cpr) = wished();
    cpr.answers.insert(all[0], Outcome::Later("no connection".to_owned()));
    let report = apply(&mut world, &mut cpr, 100);
    assert_eq!((report.subscribed, report.left), (11, 1));
    assert_eq!(report.stopped.as_deref(), Some("no connection"));
    assert_eq!(world.state(all[0]), (false, Some(true)));
    cpr.answers.clear();
    assert_eq!(apply(&mut world, &mut cpr, 100).subscribed, 1);
}

#[test]
fn a_call_that_is_cut_off_between_cpr_and_the_register_asks_the_same_again() {
    let (mut world, all, mut cpr) = wished();
    // CPR has cancelled them, and nobody wrote that down.
    cpr.unsubscribe(&all[12..]);
    let report = apply(&mut world, &mut cpr, 100);
    assert_eq!((report.unsubscribed, report.subscribed), (8, 12));
    assert_eq!(cpr.subscribed, all[..12].iter().copied().collect());
}

#[test]
fn somebody_with_a_cancellation_in_a_file_is_left_alone() {
    let (mut world, all, mut cpr) = wished();
    world.apply();
    let report = apply(&mut world, &mut cpr, 100);
    assert_eq!((report.subscribed, report.unsubscribed, cpr.calls), (0, 0, 0));
    world.open_case("S-2");
    world.add("S-2", all[15]);
    world.wish();
    assert_eq!(world.state(all[15]), (false, None), "the file would cancel what is subscribed now");
    world.pass_days(1);
    world.settle();
    world.wish();
    assert_eq!(apply(&mut world, &mut cpr, 100).subscribed, 1);
}
