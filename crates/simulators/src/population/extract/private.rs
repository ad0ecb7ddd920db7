//! A person as the private product tells (U09480-P; cpr-records.md section 5): one record of what holds today, and a few
//! more where there is something to tell.

use std::io;

use kartotek_formats::codes::{Digits, ProtectionType, Status};
use kartotek_formats::dates::Timestamp;
use kartotek_formats::latin1::Text;
use kartotek_formats::records::CompactDate;
use kartotek_formats::records::u09480::{
    P001CurrentData, P002ForeignAddress, P003ContactAddress, P004CivilStatus, P005Guardian, P050CreditWarning,
};

use super::records::{care_of, code, post_town, reference};
use super::sink::Sink;
use crate::population::calendar::Day;
use crate::population::state::{Guardian, Guardianship, PersonState, Residence};
use crate::population::text::ShortText;
use crate::population::values::{Dwelling, Name};

/// Writes a person, the records ascending by type. `guardian` is the guardian's own state where that is a person with a
/// number: the private product tells name and address instead of the number.
pub(crate) fn write_private_person<W: io::Write>(
    person: &PersonState,
    guardian: Option<&PersonState>,
    today: Day,
    sink: &mut Sink<'_, W>,
) -> io::Result<()> {
    sink.count_person();
    write_current_data(person, today, sink)?;
    write_elsewhere(person, today, sink)?;
    sink.record(&P004CivilStatus {
        pnr: person.number,
        civst: person.civil.status,
        haenstart: person.civil.from.stamp,
        extra: Text::default(),
    })?;
    write_guardian(person, guardian, today, sink)?;
    let Some(from) = person.credit_warning else { return Ok(()) };
    sink.record(&P050CreditWarning {
        pnr: person.number,
        beskyttype: ProtectionType::CreditWarning,
        start_beskyttelse: Some(from),
        extra: Text::default(),
    })
}

/// Since when a protection is in force today. Protections have dates only; noon stands for the time.
fn protected_from(person: &PersonState, kind: ProtectionType, today: Day) -> Option<Timestamp> {
    let in_force = |until: Option<Day>| until.is_none_or(|until| until > today);
    let protection = person.protections.iter().find(|own| own.kind == kind && own.from <= today && in_force(own.until));
    protection.and_then(|protection| protection.from.at(12, 0))
}

fn is_withheld(person: &PersonState, today: Day) -> bool {
    protected_from(person, ProtectionType::NameAndAddress, today).is_some()
}

/// The name, unless it is protected.
fn name_of(person: &PersonState, today: Day) -> Option<&Name> {
    (!is_withheld(person, today)).then_some(&person.name)
}

/// The address, unless it is protected or the person dead.
fn residence_of(person: &PersonState, today: Day) -> Option<&Residence> {
    let told = person.status != Status::Dead && !is_withheld(person, today);
    person.residence.as_ref().filter(|_| told)
}

fn guardianship_of(person: &PersonState, today: Day) -> Option<Guardianship> {
    person.guardianship.filter(|guardianship| guardianship.until.is_none_or(|until| until > today))
}

