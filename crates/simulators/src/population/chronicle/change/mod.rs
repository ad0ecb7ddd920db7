//! What can happen to a person, and what it does to the person's state.

mod family;
mod home;
mod number;

use kartotek_formats::codes::{Church, CivilStatus, GuardianshipType, ProtectionType, Status};
use kartotek_formats::dates::Timestamp;
use kartotek_formats::identifiers::CprNumber;

use crate::population::calendar::Day;
use crate::population::census::Census;
use crate::population::random::mix;
use crate::population::state::{
    ContactAddress, Emigration, Guardian, GuardianRecords, Guardianship, Period, PersonState, Protection,
};
use crate::population::values::{ForeignAddress, Moment, Name, When};

pub(super) use number::succeed;

/// One change to one person. Small, since all of the chain are kept; what it needs is drawn from its keys.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// In the file without a change: on request, or for a relative's sake.
    None,
    Moved {
        dwelling: u64,
        on: Timestamp,
    },
    CareOf {
        name: u64,
    },
    /// The street's spelling and the wording of the address were corrected; the move-in date stays.
    Respelt,
    Emigrated {
        address: u64,
        on: Timestamp,
    },
    /// Back from abroad, or found after a disappearance.
    Returned {
        dwelling: u64,
        on: Timestamp,
    },
    Disappeared {
        on: Timestamp,
    },
    Renamed {
        last: &'static [u8],
        on: Timestamp,
    },
    Married {
        spouse: CprNumber,
        on: Timestamp,
    },
    Separated {
        on: Timestamp,
    },
    Divorced {
        on: Timestamp,
    },
    Died {
        on: Timestamp,
    },
    Widowed {
        on: Timestamp,
    },
    /// The death was registered in error: [`Change::Died`] counts as never said, except for an annulled row of history.
    DeathUndone,
    /// So was the widowhood.
    WidowhoodUndone,
    ChildBorn {
        child: CprNumber,
    },
    Protected {
        kind: ProtectionType,
        until: Option<Day>,
    },
    ProtectionLapsed {
        kind: ProtectionType,
    },
    CreditWarned,
    GuardianAppointed {
        guardian: Option<CprNumber>,
        name: u64,
    },
    GuardianRemoved,
    ContactAddress {
        key: u64,
    },
    LeftChurch,
    /// The person has another number now.
    Superseded {
        by: CprNumber,
        on: Timestamp,
    },
    /// A relative has another number now.
    RelativeRenumbered {
        from: CprNumber,
        to: CprNumber,
    },
}

impl Change {
    /// Whether this undoes `earlier`.
    pub(super) fn undoes(&self, earlier: &Self) -> bool {
        matches!(
            (self, earlier),
            (Self::DeathUndone, Self::Died { .. }) | (Self::WidowhoodUndone, Self::Widowed { .. })
        )
    }

    /// Changes the person. `at` is when the change was registered.
    pub(super) fn apply(&self, census: &Census, at: Timestamp, person: &mut PersonState) {
        let today = Day::from_date(at.date());
        match *self {
            Self::None => {}
            Self::Moved { dwelling, on } => home::move_to(person, census, dwelling, on),
            Self::CareOf { name } => home::care_of(person, census, name),
            Self::Respelt => {
                if let Some(residence) = &mut person.residence {
                    residence.stay.dwelling.former_spelling = false;
                    residence.stay.dwelling.old_wording = false;
                }
            }
            Self::Emigrated { address, on } => {
                let at = Moment::certain(Some(on));
                home::leave(person, Status::Emigrated, at);
                person.emigration = Some(Emigration { to: ForeignAddress::draw(census.seed, address), at });
            }
            Self::Returned { dwelling, on } => home::come_back(person, census, dwelling, on),
            Self::Disappeared { on } => {
                home::leave(person, Status::Disappeared, Moment::certain(Some(on)));
                person.disappearance = Some(person.status_from);
            }
            Self::Renamed { last, on } => {
                let at = Moment::certain(Some(on));
                person.former_names.push(Period::new(person.name, person.name_from, at));
                person.name = Name { last, ..person.name };
                person.name_from = at;
            }
            Self::Married { spouse, on } => family::marry(person, spouse, on),
            Self::Separated { on } => family::separate(person, on),
            Self::Divorced { on } => family::divorce(person, on),
            Self::Died { on } => family::die(person, on),
            Self::Widowed { on } => family::become_widowed(person, on),
            Self::DeathUndone => family::annul(person, CivilStatus::Dead, at),
            Self::WidowhoodUndone => family::annul(person, CivilStatus::Widowed, at),
            Self::ChildBorn { child } => person.children.push(child),
            Self::Protected { kind, until } => {
                person.protections.push(Protection { kind, from: today, until });
                person.protections.sort_unstable_by(|a, b| a.kind.as_bytes().cmp(b.kind.as_bytes()));
            }
            Self::ProtectionLapsed { kind } => person.protections.retain(|protection| protection.kind != kind),
            Self::CreditWarned => person.credit_warning = Some(at),
            Self::GuardianAppointed { guardian, name } => appoint(person, census, guardian, name, today),
            Self::GuardianRemoved => person.guardianship = None,
            Self::ContactAddress { key } => {
                person.contact_address = Some(ContactAddress {
                    name: Name::of_stranger(census.seed, key, is_female(key)),
                    dwelling: census.dwelling(key),
                    from: today,
                    until: key.is_multiple_of(3).then(|| today.plus(365)),
                });
            }
            Self::LeftChurch => {
                person.former_churches.push((person.church, person.church_from, When::on(today)));
                person.church = Church::Outside;
                person.church_from = When::on(today);
            }
            Self::Superseded { by, on } => number::supersede(person, by, on),
            Self::RelativeRenumbered { from, to } => number::renumber_relative(person, from, to),
        }
    }
}

/// Whether the person that an event's key stands for is a woman.
fn is_female(key: u64) -> bool {
    mix(key).is_multiple_of(2)
}

fn appoint(person: &mut PersonState, census: &Census, guardian: Option<CprNumber>, name: u64, today: Day) {
    let guardian = match guardian {
        Some(number) => Guardian::Number(number),
        None if name == 0 => Guardian::NotRegistered,
        None => Guardian::Named {
            name: Name::danish(census.seed, name, is_female(name), person.born, person.name.last),
            dwelling: census.dwelling(name),
        },
    };
    let told_by = person.guardianship.map_or(GuardianRecords::Both, |before| before.told_by);
    let kind = person.guardianship.map_or(GuardianshipType::Partial, |before| before.kind);
    person.guardianship = Some(Guardianship { from: When::on(today), until: None, guardian, kind, told_by });
}
