//! 017 and 052 to the guardian, rows 32-34 of contact-model.md section 5.
//!
//! A guardianship counts while it is delivered with a start date, whatever its planned deletion date; when both records
//! come, 052 wins (6.4).

use compact_str::CompactString;
use kartotek_formats::codes::GuardianRelation;
use kartotek_formats::dates::PartialDate;
use kartotek_formats::records::u12170::{R017Guardianship, R052GuardianshipWithType};

use crate::contact::{ContactId, Label, Role, Scope, Target};

use super::draft::Draft;

/// What both records say.
pub(super) struct Guardianship {
    record: u16,
    start: Option<PartialDate>,
    uncertain: bool,
    kind: CompactString,
    guardian: Option<(Target, Option<PartialDate>)>,
}

pub(super) fn widen(scope: &mut Scope) {
    scope.labels = scope.labels.with(Label::Umyndig).with(Label::Vaergemaalstype);
    scope.roles = scope.roles.with(Role::Vaerge);
}

/// Both records have the same fields up to the type that 052 adds.
macro_rules! guardianship {
    ($number:literal, $record:expr, $draft:expr, $kind:expr) => {{
        let guardian = match $record.umyn_reltyp {
            GuardianRelation::ByNumber => $record
                .relpnr
                .number()
                .map(|number| (Target::Contact(ContactId::person(number)), $record.start_dt_relpnr_pnr)),
            GuardianRelation::ByName => {
                $draft.named($record.reladrsat_relpnr_txt, "Værge").map(|target| (target, $record.start_dt_relpnr_txt))
            }
            GuardianRelation::Unknown(_) => None,
        };
        Guardianship {
            record: $number,
            start: $record.start_dt_umyndig,
            uncertain: $record.start_dt_umrk_umyndig.is_uncertain(),
            kind: $kind,
            guardian,
        }
    }};
}

pub(super) fn map_017(record: &R017Guardianship<'_>, draft: &mut Draft) {
    let guardianship = guardianship!(17, record, draft, CompactString::default());
    let [from_017, _] = &mut draft.guardianship;
    *from_017 = Some(guardianship);
}

pub(super) fn map_052(record: &R052GuardianshipWithType<'_>, draft: &mut Draft) {
    let kind = CompactString::new(record.vaergemaals_type.as_str());
    let guardianship = guardianship!(52, record, draft, kind);
    let [_, from_052] = &mut draft.guardianship;
    *from_052 = Some(guardianship);
}

pub(super) fn finish(draft: &mut Draft) {
    let [from_017, from_052] = std::mem::take(&mut draft.guardianship);
    let Some(guardianship) = from_052.or(from_017) else { return };
    let Some(start) = guardianship.start else { return };
    let record = guardianship.record;
    draft.date(record, Label::Umyndig, Some(start), guardianship.uncertain);
    draft.info(record, Label::Vaergemaalstype, guardianship.kind);
    if let Some((target, from)) = guardianship.guardian {
        draft.part(record, Role::Vaerge, target, from.or(Some(start)));
    }
}
