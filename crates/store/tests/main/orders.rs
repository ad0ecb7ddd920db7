//! What is on its way to a source, and who must not be subscribed there.

use kartotek_register::contact::{ContactKey, SourceId};
use kartotek_register::ports::{Block, NewOrder, Order, OrderAction, OrderState, Transaction};

use crate::fixture::{Register, new_run};
use crate::rows::*;
use crate::subscriptions::{LATER, erase, key, stranger};

pub(crate) fn new_order(number: &str, contact: ContactKey, action: OrderAction, state: OrderState) -> NewOrder {
    NewOrder {
        source_key: key(number),
        contact,
        action,
        reason: "sag åbnet".into(),
        state,
        file: None,
        line: None,
        process_date: None,
        error: None,
    }
}

for_each_store! {
    orders_come_back_as_they_were_entered,
    orders_move_on_from_state_to_state,
    orders_move_to_another_file_and_keep_their_lines,
    orders_come_latest_first_and_no_more_than_asked_for,
    orders_of_another_source_are_its_own,
    keys_of_orders_that_were_undone_or_erased_are_safe_to_hold,
    the_block_list_keeps_since_when,
}

fn orders_come_back_as_they_were_entered(register: &mut Register) {
    let in_file = NewOrder {
        file: Some("abon.ø".into()),
        line: Some(u32::MAX),
        process_date: some("2026-01-07"),
        ..new_order("0001", 1, OrderAction::Subscribe, OrderState::Planned)
    };
    let refused =
        NewOrder { error: Some("05".into()), ..new_order("0002", 2, OrderAction::Unsubscribe, OrderState::Refused) };
    let (run, keys) = register.write(|t| {
        new_run(t);
        let run = new_run(t);
        (run, t.insert_orders(SOURCE, run, &[in_file.clone(), refused.clone()], NOW).unwrap())
    });
    assert_eq!(keys.len(), 2);
    assert!(keys[0] < keys[1]);
    let expected = |at: usize, new: NewOrder| Order {
        key: keys[at],
        source_key: new.source_key,
        contact: new.contact,
        action: new.action,
        reason: new.reason,
        state: new.state,
        run,
        file: new.file,
        line: new.line,
        process_date: new.process_date,
        error: new.error,
        created_at: NOW.into(),
    };
    let orders = register.reader().orders(SOURCE, None, 10).unwrap();
    assert!(orders == [expected(1, refused), expected(0, in_file.clone())]);
    assert!(register.try_out(|t| t.pending_orders(SOURCE).unwrap()) == [expected(0, in_file)]);
    assert!(register.write(|t| t.insert_orders(SOURCE, run, &[], NOW).unwrap()).is_empty());
}

fn orders_move_on_from_state_to_state(register: &mut Register) {
    let keys = register.write(|t| {
        let run = new_run(t);
        let planned =
            ["0001", "0002", "0003"].map(|number| new_order(number, 1, OrderAction::Subscribe, OrderState::Planned));
        t.insert_orders(SOURCE, run, &planned, NOW).unwrap()
    });
    let states = |register: &mut Register| -> Vec<_> {
        let orders = register.reader().orders(SOURCE, None, 10).unwrap();
        orders.into_iter().rev().map(|order| (order.state, order.error)).collect()
    };
    let pending = |register: &mut Register| -> Vec<_> {
        register.try_out(|t| t.pending_orders(SOURCE).unwrap()).into_iter().map(|order| order.key).collect()
    };
    register.write(|t| {
        t.move_orders(&[keys[2], keys[0]], OrderState::Sent, None).unwrap();
        t.move_orders(&[], OrderState::Refused, None).unwrap();
    });
    assert_eq!(states(register), [(OrderState::Sent, None), (OrderState::Planned, None), (OrderState::Sent, None)]);
    assert_eq!(pending(register), keys);
    register.write(|t| {
        t.move_orders(&keys[..1], OrderState::Done, None).unwrap();
        t.move_orders(&keys[2..], OrderState::Refused, Some("05")).unwrap();
    });
    let refused = (OrderState::Refused, Some("05".to_owned()));
    assert_eq!(states(register), [(OrderState::Done, None), (OrderState::Planned, None), refused]);
    assert_eq!(pending(register), [keys[1]]);
    register.try_out(|t| t.move_orders(&keys, OrderState::Done, None).unwrap());
    assert_eq!(pending(register), [keys[1]]);
}

