//! Wishes through CPR Direkte.

use std::collections::{BTreeMap, BTreeSet};

use kartotek_formats::cpr_direkte::ErrorNumber;
use kartotek_formats::identifiers::CprNumber;
use kartotek_register::contact::SourceId;
use kartotek_register::memory::Accident;
use kartotek_register::ports::{FixedClock, OrderState, Store};
use kartotek_service::danish_time;
use kartotek_service::subscriptions::{
    Direkte, DirekteReport, Outcome, Settled, SubscriptionError, apply_direkte, finish_direkte, plan, subscribe_now,
};

use crate::support::{World, numbers, take_in};

/// CPR, as far as it matters here.
struct Cpr {
    subscribed: BTreeSet<CprNumber>,
    answers: BTreeMap<CprNumber, Outcome>,
    calls: u32,
    clock: FixedClock,
}

impl Cpr {
    fn answer(&self, number: CprNumber) -> (CprNumber, Outcome) {
        (number, self.answers.get(&number).cloned().unwrap_or(Outcome::Done))
    }
}

impl Direkte for Cpr {
    fn subscribe_and_fetch(&mut self, store: &mut dyn Store, numbers: &[CprNumber]) -> Vec<(CprNumber, Outcome)> {
        self.calls += 1;
        let mut outcomes: Vec<_> = numbers.iter().map(|number| self.answer(*number)).collect();
        let did = |outcome: &Outcome| matches!(outcome, Outcome::Done | Outcome::Unusable(_));
        self.subscribed.extend(outcomes.iter().filter(|(_, outcome)| did(outcome)).map(|(number, _)| *number));
        let fetched = outcomes.iter().filter(|(_, outcome)| *outcome == Outcome::Done);
        let fetched: Vec<_> = fetched.map(|(number, _)| *number).collect();
        if let Err(error) = take_in(store, &self.clock, danish_time::today(&self.clock), &fetched, false) {
            for (_, outcome) in &mut outcomes {
                *outcome = Outcome::Later(error.to_string());
            }
        }
        outcomes
    }

    fn unsubscribe(&mut self, numbers: &[CprNumber]) -> Vec<(CprNumber, Outcome)> {
        self.calls += 1;
        let outcomes: Vec<_> = numbers.iter().map(|number| self.answer(*number)).collect();
        for (number, _) in outcomes.iter().filter(|(_, outcome)| *outcome == Outcome::Done) {
            self.subscribed.remove(number);
        }
        outcomes
    }
}

/// What was not answered before, and then the wishes that are there.
fn try_apply(world: &mut World, cpr: &mut Cpr, batch: usize) -> Result<DirekteReport, SubscriptionError> {
    cpr.clock = world.clock;
    let before = finish_direkte(world.store.as_mut(), &world.clock, cpr, batch)?;
    apply_direkte(world.store.as_mut(), &world.clock, &world.rules, cpr, batch, before)
}

fn apply(world: &mut World, cpr: &mut Cpr, batch: usize) -> DirekteReport {
    try_apply(world, cpr, batch).unwrap()
}

/// What `subscription apply` does in a night.
fn night(world: &mut World, cpr: &mut Cpr) -> DirekteReport {
    cpr.clock = world.clock;
    world.settle();
    let before = finish_direkte(world.store.as_mut(), &world.clock, cpr, 5).unwrap();
    world.wish();
    apply_direkte(world.store.as_mut(), &world.clock, &world.rules, cpr, 5, before).unwrap()
}

/// Whom the register takes for subscribed.
fn subscribed_here(world: &World) -> BTreeSet<CprNumber> {
    let mut here = BTreeSet::new();
    plan(world.store.reader().unwrap().as_mut(), &world.clock, &world.rules, &mut |planned| {
        if planned.facts.src_subscribed {
            here.insert(planned.number().unwrap());
        }
    })
    .unwrap();
    here
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
    let subscribed = all[12..].iter().copied().collect();
    let cpr = Cpr { subscribed, answers: BTreeMap::new(), calls: 0, clock: world.clock };
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
    let stopped = report.stopped.unwrap();
    assert!(stopped.reason.starts_with("error 06") && stopped.needs_somebody, "{stopped:?}");
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
    let stopped = report.stopped.unwrap();
    assert_eq!((stopped.reason.as_str(), stopped.needs_somebody), ("no connection", false));
    assert_eq!(world.state(all[0]), (false, Some(true)));
    cpr.answers.clear();
    assert_eq!(apply(&mut world, &mut cpr, 100).subscribed, 1);
}

