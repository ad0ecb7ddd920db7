//! The program itself, ended by SIGKILL at random moments and started again until it is through: the register is the
//! one that an undisturbed run leaves, in every row.
//!
//! Keys, journal numbers and counters are compared too: an import that is taken up again repeats no batch and skips
//! none. Only runs differ, since each start is one, and times.
//!
//! The establishing extract is large enough for two transactions and for putting off indexes; the delays are spread
//! over the measured time of an undisturbed run. What a kill hit is read from the ledger afterwards, and printed.

mod phases;

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{Case, Dice, Files, Kind, Register, Remains, put};

use phases::Phases;

const CASE: Case = Case { seed: 5, persons: 24_000, changes_per_mille: 60, days: 3, dice: 5 };

#[test]
fn a_killed_import_goes_on_where_it_was_on_sqlite() {
    kill_until(Kind::Sqlite, 50);
}

#[test]
fn a_killed_import_goes_on_where_it_was_on_postgres() {
    kill_until(Kind::Postgres, 12);
}

/// Rounds of kills, each into a new register until its import is through.
fn kill_until(kind: Kind, kills_wanted: u32) {
    let files = files();
    let mut dice = CASE.dice();
    let undisturbed = Register::new(kind);
    let began = Instant::now();
    await_success(start(&undisturbed, &files.paths));
    let undisturbed_time = began.elapsed();
    let expected = Remains::of(&mut undisturbed.tables(), files.paths.len());

    let mut phases = Phases::default();
    let mut rounds = 0;
    while phases.kills() < kills_wanted {
        rounds += 1;
        kill_round(kind, &files.paths, undisturbed_time, &mut dice, &mut phases, &expected);
    }
    println!("{kind:?}: {} kills in {rounds} rounds, undisturbed {undisturbed_time:?}\n{phases}", phases.kills());
}

fn kill_round(
    kind: Kind,
    files: &[PathBuf],
    undisturbed: Duration,
    dice: &mut Dice,
    phases: &mut Phases,
    expected: &Remains,
) {
    let register = Register::empty(kind);
    let mut kills = 0;
    loop {
        let mut child = start(&register, files);
        // Spread over the whole run, and more often in its beginning, where the tables are made.
        let spread = if dice.one_in(5) { 20 } else { 1_000 };
        let share = u32::try_from(dice.below(spread)).unwrap();
        // To kill at a random moment is the point here; nothing waits for anything to become true.
        std::thread::sleep(undisturbed * share / 1_000);
        if child.try_wait().unwrap().is_some() {
            await_success(child);
            break;
        }
        let is_writing = register.is_being_written();
        child.kill().unwrap();
        if child.wait().unwrap().code().is_some() {
            // It was through a moment before the kill; the next start finds nothing to do.
            continue;
        }
        kills += 1;
        phases.note(&register, files.len(), is_writing);
    }
    let mut tables = register.tables();
    let found = Remains::of(&mut tables, files.len());
    found.assert_same(expected);
    // Every start but one before the tables stood has entered a run for each file that it came to.
    let unfinished = tables.number("count(*)", "run WHERE state <> 'done'");
    assert!(unfinished <= i64::from(kills), "{unfinished} unfinished runs after {kills} kills");
}

/// The extracts, with persons who are rejected so that there are messages.
fn files() -> Files {
    let mut files = Files::default();
    for mut extract in CASE.extracts() {
        for records in extract.persons.values_mut().step_by(997) {
            put(records, *b"001", 40, 10, "20x0-01-01");
        }
        files.add(&extract.bytes());
    }
    files
}

fn start(register: &Register, files: &[PathBuf]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_kartotek"))
        .arg("--database")
        .arg(register.address())
        .args(["import", "cpr"])
        .args(files)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Done, with rejected persons; or done, with nothing left to do.
fn await_success(child: Child) {
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}: {told}", output.status);
}
