//! 008 to the names, rows 21 and 22 of contact-model.md section 5.

use compact_str::CompactString;
use kartotek_formats::records::u12170::R008CurrentName;

use crate::contact::Stated;

use super::draft::{Draft, text};

pub(super) fn map(record: &R008CurrentName<'_>, draft: &mut Draft) {
    draft.update.contact.name1 = stated(joined(text(record.fornvn), &text(record.melnvn)));
    draft.update.contact.name2 = stated(text(record.efternvn));
}

fn stated(name: CompactString) -> Stated<CompactString> {
    if name.is_empty() { Stated::None } else { Stated::Value(name, 8) }
}

pub(super) fn joined(mut first: CompactString, second: &str) -> CompactString {
    if !first.is_empty() && !second.is_empty() {
        first.push(' ');
    }
    first.push_str(second);
    first
}
