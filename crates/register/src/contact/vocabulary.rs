use compact_str::CompactString;
use kartotek_formats::identifiers::CprNumber;

/// Key of a contact in the register: a 64-bit integer that the application allots.
pub type ContactKey = i64;

/// The kind of a contact, one character (contact-model.md section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameType(pub u8);

impl NameType {
    /// A person with a CPR number.
    pub const CPR_PERSON: Self = Self(b'C');
    /// A person without a CPR number.
    pub const PERSON: Self = Self(b'P');
    /// A company with a CVR number.
    pub const COMPANY: Self = Self(b'J');

    /// The character.
    pub fn as_char(self) -> char {
        char::from(self.0)
    }
}

/// A contact's public identity: its kind and its number within the kind. `Debug` hides the number.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContactId {
    /// The kind.
    pub name_type: NameType,
    /// The number.
    pub name_code: CompactString,
}

impl ContactId {
    /// The contact of a person with a CPR number.
    pub fn person(number: CprNumber) -> Self {
        let digits = number.to_digits();
        let name_code = CompactString::from_utf8(digits).unwrap_or_default();
        Self { name_type: NameType::CPR_PERSON, name_code }
    }
}

impl std::fmt::Debug for ContactId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ContactId({}:***)", self.name_type.as_char())
    }
}

/// Who a row belongs to. An importer changes and removes only rows of its own source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub i16);

impl SourceId {
    /// Typed by a person.
    pub const HAND: Self = Self(0);
    /// The CPR register.
    pub const CPR: Self = Self(1);

    /// The name in the public tables; empty for what a person typed.
    pub fn name(self) -> &'static str {
        match self {
            Self::CPR => "CPR",
            _ => "",
        }
    }
}

/// The kind of an address (column `address_type`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AddressType {
    /// `HA`, the main address.
    Main,
    /// `CPRADR`, a former main address from CPR.
    FormerCpr,
    /// `UDL`, the address abroad of record 005 (extended mapping).
    Abroad,
    /// `KON`, the contact address of record 006 (extended mapping).
    Contact,
    /// `HIS`, a historical address of record 023 (extended mapping).
    Historical,
    /// A type that somebody else uses.
    Other(CompactString),
}

impl AddressType {
    /// The code in the public table.
    pub fn code(&self) -> &str {
        match self {
            Self::Main => "HA",
            Self::FormerCpr => "CPRADR",
            Self::Abroad => "UDL",
            Self::Contact => "KON",
            Self::Historical => "HIS",
            Self::Other(code) => code,
        }
    }

    /// Reads the code of the public table.
    pub fn from_code(code: &str) -> Self {
        match code {
            "HA" => Self::Main,
            "CPRADR" => Self::FormerCpr,
            "UDL" => Self::Abroad,
            "KON" => Self::Contact,
            "HIS" => Self::Historical,
            other => Self::Other(other.into()),
        }
    }
}

/// Declares an enum with a stable number (what the stores keep) and a public name.
macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $id:literal $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The number that the stores keep; never re-used.
            pub const fn id(self) -> i16 {
                match self {
                    $(Self::$variant => $id,)+
                }
            }

            /// The name in the public tables.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }

            /// Finds one by its stored number.
            pub fn from_id(id: i16) -> Option<Self> {
                match id {
                    $($id => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}
pub(super) use vocabulary;

vocabulary! {
    /// What another contact is to this one (column `role` of `part`).
    Role {
        /// Spouse or registered partner (record 012).
        Aegtefaelle = 1 "Ægtefælle",
        /// Parent (record 015).
        Foraeldre = 2 "Forældre",
        /// Guardian (records 017, 052).
        Vaerge = 3 "Værge",
        /// The contact with the number that is valid instead of this one (record 001, contact-model.md 6.11).
        GaeldendePnr = 4 "GældendePNR",
        /// Child (record 014, extended mapping).
        Barn = 10 "Barn",
        /// Holder of custody over this person (record 016, extended mapping).
        Foraeldremyndighed = 11 "Forældremyndighed",
    }
}

/// A set of roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RoleSet(u32);

impl RoleSet {
    /// The empty set.
    pub const EMPTY: Self = Self(0);

    /// The set with one more role.
    #[must_use]
    pub const fn with(self, role: Role) -> Self {
        Self(self.0 | 1 << role.id())
    }

    /// All roles of both sets.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the role is in the set.
    pub const fn contains(self, role: Role) -> bool {
        self.0 & 1 << role.id() != 0
    }
}

vocabulary! {
    /// A single-valued field of the contact itself.
    ContactField {
        /// First and middle names, or the organisation's name.
        Name1 = 0 "name1",
        /// Surname.
        Name2 = 1 "name2",
        /// Occupation.
        Position = 2 "position",
        /// Free text; for persons from CPR the addressing name.
        Text = 3 "text",
        /// Valid to.
        EndDate = 4 "end_date",
    }
}

impl ContactField {
    /// The bit of this field in `stated` masks.
    pub const fn bit(self) -> i32 {
        1 << self.id()
    }
}
