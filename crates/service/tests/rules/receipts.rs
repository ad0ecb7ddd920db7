//! What CPR says in a delivery about lines of subscription files.

use std::path::{Path, PathBuf};

use kartotek_formats::identifiers::CprNumber;
use kartotek_register::memory::Accident;
use kartotek_register::ports::{Message, Order, OrderState, Severity, Store};
use kartotek_service::cpr_extract::{ExtractImport, FileReport, ImportError};
use kartotek_service::subscriptions::{Direkte, Outcome, subscribe_now};

use crate::support::{World, number, numbers};

const LISE: &str = "2103724010";
const OLE: &str = "1204713011";

/// Both kinds of register; a Monday, 10:00 in Denmark.
fn worlds() -> [World; 2] {
    [World::new(), World::in_sqlite(crate::support::MONDAY)]
}

/// Lise is to be subscribed, and the file is sent.
fn ordered(world: &mut World) {
    world.deliver("2026-01-02", &[number(LISE)], false);
    world.open_case("S-1");
    world.add("S-1", number(LISE));
    world.wish();
    assert_eq!(world.apply().files[0].name, "d260105.i990001");
    assert_eq!(world.state(number(LISE)), (false, None));
}

/// Lise is to be cancelled, and the file is sent.
fn cancelled(world: &mut World) {
    world.deliver("2025-12-01", &[number(LISE)], true);
    world.wish_by_hand(number(LISE), Some(false));
    assert_eq!(world.apply().files[0].name, "d260105.i990001");
    assert_eq!(world.state(number(LISE)), (false, None));
}

/// Record 910 about a line of customer 1234.
fn refusal(action: &str, number: &str, error: &str, text: &str) -> String {
    let line = format!("06123400{action}{number}");
    format!("910{number}{line:<75}{error}{text:<65}")
}

/// Record 997.
fn receipt(number: &str) -> String {
    format!("997{number}202601052000A46")
}

/// Writes an extract of the task 990002.
fn extract(folder: &Path, produced: &str, records: &[String]) -> PathBuf {
    let produced = produced.replace('-', "");
    let mut lines = vec![format!("0000000000000990002{produced}00000000")];
    lines.extend(records.iter().map(|record| record.trim_end().to_owned()));
    lines.push(format!("9999999999999{:08}", records.len()));
    let path = folder.join(format!("d{}.l990002", &produced[2..]));
    std::fs::write(&path, lines.join("\n") + "\n").unwrap();
    path
}

fn take(world: &mut World, import: &ExtractImport, path: &Path) -> Result<FileReport, ImportError> {
    import.file(world.store.as_mut(), path, &world.clock, &mut |_| {}, &mut |_| {})
}

/// Takes an extract in.
fn taken(world: &mut World, produced: &str, records: &[String]) -> FileReport {
    let folder = tempfile::tempdir().unwrap();
    let path = extract(folder.path(), produced, records);
    take(world, &ExtractImport::default(), &path).unwrap()
}

fn only_order(world: &World) -> Order {
    let [order] = world.orders().try_into().unwrap();
    order
}

fn only_message(report: &FileReport) -> &Message {
    let [message] = report.messages.as_slice() else { panic!("{} messages", report.messages.len()) };
    message
}

#[test]
fn a_refused_subscription_is_wished_again_and_the_message_says_whose_line_it_was() {
    for mut world in worlds() {
        ordered(&mut world);
        let report = taken(&mut world, "2026-01-05", &[refusal("OP", LISE, "0042", "PNR 2103724010 findes ikke")]);
        assert_eq!(report.orders_refused, 1);
        let order = only_order(&world);
        assert_eq!(order.state, OrderState::Refused);
        assert_eq!(order.error.as_deref(), Some("910 0042: PNR ********** findes ikke"));
        assert_eq!(world.state(number(LISE)), (false, Some(true)));

        let message = only_message(&report);
        assert_eq!((message.severity, message.code.as_str()), (Severity::Remark, "error-910"));
        assert_eq!(message.person.as_deref(), Some("210372-****"));
        assert_eq!(message.contact, Some(order.contact));
        assert!(
            message.text.starts_with(
                "CPR refused line 1 of d260105.i990001, OP, error number 0042: PNR ********** findes ikke; the person is \
                 not subscribed"
            ),
            "{}",
            message.text
        );

        world.pass_days(1);
        assert_eq!(world.settle(), kartotek_service::subscriptions::Settled::default(), "nothing is left to settle");
        world.wish();
        assert_eq!(world.apply().files[0].name, "d260106.i990001", "asked for again, as long as there is a reason");
    }
}

#[test]
fn a_refused_cancellation_leaves_the_person_subscribed_and_the_wish_in_place() {
    for mut world in worlds() {
        cancelled(&mut world);
        let report = taken(&mut world, "2026-01-05", &[refusal("SL", LISE, "0043", "")]);
        assert_eq!(report.orders_refused, 1);
        assert_eq!(
            (only_order(&world).state, only_order(&world).error.as_deref()),
            (OrderState::Refused, Some("910 0043"))
        );
        assert_eq!(world.state(number(LISE)), (true, Some(false)));
        let text = &only_message(&report).text;
        assert!(text.contains("SL, error number 0043; the person stays subscribed"), "{text}");
    }
}

