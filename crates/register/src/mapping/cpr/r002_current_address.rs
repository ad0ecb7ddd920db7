//! 002 to the start of the main address, row 9 of contact-model.md section 5.

use kartotek_formats::dates::Timestamp;
use kartotek_formats::records::u12170::R002CurrentAddress;

use crate::contact::Scope;

use super::draft::Draft;

pub(super) fn widen(scope: &mut Scope) {
    scope.address_start = true;
}

pub(super) fn map(record: &R002CurrentAddress<'_>, draft: &mut Draft) {
    draft.moved_in = record.tilflydto.map(Timestamp::date);
}
