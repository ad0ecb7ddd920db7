//! What contact-model.md leaves unmapped, to labels, address types and roles of our own; on with `mapping.extended`.
//! The table of them is docs/MAPPING.md.

use compact_str::{CompactString, CompactStringExt, format_compact};
use kartotek_formats::codes::{CustodyRelation, Digits, country_iso};
use kartotek_formats::dates::{PartialDate, Timestamp};
use kartotek_formats::latin1::Text;
use kartotek_formats::records::u12170::{
    PublicRecord, R005Emigration, R006ContactAddress, R016Custody, R023HistoricalAddress, R026HistoricalName,
};

use crate::contact::{
    AddressLines, AddressStatement, AddressType, ContactId, Label, ProtectionStatement, Role, Scope, Target,
};

use super::RecordSet;
use super::draft::{Draft, text};
use super::r008_current_name::joined;

/// Labels and roles that a record type speaks about.
const LABELS: &[(u16, &[Label])] = &[
    (5, &[Label::Udrejseland, Label::Udrejst]),
    (6, &[Label::KontaktadrSlettes]),
    (7, &[Label::Forsvundet]),
    (10, &[Label::Statsborgerskab, Label::StatsbFra]),
    (13, &[Label::Separeret]),
    (22, &[Label::TidligerePnr]),
    (24, &[Label::TidligereUdrejse]),
    (25, &[Label::TidligereForsvinding]),
    (26, &[Label::TidligereNavn]),
    (27, &[Label::TidligereStatsborgerskab]),
    (28, &[Label::TidligereFolkekirke]),
    (29, &[Label::TidligereCivilstand]),
    (30, &[Label::TidligereSeparation]),
];

pub(super) fn widen(spoken: RecordSet, scope: &mut Scope) {
    for (record_type, labels) in LABELS {
        if spoken.contains(*record_type) {
            scope.labels = labels.iter().fold(scope.labels, |set, label| set.with(*label));
        }
    }
    if spoken.contains(14) {
        scope.roles = scope.roles.with(Role::Barn);
    }
    if spoken.contains(16) {
        scope.roles = scope.roles.with(Role::Foraeldremyndighed);
    }
    scope.other_addresses = [spoken.contains(5), spoken.contains(6), spoken.contains(23)];
    scope.credit_warning = spoken.contains(50);
}

pub(super) fn map(record: &PublicRecord<'_>, draft: &mut Draft) {
    match record {
        PublicRecord::R005Emigration(r) => emigration(r, draft),
        PublicRecord::R006ContactAddress(r) => contact_address(r, draft),
        PublicRecord::R007Disappearance(r) => {
            draft.date(7, Label::Forsvundet, day(r.forsvinddto), r.forsvinddto_umrk.is_uncertain());
        }
        PublicRecord::R010Citizenship(r) => {
            draft.info(10, Label::Statsborgerskab, code(r.landekod));
            let uncertain = r.haenstart_umrk_statsborgerskab.is_uncertain();
            draft.date(10, Label::StatsbFra, day(r.haenstart_statsborgerskab), uncertain);
        }
        PublicRecord::R013Separation(r) => {
            let uncertain = r.start_dt_umrk_separation.is_uncertain();
            draft.date(13, Label::Separeret, r.start_dt_separation, uncertain);
        }
        PublicRecord::R014Child(r) => {
            if let Some(child) = r.pnr_barn.number() {
                draft.part(14, Role::Barn, Target::Contact(ContactId::person(child)), None);
            }
        }
        PublicRecord::R016Custody(r) => custody(r, draft),
        PublicRecord::R022HistoricalNumber(r) => {
            if let Some(number) = r.pnr.number() {
                let number = ContactId::person(number).name_code;
                draft.past(22, Label::TidligerePnr, number, (r.start_dt_person, r.slut_dt_person));
            }
        }
        PublicRecord::R023HistoricalAddress(r) if r.annkor.is_valid_history() => historical_address(r, draft),
        PublicRecord::R024HistoricalEmigration(r) if r.annkor.is_valid_history() => {
            let country = if r.udr_landekod.is_empty() { r.indr_landekod } else { r.udr_landekod };
            draft.past(24, Label::TidligereUdrejse, code(country), (day(r.udrdto), day(r.indrdto)));
        }
        PublicRecord::R025HistoricalDisappearance(r) if r.annkor.is_valid_history() => {
            let period = (day(r.forsvinddto), day(r.genfinddto));
            draft.past(25, Label::TidligereForsvinding, CompactString::default(), period);
        }
        PublicRecord::R026HistoricalName(r) if r.annkor.is_valid_history() => historical_name(r, draft),
        PublicRecord::R027HistoricalCitizenship(r) if r.annkor.is_valid_history() => {
            let period = (day(r.haenstart_statsborgerskab), day(r.haenslut_statsborgerskab));
            draft.past(27, Label::TidligereStatsborgerskab, code(r.landekod), period);
        }
        PublicRecord::R028HistoricalChurch(r) => {
            let church = CompactString::new(r.fkirk.as_str());
            draft.past(28, Label::TidligereFolkekirke, church, (r.start_dt_folkekirke, r.slut_dt_folkekirke));
        }
        PublicRecord::R029HistoricalCivilStatus(r) if r.annkor.is_valid_history() => {
            let status = CompactString::new(r.civst.as_str());
            let period = (day(r.haenstart_civilstand), day(r.haenslut_civilstand));
            draft.past(29, Label::TidligereCivilstand, status, period);
        }
        PublicRecord::R030HistoricalSeparation(r) if r.annkor.is_valid_history() => {
            let period = (r.start_dt_separation, r.slut_dt_separation);
            draft.past(30, Label::TidligereSeparation, CompactString::default(), period);
        }
        PublicRecord::R050CreditWarning(r) => draft.update.protections.push(ProtectionStatement {
            protection_type: CompactString::new(r.beskyttype.as_str()),
            start_date: day(r.start_beskyttelse),
            deletion_date: None,
            record: 50,
        }),
        _ => {}
    }
}

