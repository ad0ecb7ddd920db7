//! What docs/SYNTHETIC.md says of the simulated file server.

use std::collections::BTreeSet;

use kartotek_simulators::cpr_ftp::{DeliveryFault, Fault};

use crate::markdown::Document;
use crate::operations::kartotek;

/// The names in a column of the tables of faults.
fn documented(column: &str) -> BTreeSet<String> {
    let mut tables = Document::read("SYNTHETIC.md").tables();
    tables.retain(|table| table.heading == "What can go wrong with files" && table.header[1] == column);
    let [table] = tables.as_slice() else { panic!("docs/SYNTHETIC.md: {} tables of {column}", tables.len()) };
    table.column(column).into_iter().map(str::to_owned).collect()
}

#[test]
fn every_fault_of_the_file_server_is_described_and_in_the_help() {
    let folder = tempfile::tempdir().unwrap();
    let help = kartotek(folder.path(), &["simulate", "cpr-ftp", "--help"]).stdout;
    let help = String::from_utf8(help).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    for (column, all) in [("--fault", Fault::NAMES), ("--spoil", DeliveryFault::NAMES)] {
        let names: BTreeSet<_> = all.split(", ").map(str::to_owned).collect();
        assert_eq!(documented(column), names, "docs/SYNTHETIC.md: {column}");
        for name in names {
            let bare = name.split(['[', ':']).next().unwrap();
            assert!(help.contains(bare), "--help: {name}");
        }
    }
}
