//! Comparing with CPR's own list of subscribed numbers (F135).

mod list;
mod walk;

pub use list::{BadLine, SubscribedList};
pub use walk::{Difference, Found, ReconcileCounts, compare, repair};
