//! docs/MAPPING.md.

use std::collections::BTreeSet;

use kartotek_formats::identifiers::CprNumber;
use kartotek_formats::records::read_type;
use kartotek_formats::records::u09480::PrivateRecord;
use kartotek_register::contact::{AddressType, ContactUpdate, Label, LabelKind, Role, SourceStamp, Stated};
use kartotek_register::mapping::cpr::{MappingOptions, PrivatePersonMapper};
use kartotek_simulators::population::{Population, PopulationOptions};

use crate::markdown::{Document, Table};

const NAME: &str = "MAPPING.md";

fn table(heading: &str) -> Table {
    let found = Document::read(NAME).tables().into_iter().find(|table| table.heading == heading);
    found.unwrap_or_else(|| panic!("docs/{NAME}: a table under {heading:?}"))
}

/// Every type of the code; a new one does not compile here until it is listed.
fn address_types() -> Vec<AddressType> {
    let all =
        [AddressType::Main, AddressType::FormerCpr, AddressType::Abroad, AddressType::Contact, AddressType::Historical];
    for kind in &all {
        match kind {
            AddressType::Main
            | AddressType::FormerCpr
            | AddressType::Abroad
            | AddressType::Contact
            | AddressType::Historical
            | AddressType::Other(_) => {}
        }
    }
    all.into()
}

#[test]
fn every_label_stands_in_the_table_with_its_kind_and_record() {
    let table = table("Labels");
    let documented: Vec<_> = table
        .column("Label")
        .into_iter()
        .zip(table.column("In"))
        .zip(table.column("Record"))
        .map(|((label, kind), record)| [label, kind, record].map(str::to_owned))
        .collect();
    let code: Vec<_> = Label::ALL
        .iter()
        .map(|label| {
            let kind = match label.kind() {
                LabelKind::Info => "contact_info",
                LabelKind::Date => "contact_date",
            };
            let record = match label.record() {
                0 => "none".to_owned(),
                17 => "017, 052".to_owned(),
                record => format!("{record:03}"),
            };
            [label.name().to_owned(), kind.to_owned(), record]
        })
        .collect();
    for label in &code {
        assert!(documented.contains(label), "docs/{NAME}, Labels: expected {label:?}");
    }
    assert_eq!(documented.len(), code.len(), "docs/{NAME}, Labels: every row is a label of the code");
}

#[test]
fn every_role_stands_in_the_table() {
    let roles: Vec<_> = Role::ALL.iter().map(|role| role.name()).collect();
    assert_eq!(table("Roles").column("Role"), roles);
}

#[test]
fn every_address_type_stands_in_the_table() {
    let kinds = address_types();
    let codes: Vec<_> = kinds.iter().map(AddressType::code).collect();
    assert_eq!(table("Address types").column("Type"), codes);
}

#[test]
fn every_row_of_the_mapping_names_a_target_that_exists() {
    let columns = [
        "name_type",
        "name_code",
        "name1",
        "name2",
        "position",
        "text",
        "end_date",
        "address1",
        "address2",
        "address3",
        "postcode",
        "municipality",
        "country_code",
        "start_date",
        "protection",
        "source_record",
    ];
    let mut rows = 0;
    for heading in ["Rows of the mapping", "Extended mapping", "Private records"] {
        for target in table(heading).column("Target") {
            rows += 1;
            let quoted = target.split('`').skip(1).step_by(2);
            let mut names = quoted.chain([target]).flat_map(|name| [name, name.rsplit('.').next().unwrap_or(name)]);
            let names_one = names.any(|name| {
                columns.contains(&name)
                    || Label::ALL.iter().any(|label| label.name() == name)
                    || Role::ALL.iter().any(|role| role.name() == name)
                    || address_types().iter().any(|kind| kind.code() == name)
            });
            assert!(names_one, "docs/{NAME}, {heading}: target {target:?}");
        }
    }
    assert!(rows > 40, "{rows} rows");
}

