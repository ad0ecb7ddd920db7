use crate::contact::{
    AddressRow, AddressType, ContactKey, ContactState, DateRow, InfoRow, PartRow, ProtectionRow, SourceId, Target,
};
use crate::ports::{StoreError, StoreErrorKind};

use super::tables::Tables;

/// One contact as a source sees it.
pub(super) fn state(tables: &Tables, source: SourceId, key: ContactKey) -> Result<ContactState, StoreError> {
    let contact = tables
        .contact(key)
        .cloned()
        .ok_or_else(|| StoreError::new(StoreErrorKind::Refused, "read contacts", "a row that must be there is not"))?;
    let source_row = tables.sources.get(&(source, contact.id.name_code.clone())).map(|stored| stored.row.clone());
    let is_seen = |row: &&AddressRow| row.source == source || row.address_type == AddressType::Main;
    let addresses = tables.addresses_of(key).filter(is_seen).cloned().collect();
    let mut state = ContactState {
        contact,
        source: source_row,
        infos: Vec::new(),
        dates: Vec::new(),
        addresses,
        parts: Vec::new(),
        protections: Vec::new(),
    };
    // Without its source record the contact has no other rows of the source.
    if state.source.is_some() {
        state.infos = infos(tables, source, key);
        state.dates = dates(tables, source, key);
        state.parts = parts(tables, source, key);
        state.protections = protections(tables, source, key);
    }
    Ok(state)
}

fn infos(tables: &Tables, source: SourceId, contact: ContactKey) -> Vec<InfoRow> {
    let rows = tables.infos_of(contact).filter(|((_, _, of, _), _)| *of == source);
    rows.map(|((_, label, _, priority), info)| InfoRow {
        contact,
        label: *label,
        priority: *priority,
        info: info.clone(),
    })
    .collect()
}

fn dates(tables: &Tables, source: SourceId, contact: ContactKey) -> Vec<DateRow> {
    let rows = tables.dates_of(contact).filter(|((_, _, of, _), _)| *of == source);
    rows.map(|((_, label, _, priority), (date, uncertain))| DateRow {
        contact,
        label: *label,
        priority: *priority,
        date: *date,
        uncertain: *uncertain,
    })
    .collect()
}

fn parts(tables: &Tables, source: SourceId, contact: ContactKey) -> Vec<(PartRow, Target)> {
    let rows = tables.parts_of(contact).filter(|((_, _, _, of, _), _)| *of == source);
    rows.filter_map(|(_, row)| {
        let other = tables.contact(row.reference)?;
        Some((row.clone(), Target::of(other.id.name_type, &other.id.name_code, &other.name1, &other.name2)))
    })
    .collect()
}

fn protections(tables: &Tables, source: SourceId, contact: ContactKey) -> Vec<ProtectionRow> {
    let rows = tables.protections_of(contact).filter(|((_, _, of, _), _)| *of == source);
    rows.map(|(_, row)| row.clone()).collect()
}
