//! 004 to protections, row 20 of contact-model.md section 5. Which of them protects the address is decided when the
//! update meets what is stored.

use compact_str::CompactString;
use kartotek_formats::records::u12170::R004Protection;

use crate::contact::{ProtectionScope, ProtectionStatement, Scope};

use super::draft::Draft;

pub(super) fn widen(scope: &mut Scope) {
    scope.protections = ProtectionScope::All;
}

pub(super) fn map(record: &R004Protection<'_>, draft: &mut Draft) {
    draft.update.protections.push(ProtectionStatement {
        protection_type: CompactString::new(record.beskyttype.as_str()),
        start_date: record.start_dt_beskyttelse,
        deletion_date: record.slet_dt_beskyttelse,
        record: 4,
    });
}
