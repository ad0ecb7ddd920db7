//! Who is whose partner, parent and child, by arithmetic on the layout of the cohorts, in both directions.
//!
//! A keyed shuffle gives each person of a cohort a seat. Seats are paired: some with the next younger cohort, some with
//! the next older one, the rest within the cohort. A pair is a *couple*, the unit that has children, marries, lives
//! together and parts. A second shuffle deals the persons of a cohort out to the couples of earlier cohorts, at most
//! one per couple and generation gap; so a couple has up to four children and each child one couple of parents.

use super::cohorts::{COHORTS, Cohort, Cohorts, Place};
use super::permutation::Permutation;
use super::random::{Draw, Purpose};

/// How many cohorts of two years lie between parents and child: 16 to 38 years between the persons. Two values differ
/// by more than one, so that siblings are more than two years apart.
const GAPS: [u32; 4] = [10, 13, 15, 18];

/// Two persons of about the same age.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Couple {
    /// Identifies the couple; keys its draws.
    pub(crate) key: u64,
    /// The elder one, of the older cohort when the cohorts differ.
    pub(crate) first: u32,
    pub(crate) second: u32,
    pub(crate) first_is_female: bool,
    pub(crate) second_is_female: bool,
    cohort: u32,
    number: u32,
}

impl Couple {
    pub(crate) fn other(&self, index: u32) -> u32 {
        if index == self.first { self.second } else { self.first }
    }

    pub(crate) fn other_is_female(&self, index: u32) -> bool {
        if index == self.first { self.second_is_female } else { self.first_is_female }
    }

    /// The two as they stand in record 015: the mother (or one of two parents of the same sex) first.
    pub(crate) fn as_parents(&self) -> (u32, u32) {
        if self.first_is_female { (self.first, self.second) } else { (self.second, self.first) }
    }
}

/// How the persons of a cohort are dealt out.
#[derive(Clone, Copy)]
struct Shuffles {
    /// From seats to persons.
    seats: Permutation,
    /// From turns to persons, as children of earlier cohorts.
    deal: Permutation,
    /// From turns to couples of the cohort, as parents; one for each generation gap.
    turns: [Permutation; 4],
}

impl Shuffles {
    fn new(seed: u64, cohort: u32, cohorts: &Cohorts) -> Self {
        let Cohort { size, .. } = cohorts.get(cohort);
        let couples = cohorts.get(cohort).couples();
        // Couples are keyed by cohort and number; the top bits keep the shuffles' draws apart from theirs.
        let shuffle = |size, purpose, gap: u64| {
            let key = (1 << 48) | (u64::from(cohort) << 8) | gap;
            Permutation::new(size, Draw::new(seed, purpose, key).next())
        };
        Self {
            seats: shuffle(size, Purpose::Partners, 4),
            deal: shuffle(size, Purpose::Siblings, 4),
            turns: [0, 1, 2, 3].map(|gap| shuffle(couples, Purpose::Offspring, gap)),
        }
    }
}

/// The kinship of the base population.
pub(crate) struct Families {
    pub(crate) cohorts: Cohorts,
    seed: u64,
    shuffles: Vec<Shuffles>,
    /// Couples of one sex regardless of chance, see the showcase.
    pub(crate) of_one_sex: [Option<u64>; 4],
}

impl Families {
    pub(crate) fn new(seed: u64, cohorts: Cohorts) -> Self {
        let shuffles = (0..COHORTS).map(|cohort| Shuffles::new(seed, cohort, &cohorts)).collect();
        Self { cohorts, seed, shuffles, of_one_sex: [None; 4] }
    }

    /// The couple that the person is part of; `None` where the seats do not come out even.
    pub(crate) fn couple_of(&self, index: u32) -> Option<Couple> {
        let place = self.cohorts.place(index);
        let cohort = self.cohorts.get(place.cohort);
        let seat = self.shuffles(place.cohort)?.seats.backward(place.rank);
        let crossing = cohort.older_partners + cohort.younger_partners;
        if seat < cohort.older_partners {
            return self.couple(place.cohort, seat);
        }
        match seat.checked_sub(crossing) {
            None => self.couple(place.cohort.checked_sub(1)?, seat - cohort.older_partners),
            Some(rest) => self.couple(place.cohort, cohort.older_partners + rest / 2),
        }
    }