#[test]
fn a_refusal_that_comes_after_the_cancellation_counted_as_done_is_believed() {
    for mut world in worlds() {
        cancelled(&mut world);
        world.pass_days(1);
        assert_eq!(world.settle().unsubscribed, 1);
        assert_eq!(taken(&mut world, "2026-01-05", &[refusal("SL", LISE, "0043", "")]).orders_refused, 1);
        assert_eq!(only_order(&world).state, OrderState::Refused);
        assert_eq!(world.state(number(LISE)), (true, Some(false)));
    }
}

#[test]
fn a_refusal_long_after_a_cancellation_was_done_is_about_another_line() {
    let mut world = World::new();
    cancelled(&mut world);
    world.pass_days(1);
    world.settle();
    assert_eq!(taken(&mut world, "2026-01-20", &[refusal("SL", LISE, "0043", "")]).orders_refused, 0);
    assert_eq!(only_order(&world).state, OrderState::Done);
    assert_eq!(world.state(number(LISE)), (false, None));
}

#[test]
fn wishes_and_states_that_have_changed_meanwhile_are_kept() {
    for mut world in worlds() {
        ordered(&mut world);
        world.wish_by_hand(number(LISE), Some(false));
        taken(&mut world, "2026-01-05", &[refusal("OP", LISE, "0042", "")]);
        assert_eq!(world.state(number(LISE)), (false, Some(false)));
    }
    for mut world in worlds() {
        cancelled(&mut world);
        world.wish_by_hand(number(LISE), Some(true));
        taken(&mut world, "2026-01-05", &[refusal("SL", LISE, "0043", "")]);
        assert_eq!(world.state(number(LISE)), (true, None), "what is wished is so");
    }
    for mut world in worlds() {
        ordered(&mut world);
        // Somebody has looked her up and subscribed her.
        subscribe(&mut world, number(LISE));
        taken(&mut world, "2026-01-05", &[refusal("OP", LISE, "0042", "")]);
        assert_eq!(world.state(number(LISE)), (true, None));
    }
}

/// Subscribes somebody through CPR Direkte, in answer to a wish of its own.
fn subscribe(world: &mut World, number: CprNumber) {
    struct Willing;
    impl Direkte for Willing {
        fn subscribe_and_fetch(&mut self, _: &mut dyn Store, numbers: &[CprNumber]) -> Vec<(CprNumber, Outcome)> {
            numbers.iter().map(|number| (*number, Outcome::Done)).collect()
        }

        fn unsubscribe(&mut self, _: &[CprNumber]) -> Vec<(CprNumber, Outcome)> {
            Vec::new()
        }
    }
    let contact = world.facts(number).unwrap().contact;
    let persons = [(number, contact, "looked up".to_owned())];
    subscribe_now(world.store.as_mut(), &world.clock, &mut Willing, "cpr subscribe", &persons, 1).unwrap();
}

#[test]
fn a_confirmed_cancellation_is_done_at_once() {
    for mut world in worlds() {
        cancelled(&mut world);
        let report = taken(&mut world, "2026-01-05", &[receipt(LISE), receipt(OLE)]);
        assert_eq!(report.orders_refused, 0);
        assert_eq!(only_order(&world).state, OrderState::Done);
        assert_eq!(world.state(number(LISE)), (false, None));
        let texts: Vec<_> = report.messages.iter().map(|message| message.text.as_str()).collect();
        assert_eq!(texts[0], "CPR confirms that a subscription was deleted: line 1 of d260105.i990001");
        assert_eq!(texts[1], "CPR confirms that a subscription was deleted");
        assert_eq!(report.messages[1].person.as_deref(), Some("120471-****"));
    }
}

#[test]
fn a_receipt_about_no_order_stays_a_message() {
    for mut world in worlds() {
        ordered(&mut world);
        let before = world.orders();
        let report = taken(
            &mut world,
            "2026-01-05",
            &[
                // Another person, another action, a line of another key, and one that is no line.
                refusal("OP", OLE, "0042", ""),
                refusal("SL", LISE, "0042", ""),
                format!("910{LISE}{:<75}0042{:<65}", format!("01990001{LISE}"), ""),
                format!("910{:<10}{:<75}0042{:<65}", "KOMKOD", "?", ""),
                receipt(LISE),
            ],
        );
        assert_eq!((report.orders_refused, report.message_count), (0, 5));
        assert!(report.messages.iter().all(|message| !message.text.contains("d260105")), "{:?}", report.messages);
        assert_eq!(world.orders(), before);
        assert_eq!(world.state(number(LISE)), (false, None));
    }
}

#[test]
fn a_delivery_from_before_the_day_of_a_file_says_nothing_about_it() {
    for mut world in worlds() {
        ordered(&mut world);
        assert_eq!(taken(&mut world, "2026-01-02", &[refusal("OP", LISE, "0042", "")]).orders_refused, 0);
        assert_eq!(only_order(&world).state, OrderState::Sent);
    }
}

