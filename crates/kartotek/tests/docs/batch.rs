//! What docs/BATCH.md says of CPR Batch.

use std::collections::BTreeSet;

use kartotek_service::cpr_batch::SETTINGS;

use crate::commands::commands_of;
use crate::markdown::Document;

const NAME: &str = "BATCH.md";

fn column(header: &str) -> Vec<String> {
    let tables = Document::read(NAME).tables();
    let table = tables.into_iter().find(|table| table.header[0] == header);
    let table = table.unwrap_or_else(|| panic!("docs/{NAME}: a table of {header}"));
    table.rows.iter().map(|row| row[0].trim_matches('`').to_owned()).collect()
}

#[test]
fn every_setting_is_described_and_no_other() {
    let described: BTreeSet<_> = column("Setting").into_iter().collect();
    // These two are kept elsewhere.
    let names = SETTINGS.iter().map(|setting| setting.name).chain(["Password", "Database"]);
    assert_eq!(described, names.map(str::to_owned).collect());
}

#[test]
fn every_command_is_described_and_no_other() {
    let commands = column("Command").into_iter();
    let described: BTreeSet<_> = commands.map(|cell| cell.split(' ').nth(1).unwrap().to_owned()).collect();
    assert_eq!(described, commands_of(&["cpr-batch"]).into_iter().collect());
}
