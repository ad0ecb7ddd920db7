//! The kinds of events, how often they occur and under which code CPR tells of them.

/// A kind of event. The order is part of the output: append only.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(super) enum Kind {
    Move,
    Marriage,
    Death,
    Birth,
    NameChange,
    Emigration,
    Disappearance,
    Protection,
    Divorce,
    Guardian,
    Renumbering,
    Respelling,
    CareOf,
    Return,
    Found,
    ProtectionLapse,
    GuardianChange,
    DeathCorrection,
    Separation,
    ContactAddress,
    Church,
    GuardianRemoval,
    Requisition,
}

impl Kind {
    pub(super) const ALL: [Self; 23] = [
        Self::Move,
        Self::Marriage,
        Self::Death,
        Self::Birth,
        Self::NameChange,
        Self::Emigration,
        Self::Disappearance,
        Self::Protection,
        Self::Divorce,
        Self::Guardian,
        Self::Renumbering,
        Self::Respelling,
        Self::CareOf,
        Self::Return,
        Self::Found,
        Self::ProtectionLapse,
        Self::GuardianChange,
        Self::DeathCorrection,
        Self::Separation,
        Self::ContactAddress,
        Self::Church,
        Self::GuardianRemoval,
        Self::Requisition,
    ];

    /// Of a thousand events, how many are of the kind.
    pub(super) const fn per_mille(self) -> u32 {
        match self {
            Self::Move => 392,
            Self::Death | Self::Birth => 90,
            Self::Marriage | Self::Protection => 50,
            Self::NameChange | Self::Respelling | Self::Church => 40,
            Self::Divorce | Self::Emigration | Self::ProtectionLapse | Self::CareOf => 30,
            Self::ContactAddress => 25,
            Self::Return => 20,
            Self::Separation => 10,
            Self::Guardian | Self::Requisition => 8,
            Self::GuardianChange | Self::GuardianRemoval | Self::Disappearance => 4,
            Self::Found | Self::Renumbering => 2,
            Self::DeathCorrection => 1,
        }
    }

    /// HAENDELSE (cpr-records.md section 3). CPR's code for a corrected death is not public; the one for annulling a
    /// civil status stands in for it.
    pub(super) const fn code(self) -> &'static [u8; 3] {
        match self {
            Self::Move => b"A01",
            Self::Disappearance => b"A02",
            Self::Found => b"A03",
            Self::Return => b"A04",
            Self::Emigration => b"A06",
            Self::CareOf => b"A09",
            Self::NameChange => b"A13",
            Self::Birth => b"A14",
            Self::Death => b"A21",
            Self::Marriage | Self::Divorce | Self::Separation => b"A24",
            Self::DeathCorrection => b"A25",
            Self::Protection => b"A33",
            Self::Church => b"A34",
            Self::ContactAddress => b"A47",
            Self::Guardian | Self::GuardianChange | Self::GuardianRemoval => b"A73",
            Self::Requisition => b"A74",
            Self::Renumbering => b"P03",
            Self::Respelling => b"P10",
            Self::ProtectionLapse => b"P11",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rates_add_up() {
        assert_eq!(Kind::ALL.iter().map(|kind| kind.per_mille()).sum::<u32>(), 1000);
    }
}
