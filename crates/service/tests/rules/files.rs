//! The worked cases of contact-model.md section 12, and subscription files.

use kartotek_formats::subscription_file::{SubscriptionFileName, WorkingDays};
use kartotek_register::contact::{ContactId, SourceId};
use kartotek_register::ports::{FixedClock, NewOrder, OrderAction, OrderState};
use kartotek_register::subscription::RuleSet;
use kartotek_service::subscriptions::{FileSettings, Limits, SubscriptionError, apply_files, finish_files, set_wishes};

use crate::support::{FolderAccident, MONDAY, World, file_settings, number, numbers, run};

const LISE: &str = "2103724010";
const OLE: &str = "1204713011";

#[test]
fn last_case_closed_and_updated_three_days_ago_stays_subscribed_and_is_cancelled_after_more_than_seven() {
    let mut world = World::new();
    let lise = number(LISE);
    world.deliver("2026-01-05", &[lise], true);
    world.open_case("S-1");
    world.add("S-1", lise);
    world.desk().close("S-1").unwrap();

    world.pass_days(3);
    world.wish();
    assert_eq!(world.state(lise), (true, None), "updated 3 days ago");
    world.pass_days(4);
    world.wish();
    assert_eq!(world.state(lise), (true, None), "exactly 7 days");
    world.pass_hours(1);
    let counts = world.wish();
    assert_eq!((counts.to_unsubscribe, world.state(lise)), (1, (true, Some(false))));

    let report = world.apply();
    assert_eq!((report.files.len(), report.files[0].unsubscribe), (1, 1));
    assert_eq!(world.state(lise), (false, None), "SRC_SUBSCRIBED is N once the cancellation is sent");
    assert_eq!(world.folder.lines(), ["SL 2103724010"]);
}

#[test]
fn case_reopened_is_subscribed_again_and_the_data_come() {
    let mut world = World::new();
    let lise = number(LISE);
    world.deliver("2026-01-02", &[lise], false);
    world.open_case("S-1");
    world.add("S-1", lise);
    world.desk().close("S-1").unwrap();
    world.wish();
    assert_eq!(world.state(lise), (false, None));

    assert_eq!(world.desk().reopen("S-1").unwrap().concerned, [lise]);
    world.wish();
    assert_eq!(world.state(lise), (false, Some(true)));
    let report = world.apply();
    assert_eq!(report.files[0].name, "d260105.i990001");
    let order = &world.orders()[0];
    assert_eq!((order.action, order.state, order.line), (OrderAction::Subscribe, OrderState::Sent, Some(1)));
    assert_eq!(order.reason, "party to 1 open case");
    assert_eq!(world.state(lise), (false, None), "not subscribed until data come");

    // The next evening's delivery has the person.
    world.pass_days(1);
    assert_eq!(world.settle().subscribed, 0);
    assert!(world.apply().files.is_empty(), "nothing is ordered twice");
    world.deliver("2026-01-05", &[lise], true);
    assert_eq!(world.settle().subscribed, 1);
    assert_eq!(world.state(lise), (true, None));
    assert_eq!(world.orders()[0].state, OrderState::Done);
}

#[test]
fn data_older_than_the_order_do_not_settle_it() {
    let mut world = World::at("2026-01-05T13:00:00Z");
    let lise = number(LISE);
    world.open_case("S-1");
    world.add("S-1", lise);
    world.wish();
    assert_eq!(world.apply().files[0].name, "d260106.i990001", "after the deadline");
    world.pass_days(2);
    world.deliver("2026-01-05", &[lise], false);
    assert_eq!(world.settle().subscribed, 0);
    world.deliver("2026-01-06", &[lise], false);
    assert_eq!(world.settle().subscribed, 0, "somebody has looked the person up");
    assert_eq!(world.state(lise), (false, None));
    world.deliver("2026-01-05", &[lise], true);
    assert_eq!((world.settle().subscribed, world.state(lise)), (0, (false, None)), "an older file");
    world.deliver("2026-01-07", &[lise], true);
    assert_eq!(world.settle().subscribed, 1);
    assert_eq!(world.state(lise), (true, None));
}

