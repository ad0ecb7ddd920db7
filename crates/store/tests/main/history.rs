//! The journal and the messages.

use kartotek_register::import::{Changes, What};
use kartotek_register::ports::{Message, Severity};

use crate::fixture::{Register, new_run};
use crate::ledger::new_delivery;
use crate::rows::*;

for_each_store! {
    the_journal_of_a_contact_comes_oldest_first_with_its_run_and_delivery,
    messages_of_a_delivery_come_in_the_order_in_which_they_were_entered,
}

fn the_journal_of_a_contact_comes_oldest_first_with_its_run_and_delivery(register: &mut Register) {
    let (id, changes) = full_person();
    register.apply(&changes);
    register.write(|t| {
        let run = new_run(t);
        let delivery = t.insert_delivery(&new_delivery(run)).unwrap();
        let mut changes = Changes::of(SOURCE);
        let fields = r#"[[3,"HA.address1","Åvej 1 \"B\"","Nygade 2"],[1,"Status",null,"90"]]"#;
        changes.journal = vec![entry(2, What::Completed, "[]"), entry(1, What::Updated, fields)];
        t.apply(&changes, run, Some(delivery), NOW).unwrap();
    });
    let history = register.reader().history(&id).unwrap();
    let [created, updated] = history.as_slice() else { panic!("expected two entries") };
    assert_eq!((created.change_seq, created.run, created.delivery.as_deref()), (1, 1, None));
    assert_eq!((updated.change_seq, updated.run, updated.delivery.as_deref()), (4, 2, Some("D260105.txt")));
    assert_eq!([&created.what, &updated.what], ["created", "updated"]);
    assert_eq!(created.fields, r#"[[1,"Status","90"]]"#);
    assert_eq!(updated.fields, r#"[[3,"HA.address1","Åvej 1 \"B\"","Nygade 2"],[1,"Status",null,"90"]]"#);
    assert_eq!([&created.source, &created.source_stamp], ["CPR", "2026-01-05 2026-01-04T15:30"]);
    assert_eq!(created.started_at, "2026-01-05T07:59:00Z");
    assert!(register.reader().history(&person("0009")).unwrap().is_empty());
}

fn messages_of_a_delivery_come_in_the_order_in_which_they_were_entered(register: &mut Register) {
    let full = Message {
        severity: Severity::Error,
        code: "field".into(),
        line: Some(17),
        byte: Some(8_000_000_000),
        record: Some(1),
        person: Some("070761-****".into()),
        subject: None,
        contact: Some(i64::MAX),
        text: "forventede 'M' eller 'K', fandt \"Å\"".into(),
    };
    let bare = Message {
        severity: Severity::Remark,
        code: "last".into(),
        line: None,
        byte: Some(0),
        record: None,
        person: None,
        subject: None,
        contact: None,
        text: String::new(),
    };
    let delivery = register.write(|t| {
        let run = new_run(t);
        let first = t.insert_delivery(&new_delivery(run)).unwrap();
        let second = t.insert_delivery(&new_delivery(run)).unwrap();
        t.insert_messages(run, Some(first), &[full.clone(), bare.clone()]).unwrap();
        t.insert_messages(run, Some(second), std::slice::from_ref(&bare)).unwrap();
        t.insert_messages(run, None, std::slice::from_ref(&bare)).unwrap();
        t.insert_messages(run, Some(first), std::slice::from_ref(&full)).unwrap();
        t.insert_messages(run, Some(first), &[]).unwrap();
        first
    });
    assert_eq!(register.reader().messages(delivery).unwrap(), [full.clone(), bare.clone(), full]);
    assert_eq!(register.reader().messages(delivery + 1).unwrap(), [bare]);
    assert!(register.reader().messages(delivery + 2).unwrap().is_empty());
}
