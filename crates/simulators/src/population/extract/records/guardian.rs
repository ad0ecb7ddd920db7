//! 017 and 052: the guardian, told twice since 052 came beside 017.

use std::io;

use kartotek_formats::codes::{GuardianRelation, Uncertainty};
use kartotek_formats::dates::PartialDate;
use kartotek_formats::latin1::Text;
use kartotek_formats::records::PersonRef;
use kartotek_formats::records::u12170::{R017Guardianship, R052GuardianshipWithType};

use super::super::sink::Sink;
use super::{date, post_town};
use crate::population::state::{Guardian, GuardianRecords, Guardianship, PersonState};
use crate::population::text::ShortText;

/// Writes 017, unless only 052 tells of the guardianship.
pub(super) fn write_without_type<W: io::Write>(person: &PersonState, sink: &mut Sink<'_, W>) -> io::Result<()> {
    let told = person.guardianship.filter(|guardianship| guardianship.told_by != GuardianRecords::TypedOnly);
    let Some(guardianship) = told else { return Ok(()) };
    let guardian = GuardianText::of(&guardianship);
    sink.record(&R017Guardianship {
        pnr: person.number,
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
    })
}

/// Writes 052, unless only 017 tells of the guardianship.
pub(super) fn write_with_type<W: io::Write>(person: &PersonState, sink: &mut Sink<'_, W>) -> io::Result<()> {
    let told = person.guardianship.filter(|guardianship| guardianship.told_by != GuardianRecords::OldOnly);
    let Some(guardianship) = told else { return Ok(()) };
    let guardian = GuardianText::of(&guardianship);
    sink.record(&R052GuardianshipWithType {
        pnr: person.number,
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
    })
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