#[test]
fn every_label_of_the_extended_mapping_is_a_target_of_it() {
    let targets = table("Extended mapping").column("Target").join(" ");
    for label in Label::ALL.iter().filter(|label| label.id() >= 40) {
        assert!(targets.contains(label.name()), "{}", label.name());
    }
}

/// Names of registers stand in capitals: `UDLANDADR1 to UDLANDADR5, UDLANDADRDTO`.
fn is_field_name(word: &str) -> bool {
    word.chars().any(char::is_alphabetic) && word.chars().all(|c| c.is_uppercase() || !c.is_alphabetic())
}

#[test]
fn every_field_of_the_private_table_is_one_of_its_record() {
    let table = table("Private records");
    for (record, fields) in table.column("Record").into_iter().zip(table.column("Field")) {
        // The guardian's start stands in another record, which the row names.
        let fields = fields.split(", and ").next().unwrap();
        let known = PrivateRecord::fields(record.parse().unwrap()).unwrap();
        for name in fields.split([',', ' ']).filter(|word| is_field_name(word)) {
            assert!(known.iter().any(|field| field.name == name), "docs/{NAME}, {record}: {name}");
        }
    }
}

/// What CPR would say about somebody of a population to a private company.
fn private_update(population: &Population, index: u32, options: &MappingOptions) -> ContactUpdate {
    let bytes = population.private_person_records(index, 0).unwrap();
    let number: CprNumber = population.person(index, 0).unwrap().number();
    let mut mapper = PrivatePersonMapper::new(options, number, SourceStamp::NEVER, 0);
    let mut rest = bytes.as_slice();
    while let Some(kind) = read_type(rest) {
        let (record, others) = rest.split_at(PrivateRecord::length(kind).unwrap());
        mapper.record(kind, &PrivateRecord::decode(record).unwrap().unwrap());
        rest = others;
    }
    mapper.finish()
}

/// Target and record of everything that an update states.
fn stated(update: &ContactUpdate) -> BTreeSet<(String, u16)> {
    let mut stated = BTreeSet::new();
    let mut add = |target: String, record| {
        stated.insert((target, record));
    };
    for (name, value) in [
        ("name1", &update.contact.name1),
        ("name2", &update.contact.name2),
        ("position", &update.contact.position),
        ("text", &update.contact.text),
    ] {
        if let Stated::Value(_, record) = value {
            add(format!("contact `{name}`"), *record);
        }
    }
    if let Stated::Value(_, record) = update.contact.end_date {
        add("contact `end_date`".to_owned(), record);
    }
    for info in &update.infos {
        add(info.label.name().to_owned(), info.record);
    }
    for date in &update.dates {
        add(date.label.name().to_owned(), date.record);
    }
    for part in &update.parts {
        add(format!("role `{}`", part.role.name()), part.record);
    }
    for protection in &update.protections {
        add("table `protection`".to_owned(), protection.record);
    }
    if let Stated::Value(_, record) = &update.address {
        add("address `HA.address1`".to_owned(), *record);
    }
    for address in &update.other_addresses {
        add(format!("address `{}`", address.address_type.code()), address.record);
    }
    stated
}

/// A row for everything that is stated, and nothing stated under another record than the row says.
#[test]
fn the_private_table_is_what_the_mapping_states() {
    let population = Population::new(PopulationOptions::new(2_000, 1)).unwrap();
    let options = MappingOptions { extended: true, ..MappingOptions::default() };
    let persons = 0..population.indices(0);
    let stated: BTreeSet<_> = persons.flat_map(|index| stated(&private_update(&population, index, &options))).collect();
    let table = table("Private records");
    let documented: BTreeSet<(String, u16)> = table
        .column("Target")
        .into_iter()
        .map(str::to_owned)
        .zip(table.column("Record").into_iter().map(|record| record.parse().unwrap()))
        // The person's own key, and columns that go with the street.
        .filter(|(target, _)| {
            !target.contains("name_type") && (!target.contains("`HA.") || target.contains("`HA.address1`"))
        })
        .collect();
    assert_eq!(documented, stated, "docs/{NAME}, Private records, and the mapping");
}
