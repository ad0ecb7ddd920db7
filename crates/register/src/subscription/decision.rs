use compact_str::CompactString;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::ports::SubscriptionFacts;

use super::{Cases, LastUpdate, Reason, RuleSet};

/// What becomes of the wish (`SUBSCRIBED`, F132).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WishChange {
    /// It stays as it is, also when there is none.
    Keep,
    /// It becomes `J` (true) or `N`.
    Set(bool),
    /// It is taken back.
    Clear,
}

impl WishChange {
    /// The wish afterwards.
    pub fn apply(self, wish: Option<bool>) -> Option<bool> {
        match self {
            Self::Keep => wish,
            Self::Set(wish) => Some(wish),
            Self::Clear => None,
        }
    }
}

/// What the rules say about one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What becomes of the wish.
    pub wish: WishChange,
    /// Why.
    pub reason: Reason,
}

/// Decides about one person, as the table of contact-model.md section 4 has it:
///
/// | At CPR | Justified? | Last update older than the delay? | Wish |
/// | --- | --- | --- | --- |
/// | N | yes | any | `J` |
/// | N | no | any | a pending `J` is cleared |
/// | J | yes | any | a pending `N` is cleared |
/// | J | no | no | stays |
/// | J | no | yes | `N` |
///
/// A person whose number another has taken the place of is not justified: the cases count for the valid number (6.11).
///
/// *Older* is strictly more than `delay_days` times 24 hours (A17). A subscribed person whose data never came counts as
/// older: the delay keeps fresh data from growing stale, and there are none.
///
/// A blocked person is never wished, and if subscribed, cancelled at once, without the delay. While an order is on its
/// way nothing new is wished, so that no person is ordered twice; the decision follows when it is settled.
pub fn decide(facts: &SubscriptionFacts, rules: &RuleSet, now: Timestamp) -> Decision {
    if let Some(because) = &facts.blocked {
        return blocked(facts, because);
    }
    if let Some(action) = facts.pending {
        return Decision { wish: WishChange::Keep, reason: Reason::Ordered { action } };
    }
    let count = rules.justifying(&facts.open_cases);
    if count > 0 && facts.replaced_by.is_none() {
        let reason = Reason::OpenCases { count };
        let wish = match (facts.src_subscribed, facts.wish) {
            (false, wish) => set(wish, true),
            (true, Some(false)) => WishChange::Clear,
            (true, _) => WishChange::Keep,
        };
        return Decision { wish, reason };
    }
    let cases = match facts {
        SubscriptionFacts { replaced_by: Some(_), .. } => Cases::OfAnotherNumber,
        SubscriptionFacts { open_cases, .. } if open_cases.is_empty() => Cases::None,
        _ => Cases::WithoutSubscription,
    };
    if !facts.src_subscribed {
        let wish = if facts.wish == Some(true) { WishChange::Clear } else { WishChange::Keep };
        return Decision { wish, reason: Reason::NothingJustifies { cases } };
    }
    let last_update = last_update(facts.updated_at.as_deref(), rules.delay_days, now);
    let wish = match last_update {
        LastUpdate::Recent(_) | LastUpdate::Unreadable => WishChange::Keep,
        LastUpdate::Old(_) | LastUpdate::Never => set(facts.wish, false),
    };
    Decision { wish, reason: Reason::NoLonger { cases, last_update, delay_days: rules.delay_days } }
}

fn blocked(facts: &SubscriptionFacts, because: &str) -> Decision {
    let wish = match (facts.src_subscribed, facts.pending) {
        // A cancellation of a person with an order on its way waits, as everybody's orders do.
        (true, None) => set(facts.wish, false),
        _ if facts.wish == Some(true) => WishChange::Clear,
        _ => WishChange::Keep,
    };
    Decision { wish, reason: Reason::Blocked { because: because.to_owned() } }
}

/// A wish that is there already is not set again.
fn set(wish: Option<bool>, to: bool) -> WishChange {
    if wish == Some(to) { WishChange::Keep } else { WishChange::Set(to) }
}

fn last_update(updated_at: Option<&str>, delay_days: u16, now: Timestamp) -> LastUpdate {
    let Some(text) = updated_at else { return LastUpdate::Never };
    let Some(updated) = time(text) else { return LastUpdate::Unreadable };
    let day: CompactString = updated.to_string().chars().take(10).collect();
    let delay = SignedDuration::from_hours(24 * i64::from(delay_days));
    if now.duration_since(updated) > delay { LastUpdate::Old(day) } else { LastUpdate::Recent(day) }
}

/// A time as the program writes it, or as the functions of SQLite do, which leave out that it is UTC:
/// `2026-01-05 08:00:00`, `2026-01-05`.
fn time(text: &str) -> Option<Timestamp> {
    let in_utc = |time: DateTime| Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp());
    text.parse().ok().or_else(|| in_utc(text.parse().ok()?))
}

#[cfg(test)]
mod tests;
