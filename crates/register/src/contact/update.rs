use std::fmt;

use compact_str::CompactString;
use kartotek_formats::dates::PartialDate;

use super::{AddressLines, AddressType, ContactId, Label, LabelSet, Role, RoleSet, SourceStamp, Target};

/// What a source says about one value.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub enum Stated<T> {
    /// Nothing: the source does not deliver it, so what is stored stays.
    #[default]
    Silent,
    /// That there is none, so what the source stated before is no longer true.
    None,
    /// The value, and the record type that it came in.
    Value(T, u16),
}

impl<T> fmt::Debug for Stated<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Silent => "Silent",
            Self::None => "None",
            Self::Value(..) => "Value(***)",
        })
    }
}

/// The contact's own fields.
#[derive(Debug, Clone, Default)]
pub struct ContactStatement {
    /// First and middle names, or the organisation's name.
    pub name1: Stated<CompactString>,
    /// Surname.
    pub name2: Stated<CompactString>,
    /// Occupation.
    pub position: Stated<CompactString>,
    /// Free text.
    pub text: Stated<CompactString>,
    /// Valid to.
    pub end_date: Stated<PartialDate>,
}

/// One text.
#[derive(Clone)]
pub struct InfoStatement {
    /// The label.
    pub label: Label,
    /// Order among the rows of one label, from 1.
    pub priority: i16,
    /// The value, not empty.
    pub info: CompactString,
    /// The record type that it came in.
    pub record: u16,
}

/// One date.
#[derive(Clone)]
pub struct DateStatement {
    /// The label.
    pub label: Label,
    /// Order among the rows of one label, from 1.
    pub priority: i16,
    /// The value.
    pub date: PartialDate,
    /// Whether the source marks it as uncertain.
    pub uncertain: bool,
    /// The record type that it came in.
    pub record: u16,
}

/// One address.
#[derive(Clone)]
pub struct AddressStatement {
    /// The kind.
    pub address_type: AddressType,
    /// Where it is.
    pub lines: AddressLines,
    /// From.
    pub start_date: Option<PartialDate>,
    /// To.
    pub end_date: Option<PartialDate>,
    /// The record type that it came in.
    pub record: u16,
}

/// One reference.
#[derive(Clone)]
pub struct PartStatement {
    /// What the other contact is to this one.
    pub role: Role,
    /// The other contact.
    pub target: Target,
    /// From.
    pub start_date: Option<PartialDate>,
    /// The record type that it came in.
    pub record: u16,
}

/// One protection.
#[derive(Clone)]
pub struct ProtectionStatement {
    /// Four digits, CPR's code list BESKYTTYPE.
    pub protection_type: CompactString,
    /// From.
    pub start_date: Option<PartialDate>,
    /// When CPR plans to delete it.
    pub deletion_date: Option<PartialDate>,
    /// The record type that it came in.
    pub record: u16,
}

/// What an update speaks about: within it, absence means "no longer true"; outside it, absence means nothing
/// (contact-model.md 6.9).
#[derive(Debug, Clone, Copy, Default)]
pub struct Scope {
    /// Labels of texts and dates.
    pub labels: LabelSet,
    /// Roles of references.
    pub roles: RoleSet,
    /// Whether it speaks about when the main address began (record 002), which comes apart from its lines.
    pub address_start: bool,
    /// Which protections it speaks about, other than credit warnings.
    pub protections: ProtectionScope,
    /// Whether it speaks about credit warnings, type 0005 (record 050).
    pub credit_warning: bool,
    /// Whether it speaks about addresses abroad, contact addresses and historical addresses, in this order.
    pub other_addresses: [bool; 3],
}

/// Which protections an update speaks about. Credit warnings (0005) come in a record of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ProtectionScope {
    /// None.
    #[default]
    None,
    /// Name and address (0001) and marketing (0003): what the private records tell.
    Private,
    /// All that record 004 can have.
    All,
}

impl ProtectionScope {
    /// Whether that a protection of this type does not come means that there is none.
    pub fn speaks_of(self, protection_type: &str) -> bool {
        match self {
            Self::None => false,
            Self::Private => matches!(protection_type, "0001" | "0003"),
            Self::All => true,
        }
    }
}

/// What one item of a source states about one contact; says nothing about what is stored.
#[derive(Clone)]
pub struct ContactUpdate {
    /// Whom it is about.
    pub id: ContactId,
    /// How new it is.
    pub stamp: SourceStamp,
    /// Hash over the source's records; decides between items of the same stamp.
    pub content_hash: i64,
    /// Hash over the settings of the mapping.
    pub mapping_hash: i64,
    /// Whether the source will report changes from now on.
    pub subscribed: bool,
    /// What it speaks about.
    pub scope: Scope,
    /// The contact's own fields.
    pub contact: ContactStatement,
    /// Texts.
    pub infos: Vec<InfoStatement>,
    /// Dates.
    pub dates: Vec<DateStatement>,
    /// The main address.
    pub address: Stated<AddressStatement>,
    /// Addresses of other kinds.
    pub other_addresses: Vec<AddressStatement>,
    /// References.
    pub parts: Vec<PartStatement>,
    /// Protections.
    pub protections: Vec<ProtectionStatement>,
    /// Where the status of the person began, which ends what the status ended (address, civil status).
    pub status_date: Option<PartialDate>,
    /// Where the civil status began, which ends the former spouse's reference.
    pub civil_status_date: Option<PartialDate>,
}

impl fmt::Debug for ContactUpdate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContactUpdate({:?}, {})", self.id, self.stamp)
    }
}
