//! Rare features and how often they occur.

use super::Census;
use crate::population::random::{Draw, Purpose};

/// A feature that a person, a couple or a dwelling has or has not. The order is part of the output: append only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Trait {
    // Of a person.
    ChangedNumber,
    DuplicateNumber,
    CancelledNumber,
    AdministrativeNumber,
    Emigrated,
    Disappeared,
    /// Died in the last years, whatever the age; never by chance.
    DiedLately,
    Foreign,
    Naturalised,
    ReturnedFromAbroad,
    FoundAgain,
    AddressProtection,
    DirectoryProtection,
    MarketingProtection,
    ResearchProtection,
    CreditWarning,
    CareOf,
    SupplementaryAddress,
    ContactAddress,
    LongName,
    OtherCharacters,
    UndocumentedName,
    Renamed,
    CorrectedName,
    ParentsUnknown,
    FatherUnknown,
    FatherByName,
    MotherByName,
    ForeignSpouse,
    Guardianship,
    OtherCustody,
    Condition,
    Note,
    Election,
    RelocationOrder,
    LeftChurch,
    // Of a couple.
    RegisteredPartnership,
    Divorced,
    Separated,
    /// By chance the kinship decides that; this one is given only.
    OfOneSex,
    // Of a dwelling.
    SpecialStreet,
    Greenland,
    Locality,
    OldWording,
    FormerSpelling,
}

/// Number of traits.
const TRAITS: usize = Trait::FormerSpelling as usize + 1;

impl Trait {
    /// How many in a million have it.
    const fn per_million(self) -> u32 {
        match self {
            Self::DiedLately | Self::Separated | Self::OfOneSex => 0,
            Self::RelocationOrder | Self::DuplicateNumber => 300,
            Self::CancelledNumber => 500,
            Self::ChangedNumber => 600,
            Self::UndocumentedName => 700,
            Self::CorrectedName | Self::OtherCustody => 1_000,
            Self::Disappeared => 1_500,
            Self::FoundAgain | Self::LongName => 2_000,
            Self::SpecialStreet => 2_500,
            Self::OtherCharacters | Self::AdministrativeNumber => 3_000,
            Self::SupplementaryAddress | Self::Note | Self::MotherByName => 4_000,
            Self::Guardianship => 6_000,
            Self::ContactAddress => 8_000,
            Self::Greenland => 9_000,
            Self::Condition => 10_000,
            Self::CreditWarning | Self::Election | Self::Naturalised | Self::FatherByName => 15_000,
            Self::AddressProtection | Self::DirectoryProtection => 18_000,
            Self::ReturnedFromAbroad | Self::FatherUnknown | Self::CareOf | Self::Locality => 20_000,
            Self::ParentsUnknown | Self::ForeignSpouse => 25_000,
            Self::Renamed => 40_000,
            Self::ResearchProtection => 45_000,
            Self::Emigrated => 50_000,
            Self::MarketingProtection => 60_000,
            Self::Foreign | Self::LeftChurch => 80_000,
            Self::OldWording => 120_000,
            Self::Divorced => 300_000,
            Self::FormerSpelling => 400_000,
            Self::RegisteredPartnership => 600_000,
        }
    }
}

/// Whom a trait was given by the showcase, regardless of chance. A handful each, so that asking stays cheap.
pub(super) struct Forced([[u64; Forced::EACH]; TRAITS]);

impl Forced {
    const EACH: usize = 8;
    const NOBODY: u64 = u64::MAX;

    fn contains(&self, feature: Trait, key: u64) -> bool {
        self.0.get(feature as usize).is_some_and(|keys| keys.contains(&key))
    }

    /// Gives `key` the trait; false when the list is full or has it.
    pub(super) fn insert(&mut self, feature: Trait, key: u64) -> bool {
        let Some(keys) = self.0.get_mut(feature as usize) else { return false };
        match keys.iter_mut().find(|slot| **slot == Self::NOBODY || **slot == key) {
            Some(slot) if *slot == Self::NOBODY => {
                *slot = key;
                true
            }
            _ => false,
        }
    }

    pub(super) fn remove(&mut self, feature: Trait, key: u64) {
        if let Some(keys) = self.0.get_mut(feature as usize) {
            for slot in keys.iter_mut().filter(|slot| **slot == key) {
                *slot = Self::NOBODY;
            }
        }
    }
}

impl Default for Forced {
    fn default() -> Self {
        Self([[Self::NOBODY; Self::EACH]; TRAITS])
    }
}

impl Census {
    /// Whether a person (by index), a couple or a dwelling (by key) has a trait.
    pub(super) fn has(&self, feature: Trait, key: impl Into<u64>) -> bool {
        let key = key.into();
        let mut draw = Draw::new(self.seed, Purpose::Trait, key ^ (u64::from(feature as u8) << 48));
        draw.per_million(feature.per_million()) || self.forced.contains(feature, key)
    }
}
