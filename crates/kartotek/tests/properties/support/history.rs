//! Everything that a register remembers, without keys and times: two registers that went through the same, whatever
//! the accidents between, remember the same.

use kartotek_register::ports::Store;
use kartotek_service::cpr_extract::FileReport;

use super::assert_same;
use super::current::{Contact, address, contacts, current_of};

pub struct History {
    /// The current state, and every row that is ended.
    pub rows: Vec<String>,
    /// The journal of each contact, in its order.
    pub journal: Vec<String>,
}

pub fn history(store: &dyn Store) -> History {
    let contacts = contacts(store);
    let mut rows = current_of(&contacts, &|known| format!("content {}", known.content_hash));
    rows.extend(contacts.iter().flat_map(ended));
    rows.sort_unstable();
    let mut reader = store.reader().unwrap();
    let mut journal = Vec::new();
    for contact in &contacts {
        for (nth, change) in reader.history(&contact.card.id).unwrap().into_iter().enumerate() {
            let delivery = change.delivery.unwrap_or_default();
            journal.push(format!(
                "{} {nth} {} {} {} {delivery} {}",
                contact.identity, change.what, change.source, change.source_stamp, change.fields
            ));
        }
    }
    journal.sort_unstable();
    History { rows, journal }
}

impl History {
    #[track_caller]
    pub fn assert_same(&self, expected: &Self) {
        assert_same(&self.rows, &expected.rows, "rows");
        assert_same(&self.journal, &expected.journal, "journal");
    }
}

fn ended(contact: &Contact) -> Vec<String> {
    let Contact { identity: who, card, .. } = contact;
    let date = |date: &Option<String>| date.clone().unwrap_or_default();
    let mut rows = vec![format!("{who} is there")];
    rows.extend(card.addresses.iter().map(|row| format!("{who} {}", address(row))));
    rows.extend(card.parts.iter().filter(|part| part.end_date.is_some()).map(|part| {
        let target = if part.reference.name_type.as_char() == 'P' { "P" } else { &part.reference.name_code };
        let (from, to) = (date(&part.start_date), date(&part.end_date));
        format!("{who} former part {} {target} {}|{} {from}/{to}", part.role, part.name1, part.name2)
    }));
    rows.extend(card.protections.iter().filter(|row| row.end_date.is_some()).map(|row| {
        let (from, to) = (date(&row.start_date), date(&row.end_date));
        format!("{who} former protection {} {from}/{to}", row.protection_type)
    }));
    rows
}

/// What became of a file: its persons and its messages.
pub fn outcome(report: &FileReport) -> String {
    format!("{}: {:?} {} {:?}", report.name, report.counts, report.message_count, report.messages)
}
