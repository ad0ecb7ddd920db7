use std::borrow::Cow;

use super::{Alpha, Digits};

/// Declares one code list. `Unknown` keeps what is not in it; `Default` is the empty code.
macro_rules! code_list {
    ($(#[$doc:meta])* $name:ident: $raw:ty { $($(#[$variant_doc:meta])* $variant:ident = $code:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
            /// A code that the list does not have, or the empty code.
            Unknown($raw),
        }

        impl $name {
            /// Every code of the list.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Reads the code as it stands in a record; a short one is filled up. `None` when it has another form
            /// (letters where digits belong) or is too long.
            pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
                <$raw>::new(bytes).map(Self::from)
            }

            /// The code as it stands in a record, at full length.
            pub fn as_bytes(&self) -> &[u8] {
                match self {
                    $(Self::$variant => $code,)+
                    Self::Unknown(raw) => raw.as_bytes(),
                }
            }

            /// The code as text, without trailing blanks.
            pub fn as_str(&self) -> Cow<'_, str> {
                crate::latin1::decode(self.as_bytes().trim_ascii_end())
            }

            /// True when the field was empty: zeros for a numeric code, blanks for another.
            pub fn is_empty(&self) -> bool {
                matches!(self, Self::Unknown(raw) if raw.is_empty())
            }
        }

        impl From<$raw> for $name {
            fn from(raw: $raw) -> Self {
                $(
                    const { assert!($code.len() == size_of::<$raw>(), "a listed code has the length of its field") };
                    if raw.as_bytes() == $code.as_slice() {
                        return Self::$variant;
                    }
                )+
                Self::Unknown(raw)
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::Unknown(<$raw>::EMPTY)
            }
        }
    };
}

code_list! {
    /// STATUS: whether and where a person lives in a register (F76-F86). Under 30 the person has an address.
    Status: Digits<2> {
        /// Active, resident in a Danish register.
        Resident = b"01",
        /// Active, special street code 9900-9999 in a Danish register.
        SpecialStreet = b"03",
        /// Active, resident in the Greenlandic register.
        ResidentGreenland = b"05",
        /// Active, special street code in the Greenlandic register.
        SpecialStreetGreenland = b"07",
        /// Reserved number; listed by a Greenlandic guide only.
        Reserved = b"10",
        /// No residence, number assigned for tax or administrative reasons.
        Administrative = b"20",
        /// Number cancelled.
        Cancelled = b"30",
        /// Number deleted, it was a duplicate.
        Deleted = b"50",
        /// Number changed because birth date or sex changed.
        Changed = b"60",
        /// Disappeared.
        Disappeared = b"70",
        /// Emigrated.
        Emigrated = b"80",
        /// Dead.
        Dead = b"90",
    }
}

impl Status {
    /// The description that the product shows, English and Danish (F75-F86). `None` for a code outside the list.
    pub fn description(&self) -> Option<(&'static str, &'static str)> {
        Some(match self {
            Self::Resident => ("resident, Danish register", "bopæl i dansk folkeregister"),
            Self::SpecialStreet => ("special street code, Danish register", "speciel vejkode, dansk folkeregister"),
            Self::ResidentGreenland => ("resident, Greenlandic register", "bopæl i grønlandsk folkeregister"),
            Self::SpecialStreetGreenland => {
                ("special street code, Greenlandic register", "speciel vejkode, grønlandsk folkeregister")
            }
            Self::Reserved => ("reserved number", "reserveret personnummer"),
            Self::Administrative => {
                ("no residence, administrative number", "uden bopæl, nummer tildelt af skattehensyn")
            }
            Self::Cancelled => ("number cancelled", "annulleret personnummer"),
            Self::Deleted => ("number deleted, was a duplicate", "slettet personnummer, dobbeltnummer"),
            Self::Changed => ("number changed", "ændret personnummer"),
            Self::Disappeared => ("disappeared", "forsvundet"),
            Self::Emigrated => ("emigrated", "udrejst"),
            Self::Dead => ("dead", "død"),
            Self::Unknown(_) => return None,
        })
    }

    /// True for the codes that CPR calls active (01-07).
    pub fn is_active(&self) -> bool {
        matches!(self, Self::Resident | Self::SpecialStreet | Self::ResidentGreenland | Self::SpecialStreetGreenland)
    }
}

code_list! {
    /// KOEN: sex.
    Sex: Alpha<1> {
        /// Male.
        Male = b"M",
        /// Female.
        Female = b"K",
    }
}

code_list! {
    /// CIVST: civil status.
    CivilStatus: Alpha<1> {
        /// Unmarried.
        Unmarried = b"U",
        /// Married.
        Married = b"G",
        /// Divorced.
        Divorced = b"F",
        /// Widow or widower.
        Widowed = b"E",
        /// Registered partner.
        RegisteredPartner = b"P",
        /// Dissolved partnership.
        DissolvedPartnership = b"O",
        /// Longest-living partner.
        SurvivingPartner = b"L",
        /// Dead.
        Dead = b"D",
    }
}

code_list! {
    /// FKIRK: relation to the Church of Denmark.
    Church: Alpha<1> {
        /// Awaiting.
        Awaiting = b"A",
        /// Member.
        Member = b"F",
        /// Member of an elective congregation.
        ElectiveCongregation = b"M",
        /// Member, exempt from church tax.
        Exempt = b"S",
        /// Outside.
        Outside = b"U",
    }
}

code_list! {
    /// BESKYTTYPE: kind of protection, four digits in extracts.
    ProtectionType: Digits<4> {
        /// Name and address: neither may be passed on.
        NameAndAddress = b"0001",
        /// Local directory.
        LocalDirectory = b"0002",
        /// Marketing.
        Marketing = b"0003",
        /// Research; abolished, may remain in old data.
        Research = b"0004",
        /// Credit warning (record 050).
        CreditWarning = b"0005",
    }
}

