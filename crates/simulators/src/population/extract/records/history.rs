//! 022-030: what was.

use std::io;

use kartotek_formats::codes::{CorrectionMarker, NameMarker};
use kartotek_formats::latin1::Text;
use kartotek_formats::records::u12170::{
    R022HistoricalNumber, R023HistoricalAddress, R024HistoricalEmigration, R025HistoricalDisappearance,
    R026HistoricalName, R027HistoricalCitizenship, R028HistoricalChurch, R029HistoricalCivilStatus,
    R030HistoricalSeparation,
};
use kartotek_formats::records::{PersonRef, StampOrBlank};

use super::super::sink::Sink;
use super::family::SpouseFields;
use super::{care_of, code};
use crate::population::state::PersonState;

pub(super) fn write_histories<W: io::Write>(person: &PersonState, sink: &mut Sink<'_, W>) -> io::Result<()> {
    let pnr = person.number;
    for former in &person.former_numbers {
        sink.record(&R022HistoricalNumber {
            pnrgaeld: pnr,
            pnr: PersonRef::Number(former.number),
            start_dt_person: former.from.date,
            start_dt_umrk_person: former.from.marker(),
            slut_dt_person: former.to.date,
            slut_dt_umrk_person: former.to.marker(),
            extra: Text::default(),
        })?;
    }
    for period in &person.former_addresses {
        let dwelling = &period.value.dwelling;
        sink.record(&R023HistoricalAddress {
            pnr,
            annkor: period.correction,
            komkod: code(dwelling.place.municipality),
            vejkod: code(dwelling.street_code),
            husnr: dwelling.house_number().text(),
            etage: dwelling.floor_code().text(),
            sidedoer: dwelling.door_code().text(),
            bnr: dwelling.building_number().text(),
            convn: care_of(period.value.care_of.as_ref()).text(),
            tilflydto: period.from.stamp,
            tilflydt_umrk: period.from.marker(),
            fraflydto: period.to.stamp,
            fraflydto_umrk: period.to.marker(),
            extra: Text::default(),
        })?;
    }
    for stay in &person.stays_abroad {
        let [first, second, third] = stay.address.lines();
        let out = stay.out.unwrap_or_default();
        let country = stay.address.country.code;
        sink.record(&R024HistoricalEmigration {
            pnr,
            annkor: CorrectionMarker::default(),
            udr_landekod: code(stay.out.map_or(0, |_| country)),
            udrdto: out.stamp,
            udrdto_umrk: out.marker(),
            indr_landekod: code(country),
            indrdto: stay.back.stamp,
            indrdto_umrk: stay.back.marker(),
            udlandadr1: first.text(),
            udlandadr2: second.text(),
            udlandadr3: third.text(),
            udlandadr4: Text::default(),
            udlandadr5: Text::default(),
            extra: Text::default(),
        })?;
    }
    for period in &person.former_disappearances {
        sink.record(&R025HistoricalDisappearance {
            pnr,
            annkor: period.correction,
            forsvinddto: period.from.stamp,
            forsvinddto_umrk: period.from.marker(),
            genfinddto: period.to.stamp,
            genfinddto_umrk: period.to.marker(),
            extra: Text::default(),
        })?;
    }
    write_identity_histories(person, sink)?;
    write_civil_histories(person, sink)
}

fn write_identity_histories<W: io::Write>(person: &PersonState, sink: &mut Sink<'_, W>) -> io::Result<()> {
    let pnr = person.number;
    for period in &person.former_names {
        let (given, given_marker) = period.value.given_names();
        sink.record(&R026HistoricalName {
            pnr,
            annkor: period.correction,
            fornvn: given.text(),
            fornvn_mrk: given_marker,
            melnvn: Text::new(period.value.middle),
            melnvn_mrk: NameMarker::default(),
            efternvn: Text::new(period.value.last),
            efternvn_mrk: period.value.last_marker,
            nvnhaenstart: period.from.stamp,
            haenstart_umrk_navne: period.from.marker(),
            nvnhaenslut: period.to.stamp,
            haenslut_umrk_navne: period.to.marker(),
            extra: Text::default(),
        })?;
    }
    for period in &person.former_citizenships {
        sink.record(&R027HistoricalCitizenship {
            pnr,
            annkor: period.correction,
            landekod: code(period.value),
            haenstart_statsborgerskab: period.from.stamp,
            haenstart_umrk_statsborgerskab: period.from.marker(),
            haenslut_statsborgerskab: period.to.stamp,
            haenslut_umrk_statsborgerskab: period.to.marker(),
            extra: Text::default(),
        })?;
    }
    for (church, from, to) in &person.former_churches {
        sink.record(&R028HistoricalChurch {
            pnr,
            fkirk: *church,
            start_dt_folkekirke: from.date,
            start_dt_umrk_folkekirke: from.marker(),
            slut_dt_folkekirke: to.date,
            slut_dt_umrk_folkekirke: to.marker(),
            extra: Text::default(),
        })?;
    }
    Ok(())
}

fn write_civil_histories<W: io::Write>(person: &PersonState, sink: &mut Sink<'_, W>) -> io::Result<()> {
    let pnr = person.number;
    for period in &person.former_civil {
        let spouse = SpouseFields::of(&period.value);
        sink.record(&R029HistoricalCivilStatus {
            pnr,
            annkor: period.correction,
            civst: period.value.status,
            aegtepnr: spouse.number,
            aegtefoed_dt: spouse.birth.date,
            aegtefoeddt_umrk: spouse.birth.marker(),
            aegtenvn: spouse.name.text(),
            aegtenvn_mrk: NameMarker::default(),
            haenstart_civilstand: period.from.stamp,
            haenstart_umrk_civilstand: period.from.marker(),
            haenslut_civilstand: period.to.stamp,
            haenslut_umrk_civilstand: period.to.marker(),
            sep_henvis_civilstand: StampOrBlank(period.value.separation),
            extra: Text::default(),
        })?;
    }
    for (separation, to) in &person.former_separations {
        sink.record(&R030HistoricalSeparation {
            pnr,
            annkor: CorrectionMarker::default(),
            sep_henvis_separation: StampOrBlank(separation.key),
            start_dt_separation: separation.from.date,
            start_dt_umrk_separation: separation.from.marker(),
            slut_dt_separation: to.date,
            slut_dt_umrk_separation: to.marker(),
            extra: Text::default(),
        })?;
    }
    Ok(())
}
