//! A person's state as records, in ascending order of type.

use std::io;

use kartotek_formats::codes::{
    Alpha, DerivedMarker, Digits, GuardianRelation, NameMarker, ProtectionType, Uncertainty,
};
use kartotek_formats::dates::{PartialDate, Timestamp};
use kartotek_formats::identifiers::CprNumber;
use kartotek_formats::latin1::Text;
use kartotek_formats::records::u12170::*;
use kartotek_formats::records::{PersonRef, StampOrBlank};

use super::shape::AddressBlock;
use super::sink::Sink;
use crate::population::calendar::Day;
use crate::population::state::{
    Civil, Guardian, GuardianRecords, Guardianship, Parent, PersonState, Separation, Spouse,
};
use crate::population::text::ShortText;
use crate::population::values::When;

/// What fills NGLKONST when it is asked for.
const KEY_CONSTANT: &[u8] = b"KARTOTEK-SYNTET";

/// An event for record 099.
#[derive(Clone, Copy)]
pub(crate) struct Event {
    pub(crate) at: Option<Timestamp>,
    pub(crate) code: &'static [u8],
    pub(crate) marker: DerivedMarker,
}

/// Writes one person: 001 to 052, with 003 where the shape has it inline, then the events.
pub(crate) fn write_person<W: io::Write>(
    person: &PersonState,
    events: impl Iterator<Item = Event>,
    seed: u64,
    sink: &mut Sink<'_, W>,
) -> io::Result<()> {
    sink.counts.persons += 1;
    write_status(person, sink)?;
    write_residence(person, sink)?;
    if sink.address_block() == AddressBlock::Inline {
        write_address(person, sink)?;
    }
    write_protections(person, sink)?;
    write_absence(person, seed, sink)?;
    write_identity(person, sink)?;
    write_civil_status(person, sink)?;
    write_family(person, sink)?;
    write_remarks(person, sink)?;
    write_histories(person, seed, sink)?;
    if let Some(at) = person.credit_warning {
        sink.record(&R050CreditWarning {
            pnr: person.number,
            beskyttype: ProtectionType::CreditWarning,
            start_beskyttelse: Some(at),
            extra: Text::default(),
        })?;
    }
    if let Some(guardianship) = person.guardianship.filter(|g| g.told_by != GuardianRecords::OldOnly) {
        sink.record(&guardianship_with_type(person.number, &guardianship, &GuardianText::of(&guardianship)))?;
    }
    let constant = if sink.has_key_constant() { KEY_CONSTANT } else { b"" };
    for event in events {
        sink.record(&R099Event {
            pnr: person.number,
            timestampu: StampOrBlank(event.at),
            haendelse: Alpha::new(event.code).unwrap_or_default(),
            afledtmrk: event.marker,
            nglkonst: Text::new(constant),
            extra: Text::default(),
        })?;
    }
    Ok(())
}

