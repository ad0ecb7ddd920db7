//! One person as CPR tells it, whether in a file or in an answer: from records to what the engine takes.

mod decode;
mod marks;

pub(crate) use decode::{Place, Records, Subject, map};
pub(crate) use marks::marks;
