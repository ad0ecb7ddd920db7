use crate::contact::Scope;

use super::{
    extended, r001_person, r002_current_address, r003_addressing_name, r004_protection, r009_birth_registration,
    r012_civil_status, r015_parents, r017_guardianship,
};

/// A set of record types, 1-63.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordSet(u64);

impl RecordSet {
    /// The empty set.
    pub const EMPTY: Self = Self(0);
    /// Every record type.
    pub const ALL: Self = Self(u64::MAX);

    /// The set with one more record type; types above 63 tell nothing about a contact and are left out.
    #[must_use]
    pub const fn with(self, record_type: u16) -> Self {
        if record_type > 63 { self } else { Self(self.0 | 1 << record_type) }
    }

    /// All record types of both sets.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the record type is in the set.
    pub const fn contains(self, record_type: u16) -> bool {
        record_type <= 63 && self.0 & 1 << record_type != 0
    }
}

impl FromIterator<u16> for RecordSet {
    fn from_iter<I: IntoIterator<Item = u16>>(types: I) -> Self {
        types.into_iter().fold(Self::EMPTY, Self::with)
    }
}

/// Settings of the CPR mapping.
#[derive(Debug, Clone)]
pub struct MappingOptions {
    /// Map also what contact-model.md leaves unmapped (005-007, 010, 013, 014, 016, 022-030, 050).
    pub extended: bool,
    /// The record types that the task delivers. One of these that does not come for a person means that the person has
    /// none; another means nothing.
    pub delivers: RecordSet,
    /// Close the contact of a dead person (contact-model.md 6.7).
    pub deceased_end_date: bool,
}

impl Default for MappingOptions {
    fn default() -> Self {
        Self { extended: false, delivers: RecordSet::ALL, deceased_end_date: true }
    }
}

/// Raised when the mapping itself changes, so that unchanged deliveries are planned anew.
const MAPPING_VERSION: u8 = 1;

impl MappingOptions {
    /// Identifies the settings: data stored under other settings are planned anew even when the source did not change.
    pub fn hash(&self) -> i64 {
        let mut bytes = vec![MAPPING_VERSION, u8::from(self.extended), u8::from(self.deceased_end_date)];
        bytes.extend(self.delivers.0.to_le_bytes());
        twox_hash::XxHash3_64::oneshot(&bytes).cast_signed()
    }

    /// What an update with these record types speaks about.
    pub(super) fn scope(spoken: RecordSet) -> Scope {
        let mut scope = Scope::default();
        if spoken.contains(1) {
            r001_person::widen(&mut scope);
        }
        if spoken.contains(2) {
            r002_current_address::widen(&mut scope);
        }
        if spoken.contains(3) {
            r003_addressing_name::widen(&mut scope);
        }
        if spoken.contains(4) {
            r004_protection::widen(&mut scope);
        }
        if spoken.contains(9) {
            r009_birth_registration::widen(&mut scope);
        }
        if spoken.contains(12) {
            r012_civil_status::widen(&mut scope);
        }
        if spoken.contains(15) {
            r015_parents::widen(&mut scope);
        }
        if spoken.contains(17) || spoken.contains(52) {
            r017_guardianship::widen(&mut scope);
        }
        // Also when it is off: what it stated before is no longer kept up, so it goes.
        extended::widen(spoken, &mut scope);
        scope
    }
}
