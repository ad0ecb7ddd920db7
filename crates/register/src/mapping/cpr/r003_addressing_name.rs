//! 003 to the addressing name and the main address, rows 10-18 of contact-model.md section 5.

use compact_str::CompactString;
use kartotek_formats::codes::Digits;
use kartotek_formats::latin1::Text;
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
    let lines = [record.standardadr, record.lokalitet, record.convn];
    draft.address = address(lines, record.postnr, record.komkod);
}

/// The main address; `None` when nothing of it came. The private 001 has the same fields.
pub(super) fn address(lines: [Text<'_>; 3], postcode: Digits<4>, municipality: Digits<4>) -> Option<AddressLines> {
    let [address1, address2, address3] = lines.map(text);
    let country_code = CompactString::const_new(country(municipality));
    let (postcode, municipality) = (code(postcode), code(municipality));
    let stated = [&address1, &address2, &address3, &postcode, &municipality].iter().any(|line| !line.is_empty());
    stated.then_some(AddressLines { address1, address2, address3, postcode, municipality, country_code })
}

/// The record has no country: it is a domestic address, and municipality codes from 0900 on are Greenland's (F47, A10).
fn country(municipality: Digits<4>) -> &'static str {
    if municipality.as_number() >= 900 { "GL" } else { "DK" }
}

fn code(digits: Digits<4>) -> CompactString {
    if digits.is_empty() { CompactString::default() } else { CompactString::new(digits.as_str()) }
}
