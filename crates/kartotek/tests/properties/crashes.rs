//! Invariant 1, accidents: an import that fails at any call and is started again leaves what an undisturbed one leaves,
//! history and counts included.

use kartotek_service::cpr_extract::ExtractImport;

use crate::support::{Case, Failing, Files, Kind, Mode, Register, Trap, anyway, history, import, outcome};

property_in_each_store! {
    accidents_at_any_call_leave_no_trace_in_the_register: 40, 12, 3;
}

property_in_each_database! {
    a_failed_run_counts_what_is_in_the_register: 12, 3;
    a_load_cut_off_at_its_very_end_is_ended_by_the_next_start: 1, 1;
}

/// A failed import is started again until it is through; then it is another file's turn, and another accident.
fn accidents_at_any_call_leave_no_trace_in_the_register(kind: Kind, case: &Case) {
    let mut dice = case.dice();
    let files = files(case);
    let settings = anyway();
    let mut undisturbed = Register::new(kind);
    let mut disturbed = Register::new(kind);
    for path in &files.paths {
        let trap = Trap::never();
        let mut counting = Failing { store: undisturbed.store.as_mut(), trap: trap.clone() };
        let expected = import(&mut counting, &settings, path).unwrap();
        let found = loop {
            let trap = Trap::at(dice.below(trap.calls() + 2), Mode::ALL[dice.below(3)]);
            let mut failing = Failing { store: disturbed.store.as_mut(), trap };
            match import(&mut failing, &settings, path) {
                Ok(report) => break report,
                Err(_) => disturbed.reopen(),
            }
        };
        if found.skipped.is_none() {
            assert_eq!(outcome(&found), outcome(&expected), "what became of a file");
        }
    }
    history(disturbed.store.as_ref()).assert_same(&history(undisturbed.store.as_ref()));
}

fn a_failed_run_counts_what_is_in_the_register(kind: Kind, case: &Case) {
    let mut dice = case.dice();
    let files = files(case);
    for path in &files.paths {
        let mut register = Register::new(kind);
        let trap = Trap::at(dice.below(30), Mode::Once);
        let mut failing = Failing { store: register.store.as_mut(), trap };
        if import(&mut failing, &anyway(), path).is_err() {
            let counts = ["created", "updated", "unchanged", "older", "rejected", "placeholders", "remarks"];
            let of_run = register.tables().rows(&counts, "run WHERE state = 'failed'");
            let of_delivery =
                register.tables().rows(&counts, "delivery WHERE run IN (SELECT run FROM run WHERE state = 'failed')");
            assert_eq!(of_run, of_delivery);
        }
    }
}

/// A large load builds indexes after its delivery is entered as done, so a start that passes the file over must see to
/// them.
fn a_load_cut_off_at_its_very_end_is_ended_by_the_next_start(kind: Kind, _: &Case) {
    let large = Case { seed: 3, persons: 20_100, changes_per_mille: 0, days: 0, dice: 3 };
    let files = large.files();
    let mut register = Register::new(kind);
    let indexes = register.tables().indexes();
    let counting = Trap::never();
    let mut undisturbed = Register::new(kind);
    let mut failing = Failing { store: undisturbed.store.as_mut(), trap: counting.clone() };
    import(&mut failing, &anyway(), &files.paths[0]).unwrap();

    // The last call of all builds the indexes.
    let trap = Trap::at(counting.calls() - 1, Mode::ForGood);
    let mut failing = Failing { store: register.store.as_mut(), trap };
    assert!(import(&mut failing, &anyway(), &files.paths[0]).is_err());
    assert_eq!(register.tables().rows(&["state"], "delivery"), ["done"]);
    assert_ne!(register.tables().indexes(), indexes);
    let report = register.take(&anyway(), &files.paths[0]);
    assert!(report.skipped.is_some());
    assert_eq!(register.tables().indexes(), indexes);
}

#[test]
fn no_call_of_an_import_is_left_out() {
    let case = Case { seed: 7, persons: 120, changes_per_mille: 300, days: 1, dice: 7 };
    let files = files(&case);
    let settings = anyway();
    let expected = Register::with(Kind::Memory, &settings, &files.paths);
    let expected = history(expected.store.as_ref());
    for mode in Mode::ALL {
        let mut nth = 0;
        while fail_once_at(nth, mode, &files, &settings, &expected) {
            nth += 1;
        }
        assert!(nth > 30, "an import of two files makes more calls than {nth}");
    }
}

/// False when there are fewer calls.
fn fail_once_at(
    nth: usize,
    mode: Mode,
    files: &Files,
    settings: &ExtractImport,
    expected: &crate::support::History,
) -> bool {
    let mut register = Register::new(Kind::Memory);
    let trap = Trap::at(nth, mode);
    for path in &files.paths {
        let mut failing = Failing { store: register.store.as_mut(), trap: trap.clone() };
        if import(&mut failing, settings, path).is_err() {
            assert!(trap.has_gone_off());
            register.take(settings, path);
            // The rest is imported by the process that was started again.
            for path in files.paths.iter().skip_while(|other| *other != path).skip(1) {
                register.take(settings, path);
            }
            break;
        }
    }
    history(register.store.as_ref()).assert_same(expected);
    trap.has_gone_off()
}

/// The extracts, one person of each with a bad record so that there are messages too.
fn files(case: &Case) -> Files {
    let mut files = Files::default();
    for mut extract in case.extracts() {
        if let Some(records) = extract.persons.values_mut().next() {
            crate::support::put(records, *b"001", 40, 10, "20x0-01-01");
        }
        files.add(&extract.bytes());
    }
    files
}
