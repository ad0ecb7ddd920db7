//! 002, 003, 005-007: where the person is, or is not.

use std::io;

use kartotek_formats::codes::Digits;
use kartotek_formats::latin1::Text;
use kartotek_formats::records::u12170::{
    R002CurrentAddress, R003AddressingName, R005Emigration, R006ContactAddress, R007Disappearance,
};

use super::super::sink::Sink;
use super::{care_of, code, date, post_town};
use crate::population::state::PersonState;

pub(super) fn write_residence<W: io::Write>(person: &PersonState, sink: &mut Sink<'_, W>) -> io::Result<()> {
    let Some(residence) = &person.residence else { return Ok(()) };
    let dwelling = &residence.stay.dwelling;
    let (municipality, left) = residence.from_municipality.unwrap_or_default();
    let supplementary = residence.supplementary;
    sink.record(&R002CurrentAddress {
        pnr: person.number,
        komkod: code(dwelling.place.municipality),
        vejkod: code(dwelling.street_code),
        husnr: dwelling.house_number().text(),
        etage: dwelling.floor_code().text(),
        sidedoer: dwelling.door_code().text(),
        bnr: dwelling.building_number().text(),
        convn: care_of(residence.stay.care_of.as_ref()).text(),
        tilflydto: residence.from.stamp,
        tilflydt_umrk: residence.from.marker(),
        tilflykomdto: residence.in_municipality_from.stamp,
        tilflykomdt_umrk: residence.in_municipality_from.marker(),
        fraflykomkod: code(municipality),
        fraflykomdto: left.stamp,
        fraflykomdt_umrk: left.marker(),
        start_mynkod_adrtxt: code(supplementary.map_or(0, |_| dwelling.place.municipality)),
        adr1_supladr: Text::new(supplementary.map_or(b"", |supplementary| supplementary.line)),
        adr2_supladr: Text::default(),
        adr3_supladr: Text::default(),
        adr4_supladr: Text::default(),
        adr5_supladr: Text::default(),
        start_dt_adrtxt: supplementary.and_then(|supplementary| supplementary.from.date()),
        slet_dt_adrtxt: date(supplementary.and_then(|supplementary| supplementary.until)),
        extra: Text::default(),
    })
}

/// Writes 003: the name alone for whom is not here any more.
pub(crate) fn write_address<W: io::Write>(person: &PersonState, sink: &mut Sink<'_, W>) -> io::Result<()> {
    let name = person.name.addressing();
    let mut record = R003AddressingName {
        pnr: person.number,
        adrnvn: name.text(),
        convn: Text::default(),
        lokalitet: Text::default(),
        standardadr: Text::default(),
        bynvn: Text::default(),
        postnr: Digits::default(),
        postdisttxt: Text::default(),
        komkod: Digits::default(),
        vejkod: Digits::default(),
        husnr: Text::default(),
        etage: Text::default(),
        sidedoer: Text::default(),
        bnr: Text::default(),
        vejadrnvn: Text::default(),
        extra: Text::default(),
    };
    let Some(residence) = &person.residence else { return sink.record(&record) };
    let dwelling = &residence.stay.dwelling;
    let place = &dwelling.place;
    let (convn, standard) = (care_of(residence.stay.care_of.as_ref()), dwelling.standard_address());
    let (house, floor) = (dwelling.house_number(), dwelling.floor_code());
    let (door, building) = (dwelling.door_code(), dwelling.building_number());
    record.convn = convn.text();
    record.lokalitet = Text::new(dwelling.locality);
    record.standardadr = standard.text();
    record.bynvn = Text::new(place.town);
    record.postnr = code(place.postcode);
    record.postdisttxt = Text::new(place.district);
    record.komkod = code(place.municipality);
    record.vejkod = code(dwelling.street_code);
    record.husnr = house.text();
    record.etage = floor.text();
    record.sidedoer = door.text();
    record.bnr = building.text();
    record.vejadrnvn = Text::new(dwelling.street_name());
    sink.record(&record)
}

pub(super) fn write_elsewhere<W: io::Write>(person: &PersonState, sink: &mut Sink<'_, W>) -> io::Result<()> {
    if let Some(emigration) = &person.emigration {
        let [first, second, third] = emigration.to.lines();
        sink.record(&R005Emigration {
            pnr: person.number,
            udr_landekod: code(emigration.to.country.code),
            udrdto: emigration.at.stamp,
            udrdto_umrk: emigration.at.marker(),
            udlandadr1: first.text(),
            udlandadr2: second.text(),
            udlandadr3: third.text(),
            udlandadr4: Text::default(),
            udlandadr5: Text::default(),
            extra: Text::default(),
        })?;
    }
    if let Some(contact) = &person.contact_address {
        let (street, town) = (contact.dwelling.standard_address(), post_town(contact.dwelling.place));
        sink.record(&R006ContactAddress {
            pnr: person.number,
            adr1_kontaktadr: contact.name.addressing().text(),
            adr2_kontaktadr: street.text(),
            adr3_kontaktadr: town.text(),
            adr4_kontaktadr: Text::default(),
            adr5_kontaktadr: Text::default(),
            start_dt_adrtxt: contact.from.date(),
            slet_dt_adrtxt: date(contact.until),
            extra: Text::default(),
        })?;
    }
    if let Some(at) = person.disappearance {
        sink.record(&R007Disappearance {
            pnr: person.number,
            forsvinddto: at.stamp,
            forsvinddto_umrk: at.marker(),
            extra: Text::default(),
        })?;
    }
    Ok(())
}
