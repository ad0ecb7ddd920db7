//! What can happen to a person, and what it does to the person's state.

use kartotek_formats::codes::{Church, CivilStatus, CorrectionMarker, GuardianshipType, ProtectionType, Status};
use kartotek_formats::dates::Timestamp;
use kartotek_formats::identifiers::CprNumber;

use crate::population::calendar::Day;
use crate::population::census::{Census, resident_status};
use crate::population::state::{
    Civil, ContactAddress, Emigration, FormerNumber, Guardian, GuardianRecords, Guardianship, Parent, Period,
    PersonState, Protection, Residence, Separation, Spouse, Stay, StayAbroad,
};
use crate::population::values::{ForeignAddress, Moment, Name, When};

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
            Self::Moved { dwelling, on } => move_to(person, census, dwelling, on),
            Self::CareOf { name } => care_of(person, census, name),
            Self::Respelt => {
                if let Some(residence) = &mut person.residence {
                    residence.stay.dwelling.former_spelling = false;
                    residence.stay.dwelling.old_wording = false;
                }
            }
            Self::Emigrated { address, on } => {
                let at = Moment::certain(Some(on));
                leave(person, Status::Emigrated, at);
                person.emigration = Some(Emigration { to: ForeignAddress { key: address }, at });
            }
            Self::Returned { dwelling, on } => come_back(person, census, dwelling, on),
            Self::Disappeared { on } => {
                leave(person, Status::Disappeared, Moment::certain(Some(on)));
                person.disappearance = Some(person.status_from);
            }
            Self::Renamed { last, on } => {
                let at = Moment::certain(Some(on));
                person.former_names.push(Period::new(person.name, person.name_from, at));
                person.name = Name { last, ..person.name };
                person.name_from = at;
            }
            Self::Married { .. } | Self::Separated { .. } | Self::Divorced { .. } | Self::Widowed { .. } => {
                self.apply_civil_status(person);
            }
            Self::Died { on } => die(person, on),
            Self::DeathUndone => annul(person, CivilStatus::Dead, at),
            Self::WidowhoodUndone => annul(person, CivilStatus::Widowed, at),
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
                    name: Name::of_stranger(census.seed, key, key.is_multiple_of(2)),
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
            Self::Superseded { by, on } => supersede(person, by, on),
            Self::RelativeRenumbered { from, to } => renumber_relative(person, from, to),
        }
    }

    fn apply_civil_status(&self, person: &mut PersonState) {
        let (on, civil) = match *self {
            Self::Married { spouse, on } => {
                (on, Civil { status: CivilStatus::Married, spouse: Spouse::Number(spouse), ..Civil::UNMARRIED })
            }
            Self::Divorced { on } => {
                let status = match person.civil.status {
                    CivilStatus::RegisteredPartner => CivilStatus::DissolvedPartnership,
                    _ => CivilStatus::Divorced,
                };
                (on, Civil { status, separation: None, ..person.civil })
            }
            Self::Widowed { on } => {
                let status = match person.civil.status {
                    CivilStatus::RegisteredPartner => CivilStatus::SurvivingPartner,
                    _ => CivilStatus::Widowed,
                };
                (on, Civil { status, separation: None, ..person.civil })
            }
            Self::Separated { on } => {
                person.separation = Some(Separation { key: Some(on), from: Moment::certain(Some(on)).when() });
                person.civil.separation = Some(on);
                return;
            }
            _ => return,
        };
        let at = Moment::certain(Some(on));
        if person.civil.status != CivilStatus::Unmarried {
            person.former_civil.push(Period::new(person.civil, person.civil.from, at));
        }
        if let Some(separation) = person.separation.take() {
            person.former_separations.push((separation, at.when()));
        }
        person.civil = Civil { from: at, ..civil };
    }
}

/// The person as it goes on under a new number.
pub(super) fn succeed(person: &mut PersonState, index: u32, number: CprNumber, born: Day, on: Timestamp) {
    let ended = Moment::certain(Some(on)).when();
    person.former_numbers.push(FormerNumber { number: person.number, from: person.number_from, to: ended });
    let vague = person.birth.uncertain;
    *person = PersonState {
        index,
        number,
        born,
        birth: When { date: born.date(), uncertain: vague },
        sex: PersonState::blank(index, number, born).sex,
        number_from: ended,
        ..person.clone()
    };
}

fn move_to(person: &mut PersonState, census: &Census, dwelling: u64, on: Timestamp) {
    let from = Moment::certain(Some(on));
    let stay = Stay { dwelling: census.dwelling(dwelling), care_of: None };
    let mut residence =
        Residence { stay, from, in_municipality_from: from, from_municipality: None, supplementary: None };
    if let Some(last) = person.residence.take() {
        person.former_addresses.insert(0, Period::new(last.stay, last.from, from));
        let municipality = last.stay.dwelling.place.municipality;
        if municipality == stay.dwelling.place.municipality {
            residence.in_municipality_from = last.in_municipality_from;
            residence.from_municipality = last.from_municipality;
        } else {
            residence.from_municipality = Some((municipality, from));
        }
    }
    person.status = resident_status(&stay.dwelling);
    person.residence = Some(residence);
    person.relocation_order = None;
}

