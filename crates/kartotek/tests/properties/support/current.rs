//! The current state of a register, which no order of deliveries and no accident changes.
//!
//! It is, of every contact that a source has delivered or that a reference in force points at:
//!
//! - its fields: `name1`, `name2`, `position`, `text`, `start_date`, `end_date`, `placeholder`;
//! - its texts and dates;
//! - its main addresses in force, with their start, protection, telephone, fax and e-mail;
//! - its references in force: role, start, and the identity of the other contact;
//! - its protections in force, with start and planned deletion;
//! - its source record: subscription, stamp, content hash, mapping hash, and whether it was edited by hand.
//!
//! A contact is identified by kind and number, a person without a number by `name1` and `name2`. What the register
//! remembers besides is history and does depend on the order: ended rows, contacts that nobody refers to any longer,
//! keys, journal numbers, runs.

use std::collections::BTreeSet;

use compact_str::CompactString;
use kartotek_register::contact::{ContactId, NameType, SourceId};
use kartotek_register::ports::{AddressCard, ContactCard, FindQuery, Known, Reader, Store};

/// One contact of a register.
pub struct Contact {
    /// See [`identity`].
    pub identity: String,
    pub card: ContactCard,
    pub known: Option<Known>,
}

/// What tells a contact from all others without its key.
fn identity(id: &ContactId, name1: &str, name2: &str) -> String {
    match id.name_type {
        NameType::PERSON => format!("P:{name1}/{name2}"),
        other => format!("{}:{}", other.as_char(), id.name_code),
    }
}

/// All contacts, with everything that a reader tells about them.
pub fn contacts(store: &dyn Store) -> Vec<Contact> {
    let mut reader = store.reader().unwrap();
    let mut contacts = Vec::new();
    let mut after = None;
    loop {
        let page = reader.find(&FindQuery { limit: 500, after, ..FindQuery::default() }).unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.id.clone());
        contacts.extend(page.iter().map(|found| contact(reader.as_mut(), &found.id)));
    }
    contacts
}

fn contact(reader: &mut dyn Reader, id: &ContactId) -> Contact {
    let card = reader.contact(id).unwrap().expect("a contact that was found");
    let known = match id.name_type {
        NameType::CPR_PERSON => {
            let key = CompactString::from(id.name_code.as_str());
            reader.known(SourceId::CPR, &[key]).unwrap().remove(0)
        }
        _ => None,
    };
    Contact { identity: identity(&card.id, &card.name1, &card.name2), card, known }
}

/// The current state, a line for each fact, sorted.
pub fn current(store: &dyn Store) -> Vec<String> {
    current_of(&contacts(store), &SHOW_HASH)
}

const SHOW_HASH: fn(&Known) -> String = |known| format!("content {}", known.content_hash);

/// The current state with something else than the content hash.
pub fn current_of(contacts: &[Contact], mark: &dyn Fn(&Known) -> String) -> Vec<String> {
    let referred: BTreeSet<String> = contacts.iter().flat_map(|contact| targets_in_force(&contact.card)).collect();
    let is_current = |contact: &&Contact| contact.known.is_some() || referred.contains(&contact.identity);
    let mut lines: Vec<String> = contacts.iter().filter(is_current).flat_map(|contact| facts(contact, mark)).collect();
    lines.sort_unstable();
    lines
}

fn targets_in_force(card: &ContactCard) -> impl Iterator<Item = String> + '_ {
    card.parts
        .iter()
        .filter(|part| part.end_date.is_none())
        .map(|part| identity(&part.reference, &part.name1, &part.name2))
}

fn facts(contact: &Contact, mark: &dyn Fn(&Known) -> String) -> Vec<String> {
    let Contact { identity: who, card, known } = contact;
    let date = |date: &Option<String>| date.clone().unwrap_or_default();
    let mut facts = vec![format!(
        "{who} contact {}|{}|{}|{}|{}|{}|{}",
        card.name1,
        card.name2,
        card.position,
        card.text,
        date(&card.start_date),
        date(&card.end_date),
        card.placeholder
    )];
    facts.extend(
        card.infos
            .iter()
            .map(|info| format!("{who} info {} {}: {} ({})", info.custom_label, info.priority, info.info, info.source)),
    );
    facts.extend(
        card.dates
            .iter()
            .map(|row| format!("{who} date {}: {} {} ({})", row.custom_label, row.date, row.uncertain, row.source)),
    );
    facts.extend(card.addresses.iter().filter(|row| is_home(row)).map(|row| format!("{who} {}", address(row))));
    for part in card.parts.iter().filter(|part| part.end_date.is_none()) {
        let target = identity(&part.reference, &part.name1, &part.name2);
        facts.push(format!("{who} part {} {target} from {} ({})", part.role, date(&part.start_date), part.source));
    }
    for row in card.protections.iter().filter(|row| row.end_date.is_none()) {
        let (from, to) = (date(&row.start_date), date(&row.deletion_date));
        facts.push(format!("{who} protection {} {from}/{to} ({})", row.protection_type, row.source));
    }
    for row in &card.sources {
        let stamp = row.source_stamp.as_deref().unwrap_or("never");
        facts.push(format!("{who} source {} {} {stamp}", row.source, row.src_subscribed));
    }
    if let Some(known) = known {
        facts.push(format!("{who} known {} mapping {} edited {}", mark(known), known.mapping_hash, known.edited));
    }
    facts
}

/// A main address in force.
pub fn is_home(row: &AddressCard) -> bool {
    row.address_type == "HA" && row.end_date.is_none()
}

/// All of an address in a line.
pub fn address(row: &AddressCard) -> String {
    let date = |date: &Option<String>| date.clone().unwrap_or_default();
    let lines = row.lines.join("|");
    let (from, to, protection) = (date(&row.start_date), date(&row.end_date), date(&row.protection));
    let means = [&row.phone_no, &row.fax, &row.email].map(String::as_str).join("|");
    format!("address {} {lines} {from}/{to} protected {protection} {means} ({})", row.address_type, row.source)
}
