//! docs/MAPPING.md.

use kartotek_register::contact::{AddressType, Label, LabelKind, Role};

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
    for heading in ["Rows of the mapping", "Extended mapping"] {
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
