use std::collections::BTreeMap;
use std::fmt;

use crate::support::Register;

/// How many kills hit what.
#[derive(Default)]
pub struct Phases(BTreeMap<&'static str, [u32; 2]>);

impl Phases {
    pub fn kills(&self) -> u32 {
        self.0.values().flatten().sum()
    }

    /// Looks at what a kill has left. `is_writing`: the writer's place was taken a moment before.
    pub fn note(&mut self, register: &Register, files: usize, is_writing: bool) {
        self.0.entry(phase(register, files)).or_default()[usize::from(is_writing)] += 1;
    }
}

fn phase(register: &Register, files: usize) -> &'static str {
    if !register.has_tables() {
        return "1 before the tables stood";
    }
    let mut tables = register.tables();
    let deliveries = tables.rows(&["state", "position"], "delivery ORDER BY delivery");
    let is_put_off = tables.indexes().iter().all(|name| name != "part_by_reference");
    match (deliveries.last().map(|last| last.split('|').collect::<Vec<_>>()).as_deref(), is_put_off) {
        (None, _) => "2 first look at the first file",
        (Some(["running", "0"]), true) => "3 large load, nothing committed",
        (Some(["running", _]), true) => "4 large load, after a commit",
        (Some(["done", _]), true) => "5 large load, indexes to be built",
        (Some(["running", "0"]), false) => "6 changes, nothing committed",
        (Some(["running", _]), false) => "7 changes, committed, end not entered",
        (Some(["done", _]), false) if deliveries.len() < files => "8 between files, or first look at the next",
        _ => "9 all files done",
    }
}

impl fmt::Display for Phases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (phase, [idle, writing]) in &self.0 {
            writeln!(f, "  {phase}: {idle} outside a transaction, {writing} inside one")?;
        }
        Ok(())
    }
}