#[test]
fn a_subscription_without_data_is_given_up_after_two_weeks_and_ordered_again() {
    let mut world = World::new();
    world.open_case("S-1");
    world.add("S-1", number(LISE));
    world.wish();
    world.apply();
    world.pass_days(14);
    assert_eq!(world.settle().given_up, 0);
    world.wish();
    assert!(world.apply().files.is_empty());
    world.pass_days(1);
    assert_eq!(world.settle().given_up, 1);
    world.wish();
    assert_eq!(world.apply().files.len(), 1);
    let states: Vec<_> = world.orders().iter().map(|order| order.state).collect();
    assert_eq!(states, [OrderState::Refused, OrderState::Sent]);
}

#[test]
fn a_wish_by_hand_is_ordered_again_too_when_nothing_came_unless_somebody_wishes_otherwise() {
    let mut world = World::new();
    let [lise, ole] = [number(LISE), number(OLE)];
    world.deliver("2026-01-02", &[lise, ole], false);
    for number in [lise, ole] {
        world.wish_by_hand(number, Some(true));
    }
    world.apply();
    world.wish_by_hand(ole, Some(false));
    world.pass_days(15);
    assert_eq!(world.settle().given_up, 2);
    assert_eq!((world.state(lise), world.state(ole)), ((false, Some(true)), (false, Some(false))));
    world.apply();
    assert_eq!(world.folder.lines(), ["OP 1204713011", "OP 2103724010", "OP 2103724010"]);
}

#[test]
fn a_wish_that_comes_while_an_order_goes_out_stays() {
    let mut world = World::new();
    let [lise, ole] = [number(LISE), number(OLE)];
    world.deliver("2025-12-01", &[lise], true);
    world.deliver("2025-12-01", &[ole], false);
    world.wish_by_hand(lise, Some(false));
    world.wish_by_hand(ole, Some(true));
    world.folder.fails_in = Some((1, FolderAccident::Before));
    cut_off(&mut world);
    // The case system takes both back, with the orders planned.
    world.wish_by_hand(lise, Some(true));
    world.wish_by_hand(ole, Some(false));
    assert_eq!(world.apply().files.len(), 1);
    assert_eq!((world.state(lise), world.state(ole)), ((false, Some(true)), (false, Some(false))));
}

#[test]
fn a_cancellation_stands_against_an_older_delivery_that_says_otherwise() {
    let mut world = World::new();
    let lise = number(LISE);
    world.deliver("2025-12-01", &[lise], true);
    world.pass_days(10);
    world.wish();
    world.apply();
    assert_eq!(world.state(lise), (false, None));
    assert_eq!(world.orders()[0].file.as_deref(), Some("d260115.i990001"));
    // Deliveries from before the cancellation took effect, and one with changes of that day.
    world.deliver("2026-01-14", &[lise], true);
    assert_eq!(world.state(lise), (false, None));
    world.deliver("2026-01-15", &[lise], true);
    world.wish();
    assert_eq!(world.state(lise), (false, None));
    world.pass_days(1);
    assert_eq!(world.settle().unsubscribed, 1);
    assert_eq!(world.state(lise), (false, None));
    // CPR does report changes after all.
    world.deliver("2026-01-16", &[lise], true);
    assert_eq!(world.state(lise), (true, None));
}

#[test]
fn lines_ascend_and_each_order_knows_its_line() {
    let mut world = World::new();
    let all = numbers(40);
    world.deliver("2025-12-01", &all[..20], true);
    world.open_case("S-1");
    for number in &all[20..] {
        world.add("S-1", *number);
    }
    world.pass_days(9);
    world.wish();
    let report = world.apply();
    assert_eq!((report.files[0].subscribe, report.files[0].unsubscribe), (20, 20));
    let name = &report.files[0].name;
    let file = world.folder.read(name);
    assert!(world.folder.files[name].starts_with(b"06123400OP"));
    for order in world.orders() {
        let line = file.lines()[usize::try_from(order.line.unwrap()).unwrap() - 1];
        assert_eq!(line.number.reveal(), order.source_key);
        assert_eq!(line.action.code(), order.action.code());
    }
}

