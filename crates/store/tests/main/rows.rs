//! Rows for tests. The persons are invented: their numbers have no valid date of birth.

use compact_str::CompactString;
use kartotek_formats::dates::{PartialDate, Timestamp};
use kartotek_register::contact::{
    AddressLines, AddressRow, AddressType, ContactId, ContactKey, ContactRow, DateRow, InfoRow, Label, NameType,
    PartRow, ProtectionRow, Role, SourceId, SourceRow, SourceStamp,
};
use kartotek_register::import::{Changes, JournalEntry, What};

pub(crate) const SOURCE: SourceId = SourceId::CPR;
pub(crate) const NOW: &str = "2026-01-05T08:00:00Z";

pub(crate) fn date(iso: &str) -> PartialDate {
    PartialDate::from_iso(iso.as_bytes()).unwrap()
}

#[expect(clippy::unnecessary_wraps, reason = "most columns may be empty")]
pub(crate) fn some(iso: &str) -> Option<PartialDate> {
    Some(date(iso))
}

pub(crate) fn stamp(iso: &str) -> SourceStamp {
    SourceStamp::new(date(iso), Timestamp::from_digits(b"202601041530"))
}

pub(crate) fn id(name_type: char, name_code: &str) -> ContactId {
    ContactId { name_type: NameType(u8::try_from(name_type).unwrap()), name_code: name_code.into() }
}

/// A person by a number of four digits that is easy to read in a test.
pub(crate) fn person(number: &str) -> ContactId {
    id('C', &format!("999999{number}"))
}

pub(crate) fn contact(key: ContactKey, id: ContactId, name1: &str, name2: &str) -> ContactRow {
    ContactRow {
        key,
        id,
        name1: name1.into(),
        name2: name2.into(),
        position: CompactString::default(),
        text: CompactString::default(),
        start_date: None,
        end_date: None,
        placeholder: false,
    }
}

pub(crate) fn info(contact: ContactKey, label: Label, priority: i16, info: &str) -> InfoRow {
    InfoRow { contact, label, priority, info: info.into() }
}

pub(crate) fn dated(contact: ContactKey, label: Label, iso: &str, uncertain: bool) -> DateRow {
    DateRow { contact, label, priority: 1, date: date(iso), uncertain }
}

pub(crate) fn address(key: i64, contact: ContactKey, address_type: AddressType, line: &str) -> AddressRow {
    let lines = AddressLines { address1: line.into(), postcode: "8000".into(), ..AddressLines::default() };
    AddressRow {
        key,
        contact,
        address_type,
        imported_hash: lines.hash(some("2020-02-29")),
        lines,
        start_date: some("2020-02-29"),
        end_date: None,
        protection: None,
        phone_no: CompactString::default(),
        fax: CompactString::default(),
        email: CompactString::default(),
        source: SOURCE,
    }
}

pub(crate) fn part(contact: ContactKey, role: Role, reference: ContactKey, seq: i16) -> PartRow {
    PartRow { contact, reference, role, seq, start_date: some("1999-05-01"), end_date: None }
}

pub(crate) fn protection(contact: ContactKey, protection_type: &str, seq: i16) -> ProtectionRow {
    ProtectionRow {
        contact,
        protection_type: protection_type.into(),
        seq,
        start_date: some("2025-06-01"),
        deletion_date: some("2026-06-01"),
        end_date: None,
    }
}

pub(crate) fn source(contact: ContactKey, id: &ContactId) -> SourceRow {
    SourceRow {
        contact,
        source_key: id.name_code.clone(),
        src_subscribed: true,
        deliveries_from: None,
        stamp: stamp("2026-01-05"),
        content_hash: i64::MIN + contact,
        mapping_hash: i64::MAX - contact,
        stated: 0b1_0011,
        edited: false,
    }
}

pub(crate) fn entry(contact: ContactKey, what: What, fields: &str) -> JournalEntry {
    JournalEntry { contact, what, stamp: stamp("2026-01-05"), fields: fields.into() }
}

/// A contact with its source record and nothing else.
pub(crate) fn new_contact(key: ContactKey, id: ContactId, name1: &str, name2: &str) -> Changes {
    let mut changes = Changes::of(SOURCE);
    changes.sources_new.push(source(key, &id));
    changes.contacts_new.push(contact(key, id, name1, name2));
    changes
}

/// A person with a row in every table, and two whom the references are to.
pub(crate) fn full_person() -> (ContactId, Changes) {
    let id = person("0001");
    let mut changes = new_contact(1, id.clone(), "Åse \"Søs\"", "Ægidius Ø'Hara");
    if let Some(row) = changes.contacts_new.first_mut() {
        row.position = "Bødker".into();
        row.text = "Ø'Hara,Åse Ægidius".into();
        row.start_date = some("1941-00-00");
        row.end_date = some("2025-12-24");
    }
    changes.contacts_new.push(ContactRow { placeholder: true, ..contact(2, person("0002"), "Person med cprnr", "-") });
    changes.contacts_new.push(contact(3, id_of_named(), "Far", "Far til Åse"));
    changes.infos_new = vec![
        info(1, Label::Status, 1, "90"),
        info(1, Label::Koen, 1, "K"),
        info(1, Label::TidligereNavn, 2, "Åse Ø"),
        info(1, Label::TidligereNavn, 1, "Åse Æ"),
    ];
    changes.dates_new =
        vec![dated(1, Label::Foedselsdag, "1941-00-00", true), dated(1, Label::Statusfra, "2025-12-24", false)];
    let mut former = address(10, 1, AddressType::FormerCpr, "Gammelgade 1");
    former.end_date = some("2020-02-29");
    let mut main = address(11, 1, AddressType::Main, "Nygade 2, 5. tv");
    main.lines.address2 = "Vor By".into();
    main.lines.address3 = "c/o Å".into();
    main.lines.municipality = "0751".into();
    main.lines.country_code = "DK".into();
    main.start_date = some("2020-02-00");
    main.protection = some("2025-06-01");
    main.phone_no = "12345678".into();
    main.fax = "87654321".into();
    main.email = "aase@example.dk".into();
    main.imported_hash = main.lines.hash(main.start_date);
    changes.addresses_new = vec![former, main];
    let mut ended = part(1, Role::Aegtefaelle, 2, 1);
    ended.end_date = some("2001-00-00");
    changes.parts_new = vec![ended, part(1, Role::Aegtefaelle, 2, 2), part(1, Role::Foraeldre, 3, 1)];
    let mut lifted = protection(1, "0001", 1);
    lifted.end_date = some("2025-01-01");
    lifted.start_date = None;
    changes.protections_new = vec![lifted, protection(1, "0001", 2)];
    changes.journal = vec![entry(1, What::Created, r#"[[1,"Status","90"]]"#), entry(2, What::Placeholder, "[]")];
    (id, changes)
}

pub(crate) fn id_of_named() -> ContactId {
    id('P', "3")
}
