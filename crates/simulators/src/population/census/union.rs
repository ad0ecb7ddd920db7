//! What a couple made of itself: living together, married, separated, divorced, widowed.

use super::life::Life;
use super::traits::Trait;
use super::{Census, Fate, between};
use crate::population::calendar::Day;
use crate::population::families::Couple;
use crate::population::random::{Draw, Purpose};

/// Registered partnerships were entered between these days.
const PARTNERSHIPS: (Day, Day) = (Day::of(1989, 10, 1), Day::of(2012, 6, 14));

/// The common life of a couple up to the start date; all its days lie before it.
#[derive(Clone, Copy, Default)]
pub(super) struct Union {
    /// Living together from.
    pub(super) from: Option<Day>,
    pub(super) married: Option<Day>,
    /// The marriage is a registered partnership.
    pub(super) registered: bool,
    pub(super) separated: Option<Day>,
    pub(super) divorced: Option<Day>,
    /// The day on which the first of the two died.
    pub(super) bereaved: Option<Day>,
    /// When living together ended: separation, or one left the register.
    pub(super) apart: Option<Day>,
}

impl Census {
    /// The common life of a couple whose two lives are known already.
    pub(super) fn union(&self, couple: &Couple, first: &Life, second: &Life) -> Union {
        if !first.fate.is_person() || !second.fate.is_person() {
            return Union::default();
        }
        let mut draw = Draw::new(self.seed, Purpose::Couple, couple.key);
        let kind = draw.below(100);
        let limit = first.here_until(self.today).min(second.here_until(self.today));
        let grown_up = first.born.max(second.born).plus_years(19);
        let spread = draw.days(11 * 365) + draw.days(8 * 365);
        let mut from = grown_up.plus(spread).max(first.here_from()).max(second.here_from());
        let mut married = from.plus(draw.days(4 * 365));
        let same_sex = couple.first_is_female == couple.second_is_female;
        let (partnerships_from, partnerships_to) = PARTNERSHIPS;
        let registered = same_sex
            && self.has(Trait::RegisteredPartnership, couple.key)
            && grown_up.max(partnerships_from).plus(400) < partnerships_to.min(limit);
        if registered {
            let earliest = from.min(partnerships_to.plus(-400)).max(grown_up).max(partnerships_from);
            married = between(&mut draw, earliest, partnerships_to.min(limit.plus(-30)));
            from = from.min(married);
        }
        let weds = registered || (kind >= 24 && !(same_sex && married < partnerships_to));
        if from.plus(30) >= limit || (kind < 8 && !registered) {
            return Union::default();
        }
        let mut union = Union { from: Some(from), registered, ..Union::default() };
        if weds && married < limit {
            union.married = Some(married);
            self.part(couple, &mut draw, &mut union, limit);
        }
        union.bereaved = match (first.fate, second.fate) {
            (Fate::Dead(a), Fate::Dead(b)) => Some(a.min(b)),
            (Fate::Dead(a), _) | (_, Fate::Dead(a)) => Some(a),
            _ => None,
        };
        if union.apart.is_none() && limit < self.today {
            union.apart = Some(limit);
        }
        union
    }

    /// Separation and divorce, as far as they lie before the first of the two left the register.
    fn part(&self, couple: &Couple, draw: &mut Draw, union: &mut Union, limit: Day) {
        let Some(married) = union.married else { return };
        let separated = married.plus(400 + draw.days(24 * 365));
        let divorced = separated.plus(190 + draw.days(300));
        if self.has(Trait::Separated, couple.key) && married.plus(60) < limit {
            union.separated = Some(between(draw, married.plus(30).max(limit.plus(-300)), limit.plus(-1)));
            union.apart = union.separated;
        } else if self.has(Trait::Divorced, couple.key) && separated < limit {
            union.separated = Some(separated);
            union.apart = union.separated;
            union.divorced = Some(divorced).filter(|day| *day < limit);
        }
    }
}
