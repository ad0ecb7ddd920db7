//! 012-016: spouse, children, parents, custody.

use std::io;

use kartotek_formats::codes::NameMarker;
use kartotek_formats::latin1::Text;
use kartotek_formats::records::u12170::{R012CivilStatus, R013Separation, R014Child, R015Parents, R016Custody};
use kartotek_formats::records::{PersonRef, StampOrBlank};

use super::super::sink::Sink;
use super::{date, reference};
use crate::population::state::{Civil, Parent, PersonState, Separation, Spouse};
use crate::population::text::ShortText;
use crate::population::values::When;

pub(super) fn write_civil_status<W: io::Write>(person: &PersonState, sink: &mut Sink<'_, W>) -> io::Result<()> {
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

pub(super) fn write_kin<W: io::Write>(person: &PersonState, sink: &mut Sink<'_, W>) -> io::Result<()> {
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
    Ok(())
}

/// The fields of a spouse in 012 and 029.
pub(super) struct SpouseFields {
    pub(super) number: PersonRef,
    pub(super) name: ShortText<34>,
    pub(super) birth: When,
}

impl SpouseFields {
    pub(super) fn of(civil: &Civil) -> Self {
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