    /// The couple whose child the person is; `None` for the oldest, and where there are too few couples.
    pub(crate) fn parents_of(&self, index: u32) -> Option<Couple> {
        let place = self.cohorts.place(index);
        let dealt = self.shuffles(place.cohort)?.deal.backward(place.rank);
        let (gap, turn) = ((dealt % 4) as usize, dealt / 4);
        let cohort = place.cohort.checked_sub(*GAPS.get(gap)?)?;
        if turn >= self.cohorts.get(cohort).couples() {
            return None;
        }
        self.couple(cohort, self.shuffles(cohort)?.turns.get(gap)?.forward(turn))
    }

    /// The children of a couple, the eldest first.
    pub(crate) fn children_of(&self, couple: &Couple) -> impl Iterator<Item = u32> + use<'_> {
        let Couple { cohort, number, .. } = *couple;
        let turns = self.shuffles(cohort).map(|shuffles| shuffles.turns).into_iter().flatten();
        (0_u32..).zip(turns).zip(GAPS).filter_map(move |((gap, turns), cohorts)| {
            let of_children = cohort + cohorts;
            let dealt = turns.backward(number) * 4 + gap;
            if dealt >= self.cohorts.get(of_children).size {
                return None;
            }
            let rank = self.shuffles(of_children)?.deal.forward(dealt);
            Some(self.cohorts.index(Place { cohort: of_children, rank }))
        })
    }

    fn couple(&self, cohort: u32, number: u32) -> Option<Couple> {
        let own = self.cohorts.get(cohort);
        let person = |cohort, seat| {
            let rank = self.shuffles(cohort)?.seats.forward(seat);
            Some(self.cohorts.index(Place { cohort, rank }))
        };
        let (a, b) = if number < own.older_partners {
            let younger = self.cohorts.get(cohort + 1);
            (person(cohort, number)?, person(cohort + 1, younger.older_partners + number)?)
        } else {
            let seat = own.older_partners + own.younger_partners + 2 * (number - own.older_partners);
            if seat + 1 >= own.size {
                return None;
            }
            (person(cohort, seat)?, person(cohort, seat + 1)?)
        };
        let key = (u64::from(cohort) << 32) | u64::from(number);
        let mut draw = Draw::new(self.seed, Purpose::Partners, key);
        let first_is_female = draw.per_mille(380);
        Some(Couple {
            key,
            first: a.min(b),
            second: a.max(b),
            first_is_female,
            second_is_female: first_is_female == (draw.per_mille(12) || self.of_one_sex.contains(&Some(key))),
            cohort,
            number,
        })
    }

    fn shuffles(&self, cohort: u32) -> Option<&Shuffles> {
        self.shuffles.get(cohort as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::super::calendar::Day;
    use super::*;

    #[test]
    fn kinship_holds_in_both_directions_and_ages_fit() {
        for persons in [1, 40, 200, 5_000, 60_000] {
            let families = Families::new(3, Cohorts::new(persons, Day::of(2026, 1, 5)));
            let birth = |index| families.cohorts.birth(families.cohorts.place(index)).0;
            let mut couples = 0;
            let mut children = 0;
            for index in 0..persons {
                if let Some(couple) = families.couple_of(index) {
                    couples += 1;
                    assert!([couple.first, couple.second].contains(&index));
                    assert_eq!(families.couple_of(couple.other(index)), Some(couple));
                    assert!(birth(couple.second).since(birth(couple.first)) < 4 * 366);
                    assert!(families.children_of(&couple).all(|child| families.parents_of(child) == Some(couple)));
                }
                if let Some(parents) = families.parents_of(index) {
                    children += 1;
                    assert!(families.children_of(&parents).any(|child| child == index));
                    for parent in [parents.first, parents.second] {
                        assert!((15..=40).contains(&birth(index).years_since(birth(parent))));
                    }
                }
            }
            if persons >= 200 {
                assert!(couples > persons * 7 / 10, "{couples} of {persons}");
                assert!(children > persons * 5 / 10, "{children} of {persons}");
            }
        }
    }
}
