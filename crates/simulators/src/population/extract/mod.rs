//! Writing the population as CPR delivers it: record by record, in files with a frame.

mod frame;
mod records;
mod shape;
mod sink;

pub(crate) use frame::Frame;
pub use frame::file_name;
pub(crate) use records::{Event, write_address, write_person};
pub use shape::{AddressBlock, Counts, LineEnd, Shape};
pub(crate) use sink::Sink;
