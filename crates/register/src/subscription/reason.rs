use std::fmt;

use compact_str::CompactString;

use crate::ports::OrderAction;

/// Why a decision is as it is, in words for the operator. Names no person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Cases justify the subscription.
    OpenCases {
        /// How many.
        count: usize,
    },
    /// Nothing justifies a subscription, and there is none.
    NothingJustifies {
        /// What cases there are.
        cases: Cases,
    },
    /// Nothing justifies the subscription any more.
    NoLonger {
        /// What cases there are.
        cases: Cases,
        /// When CPR last updated the person, against the delay.
        last_update: LastUpdate,
        /// The delay.
        delay_days: u16,
    },
    /// The person is on the block list.
    Blocked {
        /// Why, as the operator wrote it.
        because: String,
    },
    /// An order is on its way to CPR.
    Ordered {
        /// What it asks for.
        action: OrderAction,
    },
}

/// The open cases of a person whom none of them justifies subscribing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cases {
    /// There are none.
    None,
    /// There are some, of types for which nobody is subscribed.
    WithoutSubscription,
    /// They count for another number, which has taken the place of this one.
    OfAnotherNumber,
}

/// When CPR last updated a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LastUpdate {
    /// Within the delay, on this day (UTC).
    Recent(CompactString),
    /// Longer ago than the delay, on this day (UTC).
    Old(CompactString),
    /// Never: the register has no data that the delay could protect.
    Never,
    /// At a time that cannot be read, so the person stays as they are.
    Unreadable,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OpenCases { count: 1 } => f.write_str("party to 1 open case"),
            Self::OpenCases { count } => write!(f, "party to {count} open cases"),
            Self::NothingJustifies { cases } => cases.fmt(f),
            Self::NoLonger { cases, last_update, delay_days } => {
                let days = if *delay_days == 1 { "day" } else { "days" };
                match last_update {
                    LastUpdate::Recent(day) => {
                        write!(f, "{cases}, last updated {day}, not more than {delay_days} {days} ago")
                    }
                    LastUpdate::Old(day) => write!(f, "{cases}, last updated {day}, more than {delay_days} {days} ago"),
                    LastUpdate::Never => write!(f, "{cases}, never updated"),
                    LastUpdate::Unreadable => write!(f, "{cases}, but the time of the last update cannot be read"),
                }
            }
            Self::Blocked { because } => write!(f, "blocked: {because}"),
            Self::Ordered { action: OrderAction::Subscribe } => {
                f.write_str("a subscription is on its way to CPR and has not been answered")
            }
            Self::Ordered { action: OrderAction::Unsubscribe } => {
                f.write_str("a cancellation is on its way to CPR and has not taken effect")
            }
        }
    }
}

impl fmt::Display for Cases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "no open case",
            Self::WithoutSubscription => "only cases of types without subscription",
            Self::OfAnotherNumber => "another number has taken the place of this one",
        })
    }
}
