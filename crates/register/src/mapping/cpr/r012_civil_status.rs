//! 012 to the civil status and the spouse, rows 25-27 of contact-model.md section 5.
//!
//! The reference follows the spouse's number alone, as row 27 and rule 6.10 say: CPR goes on delivering the number of
//! a divorced or dead spouse, and `Civilstand` beside it tells which it is.

use compact_str::CompactString;
use kartotek_formats::dates::Timestamp;
use kartotek_formats::records::u12170::R012CivilStatus;

use crate::contact::{ContactId, Label, Role, Scope, Target};

use super::draft::Draft;

pub(super) fn widen(scope: &mut Scope) {
    scope.labels = scope.labels.with(Label::Civilstand).with(Label::CivstFra);
    scope.roles = scope.roles.with(Role::Aegtefaelle);
}

pub(super) fn map(record: &R012CivilStatus<'_>, draft: &mut Draft) {
    let from = record.haenstart_civilstand.map(Timestamp::date);
    draft.update.civil_status_date = from;
    draft.info(12, Label::Civilstand, CompactString::new(record.civst.as_str()));
    draft.date(12, Label::CivstFra, from, record.haenstart_umrk_civilstand.is_uncertain());
    if let Some(spouse) = record.aegtepnr.number() {
        draft.part(12, Role::Aegtefaelle, Target::Contact(ContactId::person(spouse)), from);
    }
}
