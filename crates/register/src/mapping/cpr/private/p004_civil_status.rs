//! 004 to the civil status. The private products do not tell the spouse.

use compact_str::CompactString;
use kartotek_formats::dates::Timestamp;
use kartotek_formats::records::u09480::P004CivilStatus;

use crate::contact::{Label, Scope};

use super::super::draft::Draft;

pub(super) fn widen(scope: &mut Scope) {
    scope.labels = scope.labels.with(Label::Civilstand).with(Label::CivstFra);
}

pub(super) fn map(record: &P004CivilStatus<'_>, draft: &mut Draft) {
    draft.info(4, Label::Civilstand, CompactString::new(record.civst.as_str()));
    draft.date(4, Label::CivstFra, record.haenstart.map(Timestamp::date), false);
}
