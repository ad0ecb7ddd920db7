//! What the records tell about a person, small enough to be copied: names, dwellings, addresses abroad, moments.

mod abroad;
mod dwelling;
mod moment;
mod name;

pub(crate) use abroad::ForeignAddress;
pub(crate) use dwelling::{Dwelling, DwellingTraits};
pub(crate) use moment::{Moment, When};
pub(crate) use name::{Name, surname};
