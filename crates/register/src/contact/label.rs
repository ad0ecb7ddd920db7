use super::vocabulary::vocabulary;

vocabulary! {
    /// A label of `contact_info` or `contact_date` (contact-model.md section 11; `Værgemålstype` and what stands
    /// from `Udrejseland` on are Kartotek's own, see docs/MAPPING.md).
    Label {
        /// The person number now valid (001).
        GaeldendePnr = 1 "GældendePNR",
        /// Sex (001).
        Koen = 2 "Køn",
        /// Status code (001).
        Status = 3 "Status",
        /// Supplementary town name (003).
        Bynavn = 4 "Bynavn",
        /// Postal district (003).
        Postdist = 5 "Postdist",
        /// Authority code of the place of birth (009).
        Foedregkode = 6 "Fødregkode",
        /// Place of birth as text (009).
        FoedregMyn = 7 "Fødreg.myn.",
        /// Civil status code (012).
        Civilstand = 8 "Civilstand",
        /// Industry of a company.
        Branche = 9 "Branche",
        /// Extent of a guardianship (052).
        Vaergemaalstype = 10 "Værgemålstype",
        /// Date of birth (001).
        Foedselsdag = 20 "Fødselsdag",
        /// Start of the status (001).
        Statusfra = 21 "Statusfra",
        /// Start of the guardianship (017, 052).
        Umyndig = 22 "Umyndig",
        /// Start of the civil status (012).
        CivstFra = 23 "Civst.fra",
        /// Country moved to (005).
        Udrejseland = 40 "Udrejseland",
        /// Citizenship (010).
        Statsborgerskab = 41 "Statsborgerskab",
        /// A former person number, with its period (022).
        TidligerePnr = 42 "Tidligere PNR",
        /// A former name, with its period (026).
        TidligereNavn = 43 "Tidligere navn",
        /// A former citizenship, with its period (027).
        TidligereStatsborgerskab = 44 "Tidligere statsborgerskab",
        /// A former civil status, with its period (029).
        TidligereCivilstand = 45 "Tidligere civilstand",
        /// A former relation to the Church of Denmark, with its period (028).
        TidligereFolkekirke = 46 "Tidligere folkekirke",
        /// A former stay abroad: country and period (024).
        TidligereUdrejse = 47 "Tidligere udrejse",
        /// A former disappearance: its period (025).
        TidligereForsvinding = 48 "Tidligere forsvinding",
        /// A former separation: its period (030).
        TidligereSeparation = 49 "Tidligere separation",
        /// Date of emigration (005).
        Udrejst = 60 "Udrejst",
        /// Date of disappearance (007).
        Forsvundet = 61 "Forsvundet",
        /// Start of the citizenship (010).
        StatsbFra = 62 "Statsb.fra",
        /// Start of the separation (013).
        Separeret = 63 "Separeret",
        /// Planned deletion of the contact address (006).
        KontaktadrSlettes = 64 "Kontaktadr.slettes",
    }
}

/// Which table a label belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelKind {
    /// `contact_info`.
    Info,
    /// `contact_date`.
    Date,
}

impl Label {
    /// Which table the label belongs to.
    pub const fn kind(self) -> LabelKind {
        match self {
            Self::Foedselsdag
            | Self::Statusfra
            | Self::Umyndig
            | Self::CivstFra
            | Self::Udrejst
            | Self::Forsvundet
            | Self::StatsbFra
            | Self::Separeret
            | Self::KontaktadrSlettes => LabelKind::Date,
            _ => LabelKind::Info,
        }
    }

    /// The CPR record type that states the label, whose silence removes it; 0 for a label of another register.
    pub const fn record(self) -> u16 {
        match self {
            Self::GaeldendePnr | Self::Koen | Self::Status | Self::Foedselsdag | Self::Statusfra => 1,
            Self::Bynavn | Self::Postdist => 3,
            Self::Udrejseland | Self::Udrejst => 5,
            Self::KontaktadrSlettes => 6,
            Self::Forsvundet => 7,
            Self::Foedregkode | Self::FoedregMyn => 9,
            Self::Statsborgerskab | Self::StatsbFra => 10,
            Self::Civilstand | Self::CivstFra => 12,
            Self::Separeret => 13,
            Self::Umyndig | Self::Vaergemaalstype => 17,
            Self::TidligerePnr => 22,
            Self::TidligereUdrejse => 24,
            Self::TidligereForsvinding => 25,
            Self::TidligereNavn => 26,
            Self::TidligereStatsborgerskab => 27,
            Self::TidligereFolkekirke => 28,
            Self::TidligereCivilstand => 29,
            Self::TidligereSeparation => 30,
            Self::Branche => 0,
        }
    }
}

/// A set of labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LabelSet(u128);

impl LabelSet {
    /// The empty set.
    pub const EMPTY: Self = Self(0);

    /// The set with one more label.
    #[must_use]
    pub const fn with(self, label: Label) -> Self {
        Self(self.0 | 1 << label.id())
    }

    /// All labels of both sets.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the label is in the set.
    pub const fn contains(self, label: Label) -> bool {
        self.0 & 1 << label.id() != 0
    }
}