#[test]
fn a_taken_name_leaves_the_file_to_the_next_working_day_that_is_free() {
    // A Friday.
    let mut world = World::at("2026-01-09T09:00:00Z");
    let foreign = b"somebody else's".to_vec();
    world.folder.files.insert("d260109.i990001".to_owned(), foreign.clone());
    world.open_case("S-1");
    world.add("S-1", number(LISE));
    world.wish();
    assert_eq!(world.apply().files[0].name, "d260112.i990001");
    assert_eq!(world.folder.files["d260109.i990001"], foreign);
    // The file has been sent and is gone from the folder, but CPR has one of that name.
    world.folder.files.remove("d260112.i990001");
    world.add("S-1", number(OLE));
    world.wish();
    assert_eq!(world.apply().files[0].name, "d260113.i990001");
}

#[test]
fn a_file_that_is_resumed_too_late_for_its_day_gets_a_day_to_come() {
    for (now, name) in [
        ("2026-01-05T10:59:00Z", "d260105.i990001"),
        ("2026-01-05T11:00:00Z", "d260106.i990001"),
        ("2026-01-07T01:00:00Z", "d260107.i990001"),
        ("2026-01-10T01:00:00Z", "d260112.i990001"),
    ] {
        let mut world = World::at("2026-01-05T01:00:00Z");
        world.deliver("2025-12-01", &[number(LISE)], true);
        world.wish_by_hand(number(LISE), Some(false));
        // The folder is not there.
        world.folder.fails_in = Some((1, FolderAccident::Before));
        cut_off(&mut world);
        world.clock = FixedClock(now.parse().unwrap());
        world.settle();
        let report = world.apply();
        assert_eq!(report.files[0].name, name, "{now}");
        let order = &world.orders()[0];
        assert_eq!((order.file.as_deref(), order.process_date), (Some(name), report.files[0].process_date), "{now}");
        assert_eq!((world.orders().len(), world.folder.files.len()), (1, 1), "{now}");
        assert_eq!((world.settle().unsubscribed, order.state), (0, OrderState::Sent), "not before CPR has run");
    }
}

#[test]
fn late_files_get_names_of_their_own_and_one_that_is_there_keeps_its_name() {
    let mut world = World::at("2026-01-05T01:00:00Z");
    world.open_case("S-1");
    let all = numbers(3);
    world.add("S-1", all[0]);
    world.wish();
    // The file was written, and the end of it was not noted.
    world.folder.fails_in = Some((1, FolderAccident::After));
    cut_off(&mut world);
    let there = world.folder.files.clone();
    let mut transaction = world.store.begin().unwrap();
    // Two further files were planned by calls that knew of nothing to finish.
    let run = run(transaction.as_mut());
    for (number, name) in [(all[1], "d260106.i990001"), (all[2], "d260107.i990001")] {
        let order = NewOrder {
            source_key: ContactId::person(number).name_code,
            contact: 1,
            action: OrderAction::Subscribe,
            reason: String::new(),
            state: OrderState::Planned,
            file: Some(name.to_owned()),
            line: Some(1),
            process_date: SubscriptionFileName::parse(name).ok().map(|name| name.process_date()),
            error: None,
        };
        transaction.insert_orders(SourceId::CPR, run, &[order], MONDAY).unwrap();
    }
    transaction.commit().unwrap();
    world.pass_days(7);
    let files = world.apply().files;
    let names: Vec<_> = files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["d260105.i990001", "d260112.i990001", "d260113.i990001"]);
    assert_eq!(world.folder.files["d260105.i990001"], there["d260105.i990001"]);
}

/// A call that does not come to its end.
fn cut_off(world: &mut World) {
    let outcome = apply_files(world.store.as_mut(), &world.clock, &world.rules, &file_settings(), &mut world.folder);
    assert!(matches!(outcome, Err(SubscriptionError::Outbox { .. })));
}

#[test]
fn a_file_is_not_for_a_day_on_which_cpr_does_not_run() {
    // The day before Skærtorsdag, in the afternoon.
    let mut world = World::at("2026-04-01T13:00:00Z");
    world.open_case("S-1");
    world.add("S-1", number(LISE));
    world.wish();
    let closed = [kartotek_formats::dates::PartialDate::new(2026, 4, 7).unwrap()];
    let settings = FileSettings { working_days: WorkingDays::without(closed), ..file_settings() };
    let report = apply_files(world.store.as_mut(), &world.clock, &world.rules, &settings, &mut world.folder).unwrap();
    assert_eq!(report.files[0].name, "d260408.i990001");
}

