//! The lists that names, streets and places are drawn from. All made up or common words; see docs/SYNTHETIC.md.
//!
//! The order of a list is part of the output: a draw picks by position.

mod foreign;
mod names;
mod occupations;
mod places;
mod streets;

pub(crate) use foreign::Country;
pub(crate) use names::{COMPOUND_NAMES, GIVEN_FEMALE, GIVEN_MALE, MIDDLE_NAMES, SURNAMES};
pub(crate) use occupations::OCCUPATIONS;
pub(crate) use places::{GREENLAND, PLACES, PostPlace};
pub(crate) use streets::{GREENLAND_STREETS, LOCALITIES, STREETS, Street};
