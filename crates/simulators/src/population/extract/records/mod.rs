//! A person's state as records, in ascending order of type: one file for each group of record types.

mod address;
mod family;
mod guardian;
mod history;
mod identity;
mod remarks;
mod status;

use std::io;

use kartotek_formats::codes::{Alpha, DerivedMarker, Digits};
use kartotek_formats::dates::{PartialDate, Timestamp};
use kartotek_formats::identifiers::CprNumber;
use kartotek_formats::latin1::Text;
use kartotek_formats::records::u12170::R099Event;
use kartotek_formats::records::{PersonRef, StampOrBlank};
use kartotek_formats::subscription_file::KeyConstant;

use super::shape::AddressBlock;
use super::sink::Sink;
use crate::population::calendar::Day;
use crate::population::lists::PostPlace;
use crate::population::state::PersonState;
use crate::population::text::ShortText;
use crate::population::values::Name;

pub(crate) use address::write_address;

/// What fills NGLKONST when it is asked for.
pub(super) const KEY_CONSTANT: &[u8] = b"KARTOTEK-SYNTET";

/// An event for record 099.
#[derive(Clone, Copy)]
pub(crate) struct Event {
    pub(crate) at: Option<Timestamp>,
    pub(crate) code: &'static [u8],
    pub(crate) marker: DerivedMarker,
    /// What the customer wants to see with it; empty for what nobody asked for.
    pub(crate) key_constant: KeyConstant,
}

/// Writes one person: 001 to 052, with 003 where the shape has it inline, then the events.
pub(crate) fn write_person<W: io::Write>(
    person: &PersonState,
    events: impl Iterator<Item = Event>,
    sink: &mut Sink<'_, W>,
) -> io::Result<()> {
    sink.count_person();
    let constant = if sink.has_key_constant() { KEY_CONSTANT } else { b"" };
    status::write_status(person, constant, sink)?;
    address::write_residence(person, sink)?;
    if sink.address_block() == AddressBlock::Inline {
        write_address(person, sink)?;
    }
    status::write_protections(person, sink)?;
    address::write_elsewhere(person, sink)?;
    identity::write_identity(person, sink)?;
    family::write_civil_status(person, sink)?;
    family::write_kin(person, sink)?;
    guardian::write_without_type(person, sink)?;
    remarks::write_remarks(person, sink)?;
    history::write_histories(person, sink)?;
    status::write_credit_warning(person, sink)?;
    guardian::write_with_type(person, sink)?;
    for event in events {
        sink.record(&R099Event {
            pnr: person.number,
            timestampu: StampOrBlank(event.at),
            haendelse: Alpha::new(event.code).unwrap_or_default(),
            afledtmrk: event.marker,
            nglkonst: Text::new(echoed(&event.key_constant, constant)),
            extra: Text::default(),
        })?;
    }
    Ok(())
}

/// NGLKONST: the customer's own constant, or else that of the shape.
pub(super) fn echoed<'c>(own: &'c KeyConstant, of_shape: &'c [u8]) -> &'c [u8] {
    if *own == KeyConstant::EMPTY { of_shape } else { own.as_bytes() }
}

pub(super) fn reference(number: Option<CprNumber>) -> PersonRef {
    number.map_or(PersonRef::None, PersonRef::Number)
}

fn date(day: Option<Day>) -> Option<PartialDate> {
    day.and_then(Day::date)
}

pub(super) fn code<const N: usize>(number: u16) -> Digits<N> {
    Digits::from_number(u64::from(number)).unwrap_or_default()
}

/// CONVN, with the `c/o ` that authorities write in front.
pub(super) fn care_of(name: Option<&Name>) -> ShortText<34> {
    name.map_or_else(ShortText::default, |name| ShortText::of(&[b"c/o ", name.addressing().as_bytes()]))
}

pub(super) fn post_town(place: PostPlace) -> ShortText<34> {
    let mut text = ShortText::default();
    text.push_number(u32::from(place.postcode), 4);
    text.push_word(place.district);
    text
}