fn care_of(person: &mut PersonState, census: &Census, name: u64) {
    let born = person.born;
    if let Some(residence) = &mut person.residence {
        let name = Name::danish(census.seed, name, name.is_multiple_of(2), born, person.name.last);
        residence.stay.care_of = match residence.stay.care_of {
            Some(_) => None,
            None => Some(name),
        };
    }
}

fn leave(person: &mut PersonState, status: Status, at: Moment) {
    if let Some(last) = person.residence.take() {
        person.former_addresses.insert(0, Period::new(last.stay, last.from, at));
    }
    person.status = status;
    person.status_from = at;
    person.custody.clear();
    person.guardianship = None;
    person.relocation_order = None;
}

fn come_back(person: &mut PersonState, census: &Census, dwelling: u64, on: Timestamp) {
    let back = Moment::certain(Some(on));
    if let Some(emigration) = person.emigration.take() {
        person.stays_abroad.push(StayAbroad { address: emigration.to, out: Some(emigration.at), back });
    }
    if let Some(lost) = person.disappearance.take() {
        person.former_disappearances.push(Period::new((), lost, back));
    }
    move_to(person, census, dwelling, on);
    person.status_from = Moment::default();
}

fn die(person: &mut PersonState, on: Timestamp) {
    let at = Moment::certain(Some(on));
    leave(person, Status::Dead, at);
    let last = person.civil;
    if last.status != CivilStatus::Unmarried {
        person.former_civil.push(Period::new(last, last.from, at));
    }
    if let Some(separation) = person.separation.take() {
        person.former_separations.push((separation, at.when()));
    }
    let spouse = if last.is_bound() { last.spouse } else { Spouse::None };
    person.civil = Civil { status: CivilStatus::Dead, spouse, from: at, separation: None };
    person.protections.clear();
    person.credit_warning = None;
    person.contact_address = None;
    person.conditions.clear();
    person.notes.clear();
    person.election = None;
}

/// Leaves a row of history about what was undone.
fn annul(person: &mut PersonState, status: CivilStatus, at: Timestamp) {
    let at = Moment::certain(Some(at));
    let mut row = Period::new(Civil { status, from: at, ..Civil::UNMARRIED }, at, at);
    row.correction = CorrectionMarker::Annulled;
    person.former_civil.push(row);
}

fn appoint(person: &mut PersonState, census: &Census, guardian: Option<CprNumber>, name: u64, today: Day) {
    let guardian = match guardian {
        Some(number) => Guardian::Number(number),
        None if name == 0 => Guardian::NotRegistered,
        None => Guardian::Named {
            name: Name::danish(census.seed, name, name.is_multiple_of(2), person.born, person.name.last),
            dwelling: census.dwelling(name),
        },
    };
    let told_by = person.guardianship.map_or(GuardianRecords::Both, |before| before.told_by);
    let kind = person.guardianship.map_or(GuardianshipType::Partial, |before| before.kind);
    person.guardianship = Some(Guardianship { from: When::on(today), until: None, guardian, kind, told_by });
}

fn supersede(person: &mut PersonState, by: CprNumber, on: Timestamp) {
    let at = Moment::certain(Some(on));
    leave(person, Status::Changed, at);
    person.valid_number = Some(by);
    person.number_to = at.when();
    person.children.clear();
    person.mother = Parent::Unknown { from: person.number_from };
    person.father = Parent::Unknown { from: person.number_from };
    person.protections.clear();
    person.credit_warning = None;
    if matches!(person.civil.spouse, Spouse::Number(_)) {
        person.civil.spouse = Spouse::Unnumbered { name: Name::default(), birth: When::default() };
    }
    person.former_civil.clear();
}

fn renumber_relative(person: &mut PersonState, from: CprNumber, to: CprNumber) {
    for child in person.children.iter_mut().filter(|child| **child == from) {
        *child = to;
    }
    for parent in [&mut person.mother, &mut person.father] {
        if let Parent::Number { number, .. } = parent
            && *number == from
        {
            *number = to;
        }
    }
    let civil = person.former_civil.iter_mut().map(|period| &mut period.value).chain([&mut person.civil]);
    for civil in civil.filter(|civil| civil.spouse == Spouse::Number(from)) {
        civil.spouse = Spouse::Number(to);
    }
    if let Some(guardianship) = &mut person.guardianship
        && matches!(guardianship.guardian, Guardian::Number(number) if number == from)
    {
        guardianship.guardian = Guardian::Number(to);
    }
    for custody in person.custody.iter_mut().filter(|custody| custody.holder == Some(from)) {
        custody.holder = Some(to);
    }
}