/// CPR has done what it was asked, or not; then cases change, and the register must still come to know what is so at CPR.
#[test]
fn a_call_that_is_cut_off_anywhere_and_cases_that_change_leave_register_and_cpr_agreed() {
    for accident in [Accident::Before, Accident::After] {
        for step in 0.. {
            let what = format!("step {step} {accident:?}");
            let (mut world, all, mut cpr) = wished();
            world.memory.fail_after(step, accident);
            let outcome = try_apply(&mut world, &mut cpr, 5);
            world.memory.recover();

            world.desk().close("S-1").unwrap();
            world.open_case("S-2");
            for number in &all[12..] {
                world.add("S-2", *number);
            }
            world.pass_days(1);
            night(&mut world, &mut cpr);
            assert_eq!(subscribed_here(&world), cpr.subscribed, "{what}, the night after");
            assert!(world.orders().iter().all(|order| !order.state.is_pending()), "{what}");
            world.pass_days(9);
            night(&mut world, &mut cpr);
            assert_eq!(cpr.subscribed, all[12..].iter().copied().collect(), "{what}, in the end");
            assert_eq!(subscribed_here(&world), cpr.subscribed, "{what}, in the end");
            if outcome.is_ok() {
                assert!(step > 20, "{step} steps to fail at");
                break;
            }
        }
    }
}

#[test]
fn a_person_who_is_fetched_at_once_and_whose_answer_is_lost_is_asked_about_again() {
    for (step, accident) in [(2, Accident::Before), (3, Accident::Before), (5, Accident::Before), (5, Accident::After)]
    {
        let (mut world, all, mut cpr) = wished();
        let person = (all[0], world.facts(all[0]).unwrap().contact, "party to 1 open case".to_owned());
        world.memory.fail_after(step, accident);
        let outcome = subscribe_now(
            world.store.as_mut(),
            &world.clock,
            &mut cpr,
            "case add-party",
            std::slice::from_ref(&person),
            5,
        );
        world.memory.recover();
        assert!(outcome.is_err(), "{step}");
        assert!(cpr.subscribed.contains(&all[0]), "{step}");
        world.desk().close("S-1").unwrap();
        night(&mut world, &mut cpr);
        assert!(
            world.state(all[0]).0 && cpr.subscribed.contains(&all[0]),
            "{step}: subscribed, until the delay is over"
        );
        assert_eq!(world.orders().iter().filter(|order| order.source_key == person.0.reveal()).count(), 1);
    }
}

#[test]
fn a_call_that_somebody_makes_meanwhile_does_not_enter_a_request_twice() {
    let (mut world, all, mut cpr) = wished();
    cpr.answers.insert(all[0], Outcome::Later("no connection".to_owned()));
    let person = [(all[0], world.facts(all[0]).unwrap().contact, "party to 1 open case".to_owned())];
    for _ in 0..2 {
        subscribe_now(world.store.as_mut(), &world.clock, &mut cpr, "case add-party", &person, 5).unwrap();
    }
    assert_eq!(world.orders().len(), 1);
    cpr.answers.clear();
    subscribe_now(world.store.as_mut(), &world.clock, &mut cpr, "case add-party", &person, 5).unwrap();
    assert_eq!((world.orders().len(), world.orders()[0].state), (1, OrderState::Done));
    assert_eq!(world.state(all[0]), (true, None));
}