fn orders_move_to_another_file_and_keep_their_lines(register: &mut Register) {
    let in_file = |number: &str, contact, line| NewOrder {
        file: Some("d260105.i990001".into()),
        line: Some(line),
        process_date: some("2026-01-05"),
        ..new_order(number, contact, OrderAction::Subscribe, OrderState::Planned)
    };
    let mut transaction = register.store.begin_durable().unwrap();
    let run = new_run(transaction.as_mut());
    let orders = [in_file("0001", 1, 1), in_file("0002", 2, 2), in_file("0003", 3, 3)];
    let keys = transaction.insert_orders(SOURCE, run, &orders, NOW).unwrap();
    transaction.move_to_file(&keys[1..], "d260107.i990001", date("2026-01-07")).unwrap();
    transaction.move_to_file(&[], "d260108.i990001", date("2026-01-08")).unwrap();
    transaction.commit().unwrap();
    let found = register.reader().orders(SOURCE, Some(OrderState::Planned), 10).unwrap();
    let places: Vec<_> = found.into_iter().map(|order| (order.file.unwrap(), order.line, order.process_date)).collect();
    let expected = [("d260107", 3, "2026-01-07"), ("d260107", 2, "2026-01-07"), ("d260105", 1, "2026-01-05")]
        .map(|(name, line, day)| (format!("{name}.i990001"), Some(line), some(day)));
    assert_eq!(places, expected);
}

fn orders_come_latest_first_and_no_more_than_asked_for(register: &mut Register) {
    const STATES: [OrderState; 4] = [OrderState::Planned, OrderState::Sent, OrderState::Done, OrderState::Refused];
    let orders: Vec<_> = (0..12).map(|nth| new_order("0001", 1, OrderAction::Subscribe, STATES[nth % 4])).collect();
    let keys = register.write(|t| {
        let run = new_run(t);
        t.insert_orders(SOURCE, run, &orders, NOW).unwrap()
    });
    let mut reader = register.reader();
    let mut found = |state, limit| -> Vec<_> {
        reader.orders(SOURCE, state, limit).unwrap().into_iter().map(|order| order.key).collect()
    };
    let latest: Vec<_> = keys.iter().rev().copied().collect();
    assert_eq!(found(None, 100), latest);
    assert_eq!(found(None, 5), latest[..5]);
    for (nth, state) in STATES.into_iter().enumerate() {
        assert_eq!(found(Some(state), 2), [keys[8 + nth], keys[4 + nth]]);
        assert_eq!(found(Some(state), 100).len(), 3);
    }
}

fn orders_of_another_source_are_its_own(register: &mut Register) {
    let order = [new_order("0001", 1, OrderAction::Subscribe, OrderState::Planned)];
    register.write(|t| {
        let run = new_run(t);
        t.insert_orders(SourceId::HAND, run, &order, NOW).unwrap();
        t.put_block(SourceId::HAND, "9999990001", "x", NOW).unwrap();
        assert!(t.pending_orders(SOURCE).unwrap().is_empty());
        assert_eq!(t.pending_orders(SourceId::HAND).unwrap().len(), 1);
        assert!(!t.remove_block(SOURCE, "9999990001").unwrap());
    });
    assert!(register.reader().orders(SOURCE, None, 10).unwrap().is_empty());
    assert!(register.reader().orders(SOURCE, Some(OrderState::Planned), 10).unwrap().is_empty());
    assert!(register.reader().blocks(SOURCE).unwrap().is_empty());
}

/// Somebody may hold the key of an order from one transaction to the next: another order must not get it meanwhile.
fn keys_of_orders_that_were_undone_or_erased_are_safe_to_hold(register: &mut Register) {
    stranger(register, 1, "0001");
    let order = [new_order("0001", 1, OrderAction::Subscribe, OrderState::Planned)];
    let insert = |t: &mut dyn Transaction| {
        let run = new_run(t);
        t.insert_orders(SOURCE, run, &order, NOW).unwrap()
    };
    let first = register.write(insert);
    erase(register, "0001");
    stranger(register, 2, "0001");
    let second = register.write(insert);
    assert!(second[0] > first[0]);
    let undone = register.try_out(insert);
    assert_eq!(register.write(insert), undone);
}

fn the_block_list_keeps_since_when(register: &mut Register) {
    let block = |number: &str, reason: &str, created_at: &str| Block {
        source_key: key(number),
        reason: reason.into(),
        created_at: created_at.into(),
    };
    register.write(|t| {
        t.put_block(SOURCE, &key("0002"), "fejl i CPR", NOW).unwrap();
        t.put_block(SOURCE, &key("0001"), "ansat", NOW).unwrap();
    });
    register.write(|t| t.put_block(SOURCE, &key("0002"), "afklares", LATER).unwrap());
    assert!(register.reader().blocks(SOURCE).unwrap() == [block("0001", "ansat", NOW), block("0002", "afklares", NOW)]);
    let removed = register
        .write(|t| [t.remove_block(SOURCE, &key("0001")).unwrap(), t.remove_block(SOURCE, &key("0001")).unwrap()]);
    assert_eq!(removed, [true, false]);
    assert!(register.reader().blocks(SOURCE).unwrap() == [block("0002", "afklares", NOW)]);
}
