//! The worked cases of contact-model.md section 12, and subscription files.

use kartotek_register::ports::{OrderAction, OrderState};
use kartotek_register::subscription::RuleSet;
use kartotek_service::subscriptions::{FileSettings, Limits, SubscriptionError, apply_files, finish_files, set_wishes};

use crate::support::{World, file_settings, number, numbers};

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
    assert_eq!(world.settle().subscribed, 1);
    assert_eq!(world.state(lise), (true, None), "also when the delivery itself does not say so");
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
fn a_cancellation_stands_against_an_older_delivery_that_says_otherwise() {
    let mut world = World::new();
    let lise = number(LISE);
    world.deliver("2025-12-01", &[lise], true);
    world.pass_days(10);
    world.wish();
    world.apply();
    assert_eq!(world.state(lise), (false, None));
    // A delivery from before the cancellation took effect.
    world.deliver("2026-01-14", &[lise], true);
    assert_eq!(world.state(lise), (true, None));
    world.wish();
    assert_eq!(world.state(lise), (true, None), "the cancellation is on its way");
    world.pass_days(1);
    assert_eq!(world.settle().unsubscribed, 1);
    assert_eq!(world.state(lise), (false, None));
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
    let mut transaction = world.store.begin().unwrap();
    for (number, wish) in [(lise, false), (ole, true)] {
        let id = kartotek_register::contact::ContactId::person(number);
        let contact = transaction.contact_keys(std::slice::from_ref(&id)).unwrap()[0].unwrap();
        transaction
            .set_wishes(kartotek_register::contact::SourceId::CPR, &[(id.name_code, contact, Some(wish))])
            .unwrap();
    }
    transaction.commit().unwrap();
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
    world.folder.fails_in = Some((1, crate::support::FolderAccident::After));
    let cut_off = apply_files(world.store.as_mut(), &world.clock, &world.rules, &file_settings(), &mut world.folder);
    assert!(matches!(cut_off, Err(SubscriptionError::Outbox { .. })));
    let before = world.folder.files.clone();
    let other = FileSettings {
        customer: kartotek_formats::cpr_direkte::CustomerNumber::new(b"4321").unwrap(),
        ..file_settings()
    };
    let error = finish_files(world.store.as_mut(), &other, &mut world.folder).unwrap_err();
    assert!(matches!(&error, SubscriptionError::AnotherFile { .. }), "{error}");
    assert_eq!(world.folder.files, before);
    assert_eq!(world.apply().files.len(), 1);
    assert_eq!(world.orders()[0].state, OrderState::Sent);
}
