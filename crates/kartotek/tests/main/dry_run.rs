//! A dry run plans just what the real run does, and writes nothing.

use crate::support::extract::{Extract, extract};
use crate::support::person::{AAVEJ, Person, SKOVVEJ, person};
use crate::support::register::Register;

const LISE: &str = "2103724010";
const OLE: &str = "1204713011";

fn lise() -> Person {
    person(LISE).named("Lise", "", "Åstrup").living(AAVEJ).civil("G", OLE, "1998-05-02").father_named("Niels Rønne")
}

/// A first delivery and one in which much changes.
fn deliveries() -> [Extract; 2] {
    let moved = person(LISE)
        .named("Lise", "Maria", "Åstrup")
        .living(SKOVVEJ)
        .civil("F", "", "2021-04-20")
        .protected("0001", "2021-05-01", "")
        .father_named("Niels Rønne")
        .mother("0908704017");
    let ole = person(OLE).named("Ole", "", "Åstrup").living(AAVEJ);
    [extract("2021-04-01", [lise()]), extract("2021-05-03", [moved, ole])]
}

#[test]
fn the_plan_is_the_journal_that_the_real_run_writes() {
    let mut register = Register::default();
    for delivery in deliveries() {
        let (planned_report, planned) = register.plan(&delivery);
        let planned: Vec<_> = planned
            .iter()
            .map(|planned| {
                format!(
                    "{}|{}|{}",
                    planned.contact.name_type.as_char(),
                    planned.entry.what.name(),
                    planned.entry.fields
                )
            })
            .collect();
        let before = register.count("change");
        let report = register.take(&delivery);
        let done = register.rows(&format!(
            "SELECT name_type, what, fields FROM change JOIN contact USING (contact_key) WHERE change_seq > {before}
             ORDER BY change_seq"
        ));
        assert_eq!(planned, done);
        assert_eq!(planned_report.counts, report.counts);
    }
}

#[test]
fn nothing_is_written() {
    let [first, second] = deliveries();
    let mut register = Register::with([first]);
    let tables = ["contact", "address", "run", "delivery", "run_message", "change", "source_record"];
    let (says, counts) = (register.says(), tables.map(|table| register.count(table)));
    register.plan(&second);
    assert_eq!((register.says(), tables.map(|table| register.count(table))), (says, counts));
}

#[test]
fn a_placeholder_that_several_batches_would_make_is_counted_once() {
    let number = |at: u32| -> &'static str { format!("0101{:02}{:04}", at / 4_000, 1_000 + at % 4_000).leak() };
    let children = (0..9_000).map(|at| person(number(at)).named("Kim", "", "Bro").mother(LISE));
    let (report, _) = Register::default().plan(&extract("2021-04-01", children));
    assert_eq!((report.counts.created, report.counts.placeholders), (9_000, 1));
}
