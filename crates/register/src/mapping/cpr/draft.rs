use compact_str::{CompactString, format_compact};
use kartotek_formats::codes::Status;
use kartotek_formats::dates::PartialDate;
use kartotek_formats::identifiers::CprNumber;
use kartotek_formats::latin1::Text;

use crate::contact::{
    AddressLines, AddressStatement, AddressType, ContactId, ContactStatement, ContactUpdate, DateStatement,
    InfoStatement, Label, PartStatement, ProtectionStatement, Role, Scope, SourceStamp, Stated, Target,
};

use super::r017_guardianship::Guardianship;
use super::{MappingOptions, RecordSet, r017_guardianship};

/// What the records of one person have stated so far, and what must wait for other records.
pub(super) struct Draft {
    pub update: ContactUpdate,
    pub status: Status,
    /// TILFLYDTO of 002, the start of the address of 003.
    pub moved_in: Option<PartialDate>,
    /// The address of 003; `None` when 003 came without one.
    pub address: Option<AddressLines>,
    /// 017 and 052, of which the latter wins.
    pub guardianship: [Option<Guardianship>; 2],
    /// For custody by a parent (016), whose number stands in 015: mother, father.
    pub parents: [Option<Target>; 2],
    /// What was true once, under labels that a person may have several times.
    past: Vec<Past>,
    /// Custody by a parent: whose (0 mother, 1 father) and from when.
    pub custody_by_parent: Vec<(usize, Option<PartialDate>)>,
}

/// A value and the time in which it was true. Their order, oldest first, is that in which they are numbered, so that it
/// does not depend on the order of the records.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Past {
    label: Label,
    period: Period,
    value: CompactString,
    record: u16,
}

/// From and to.
pub(super) type Period = (Option<PartialDate>, Option<PartialDate>);

impl Draft {
    pub fn new(number: CprNumber, stamp: SourceStamp, content_hash: i64) -> Self {
        Self {
            update: ContactUpdate {
                id: ContactId::person(number),
                stamp,
                content_hash,
                mapping_hash: 0,
                subscribed: true,
                scope: Scope::default(),
                contact: ContactStatement::default(),
                infos: Vec::with_capacity(8),
                dates: Vec::with_capacity(3),
                address: Stated::Silent,
                other_addresses: Vec::new(),
                parts: Vec::with_capacity(3),
                protections: Vec::new(),
                status_date: None,
                civil_status_date: None,
            },
            status: Status::default(),
            moved_in: None,
            address: None,
            guardianship: [None, None],
            parents: [None, None],
            past: Vec::new(),
            custody_by_parent: Vec::new(),
        }
    }

    /// States a text; a blank one states nothing, so within the scope it means "no longer".
    pub fn info(&mut self, record: u16, label: Label, info: CompactString) {
        if !info.is_empty() {
            let before = self.update.infos.iter().filter(|i| i.label == label).count();
            let priority = i16::try_from(before + 1).unwrap_or(i16::MAX);
            self.update.infos.push(InfoStatement { label, priority, info, record });
        }
    }

    /// States a value that was true once.
    pub fn past(&mut self, record: u16, label: Label, value: CompactString, period: Period) {
        self.past.push(Past { label, period, value, record });
    }

    /// States a date, if there is one.
    pub fn date(&mut self, record: u16, label: Label, date: Option<PartialDate>, uncertain: bool) {
        if let Some(date) = date {
            self.update.dates.push(DateStatement { label, priority: 1, date, uncertain, record });
        }
    }

    /// States a reference; the same one twice (both parents the same person) counts once, from the earlier of the two
    /// dates, so that it does not depend on the order of the records.
    pub fn part(&mut self, record: u16, role: Role, target: Target, start_date: Option<PartialDate>) {
        match self.update.parts.iter_mut().find(|part| part.role == role && part.target == target) {
            Some(part) => part.start_date = [part.start_date, start_date].into_iter().flatten().min(),
            None => self.update.parts.push(PartStatement { role, target, start_date, record }),
        }
    }

    /// A relative known by name only: `name1` is the name, `name2` says whose relative it is (contact-model.md 6.6).
    pub fn named(&self, name: Text<'_>, relation: &str) -> Option<Target> {
        let name1 = text(name);
        if name1.is_empty() {
            return None;
        }
        let mut name2 = CompactString::from(relation);
        name2.push_str(" til ");
        name2.push_str(&self.update.id.name_code);
        Some(Target::Named { name1, name2 })
    }

    /// What the private records state. Their 001 always comes and holds all that the public 001, 002, 003, 004 and 008 do;
    /// a name that does not come is not told, for whatever reason, and never gone.
    pub fn finish_private(self, options: &MappingOptions, withheld: bool) -> ContactUpdate {
        let mut update = self.update;
        update.mapping_hash = options.hash();
        if !withheld {
            update.address = main_address(self.address, self.moved_in, 1);
        }
        update.protections.sort_by(ProtectionStatement::by_type_and_start);
        update
    }

    pub fn finish(mut self, options: &MappingOptions, spoken: RecordSet) -> ContactUpdate {
        self.update.scope = MappingOptions::scope(spoken);
        self.update.mapping_hash = options.hash();
        r017_guardianship::finish(&mut self);
        let mut past = std::mem::take(&mut self.past);
        past.sort_unstable();
        for Past { label, period, value, record } in past {
            self.info(record, label, with_period(value, period));
        }
        for (parent, start_date) in std::mem::take(&mut self.custody_by_parent) {
            if let Some(Some(target)) = self.parents.get(parent).cloned() {
                self.part(16, Role::Foraeldremyndighed, target, start_date);
            }
        }
        let mut update = self.update;
        // Absence of a name is never taken for "no longer true": everybody has one, and a contact without is of no use.
        for (field, record) in [(&mut update.contact.text, 3_u16), (&mut update.contact.position, 1)] {
            if matches!(field, Stated::Silent) && spoken.contains(record) {
                *field = Stated::None;
            }
        }
        if spoken.contains(3) {
            update.address = main_address(self.address, self.moved_in, 3);
        }
        update.protections.sort_by(ProtectionStatement::by_type_and_start);
        update
    }
}

fn main_address(lines: Option<AddressLines>, start_date: Option<PartialDate>, record: u16) -> Stated<AddressStatement> {
    match lines {
        Some(lines) => Stated::Value(
            AddressStatement { address_type: AddressType::Main, lines, start_date, end_date: None, record },
            record,
        ),
        None => Stated::None,
    }
}

/// `VALUE (FROM – TO)`; just the period when there is no value.
fn with_period(value: CompactString, period: Period) -> CompactString {
    let date = |date: Option<PartialDate>| date.map(|d| d.to_string()).unwrap_or_default();
    match (period, value.is_empty()) {
        ((None, None), _) => value,
        ((from, to), true) => format_compact!("{} – {}", date(from), date(to)),
        ((from, to), false) => format_compact!("{value} ({} – {})", date(from), date(to)),
    }
}

impl ProtectionStatement {
    /// An order that does not depend on the order of the records.
    fn by_type_and_start(a: &Self, b: &Self) -> std::cmp::Ordering {
        (&a.protection_type, a.start_date, a.deletion_date).cmp(&(&b.protection_type, b.start_date, b.deletion_date))
    }
}

/// The text of a field, trimmed on both sides.
pub(super) fn text(field: Text<'_>) -> CompactString {
    let bytes = field.as_bytes().trim_ascii();
    match str::from_utf8(bytes) {
        Ok(text) if bytes.is_ascii() => CompactString::new(text),
        _ => bytes.iter().copied().map(char::from).collect(),
    }
}