code_list! {
    /// The marker beside a name.
    NameMarker: Alpha<1> {
        /// The name is abbreviated.
        Abbreviated = b"+",
        /// The name has characters that CPR cannot hold.
        OtherCharacters = b"*",
        /// Insufficiently documented.
        Undocumented = b"=",
    }
}

code_list! {
    /// The uncertainty marker beside a date; the empty code means certain.
    Uncertainty: Alpha<1> {
        /// The date is uncertain.
        Uncertain = b"*",
    }
}

impl Uncertainty {
    /// True unless the marker is blank: a marker that the list does not know is no promise either.
    pub fn is_uncertain(&self) -> bool {
        !self.is_empty()
    }
}

code_list! {
    /// ANNKOR: marker of a historical row; the empty code is a valid row.
    CorrectionMarker: Alpha<1> {
        /// Overwritten by a correction.
        Corrected = b"K",
        /// Annulled.
        Annulled = b"A",
        /// Technical change.
        Technical = b"\xC6",
    }
}

impl CorrectionMarker {
    /// True when the row tells what once was so, false when it was corrected or annulled afterwards.
    pub fn is_valid_history(&self) -> bool {
        !matches!(self, Self::Corrected | Self::Annulled)
    }
}

code_list! {
    /// RELTYP-FORÆLDREMYN: how the holder of custody relates to the child (record 016).
    CustodyRelation: Digits<4> {
        /// The mother of record 015.
        Mother = b"0003",
        /// The father or co-mother of record 015.
        Father = b"0004",
        /// First other holder, given by number.
        OtherFirst = b"0005",
        /// Second other holder, given by number.
        OtherSecond = b"0006",
    }
}

code_list! {
    /// UMYN_RELTYP: how a guardian is given (records 017, 052). `0000` is a guardian not in CPR.
    GuardianRelation: Digits<4> {
        /// By person number.
        ByNumber = b"0001",
        /// By name and address text.
        ByName = b"0002",
    }
}

code_list! {
    /// VAERGEMAALS_TYPE: extent of the guardianship (record 052).
    GuardianshipType: Alpha<15> {
        /// Full.
        Full = b"FULD           ",
        /// Partial.
        Partial = b"DELVIS         ",
    }
}

code_list! {
    /// VALGKODE: election code (record 020).
    ElectionCode: Digits<4> {
        /// Ordinary right to vote.
        Ordinary = b"0001",
        /// Diplomat voting in Copenhagen.
        DiplomatCopenhagen = b"0002",
        /// Diplomat on the roll of a former municipality.
        DiplomatFormerMunicipality = b"0003",
        /// EU election, yes.
        EuYes = b"0004",
        /// EU election, no.
        EuNo = b"0005",
        /// EU election, Copenhagen.
        EuCopenhagen = b"0006",
    }
}

code_list! {
    /// KOMFORHTYP: kind of municipal condition (record 018); 5-9 are for the municipality's own use.
    MunicipalCondition: Digits<1> {
        /// Separated, living apart.
        LivingApart = b"1",
        /// Foster child.
        FosterChild = b"2",
        /// Pension.
        Pension = b"3",
        /// Code of the paying municipality.
        PayingMunicipality = b"4",
    }
}

code_list! {
    /// AFLEDTMRK: how a person relates to the main person of an event (record 099); the empty code is the main person.
    DerivedMarker: Alpha<2> {
        /// Spouse.
        Spouse = b"\xC6G",
        /// Partner.
        Partner = b"PA",
        /// Former spouse.
        FormerSpouse = b"T\xC6",
        /// Former partner.
        FormerPartner = b"TP",
        /// New spouse.
        NewSpouse = b"N\xC6",
        /// New partner.
        NewPartner = b"NP",
        /// Historical spouse.
        HistoricalSpouse = b"H\xC6",
        /// Historical partner.
        HistoricalPartner = b"HP",
        /// Father.
        Father = b"FA",
        /// Former father.
        FormerFather = b"TF",
        /// New father.
        NewFather = b"NF",
        /// Mother.
        Mother = b"MO",
        /// Former mother.
        FormerMother = b"TM",
        /// New mother.
        NewMother = b"NM",
        /// Child.
        Child = b"B\xD8",
        /// Former child.
        FormerChild = b"TB",
        /// New child.
        NewChild = b"NB",
        /// Former current number.
        FormerNumber = b"PT",
        /// New current number.
        NewNumber = b"PN",
        /// Historical number.
        HistoricalNumber = b"PH",
        /// New guardian.
        NewGuardian = b"NV",
        /// Guardian deleted.
        GuardianDeleted = b"VS",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_code_is_kept() {
        let status = Status::from_bytes(b"42").unwrap();
        assert_eq!(status.as_bytes(), b"42");
        assert!(matches!(status, Status::Unknown(_)));
        assert_eq!(status.description(), None);
    }

    #[test]
    fn letters_are_no_numeric_code() {
        assert_eq!(Status::from_bytes(b"4x"), None);
    }

    #[test]
    fn every_listed_code_comes_back_as_its_bytes() {
        for marker in DerivedMarker::ALL {
            assert_eq!(DerivedMarker::from_bytes(marker.as_bytes()), Some(*marker));
        }
        for kind in GuardianshipType::ALL {
            assert_eq!(GuardianshipType::from_bytes(kind.as_bytes()), Some(*kind));
        }
        assert_eq!(GuardianshipType::from_bytes(b"FULD"), Some(GuardianshipType::Full));
    }
}
