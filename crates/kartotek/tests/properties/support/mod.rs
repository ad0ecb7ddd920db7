//! What the properties share: cases, files, registers, and what a register says.

mod case;
mod current;
mod extract;
mod faults;
mod history;
mod register;
mod remains;
mod tables;

pub use case::{Case, Dice, Files, each_case};
pub use current::{contacts, current, current_of, is_home};
pub use extract::{Extract, put};
pub use faults::{Failing, Mode, Trap};
pub use history::{History, history, outcome};
pub use register::{Kind, Register, anyway, import};
pub use remains::Remains;
pub use tables::Tables;

/// Says where two lists differ first, instead of printing thousands of lines.
#[track_caller]
pub fn assert_same(found: &[String], expected: &[String], what: &str) {
    if found == expected {
        return;
    }
    let missing: Vec<_> = expected.iter().filter(|line| found.binary_search(line).is_err()).take(5).collect();
    let extra: Vec<_> = found.iter().filter(|line| expected.binary_search(line).is_err()).take(5).collect();
    panic!(
        "{what}: {} lines, expected {}\nexpected and not found: {missing:#?}\nfound and not expected: {extra:#?}",
        found.len(),
        expected.len()
    );
}
