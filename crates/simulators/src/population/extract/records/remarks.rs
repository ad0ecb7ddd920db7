//! 018-021: what municipalities add.

use std::io;

use kartotek_formats::codes::Digits;
use kartotek_formats::latin1::Text;
use kartotek_formats::records::u12170::{R018MunicipalCondition, R019Note, R020Election, R021RelocationOrder};

use super::super::sink::Sink;
use super::date;
use crate::population::state::PersonState;

pub(super) fn write_remarks<W: io::Write>(person: &PersonState, sink: &mut Sink<'_, W>) -> io::Result<()> {
    let pnr = person.number;
    for condition in &person.conditions {
        sink.record(&R018MunicipalCondition {
            pnr,
            komforhtyp: condition.kind,
            komforhkod: Text::new(condition.code),
            start_dt_kommunale_forhold: condition.from.date,
            start_dt_umrk_kommunale_forhold: condition.from.marker(),
            bemaerk_kommunale_forhold: Text::new(condition.remark),
            extra: Text::default(),
        })?;
    }
    for note in &person.notes {
        sink.record(&R019Note {
            pnr,
            notatnr: Digits::from_number(u64::from(note.number)).unwrap_or_default(),
            notatlinie: Text::new(note.line),
            start_dt_notat: note.from.date(),
            slet_dt_notat: date(note.until),
            extra: Text::default(),
        })?;
    }
    if let Some(election) = &person.election {
        sink.record(&R020Election {
            pnr,
            valgkode: election.code,
            valgret_dt: election.right_from.date(),
            start_dt_valgoplysninger: election.from.date(),
            slet_dt_valgoplysninger: date(election.until),
            extra: Text::default(),
        })?;
    }
    if person.relocation_order.is_some() {
        sink.record(&R021RelocationOrder {
            pnr,
            dt_flyttepaabud: person.relocation_order,
            bemaerk_flyttepaabud: Text::new(b"Fraflytning senest denne dato"),
            extra: Text::default(),
        })?;
    }
    Ok(())
}
