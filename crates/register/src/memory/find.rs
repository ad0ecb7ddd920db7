use crate::contact::{AddressRow, AddressType, ContactRow, Label};
use crate::ports::{ContactSummary, FindQuery};

use super::tables::Tables;

pub(super) fn find(tables: &Tables, query: &FindQuery) -> Vec<ContactSummary> {
    let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
    tables
        .contacts_by_id()
        .filter(|row| query.after.as_ref().is_none_or(|after| row.id > *after))
        .filter(|row| matches(tables, row, query))
        .take(limit)
        .map(|row| summary(tables, row))
        .collect()
}

fn matches(tables: &Tables, row: &ContactRow, query: &FindQuery) -> bool {
    let has_number = |number: &String| row.id.name_code.starts_with(number.as_str());
    let has_name = |name: &String| [&row.name1, &row.name2].iter().any(|of| starts_alike(of, name));
    let has_postcode =
        |postcode: &String| mains_in_force(tables, row).any(|address| address.lines.postcode == *postcode);
    let has_status = |status: &String| {
        tables.infos_of(row.key).any(|((_, label, ..), info)| *label == Label::Status && info == status)
    };
    query.number.as_ref().is_none_or(has_number)
        && query.name.as_ref().is_none_or(has_name)
        && query.postcode.as_ref().is_none_or(has_postcode)
        && query.status.as_ref().is_none_or(has_status)
        && query.placeholder.is_none_or(|placeholder| row.placeholder == placeholder)
}

fn starts_alike(name: &str, beginning: &str) -> bool {
    name.to_lowercase().starts_with(&beginning.to_lowercase())
}

fn mains_in_force<'t>(tables: &'t Tables, row: &ContactRow) -> impl DoubleEndedIterator<Item = &'t AddressRow> {
    tables.addresses_of(row.key).filter(|row| row.address_type == AddressType::Main && row.end_date.is_none())
}

fn summary(tables: &Tables, row: &ContactRow) -> ContactSummary {
    let address = mains_in_force(tables, row).next_back();
    let line = |line: fn(&AddressRow) -> &str| address.map(line).filter(|text| !text.is_empty()).map(str::to_owned);
    ContactSummary {
        id: row.id.clone(),
        name1: row.name1.to_string(),
        name2: row.name2.to_string(),
        placeholder: row.placeholder,
        end_date: row.end_date.map(|date| date.to_string()),
        address1: line(|row| &row.lines.address1),
        postcode: line(|row| &row.lines.postcode),
        protected: tables
            .protections_of(row.key)
            .any(|(_, protection)| protection.protection_type == "0001" && protection.end_date.is_none()),
    }
}