fn write_current_data<W: io::Write>(person: &PersonState, today: Day, sink: &mut Sink<'_, W>) -> io::Result<()> {
    let name = name_of(person, today);
    let addressing = name.map(Name::last_first).unwrap_or_default();
    let (mut given, _) = name.map(Name::given_names).unwrap_or_default();
    given.push_word(name.map_or(&[], |name| name.middle));
    let guardianship = guardianship_of(person, today);
    let mut record = P001CurrentData {
        pnr: person.number,
        foeddto: CompactDate(person.birth.date),
        koen: person.sex,
        status: person.status,
        statushaenstart: person.status_from.stamp,
        pnrgaeld: reference(person.valid_number),
        umynmynhaenstart: guardianship.and_then(|own| own.from.date).and_then(|date| Timestamp::at(date, 12, 0)),
        tilflydto: None,
        nvnadrbeskhaenstart: protected_from(person, ProtectionType::NameAndAddress, today),
        stilling: Text::new(person.occupation),
        adrnvn: addressing.text(),
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
        formelnvn: given.text(),
        efternvn: Text::new(name.map_or(&[], |name| name.last)),
        vejadrnvn: Text::default(),
        rekbeskhaenstart: protected_from(person, ProtectionType::Marketing, today),
        nglkonst: Text::default(),
        extra: Text::default(),
    };
    let Some(residence) = residence_of(person, today) else { return sink.record(&record) };
    let dwelling = &residence.stay.dwelling;
    let (convn, standard) = (care_of(residence.stay.care_of.as_ref()), dwelling.standard_address());
    let (house, floor) = (dwelling.house_number(), dwelling.floor_code());
    let (door, building) = (dwelling.door_code(), dwelling.building_number());
    record.tilflydto = residence.from.stamp;
    record.convn = convn.text();
    record.lokalitet = Text::new(dwelling.locality);
    record.standardadr = standard.text();
    record.bynvn = Text::new(dwelling.place.town);
    record.postnr = code(dwelling.place.postcode);
    record.postdisttxt = Text::new(dwelling.place.district);
    record.komkod = code(dwelling.place.municipality);
    record.vejkod = code(dwelling.street_code);
    record.husnr = house.text();
    record.etage = floor.text();
    record.sidedoer = door.text();
    record.bnr = building.text();
    record.vejadrnvn = Text::new(dwelling.street_name());
    sink.record(&record)
}

/// The addresses abroad and for contact, which a protection withholds as it does the other one.
fn write_elsewhere<W: io::Write>(person: &PersonState, today: Day, sink: &mut Sink<'_, W>) -> io::Result<()> {
    if is_withheld(person, today) || person.status == Status::Dead {
        return Ok(());
    }
    if let Some(emigration) = &person.emigration {
        let [first, second, third] = emigration.to.lines();
        sink.record(&P002ForeignAddress {
            pnr: person.number,
            udlandadr1: first.text(),
            udlandadr2: second.text(),
            udlandadr3: third.text(),
            udlandadr4: Text::default(),
            udlandadr5: Text::default(),
            udlandadrdto: emigration.at.stamp,
            extra: Text::default(),
        })?;
    }
    let Some(contact) = person.contact_address.filter(|own| own.until.is_none_or(|until| until > today)) else {
        return Ok(());
    };
    let (name, [street, town]) = (contact.name.addressing(), lines(&contact.dwelling));
    sink.record(&P003ContactAddress {
        pnr: person.number,
        kontaktadr1: name.text(),
        kontaktadr2: street.text(),
        kontaktadr3: town.text(),
        kontaktadr4: Text::default(),
        kontaktadr5: Text::default(),
        kontaktadrdato: contact.from.at(12, 0),
        extra: Text::default(),
    })
}

/// The guardian's name and address as text; no record when there is none, or none is registered.
fn write_guardian<W: io::Write>(
    person: &PersonState,
    guardian: Option<&PersonState>,
    today: Day,
    sink: &mut Sink<'_, W>,
) -> io::Result<()> {
    let none = ShortText::default();
    let (name, [street, town]) = match guardianship_of(person, today).map(|own| own.guardian) {
        None | Some(Guardian::NotRegistered) => return Ok(()),
        Some(Guardian::Named { name, dwelling }) => (name.addressing(), lines(&dwelling)),
        Some(Guardian::Number(_)) => {
            let name = guardian.and_then(|own| name_of(own, today)).map(Name::addressing).unwrap_or_default();
            let residence = guardian.and_then(|own| residence_of(own, today));
            (name, residence.map_or([none, none], |residence| lines(&residence.stay.dwelling)))
        }
    };
    sink.record(&P005Guardian {
        pnr: person.number,
        vaergeadrnvn: name.text(),
        vaergeadressetxt_linie1: street.text(),
        vaergeadressetxt_linie2: town.text(),
        vaergeadressetxt_linie3: Text::default(),
        vaergeadressetxt_linie4: Text::default(),
        vaergeadressetxt_linie5: Text::default(),
        extra: Text::default(),
    })
}

/// Street address, and post code with district.
fn lines(dwelling: &Dwelling) -> [ShortText<34>; 2] {
    [dwelling.standard_address(), post_town(dwelling.place)]
}
