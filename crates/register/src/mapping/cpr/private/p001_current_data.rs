//! 001, current data, to the contact, its main address and its protections.

use compact_str::CompactString;
use kartotek_formats::dates::{PartialDate, Timestamp};
use kartotek_formats::records::u09480::P001CurrentData;

use crate::contact::{Label, ProtectionScope, ProtectionStatement, Role, Scope, Stated};

use super::super::MappingOptions;
use super::super::draft::{Draft, text};
use super::super::{r001_person, r003_addressing_name};

/// Since when somebody is under guardianship; who the guardian is stands in 005.
pub(super) type Guardianship = Option<PartialDate>;

const NAME_AND_ADDRESS: &str = "0001";
const MARKETING: &str = "0003";

pub(super) fn widen(withheld: bool, scope: &mut Scope) {
    scope.labels = scope
        .labels
        .with(Label::GaeldendePnr)
        .with(Label::Status)
        .with(Label::Statusfra)
        .with(Label::Koen)
        .with(Label::Foedselsdag)
        .with(Label::Umyndig);
    if !withheld {
        scope.labels = scope.labels.with(Label::Bynavn).with(Label::Postdist);
        scope.address_start = true;
    }
    scope.roles = scope.roles.with(Role::GaeldendePnr);
    scope.protections = ProtectionScope::Private;
}

/// Protected, and without an address though the person must have one, or without anything that would find the person.
/// Whoever is told about although protected, and has no address because of being abroad or dead, has none.
pub(super) fn is_withheld(record: &P001CurrentData<'_>) -> bool {
    let is_named = [record.adrnvn, record.formelnvn, record.efternvn].iter().any(|field| !field.is_blank());
    record.nvnadrbeskhaenstart.is_some() && record.standardadr.is_blank() && (record.status.is_active() || !is_named)
}

pub(super) fn map(record: &P001CurrentData<'_>, options: &MappingOptions, draft: &mut Draft) -> Guardianship {
    let status_date = record.statushaenstart.map(Timestamp::date);
    let numbers = [record.pnr, record.pnrgaeld.number().unwrap_or(record.pnr)];
    r001_person::number_and_status(numbers, record.status, status_date, draft);
    draft.date(1, Label::Statusfra, status_date, false);
    draft.info(1, Label::Koen, CompactString::new(record.koen.as_str()));
    draft.date(1, Label::Foedselsdag, record.foeddto.0, false);
    let guardianship = record.umynmynhaenstart.map(Timestamp::date);
    draft.date(1, Label::Umyndig, guardianship, false);

    let contact = &mut draft.update.contact;
    contact.end_date = r001_person::end_date(record.status, status_date, options);
    let position = text(record.stilling);
    if !position.is_empty() {
        contact.position = Stated::Value(position, 1);
    } else if !is_withheld(record) {
        // A person under protection has a position too, only it is not told.
        contact.position = Stated::None;
    }
    for (field, name) in [
        (&mut contact.name1, record.formelnvn),
        (&mut contact.name2, record.efternvn),
        (&mut contact.text, record.adrnvn),
    ] {
        let name = text(name);
        if !name.is_empty() {
            *field = Stated::Value(name, 1);
        }
    }
    for (kind, from) in [(NAME_AND_ADDRESS, record.nvnadrbeskhaenstart), (MARKETING, record.rekbeskhaenstart)] {
        if let Some(from) = from {
            draft.update.protections.push(ProtectionStatement {
                protection_type: CompactString::const_new(kind),
                start_date: Some(from.date()),
                deletion_date: None,
                record: 1,
            });
        }
    }
    address(record, draft);
    guardianship
}

fn address(record: &P001CurrentData<'_>, draft: &mut Draft) {
    draft.moved_in = record.tilflydto.map(Timestamp::date);
    draft.info(1, Label::Bynavn, text(record.bynvn));
    draft.info(1, Label::Postdist, text(record.postdisttxt));
    let lines = [record.standardadr, record.lokalitet, record.convn];
    draft.address = r003_addressing_name::address(lines, record.postnr, record.komkod);
}
