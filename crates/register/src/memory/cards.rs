//! A contact with everything about it, in the order that people expect.

use std::cmp::Reverse;

use kartotek_formats::dates::PartialDate;

use crate::contact::{AddressRow, AddressType, ContactKey};
use crate::ports::{AddressCard, ContactCard, DateCard, InfoCard, PartCard, ProtectionCard, SourceCard};

use super::tables::Tables;

fn iso(date: Option<PartialDate>) -> Option<String> {
    date.map(|date| date.to_string())
}

pub(super) fn card(tables: &Tables, key: ContactKey) -> Option<ContactCard> {
    let contact = tables.contact(key)?;
    Some(ContactCard {
        contact_key: key,
        id: contact.id.clone(),
        name1: contact.name1.to_string(),
        name2: contact.name2.to_string(),
        position: contact.position.to_string(),
        text: contact.text.to_string(),
        start_date: iso(contact.start_date),
        end_date: iso(contact.end_date),
        placeholder: contact.placeholder,
        infos: infos(tables, key),
        dates: dates(tables, key),
        addresses: addresses(tables, key),
        parts: parts(tables, key),
        protections: protections(tables, key),
        sources: sources(tables, key),
    })
}

fn infos(tables: &Tables, key: ContactKey) -> Vec<InfoCard> {
    let mut rows: Vec<_> = tables.infos_of(key).collect();
    rows.sort_by_key(|((_, label, source, priority), _)| (label.name(), *priority, source.name()));
    rows.into_iter()
        .map(|((_, label, source, priority), info)| InfoCard {
            custom_label: label.name().to_owned(),
            priority: *priority,
            info: info.to_string(),
            source: source.name().to_owned(),
        })
        .collect()
}

fn dates(tables: &Tables, key: ContactKey) -> Vec<DateCard> {
    let mut rows: Vec<_> = tables.dates_of(key).collect();
    rows.sort_by_key(|((_, label, source, priority), _)| (label.name(), *priority, source.name()));
    rows.into_iter()
        .map(|((_, label, source, _), (date, uncertain))| DateCard {
            custom_label: label.name().to_owned(),
            date: date.to_string(),
            uncertain: *uncertain,
            source: source.name().to_owned(),
        })
        .collect()
}

fn addresses(tables: &Tables, key: ContactKey) -> Vec<AddressCard> {
    let mut rows: Vec<&AddressRow> = tables.addresses_of(key).collect();
    rows.sort_by_key(|row| {
        let is_main = row.address_type == AddressType::Main;
        let end = row.end_date.map(PartialDate::earliest);
        (end.is_some(), Reverse(is_main), Reverse(end), Reverse(row.key))
    });
    rows.into_iter()
        .map(|row| AddressCard {
            address_type: row.address_type.code().to_owned(),
            lines: row.lines.all().map(ToString::to_string),
            start_date: iso(row.start_date),
            end_date: iso(row.end_date),
            protection: iso(row.protection),
            phone_no: row.phone_no.to_string(),
            fax: row.fax.to_string(),
            email: row.email.to_string(),
            source: row.source.name().to_owned(),
        })
        .collect()
}

fn parts(tables: &Tables, key: ContactKey) -> Vec<PartCard> {
    let mut rows: Vec<_> = tables
        .parts_of(key)
        .filter_map(|((.., source, _), row)| Some((row, source.name(), tables.contact(row.reference)?)))
        .collect();
    rows.sort_by_key(|(row, source, other)| (row.end_date.is_some(), row.role.name(), &other.id, row.seq, *source));
    rows.into_iter()
        .map(|(row, source, other)| PartCard {
            role: row.role.name().to_owned(),
            reference: other.id.clone(),
            name1: other.name1.to_string(),
            name2: other.name2.to_string(),
            start_date: iso(row.start_date),
            end_date: iso(row.end_date),
            source: source.to_owned(),
        })
        .collect()
}

fn protections(tables: &Tables, key: ContactKey) -> Vec<ProtectionCard> {
    let mut rows: Vec<_> = tables.protections_of(key).map(|((.., source, _), row)| (row, source.name())).collect();
    rows.sort_by_key(|(row, source)| (row.end_date.is_some(), &row.protection_type, row.seq, *source));
    rows.into_iter()
        .map(|(row, source)| ProtectionCard {
            protection_type: row.protection_type.to_string(),
            start_date: iso(row.start_date),
            deletion_date: iso(row.deletion_date),
            end_date: iso(row.end_date),
            source: source.to_owned(),
        })
        .collect()
}

fn sources(tables: &Tables, key: ContactKey) -> Vec<SourceCard> {
    let mut keys: Vec<_> = tables.source_keys_of(key).collect();
    keys.sort_by_key(|(source, source_key)| (source.name(), source_key));
    keys.into_iter()
        .filter_map(|key| Some((key.0, tables.sources.get(key)?)))
        .map(|(source, stored)| SourceCard {
            source: source.name().to_owned(),
            source_key: stored.row.source_key.to_string(),
            src_subscribed: if stored.row.src_subscribed { "J" } else { "N" }.to_owned(),
            subscribed: stored.subscribed.map(|wish| if wish { "J" } else { "N" }.to_owned()),
            source_stamp: stored.row.was_delivered().then(|| stored.row.stamp.to_string()),
            source_updated_at: stored.updated_at.clone(),
        })
        .collect()
}
