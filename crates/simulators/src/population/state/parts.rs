//! The parts of a person's state, named after the records that tell of them.

use kartotek_formats::codes::{
    CivilStatus, CorrectionMarker, CustodyRelation, ElectionCode, GuardianshipType, MunicipalCondition, ProtectionType,
};
use kartotek_formats::dates::Timestamp;
use kartotek_formats::identifiers::CprNumber;

use crate::population::calendar::Day;
use crate::population::values::{Dwelling, ForeignAddress, Moment, Name, When};

/// A row of history: what was so, from when to when, and whether it was corrected since.
#[derive(Clone, Copy)]
pub(crate) struct Period<T> {
    pub(crate) value: T,
    pub(crate) from: Moment,
    pub(crate) to: Moment,
    pub(crate) correction: CorrectionMarker,
}

impl<T> Period<T> {
    pub(crate) fn new(value: T, from: Moment, to: Moment) -> Self {
        Self { value, from, to, correction: CorrectionMarker::default() }
    }
}

/// A dwelling with the c/o name under which a person lived there.
#[derive(Clone, Copy)]
pub(crate) struct Stay {
    pub(crate) dwelling: Dwelling,
    pub(crate) care_of: Option<Name>,
}

/// Record 002.
#[derive(Clone, Copy)]
pub(crate) struct Residence {
    pub(crate) stay: Stay,
    pub(crate) from: Moment,
    pub(crate) in_municipality_from: Moment,
    /// The municipality moved from, and when it was left.
    pub(crate) from_municipality: Option<(u16, Moment)>,
    pub(crate) supplementary: Option<Supplementary>,
}

/// Supplementary address of record 002.
#[derive(Clone, Copy)]
pub(crate) struct Supplementary {
    pub(crate) line: &'static [u8],
    pub(crate) from: Day,
    pub(crate) until: Option<Day>,
}

/// Record 004.
#[derive(Clone, Copy)]
pub(crate) struct Protection {
    pub(crate) kind: ProtectionType,
    pub(crate) from: Day,
    pub(crate) until: Option<Day>,
}

/// Record 005.
#[derive(Clone, Copy)]
pub(crate) struct Emigration {
    pub(crate) to: ForeignAddress,
    pub(crate) at: Moment,
}

/// Record 006.
#[derive(Clone, Copy)]
pub(crate) struct ContactAddress {
    pub(crate) name: Name,
    pub(crate) dwelling: Dwelling,
    pub(crate) from: Day,
    pub(crate) until: Option<Day>,
}

/// Record 009.
#[derive(Clone, Copy, Default)]
pub(crate) struct Birthplace {
    /// Parish 7000-9999, or a country 5xxx.
    pub(crate) authority: u16,
    pub(crate) text: &'static [u8],
}

/// Records 012 and 029.
#[derive(Clone, Copy)]
pub(crate) struct Civil {
    pub(crate) status: CivilStatus,
    pub(crate) spouse: Spouse,
    pub(crate) from: Moment,
    /// The key under which records 013 and 030 tell of a separation.
    pub(crate) separation: Option<Timestamp>,
}

impl Civil {
    pub(crate) const UNMARRIED: Self = Self {
        status: CivilStatus::Unmarried,
        spouse: Spouse::None,
        from: Moment { stamp: None, uncertain: false },
        separation: None,
    };

    /// Married or in a registered partnership.
    pub(crate) fn is_bound(&self) -> bool {
        matches!(self.status, CivilStatus::Married | CivilStatus::RegisteredPartner)
    }
}

/// A spouse as record 012 tells.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spouse {
    None,
    Number(CprNumber),
    Unnumbered { name: Name, birth: When },
}

/// Records 013 and 030.
#[derive(Clone, Copy)]
pub(crate) struct Separation {
    pub(crate) key: Option<Timestamp>,
    pub(crate) from: When,
}

/// A parent as record 015 tells.
#[derive(Clone, Copy)]
pub(crate) enum Parent {
    Unknown { from: When },
    Number { number: CprNumber, from: When },
    Named { name: Name, birth: When, from: When },
}

/// Record 016.
#[derive(Clone, Copy)]
pub(crate) struct Custody {
    pub(crate) relation: CustodyRelation,
    pub(crate) from: When,
    pub(crate) until: Option<Day>,
    /// The holder, for the relations 0005 and 0006.
    pub(crate) holder: Option<CprNumber>,
}

/// Records 017 and 052.
#[derive(Clone, Copy)]
pub(crate) struct Guardianship {
    pub(crate) from: When,
    pub(crate) until: Option<Day>,
    pub(crate) guardian: Guardian,
    pub(crate) kind: GuardianshipType,
    /// Which of the two records tell of it.
    pub(crate) told_by: GuardianRecords,
}

/// Which records a guardianship comes in.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum GuardianRecords {
    #[default]
    Both,
    OldOnly,
    TypedOnly,
}

/// A guardian.
#[expect(clippy::large_enum_variant, reason = "one person in two hundred has any")]
#[derive(Clone, Copy)]
pub(crate) enum Guardian {
    NotRegistered,
    Number(CprNumber),
    Named { name: Name, dwelling: Dwelling },
}

/// Record 018.
#[derive(Clone, Copy)]
pub(crate) struct Condition {
    pub(crate) kind: MunicipalCondition,
    pub(crate) code: &'static [u8],
    pub(crate) from: When,
    pub(crate) remark: &'static [u8],
}

/// Record 019.
#[derive(Clone, Copy)]
pub(crate) struct Note {
    pub(crate) number: u8,
    pub(crate) line: &'static [u8],
    pub(crate) from: Day,
    pub(crate) until: Option<Day>,
}

/// Record 020.
#[derive(Clone, Copy)]
pub(crate) struct Election {
    pub(crate) code: ElectionCode,
    pub(crate) right_from: Day,
    pub(crate) from: Day,
    pub(crate) until: Option<Day>,
}

/// Record 022.
#[derive(Clone, Copy)]
pub(crate) struct FormerNumber {
    pub(crate) number: CprNumber,
    pub(crate) from: When,
    pub(crate) to: When,
}

/// Record 024: out and in again, or a first entry without an emigration before it.
#[derive(Clone, Copy)]
pub(crate) struct StayAbroad {
    pub(crate) address: ForeignAddress,
    /// `None` for somebody who was never here before.
    pub(crate) out: Option<Moment>,
    pub(crate) back: Moment,
}