fn write_status<W: io::Write>(person: &PersonState, sink: &mut Sink<'_, W>) -> io::Result<()> {
    let constant = if sink.has_key_constant() { KEY_CONSTANT } else { b"" };
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

fn write_residence<W: io::Write>(person: &PersonState, sink: &mut Sink<'_, W>) -> io::Result<()> {
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

fn write_protections<W: io::Write>(person: &PersonState, sink: &mut Sink<'_, W>) -> io::Result<()> {
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

fn write_absence<W: io::Write>(person: &PersonState, seed: u64, sink: &mut Sink<'_, W>) -> io::Result<()> {
    if let Some(emigration) = &person.emigration {
        let [first, second, third] = emigration.to.lines(seed);
        sink.record(&R005Emigration {
            pnr: person.number,
            udr_landekod: code(emigration.to.country_code(seed)),
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

fn write_identity<W: io::Write>(person: &PersonState, sink: &mut Sink<'_, W>) -> io::Result<()> {
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

fn write_civil_status<W: io::Write>(person: &PersonState, sink: &mut Sink<'_, W>) -> io::Result<()> {
    let spouse = SpouseFields::of(&person.civil);
    sink.record(&R012CivilStatus {
        pnr: person.number,
        civst: person.civil.status,
        aegtepnr: spouse.number,
        aegtefoed_dt: spouse.birth.date,
        aegtefoeddt_umrk: spouse.birth.marker(),
        aegtenvn: spouse.name.text(),
        aegtenvn_mrk: NameMarker::default(),
        haenstart_civilstand: person.civil.from.stamp,
        haenstart_umrk_civilstand: person.civil.from.marker(),
        sep_henvis_civilstand: StampOrBlank(person.civil.separation),
        extra: Text::default(),
    })?;
    let Some(Separation { key, from }) = person.separation else { return Ok(()) };
    sink.record(&R013Separation {
        pnr: person.number,
        sep_henvis_separation: StampOrBlank(key),
        start_dt_separation: from.date,
        start_dt_umrk_separation: from.marker(),
        extra: Text::default(),
    })
}

fn write_family<W: io::Write>(person: &PersonState, sink: &mut Sink<'_, W>) -> io::Result<()> {
    let pnr = person.number;
    for child in &person.children {
        sink.record(&R014Child { pnr, pnr_barn: PersonRef::Number(*child), extra: Text::default() })?;
    }
    let (mother, father) = (ParentFields::of(&person.mother), ParentFields::of(&person.father));
    sink.record(&R015Parents {
        pnr,
        mor_dt: mother.from.date,
        mor_dt_umrk: mother.from.marker(),
        pnrmor: mother.number,
        mor_foed_dt: mother.birth.date,
        mor_foed_dt_umrk: mother.birth.marker(),
        mornvn: mother.name.text(),
        mornvn_mrk: NameMarker::default(),
        far_dt: father.from.date,
        far_dt_umrk: father.from.marker(),
        pnrfar: father.number,
        far_foed_dt: father.birth.date,
        far_foed_dt_umrk: father.birth.marker(),
        farnvn: father.name.text(),
        farnvn_mrk: NameMarker::default(),
        extra: Text::default(),
    })?;
    for custody in &person.custody {
        sink.record(&R016Custody {
            pnr,
            reltyp_foraeldremyn: custody.relation,
            start_dt_foraeldremyn: custody.from.date,
            start_dt_umrk_foraeldremyn: custody.from.marker(),
            slet_dt_foraeldremyn: date(custody.until),
            relpnr: reference(custody.holder),
            start_dt_relpnr_pnr: custody.holder.and(custody.from.date),
            extra: Text::default(),
        })?;
    }
    let Some(guardianship) = person.guardianship.filter(|g| g.told_by != GuardianRecords::TypedOnly) else {
        return Ok(());
    };
    sink.record(&guardianship_without_type(pnr, &guardianship, &GuardianText::of(&guardianship)))
}

fn write_remarks<W: io::Write>(person: &PersonState, sink: &mut Sink<'_, W>) -> io::Result<()> {
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

fn write_histories<W: io::Write>(person: &PersonState, seed: u64, sink: &mut Sink<'_, W>) -> io::Result<()> {
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
        let [first, second, third] = stay.address.lines(seed);
        let out = stay.out.unwrap_or_default();
        let country = stay.address.country_code(seed);
        sink.record(&R024HistoricalEmigration {
            pnr,
            annkor: kartotek_formats::codes::CorrectionMarker::default(),
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
            annkor: kartotek_formats::codes::CorrectionMarker::default(),
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

/// The fields of a spouse in 012 and 029.
struct SpouseFields {
    number: PersonRef,
    name: ShortText<34>,
    birth: When,
}

impl SpouseFields {
    fn of(civil: &Civil) -> Self {
        let (number, name, birth) = match &civil.spouse {
            Spouse::None => (PersonRef::None, ShortText::default(), When::default()),
            Spouse::Number(number) => (PersonRef::Number(*number), ShortText::default(), When::default()),
            Spouse::Unnumbered { name, birth } => (PersonRef::WithoutNumber, name.last_first(), *birth),
        };
        Self { number, name, birth }
    }
}

/// The fields of a parent in 015.
struct ParentFields {
    number: PersonRef,
    name: ShortText<34>,
    birth: When,
    from: When,
}

impl ParentFields {
    fn of(parent: &Parent) -> Self {
        let none = ShortText::default();
        let (number, name, birth, from) = match parent {
            Parent::Unknown { from } => (PersonRef::WithoutNumber, none, When::default(), *from),
            Parent::Number { number, from } => (PersonRef::Number(*number), none, When::default(), *from),
            Parent::Named { name, birth, from } => (PersonRef::WithoutNumber, name.last_first(), *birth, *from),
        };
        Self { number, name, birth, from }
    }
}

/// The fields of a guardian that need putting together.
struct GuardianText {
    relation: GuardianRelation,
    number: PersonRef,
    number_from: Option<PartialDate>,
    name: ShortText<34>,
    text_from: Option<PartialDate>,
    street: ShortText<34>,
    town: ShortText<34>,
}

impl GuardianText {
    fn of(guardianship: &Guardianship) -> Self {
        let mut fields = Self {
            relation: GuardianRelation::default(),
            number: PersonRef::None,
            number_from: None,
            name: ShortText::default(),
            text_from: None,
            street: ShortText::default(),
            town: ShortText::default(),
        };
        match &guardianship.guardian {
            Guardian::NotRegistered => {}
            Guardian::Number(number) => {
                fields.relation = GuardianRelation::ByNumber;
                fields.number = PersonRef::Number(*number);
                fields.number_from = guardianship.from.date;
            }
            Guardian::Named { name, dwelling } => {
                fields.relation = GuardianRelation::ByName;
                fields.name = name.addressing();
                fields.text_from = guardianship.from.date;
                fields.street = dwelling.standard_address();
                fields.town = post_town(dwelling.place);
            }
        }
        fields
    }
}

fn guardianship_without_type<'a>(
    pnr: CprNumber,
    guardianship: &Guardianship,
    guardian: &'a GuardianText,
) -> R017Guardianship<'a> {
    R017Guardianship {
        pnr,
        start_dt_umyndig: guardianship.from.date,
        start_dt_umrk_umyndig: Uncertainty::default(),
        slet_dt_umyndig: date(guardianship.until),
        umyn_reltyp: guardian.relation,
        relpnr: guardian.number,
        start_dt_relpnr_pnr: guardian.number_from,
        reladrsat_relpnr_txt: guardian.name.text(),
        start_dt_relpnr_txt: guardian.text_from,
        reltxt1: guardian.street.text(),
        reltxt2: guardian.town.text(),
        reltxt3: Text::default(),
        reltxt4: Text::default(),
        reltxt5: Text::default(),
        extra: Text::default(),
    }
}

fn guardianship_with_type<'a>(
    pnr: CprNumber,
    guardianship: &Guardianship,
    guardian: &'a GuardianText,
) -> R052GuardianshipWithType<'a> {
    R052GuardianshipWithType {
        pnr,
        start_dt_umyndig: guardianship.from.date,
        start_dt_umrk_umyndig: Uncertainty::default(),
        slet_dt_umyndig: date(guardianship.until),
        umyn_reltyp: guardian.relation,
        relpnr: guardian.number,
        start_dt_relpnr_pnr: guardian.number_from,
        reladrsat_relpnr_txt: guardian.name.text(),
        start_dt_relpnr_txt: guardian.text_from,
        reltxt1: guardian.street.text(),
        reltxt2: guardian.town.text(),
        reltxt3: Text::default(),
        reltxt4: Text::default(),
        reltxt5: Text::default(),
        vaergemaals_type: guardianship.kind,
        extra: Text::default(),
    }
}

fn reference(number: Option<CprNumber>) -> PersonRef {
    number.map_or(PersonRef::None, PersonRef::Number)
}

fn date(day: Option<Day>) -> Option<PartialDate> {
    day.and_then(Day::date)
}

fn code<const N: usize>(number: u16) -> Digits<N> {
    Digits::from_number(u64::from(number)).unwrap_or_default()
}

/// CONVN, with the `c/o ` that authorities write in front.
fn care_of(name: Option<&crate::population::values::Name>) -> ShortText<34> {
    name.map_or_else(ShortText::default, |name| ShortText::of(&[b"c/o ", name.addressing().as_bytes()]))
}

fn post_town(place: crate::population::lists::PostPlace) -> ShortText<34> {
    let mut text = ShortText::default();
    text.push_number(u32::from(place.postcode), 4);
    text.push_word(place.district);
    text
}
