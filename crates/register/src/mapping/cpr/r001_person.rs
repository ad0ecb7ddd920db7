//! 001 to the contact itself, rows 1-8 of contact-model.md section 5, and the link from a number that was replaced (6.11).

use compact_str::CompactString;
use kartotek_formats::codes::Status;
use kartotek_formats::dates::{PartialDate, Timestamp};
use kartotek_formats::identifiers::CprNumber;
use kartotek_formats::records::u12170::R001Person;

use crate::contact::{ContactId, Label, Role, Scope, Stated, Target};

use super::MappingOptions;
use super::draft::{Draft, text};

pub(super) fn widen(scope: &mut Scope) {
    scope.labels = scope
        .labels
        .with(Label::GaeldendePnr)
        .with(Label::Status)
        .with(Label::Statusfra)
        .with(Label::Koen)
        .with(Label::Foedselsdag);
    scope.roles = scope.roles.with(Role::GaeldendePnr);
}

pub(super) fn map(record: &R001Person<'_>, options: &MappingOptions, draft: &mut Draft) {
    let status_date = record.statushaenstart.map(Timestamp::date);
    number_and_status([record.pnr, record.pnrgaeld.number().unwrap_or(record.pnr)], record.status, status_date, draft);
    draft.date(1, Label::Statusfra, status_date, record.statusdto_umrk.is_uncertain());
    draft.info(1, Label::Koen, CompactString::new(record.koen.as_str()));
    draft.date(1, Label::Foedselsdag, record.foed_dt, record.foed_dt_umrk.is_uncertain());

    let position = text(record.stilling);
    draft.update.contact.position = if position.is_empty() { Stated::None } else { Stated::Value(position, 1) };
    draft.update.contact.end_date = end_date(record.status, status_date, options);
}

/// The number now valid, with the link to it where it is another (6.11), and the status. The private 001 says the same.
pub(super) fn number_and_status(
    [own, current]: [CprNumber; 2],
    status: Status,
    status_date: Option<PartialDate>,
    draft: &mut Draft,
) {
    draft.status = status;
    draft.update.status_date = status_date;
    let current_id = ContactId::person(current);
    draft.info(1, Label::GaeldendePnr, current_id.name_code.clone());
    if current != own {
        draft.part(1, Role::GaeldendePnr, Target::Contact(current_id), status_date);
    }
    draft.info(1, Label::Status, CompactString::new(status.as_str()));
}

/// When the contact of a dead person ends (6.7).
pub(super) fn end_date(
    status: Status,
    status_date: Option<PartialDate>,
    options: &MappingOptions,
) -> Stated<PartialDate> {
    match (options.deceased_end_date, status, status_date) {
        (false, _, _) => Stated::Silent,
        (true, Status::Dead, Some(date)) => Stated::Value(date, 1),
        (true, _, _) => Stated::None,
    }
}
