//! 009 to the place of birth, rows 23 and 24 of contact-model.md section 5.

use kartotek_formats::records::u12170::R009BirthRegistration;

use crate::contact::{Label, Scope};

use super::draft::{Draft, text};

pub(super) fn widen(scope: &mut Scope) {
    scope.labels = scope.labels.with(Label::Foedregkode).with(Label::FoedregMyn);
}

pub(super) fn map(record: &R009BirthRegistration<'_>, draft: &mut Draft) {
    let code = text(record.start_mynkod_foedested);
    if code != "0000" {
        draft.info(9, Label::Foedregkode, code);
    }
    draft.info(9, Label::FoedregMyn, text(record.myntxt_foedested));
}