#[test]
fn an_order_through_cpr_direkte_is_not_what_a_refused_line_is_about() {
    struct Silent;
    impl Direkte for Silent {
        fn subscribe_and_fetch(&mut self, _: &mut dyn Store, numbers: &[CprNumber]) -> Vec<(CprNumber, Outcome)> {
            numbers.iter().map(|number| (*number, Outcome::Later("no answer".to_owned()))).collect()
        }

        fn unsubscribe(&mut self, _: &[CprNumber]) -> Vec<(CprNumber, Outcome)> {
            Vec::new()
        }
    }
    let mut world = World::new();
    world.deliver("2026-01-02", &[number(LISE)], false);
    let contact = world.facts(number(LISE)).unwrap().contact;
    let persons = [(number(LISE), contact, "a case".to_owned())];
    subscribe_now(world.store.as_mut(), &world.clock, &mut Silent, "case add-party", &persons, 1).unwrap();
    assert_eq!(taken(&mut world, "2026-01-05", &[refusal("OP", LISE, "0042", "")]).orders_refused, 0);
    assert_eq!(only_order(&world).state, OrderState::Sent);
}

#[test]
fn the_same_file_twice_settles_once() {
    for mut world in worlds() {
        ordered(&mut world);
        let folder = tempfile::tempdir().unwrap();
        let path =
            extract(folder.path(), "2026-01-05", &[refusal("OP", LISE, "0042", ""), refusal("OP", LISE, "0042", "")]);
        assert_eq!(take(&mut world, &ExtractImport::default(), &path).unwrap().orders_refused, 1);
        // She is wished again and ordered again, for a day after that of the file.
        world.pass_hours(5);
        assert_eq!(world.apply().files[0].name, "d260106.i990001");
        assert!(take(&mut world, &ExtractImport::default(), &path).unwrap().skipped.is_some());
        let again = ExtractImport { again: true, ..ExtractImport::default() };
        let report = take(&mut world, &again, &path).unwrap();
        assert_eq!((report.skipped.is_none(), report.orders_refused), (true, 0));
        let states: Vec<_> = world.orders().into_iter().map(|order| order.state).collect();
        assert_eq!(states, [OrderState::Refused, OrderState::Sent]);
    }
}

#[test]
fn a_dry_run_tells_the_order_and_settles_nothing() {
    for mut world in worlds() {
        ordered(&mut world);
        let folder = tempfile::tempdir().unwrap();
        let path = extract(folder.path(), "2026-01-05", &[refusal("OP", LISE, "0042", "")]);
        let dry = ExtractImport { dry_run: true, ..ExtractImport::default() };
        let report = take(&mut world, &dry, &path).unwrap();
        assert_eq!(report.orders_refused, 0);
        assert!(only_message(&report).text.contains("line 1 of d260105.i990001"));
        assert_eq!(only_order(&world).state, OrderState::Sent);
        assert_eq!(world.state(number(LISE)), (false, None));
    }
}

#[test]
fn an_accident_at_any_step_settles_each_receipt_once() {
    let all = numbers(6);
    for accident in [Accident::Before, Accident::After] {
        for step in 0.. {
            let mut world = World::new();
            world.deliver("2025-12-01", &all[..4], true);
            world.pass_days(9);
            world.open_case("S-1");
            for number in &all[4..] {
                world.add("S-1", *number);
            }
            world.wish();
            assert_eq!(world.apply().files[0].name, "d260114.i990001");
            let folder = tempfile::tempdir().unwrap();
            let of = |index: usize| all[index].reveal();
            let records = [
                refusal("SL", &of(0), "0043", ""),
                receipt(&of(1)),
                refusal("OP", &of(4), "0042", "1"),
                refusal("OP", &of(5), "0042", "2"),
            ];
            let path = extract(folder.path(), "2026-01-14", &records);
            world.memory.fail_after(step, accident);
            let outcome = take(&mut world, &ExtractImport::default(), &path);
            world.memory.recover();
            let again = take(&mut world, &ExtractImport::default(), &path).unwrap();

            let what = format!("step {step} {accident:?}");
            let state = |index: usize| {
                let order = world.orders().into_iter().find(|order| order.source_key == of(index)).unwrap();
                (order.state, order.error, world.state(all[index]))
            };
            let refused = |said: &str, wish: bool| (OrderState::Refused, Some(said.to_owned()), (!wish, Some(wish)));
            assert_eq!(state(0), refused("910 0043", false), "{what}");
            assert_eq!(state(1), (OrderState::Done, None, (false, None)), "{what}");
            assert_eq!(state(2), (OrderState::Sent, None, (false, None)), "{what}: nothing was said of it");
            assert_eq!(state(4), refused("910 0042: 1", true), "{what}");
            assert_eq!(state(5), refused("910 0042: 2", true), "{what}");
            if outcome.is_ok() {
                assert!(again.skipped.is_some() && step >= 4, "{what}");
                break;
            }
        }
    }
}
