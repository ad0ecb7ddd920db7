//! Subscription files, which the customer sends to CPR (inddata, key 06; cpr-batch-transfer.md sections 3 and 4).
//!
//! A file is named for the working day on which CPR acts on it, `dÅÅMMDD.iNNNNNN`, and holds a line of 80 characters for
//! each person, sorted ascending, without a start or end record:
//!
//! | Position | Length | Field |
//! | --- | --- | --- |
//! | 1 | 2 | `06` |
//! | 3 | 4 | KUNDENR, the customer (not the task) |
//! | 7 | 2 | `00` |
//! | 9 | 2 | `OP` subscribe, `SL` unsubscribe |
//! | 11 | 10 | PNR |
//! | 21 | 15 | NØGLEKONSTANT, echoed in records 099 and 997 |
//! | 36 | 45 | blanks |

mod file;
mod line;
mod name;
mod public_holiday;
mod working_day;

pub use file::{FileError, LineEnd, SubscriptionFile};
pub use line::{KeyConstant, LineError, SubscriptionAction, SubscriptionLine};
pub use name::{NameError, SubscriptionFileName, TaskNumber};
pub use working_day::{TimeOfDay, TimeOfDayError, WorkingDays, day_after};
