//! Invariant 2: what was imported can be imported again, under any name and in any shape, and no row changes.

use kartotek_service::cpr_extract::ExtractImport;

use crate::support::{Case, Files, Kind, Register, anyway, assert_same, history};

property_in_each_database! {
    importing_again_changes_no_row: 8, 2;
}

property_in_each_store! {
    importing_again_changes_no_history: 8, 4, 1;
}

fn importing_again_changes_no_row(kind: Kind, case: &Case) {
    let mut dice = case.dice();
    let files = case.files();
    let settings = anyway();
    let mut register = Register::with(kind, &settings, &files.paths);
    let mut tables = register.tables();
    let before = tables.register();
    let ledger = ["run", "delivery", "run_message"].map(|table| tables.dump(table).len());

    let mut again: Vec<_> = files.paths.iter().collect();
    dice.shuffle(&mut again);
    for path in again {
        let report = register.take(&ExtractImport { again: true, ..settings.clone() }, path);
        let counts = report.counts;
        assert_eq!((counts.created, counts.updated, counts.placeholders), (0, 0, 0));
        assert_eq!(counts.unchanged + counts.older, counts.persons());
    }
    assert_same(&tables.register(), &before, "the tables");
    let found = ["run", "delivery", "run_message"].map(|table| tables.dump(table).len());
    assert_eq!(found, [ledger[0] + files.paths.len(), ledger[1] + files.paths.len(), ledger[2]]);
}

/// Other files with the same persons: another name, another order of the records.
fn importing_again_changes_no_history(kind: Kind, case: &Case) {
    let mut dice = case.dice();
    let files = case.files();
    let mut register = Register::with(kind, &anyway(), &files.paths);
    let before = history(register.store.as_ref());
    let others = case.extracts();
    let shuffled: Vec<_> = case.extracts().into_iter().map(|extract| extract.shuffled(&mut dice)).collect();
    for path in Files::of(&[others, shuffled].concat()).paths.iter().rev() {
        let report = register.take(&anyway(), path);
        assert_eq!((report.counts.created, report.counts.updated), (0, 0));
    }
    history(register.store.as_ref()).assert_same(&before);
}
