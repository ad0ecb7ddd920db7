//! `kartotek cpr-batch` as its callers see it, against a simulated file server.

mod chain;
mod persons;
mod refused;
mod server;
mod settings;
mod steps;
mod two_runs;
mod wanted;

use crate::support::extract::{Extract, extract};
use crate::support::person::{AAVEJ, Person, person};

const LISE: &str = "2103724010";
const OLE: &str = "1204713011";

fn lise() -> Person {
    person(LISE).named("Lise", "Marie", "Åstrup").living(AAVEJ)
}

fn ole() -> Person {
    person(OLE).named("Oluf", "", "Brobygger").living(AAVEJ)
}

/// Lise's occupation on a day.
fn day(produced: &str, previous: &str, occupation: &str) -> Extract {
    extract(produced, [lise().works_as(occupation)]).following(previous)
}

fn first() -> Extract {
    extract("2021-04-01", [lise(), ole()])
}