fn emigration(record: &R005Emigration<'_>, draft: &mut Draft) {
    let from = day(record.udrdto);
    draft.info(5, Label::Udrejseland, code(record.udr_landekod));
    draft.date(5, Label::Udrejst, from, record.udrdto_umrk.is_uncertain());
    let lines = [record.udlandadr1, record.udlandadr2, record.udlandadr3, record.udlandadr4, record.udlandadr5];
    let country = country_iso(&record.udr_landekod).unwrap_or_default();
    push_address(draft, 5, AddressType::Abroad, five_lines(lines, country), from, None);
}

fn contact_address(record: &R006ContactAddress<'_>, draft: &mut Draft) {
    let lines = [
        record.adr1_kontaktadr,
        record.adr2_kontaktadr,
        record.adr3_kontaktadr,
        record.adr4_kontaktadr,
        record.adr5_kontaktadr,
    ];
    draft.date(6, Label::KontaktadrSlettes, record.slet_dt_adrtxt, false);
    push_address(draft, 6, AddressType::Contact, five_lines(lines, ""), record.start_dt_adrtxt, None);
}

/// 0003 and 0004 are the parents of 015, which may come later; 0005 and 0006 stand here by number.
fn custody(record: &R016Custody<'_>, draft: &mut Draft) {
    match record.reltyp_foraeldremyn {
        CustodyRelation::Mother => draft.custody_by_parent.push((0, record.start_dt_foraeldremyn)),
        CustodyRelation::Father => draft.custody_by_parent.push((1, record.start_dt_foraeldremyn)),
        _ => {
            if let Some(holder) = record.relpnr.number() {
                let from = record.start_dt_relpnr_pnr.or(record.start_dt_foraeldremyn);
                draft.part(16, Role::Foraeldremyndighed, Target::Contact(ContactId::person(holder)), from);
            }
        }
    }
}

/// The record has codes only, so the line says them as they are rather than guess a street's name.
fn historical_address(record: &R023HistoricalAddress<'_>, draft: &mut Draft) {
    let address1: CompactString = [
        ("vejkode", code(record.vejkod)),
        ("husnr", text(record.husnr).trim_start_matches('0').into()),
        ("etage", text(record.etage)),
        ("dør", text(record.sidedoer)),
        ("bnr", text(record.bnr)),
    ]
    .iter()
    .filter(|(_, value)| !value.is_empty())
    .map(|(name, value)| format_compact!("{name} {value}"))
    .collect::<Vec<_>>()
    .join_compact(", ");
    let municipality = code(record.komkod);
    let country = if record.komkod.as_number() >= 900 { "GL" } else { "DK" };
    let lines = AddressLines {
        address1,
        address3: text(record.convn),
        municipality,
        country_code: country.into(),
        ..Default::default()
    };
    push_address(draft, 23, AddressType::Historical, lines, day(record.tilflydto), day(record.fraflydto));
}

fn historical_name(record: &R026HistoricalName<'_>, draft: &mut Draft) {
    let name = joined(joined(text(record.fornvn), &text(record.melnvn)), &text(record.efternvn));
    draft.past(26, Label::TidligereNavn, name, (day(record.nvnhaenstart), day(record.nvnhaenslut)));
}

pub(super) fn push_address(
    draft: &mut Draft,
    record: u16,
    address_type: AddressType,
    lines: AddressLines,
    start_date: Option<PartialDate>,
    end_date: Option<PartialDate>,
) {
    if lines.all().iter().take(5).any(|line| !line.is_empty()) {
        draft.update.other_addresses.push(AddressStatement { address_type, lines, start_date, end_date, record });
    }
}

/// Five lines into the three that an address has: the third holds the rest.
pub(super) fn five_lines(lines: [Text<'_>; 5], country: &str) -> AddressLines {
    let [first, second, rest @ ..] = lines.map(text);
    let address3 = rest.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join_compact(", ");
    AddressLines { address1: first, address2: second, address3, country_code: country.into(), ..Default::default() }
}

fn day(stamp: Option<Timestamp>) -> Option<PartialDate> {
    stamp.map(Timestamp::date)
}

fn code<const N: usize>(digits: Digits<N>) -> CompactString {
    if digits.is_empty() { CompactString::default() } else { CompactString::new(digits.as_str()) }
}
