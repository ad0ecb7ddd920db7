//! `kartotek subscription apply`, ended by SIGKILL at random moments and started again until it is through: every wish
//! is ordered exactly once, and every file is whole.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kartotek_formats::subscription_file::{SubscriptionFile, SubscriptionFileName};
use kartotek_simulators::population::{Population, PopulationOptions};

use crate::support::{Dice, Kind, Register};

const PERSONS: u32 = 6_000;
const CASE: crate::support::Case = crate::support::Case { seed: 9, persons: 1, changes_per_mille: 0, days: 0, dice: 9 };

#[test]
fn a_killed_apply_orders_every_wish_once_on_sqlite() {
    kill_until(Kind::Sqlite, 25);
}

#[test]
fn a_killed_apply_orders_every_wish_once_on_postgres() {
    kill_until(Kind::Postgres, 8);
}

fn kill_until(kind: Kind, kills_wanted: u32) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("cases.csv"), cases()).unwrap();
    let mut dice = CASE.dice();
    let mut kills = 0;
    let mut undisturbed = None;
    while kills < kills_wanted {
        let register = prepared(kind, folder.path());
        let out = tempfile::tempdir().unwrap();
        let began = Instant::now();
        let Some(time) = undisturbed else {
            await_success(apply(&register, folder.path(), out.path()));
            undisturbed = Some(began.elapsed());
            assert_ordered_once(&register, out.path());
            continue;
        };
        kills += kill_round(&register, folder.path(), out.path(), time, &mut dice);
        assert_ordered_once(&register, out.path());
    }
}

fn kill_round(register: &Register, folder: &Path, out: &Path, undisturbed: Duration, dice: &mut Dice) -> u32 {
    let mut kills = 0;
    loop {
        let mut child = apply(register, folder, out);
        let share = u32::try_from(dice.below(1_000)).unwrap();
        // To kill at a random moment is the point here; nothing waits for anything to become true.
        std::thread::sleep(undisturbed * share / 1_000);
        if child.try_wait().unwrap().is_some() {
            await_success(child);
            return kills;
        }
        child.kill().unwrap();
        if child.wait().unwrap().code().is_none() {
            kills += 1;
        }
    }
}

/// A list of cases with a party each.
fn cases() -> String {
    let population = Population::new(PopulationOptions::new(PERSONS, 9)).unwrap();
    let mut list = "case_no,case_type,state,start_date,end_date,contact,role,party_start,party_end\n".to_owned();
    for index in 0..PERSONS {
        let number = population.person(index, 0).unwrap().number().reveal();
        writeln!(list, "S-{index},,open,2026-01-01,,{number},,,").unwrap();
    }
    list
}

/// A register in which everybody has an open case and half of them are blocked and subscribed.
fn prepared(kind: Kind, folder: &Path) -> Register {
    let register = Register::new(kind);
    run(&register, folder, &["case", "import", "cases.csv", "--confirm"]);
    let mut tables = register.tables();
    tables.by_hand(
        "INSERT INTO source_record (source, source_key, contact_key, src_subscribed)
         SELECT 'CPR', name_code, contact_key, 'J' FROM contact WHERE name_type = 'C' AND contact_key % 2 = 0
         ON CONFLICT (source, source_key) DO UPDATE SET src_subscribed = 'J', subscribed = NULL",
    );
    tables.by_hand(
        "INSERT INTO subscription_block (source, source_key, reason, created_at)
         SELECT 'CPR', name_code, 'closed file', '2026-01-01T00:00:00Z'
         FROM contact WHERE name_type = 'C' AND contact_key % 2 = 0",
    );
    register
}

fn run(register: &Register, folder: &Path, arguments: &[&str]) {
    let mut command = command(register, folder);
    await_success(command.args(arguments).spawn().unwrap());
}

fn apply(register: &Register, folder: &Path, out: &Path) -> Child {
    let settings =
        format!("[subscription]\nfolder = {:?}\ntask = \"990001\"\ncustomer = \"1234\"\n", out.display().to_string());
    std::fs::write(folder.join("kartotek.toml"), settings).unwrap();
    let mut command = command(register, folder);
    command.args(["--config", "kartotek.toml", "subscription", "apply", "--confirm"]).spawn().unwrap()
}

fn command(register: &Register, folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kartotek"));
    command
        .current_dir(folder)
        .arg("--database")
        .arg(register.address())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    command
}

fn await_success(child: Child) {
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}: {}", output.status, String::from_utf8_lossy(&output.stderr));
}

/// Everybody who has a wish stands in one line of one file, and in one order that is sent.
fn assert_ordered_once(register: &Register, out: &Path) {
    let mut lines = BTreeMap::new();
    for entry in std::fs::read_dir(out).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        SubscriptionFileName::parse(&name).expect("no unfinished file is left");
        let file = SubscriptionFile::decode(&std::fs::read(entry.path()).unwrap()).expect("a whole file");
        for (at, line) in (1..).zip(file.lines()) {
            let place = format!("{name}|{at}|{}", line.action.code());
            assert!(lines.insert(line.number.reveal(), place).is_none(), "a person stands in two lines");
        }
    }
    let mut tables = register.tables();
    let orders = tables.rows(&["source_key", "file", "line", "action"], "subscription_order WHERE state = 'sent'");
    let expected: Vec<_> = lines.iter().map(|(number, place)| format!("{number}|{place}")).collect();
    let mut found = orders;
    found.sort();
    assert_eq!(found.len(), expected.len(), "orders and lines");
    assert!(found == expected, "orders and lines are the same");
    assert_eq!(tables.number("count(*)", "subscription_order"), i64::try_from(expected.len()).unwrap());
    assert_eq!(tables.number("count(*)", "source_record WHERE subscribed IS NOT NULL"), 0);
    let cancelled = tables.number("count(*)", "subscription_order WHERE action = 'SL'");
    assert_eq!(
        tables.number("count(*)", "contact"),
        cancelled + tables.number("count(*)", "subscription_order WHERE action = 'OP'")
    );
    assert!(cancelled > 1_000);
}
