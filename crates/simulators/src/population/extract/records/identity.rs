//! 008-011: name, birth, citizenship, church.

use std::io;

use kartotek_formats::codes::NameMarker;
use kartotek_formats::latin1::Text;
use kartotek_formats::records::u12170::{R008CurrentName, R009BirthRegistration, R010Citizenship, R011Church};

use super::super::sink::Sink;
use super::code;
use crate::population::state::PersonState;

pub(super) fn write_identity<W: io::Write>(person: &PersonState, sink: &mut Sink<'_, W>) -> io::Result<()> {
    let pnr = person.number;
    let name = &person.name;
    let (given, given_marker) = name.given_names();
    sink.record(&R008CurrentName {
        pnr,
        fornvn: given.text(),
        fornvn_mrk: given_marker,
        melnvn: Text::new(name.middle),
        melnvn_mrk: NameMarker::default(),
        efternvn: Text::new(name.last),
        efternvn_mrk: name.last_marker,
        nvnhaenstart: person.name_from.stamp,
        haenstart_umrk_navne: person.name_from.marker(),
        adrnvn: name.addressing().text(),
        extra: Text::default(),
    })?;
    sink.record(&R009BirthRegistration {
        pnr,
        start_mynkod_foedested: Text::new(code::<4>(person.birthplace.authority).as_bytes()),
        myntxt_foedested: Text::new(person.birthplace.text),
        extra: Text::default(),
    })?;
    sink.record(&R010Citizenship {
        pnr,
        landekod: code(person.citizenship),
        haenstart_statsborgerskab: person.citizenship_from.stamp,
        haenstart_umrk_statsborgerskab: person.citizenship_from.marker(),
        extra: Text::default(),
    })?;
    sink.record(&R011Church {
        pnr,
        fkirk: person.church,
        start_dt_folkekirke: person.church_from.date,
        start_dt_umrk_folkekirke: person.church_from.marker(),
        extra: Text::default(),
    })
}
