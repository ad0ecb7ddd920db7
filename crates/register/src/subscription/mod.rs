//! Who is to be subscribed: declarative rules, and the decision about one person (F127-F143; contact-model.md section 4).
//!
//! Pure. The rules are data, read from a file by the service; what is known about a person comes as
//! [`SubscriptionFacts`](crate::ports::SubscriptionFacts), and the time is passed in.

mod decision;
mod reason;
mod rules;

pub use decision::{Decision, WishChange, decide};
pub use reason::{Cases, LastUpdate, Reason};
pub use rules::{Condition, Rule, RuleError, RuleSet};