#[test]
fn data_that_cannot_be_used_leave_a_person_subscribed_who_is_asked_about_again() {
    let (mut world, all, mut cpr) = wished();
    cpr.answers.insert(all[3], Outcome::Unusable("a record is bad".to_owned()));
    let report = apply(&mut world, &mut cpr, 100);
    assert_eq!((report.subscribed, report.unusable.len(), report.stopped), (11, 1, None));
    assert_eq!(world.state(all[3]), (true, None), "CPR has subscribed the person");
    assert_eq!(subscribed_here(&world), cpr.subscribed);
    world.pass_days(1);
    assert_eq!(night(&mut world, &mut cpr).unusable.len(), 1);
    cpr.answers.clear();
    assert_eq!(night(&mut world, &mut cpr).subscribed, 1);
    assert!(world.facts(all[3]).unwrap().updated_at.is_some());
    assert_eq!(night(&mut world, &mut cpr), DirekteReport::default());
}

#[test]
fn an_order_that_is_never_answered_is_given_up_and_wished_again() {
    let (mut world, all, mut cpr) = wished();
    for number in [all[0], all[12]] {
        cpr.answers.insert(number, Outcome::Later("no connection".to_owned()));
    }
    assert_eq!(apply(&mut world, &mut cpr, 100).unsubscribed, 7);
    world.wish_by_hand(all[12], None);
    world.pass_days(i64::from(Settled::GIVE_UP_DAYS));
    assert_eq!(world.settle().given_up, 0);
    world.pass_days(1);
    assert_eq!(world.settle().given_up, 1, "the run stopped at the cancellation");
    assert_eq!(world.state(all[12]), (true, Some(false)));
    let order = &world.orders()[0];
    assert_eq!((order.state, order.error.as_deref()), (OrderState::Refused, Some("no data")));
}

#[test]
fn an_error_that_concerns_everybody_says_nothing_about_what_was_asked_before() {
    let (mut world, all, mut cpr) = wished();
    // CPR cancels all, and nobody hears of it.
    world.memory.fail_after(7, Accident::Before);
    assert!(try_apply(&mut world, &mut cpr, 100).is_err());
    world.memory.recover();
    assert!(cpr.subscribed.is_empty());
    for number in &all {
        cpr.answers.insert(*number, Outcome::Refused(ErrorNumber::WRONG_PASSWORD));
    }
    let calls = cpr.calls;
    let report = night(&mut world, &mut cpr);
    assert_eq!((report.left, report.refused.len(), cpr.calls), (20, 0, calls + 1), "nothing more is asked");
    assert!(report.stopped.unwrap().needs_somebody);
    cpr.answers.clear();
    assert_eq!(night(&mut world, &mut cpr).unsubscribed, 8);
    assert_eq!(subscribed_here(&world), cpr.subscribed);
}

#[test]
fn a_delivery_from_before_a_cancellation_does_not_undo_it() {
    let (mut world, all, mut cpr) = wished();
    // 02:00 on the day after; the delivery of the evening before comes late.
    let yesterday = danish_time::today(&world.clock).to_string();
    world.pass_hours(16);
    let today = danish_time::today(&world.clock).to_string();
    assert_ne!(yesterday, today);
    night(&mut world, &mut cpr);
    for produced in [&yesterday, &today] {
        world.deliver(produced, &all[12..], true);
        assert_eq!(subscribed_here(&world), cpr.subscribed, "{produced}");
    }
}

#[test]
fn persons_who_are_subscribed_at_once_are_written_down_batch_by_batch_and_stop_as_others_do() {
    let (mut world, all, mut cpr) = wished();
    let contact = |world: &World, number| world.facts(number).unwrap().contact;
    let persons: Vec<_> =
        all[..12].iter().map(|number| (*number, contact(&world, *number), "because".to_owned())).collect();
    cpr.answers.insert(all[6], Outcome::Later("no connection".to_owned()));
    let clock = world.clock;
    let outcomes = subscribe_now(world.store.as_mut(), &clock, &mut cpr, "case import", &persons, 5).unwrap();
    assert_eq!((outcomes.len(), cpr.calls), (10, 2), "the third batch is not asked about");
    let subscribed = |world: &World| all[..12].iter().filter(|number| world.state(**number) == (true, None)).count();
    assert_eq!(
        (subscribed(&world), world.state(all[6]), world.state(all[11])),
        (9, (false, Some(true)), (false, Some(true)))
    );
    cpr.answers.clear();
    assert_eq!(apply(&mut world, &mut cpr, 100).subscribed, 3);
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
