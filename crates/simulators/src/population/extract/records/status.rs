//! 001, 004, 050: status and protections.

use std::io;

use kartotek_formats::codes::ProtectionType;
use kartotek_formats::latin1::Text;
use kartotek_formats::records::u12170::{R001Person, R004Protection, R050CreditWarning};

use super::super::sink::Sink;
use super::{date, reference};
use crate::population::state::PersonState;

/// Writes 001, with the key constant behind it unless that is empty.
pub(super) fn write_status<W: io::Write>(
    person: &PersonState,
    constant: &[u8],
    sink: &mut Sink<'_, W>,
) -> io::Result<()> {
    let record = R001Person {
        pnr: person.number,
        pnrgaeld: reference(person.valid_number),
        status: person.status,
        statushaenstart: person.status_from.stamp,
        statusdto_umrk: person.status_from.marker(),
        koen: person.sex,
        foed_dt: person.birth.date,
        foed_dt_umrk: person.birth.marker(),
        start_dt_person: person.number_from.date,
        start_dt_umrk_person: person.number_from.marker(),
        slut_dt_person: person.number_to.date,
        slut_dt_umrk_person: person.number_to.marker(),
        stilling: Text::new(person.occupation),
        extra: Text::new(constant),
    };
    sink.padded(&record, constant.len())
}

pub(super) fn write_protections<W: io::Write>(person: &PersonState, sink: &mut Sink<'_, W>) -> io::Result<()> {
    for protection in &person.protections {
        sink.record(&R004Protection {
            pnr: person.number,
            beskyttype: protection.kind,
            start_dt_beskyttelse: protection.from.date(),
            slet_dt_beskyttelse: date(protection.until),
            extra: Text::default(),
        })?;
    }
    Ok(())
}

pub(super) fn write_credit_warning<W: io::Write>(person: &PersonState, sink: &mut Sink<'_, W>) -> io::Result<()> {
    let Some(from) = person.credit_warning else { return Ok(()) };
    sink.record(&R050CreditWarning {
        pnr: person.number,
        beskyttype: ProtectionType::CreditWarning,
        start_beskyttelse: Some(from),
        extra: Text::default(),
    })
}
