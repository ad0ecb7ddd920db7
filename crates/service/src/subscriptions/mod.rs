//! Subscriptions at CPR (F127-F143): who is to be subscribed, bringing it to CPR by file or through CPR Direkte, and
//! comparing with CPR's own list. Described in docs/SUBSCRIPTIONS.md.
//!
//! ```text
//! facts ──rules──▶ wish (SUBSCRIBED) ──apply──▶ order ──CPR──▶ SRC_SUBSCRIBED
//!         plan                        files or direkte   settle
//!                                                        receipts
//! ```

mod direkte;
mod error;
mod files;
mod limits;
mod online;
mod orders;
mod plan;
pub(crate) mod receipts;
mod reconcile;
mod rules_file;
mod settle;

pub use direkte::{Direkte, DirekteReport, Outcome, Refusal, Stop, apply_direkte, finish_direkte, subscribe_now};
pub use error::SubscriptionError;
pub use files::{FileSettings, FilesReport, FolderOutbox, Outbox, Published, WrittenFile, apply_files, finish_files};
pub(crate) use files::{first_day, postpone_written};
pub use limits::Limits;
pub use online::OnlineDirekte;
pub use plan::{PlanCounts, Planned, check_wishes, facts_of, plan, set_wishes};
pub use reconcile::{BadLine, Difference, Found, ReconcileCounts, SubscribedList, compare, repair};
pub use rules_file::{DEFAULT_RULES, RulesFileError, parse_rules};
pub use settle::{Settled, settle};

/// Persons that are read, or written, at a time.
const PAGE: u32 = 2_000;
