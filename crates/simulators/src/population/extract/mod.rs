//! Writing the population as CPR delivers it: record by record, in files with a frame.

mod frame;
mod private;
mod records;
mod selection;
mod shape;
mod sink;

pub(crate) use frame::Frame;
pub use frame::file_name;
pub(crate) use private::write_private_person;
pub(crate) use records::{Event, write_address, write_person};
pub use selection::{Ordered, Refusal, Selection};
pub use shape::{AddressBlock, Counts, LineEnd, Shape};
pub(crate) use sink::Sink;

use std::io;

use super::census::Detail;
use super::state::PersonState;

/// Writes persons, and the block of their records 003 where the shape has it.
///
/// For the block the persons are made a second time: that costs time, but holding them would cost memory.
pub(crate) fn write_persons<W, I, E>(
    indices: impl Fn() -> I,
    person: impl Fn(u32, Detail) -> Option<PersonState>,
    events: impl Fn(u32) -> E,
    sink: &mut Sink<'_, W>,
) -> io::Result<()>
where
    W: io::Write,
    I: Iterator<Item = u32>,
    E: Iterator<Item = Event>,
{
    for index in indices() {
        if let Some(person) = person(index, Detail::Everything) {
            write_person(&person, events(index), sink)?;
        }
    }
    if sink.address_block() == AddressBlock::AtEnd {
        for person in indices().filter_map(|index| person(index, Detail::Address)) {
            write_address(&person, sink)?;
        }
    }
    Ok(())
}
