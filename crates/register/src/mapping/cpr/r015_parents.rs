//! 015 to the parents, rows 28-31 of contact-model.md section 5.

use kartotek_formats::latin1::Text;
use kartotek_formats::records::PersonRef;
use kartotek_formats::records::u12170::R015Parents;

use crate::contact::{ContactId, Role, Scope, Target};

use super::draft::Draft;

pub(super) fn widen(scope: &mut Scope) {
    scope.roles = scope.roles.with(Role::Foraeldre);
}

pub(super) fn map(record: &R015Parents<'_>, draft: &mut Draft) {
    let father = parent(draft, record.pnrfar, record.farnvn, "Far");
    let mother = parent(draft, record.pnrmor, record.mornvn, "Mor");
    if let Some(target) = father.clone() {
        draft.part(15, Role::Foraeldre, target, record.far_dt);
    }
    if let Some(target) = mother.clone() {
        draft.part(15, Role::Foraeldre, target, record.mor_dt);
    }
    draft.parents = [mother, father];
}

fn parent(draft: &Draft, number: PersonRef, name: Text<'_>, relation: &str) -> Option<Target> {
    match number.number() {
        Some(number) => Some(Target::Contact(ContactId::person(number))),
        None => draft.named(name, relation),
    }
}
