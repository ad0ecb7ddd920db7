use std::fmt::Write as _;

use compact_str::CompactString;
use kartotek_formats::dates::PartialDate;

use crate::contact::{ContactKey, SourceStamp};

/// What happened to a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// The source delivered it for the first time and it was new.
    Created,
    /// It became known because another contact refers to it.
    Placeholder,
    /// The source delivered a contact that was in the register already without its data: a placeholder, or typed by hand.
    Completed,
    /// Something changed.
    Updated,
}

impl What {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Created, Self::Placeholder, Self::Completed, Self::Updated];

    /// The number that the stores keep.
    pub fn id(self) -> i16 {
        match self {
            Self::Created => 1,
            Self::Placeholder => 2,
            Self::Completed => 3,
            Self::Updated => 4,
        }
    }

    /// The word in the public view.
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Placeholder => "placeholder",
            Self::Completed => "completed",
            Self::Updated => "updated",
        }
    }
}

/// An entry of the journal, before it has its number and its run.
#[derive(Clone)]
pub struct JournalEntry {
    /// The contact.
    pub contact: ContactKey,
    /// What happened.
    pub what: What,
    /// How new the item was that caused it.
    pub stamp: SourceStamp,
    /// The fields, see [`JournalFields`].
    pub fields: String,
}

/// Builds the field-level part of a journal entry.
///
/// It is a JSON array with one array a field: the record type that stated it, the field, the value after (null when it
/// was removed), and the value before, left out when nothing stood there: `[[1,"Status","90","01"],...]`.
#[derive(Default)]
pub struct JournalFields {
    json: String,
}

impl JournalFields {
    /// A field that was set, changed or removed. Nothing is noted when nothing stood there and nothing stands there.
    pub fn text(&mut self, record: u16, field: &str, before: &str, after: &str) {
        if before == after {
            return;
        }
        self.open(record, &[field]);
        self.value(Some(after).filter(|v| !v.is_empty()));
        if !before.is_empty() {
            self.json.push(',');
            self.value(Some(before));
        }
        self.json.push(']');
    }

    /// Like [`JournalFields::text`], for a field of a row that has a name of its own: `HA.address1`.
    pub fn nested(&mut self, record: u16, row: &str, field: &str, before: &str, after: &str) {
        if before == after {
            return;
        }
        self.open(record, &[row, ".", field]);
        self.value(Some(after).filter(|v| !v.is_empty()));
        if !before.is_empty() {
            self.json.push(',');
            self.value(Some(before));
        }
        self.json.push(']');
    }

    /// A date field.
    pub fn date(&mut self, record: u16, field: &str, before: Option<PartialDate>, after: Option<PartialDate>) {
        self.text(record, field, &iso(before), &iso(after));
    }

    /// A date field of a row that has a name of its own.
    pub fn nested_date(
        &mut self,
        record: u16,
        row: &str,
        field: &str,
        before: Option<PartialDate>,
        after: Option<PartialDate>,
    ) {
        self.nested(record, row, field, &iso(before), &iso(after));
    }

    /// True when nothing has been noted.
    pub fn is_empty(&self) -> bool {
        self.json.is_empty()
    }

    /// The JSON text.
    pub fn finish(mut self) -> String {
        self.json.insert(0, '[');
        self.json.push(']');
        self.json
    }

    /// Like [`JournalFields::finish`], leaving the builder empty but with its memory.
    pub fn take(&mut self) -> String {
        let mut json = String::with_capacity(self.json.len() + 2);
        json.push('[');
        json.push_str(&self.json);
        json.push(']');
        self.json.clear();
        json
    }

    fn open(&mut self, record: u16, field: &[&str]) {
        if !self.json.is_empty() {
            self.json.push(',');
        }
        self.json.push('[');
        // Writing to a String cannot fail.
        let _ = write!(self.json, "{record}");
        self.json.push_str(",\"");
        for part in field {
            self.escaped(part);
        }
        self.json.push_str("\",");
    }

    fn value(&mut self, value: Option<&str>) {
        match value {
            Some(value) => {
                self.json.push('"');
                self.escaped(value);
                self.json.push('"');
            }
            None => self.json.push_str("null"),
        }
    }

    fn escaped(&mut self, text: &str) {
        if !text.bytes().any(|b| b < b' ' || b == b'"' || b == b'\\') {
            self.json.push_str(text);
            return;
        }
        for c in text.chars() {
            match c {
                '"' => self.json.push_str("\\\""),
                '\\' => self.json.push_str("\\\\"),
                c if c < ' ' => {
                    let _ = write!(self.json, "\\u{:04x}", u32::from(c));
                }
                c => self.json.push(c),
            }
        }
    }
}

/// `YYYY-MM-DD`, or nothing; ten characters stay within the string itself.
fn iso(date: Option<PartialDate>) -> CompactString {
    date.and_then(|date| CompactString::from_utf8(date.to_iso_bytes()).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_tells_after_and_before() {
        let mut fields = JournalFields::default();
        fields.text(1, "Status", "01", "90");
        fields.nested(3, "HA", "address1", "", "Åvej 1 \"B\"");
        fields.text(12, "Ægtefælle", "C:0707614285", "");
        fields.text(8, "name1", "Lise", "Lise");
        assert_eq!(
            fields.finish(),
            r#"[[1,"Status","90","01"],[3,"HA.address1","Åvej 1 \"B\""],[12,"Ægtefælle",null,"C:0707614285"]]"#
        );
    }
}
