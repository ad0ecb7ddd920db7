//! 005 to the guardian, who comes by name only. Since when stands in 001.

use kartotek_formats::dates::PartialDate;
use kartotek_formats::records::u09480::P005Guardian;

use crate::contact::{Role, Scope, Target};

use super::super::draft::Draft;

/// The guardian's contact.
pub(super) struct Guardian(Target);

pub(super) fn widen(scope: &mut Scope) {
    scope.roles = scope.roles.with(Role::Vaerge);
}

pub(super) fn map(record: &P005Guardian<'_>, draft: &mut Draft) -> Option<Guardian> {
    draft.named(record.vaergeadrnvn, "Værge").map(Guardian)
}

/// A guardian counts while there is a guardianship (contact-model.md 6.4).
pub(super) fn finish(guardian: Option<Guardian>, since: Option<PartialDate>, draft: &mut Draft) {
    if let (Some(Guardian(target)), Some(since)) = (guardian, since) {
        draft.part(5, Role::Vaerge, target, Some(since));
    }
}