#[test]
fn names_that_are_all_taken_are_told() {
    let mut world = World::new();
    for day in 5..=31 {
        world.folder.files.insert(format!("d2601{day:02}.i990001"), Vec::new());
    }
    world.open_case("S-1");
    world.add("S-1", number(LISE));
    world.wish();
    let error = apply_files(world.store.as_mut(), &world.clock, &world.rules, &file_settings(), &mut world.folder);
    assert!(matches!(error, Err(SubscriptionError::NoFreeName { last }) if last == "d260116.i990001"));
    assert!(world.orders().is_empty());
    assert_eq!(world.state(number(LISE)), (false, Some(true)), "the wish stays");
}

#[test]
fn wishes_by_hand_are_ordered_and_idle_ones_cleared() {
    let mut world = World::new();
    let [lise, ole, ida] = [number(LISE), number(OLE), numbers(1)[0]];
    world.deliver("2026-01-02", &[lise, ole, ida], true);
    world.wish_by_hand(lise, Some(false));
    world.wish_by_hand(ole, Some(true));
    let report = world.apply();
    assert_eq!(report.cleared, 1, "he is subscribed already");
    assert_eq!(world.folder.lines(), ["SL 2103724010"]);
    assert_eq!(world.orders()[0].reason, "wished by hand");
}

#[test]
fn a_blocked_person_is_cancelled_at_once_and_never_subscribed() {
    let mut world = World::new();
    let [lise, ole] = [number(LISE), number(OLE)];
    world.deliver("2026-01-05", &[lise], true);
    world.open_case("S-1");
    world.add("S-1", lise);
    world.add("S-1", ole);
    world.wish();
    assert_eq!(world.state(ole), (false, Some(true)));
    world.block(lise, "closed file");
    world.block(ole, "closed file");
    let counts = world.wish();
    assert_eq!((counts.to_subscribe, counts.to_unsubscribe, counts.blocked), (0, 1, 2));
    assert_eq!(world.state(ole), (false, None));
    world.apply();
    assert_eq!(world.folder.lines(), ["SL 2103724010"]);
    assert_eq!(world.orders()[0].reason, "blocked: closed file");
}

#[test]
fn a_mass_change_stops_until_it_is_confirmed() {
    let mut world = World::new();
    let all = numbers(60);
    world.open_case("S-1");
    for number in &all {
        world.add("S-1", *number);
    }
    let limits = Limits::default();
    let error = set_wishes(world.store.as_mut(), &world.clock, &RuleSet::default(), Some(&limits)).unwrap_err();
    assert!(error.is_refusal());
    assert!(
        error.to_string().starts_with("60 persons would change, more than the 50 that are allowed of 0 subscribed")
    );
    assert_eq!(world.state(all[0]), (false, None), "nothing was written");
    let enough = Limits { max_persons: 60, ..limits };
    set_wishes(world.store.as_mut(), &world.clock, &RuleSet::default(), Some(&enough)).unwrap();
    assert_eq!(world.state(all[0]), (false, Some(true)));
}

#[test]
fn settings_that_changed_between_planning_and_writing_do_not_overwrite_a_file() {
    let mut world = World::new();
    world.open_case("S-1");
    world.add("S-1", number(LISE));
    world.wish();
    // The file was written, and the end of it was not noted.
    world.folder.fails_in = Some((1, FolderAccident::After));
    cut_off(&mut world);
    let before = world.folder.files.clone();
    let other = FileSettings {
        customer: kartotek_formats::cpr_direkte::CustomerNumber::new(b"4321").unwrap(),
        ..file_settings()
    };
    let error = finish_files(world.store.as_mut(), &world.clock, &other, &mut world.folder).unwrap_err();
    assert!(matches!(&error, SubscriptionError::AnotherFile { .. }), "{error}");
    assert_eq!(world.folder.files, before);
    assert_eq!(world.apply().files.len(), 1);
    assert_eq!(world.orders()[0].state, OrderState::Sent);
}
