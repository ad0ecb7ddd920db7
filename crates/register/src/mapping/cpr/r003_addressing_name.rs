//! 003 to the addressing name and the main address, rows 10-18 of contact-model.md section 5.

use compact_str::CompactString;
use kartotek_formats::codes::Digits;
use kartotek_formats::records::u12170::R003AddressingName;

use crate::contact::{AddressLines, Label, Scope, Stated};

use super::draft::{Draft, text};

pub(super) fn widen(scope: &mut Scope) {
    scope.labels = scope.labels.with(Label::Bynavn).with(Label::Postdist);
}

pub(super) fn map(record: &R003AddressingName<'_>, draft: &mut Draft) {
    let name = text(record.adrnvn);
    draft.update.contact.text = if name.is_empty() { Stated::None } else { Stated::Value(name, 3) };
    draft.info(3, Label::Bynavn, text(record.bynvn));
    draft.info(3, Label::Postdist, text(record.postdisttxt));

    let lines = AddressLines {
        address1: text(record.standardadr),
        address2: text(record.lokalitet),
        address3: text(record.convn),
        postcode: code(record.postnr),
        municipality: code(record.komkod),
        country_code: CompactString::const_new(country(record.komkod)),
    };
    let stated = [&lines.address1, &lines.address2, &lines.address3, &lines.postcode, &lines.municipality];
    draft.address = stated.iter().any(|line| !line.is_empty()).then_some(lines);
}

/// The record has no country: it is a domestic address, and municipality codes from 0900 on are Greenland's (F47, A10).
pub(super) fn country(municipality: Digits<4>) -> &'static str {
    if municipality.as_number() >= 900 { "GL" } else { "DK" }
}

pub(super) fn code(digits: Digits<4>) -> CompactString {
    if digits.is_empty() { CompactString::default() } else { CompactString::new(digits.as_str()) }
}
