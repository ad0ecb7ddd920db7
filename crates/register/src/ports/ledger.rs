use compact_str::CompactString;
use kartotek_formats::dates::PartialDate;

use crate::contact::{ContactId, ContactKey, SourceId};

/// Key of a run.
pub type RunKey = i64;
/// Key of a delivery.
pub type DeliveryKey = i64;

/// How a run or a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunState {
    /// Under way, or cut off.
    Running,
    /// Done.
    Done,
    /// Stopped by an error.
    Failed,
}

/// How far a delivery has been taken in.
pub type DeliveryState = RunState;

impl RunState {
    /// The word in the public tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// Reads the word of the public tables.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Running, Self::Done, Self::Failed].into_iter().find(|state| state.name() == name)
    }
}

/// What became of the persons of a delivery or run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// New, or known as a placeholder only until now.
    pub created: u64,
    /// Changed.
    pub updated: u64,
    /// The register said the same already.
    pub unchanged: u64,
    /// Older than what is stored, so refused.
    pub older: u64,
    /// Not taken in because a record was bad.
    pub rejected: u64,
    /// Contacts made because somebody refers to them.
    pub placeholders: u64,
    /// Remarks.
    pub remarks: u64,
}

impl Counts {
    /// Persons altogether.
    pub fn persons(&self) -> u64 {
        self.created + self.updated + self.unchanged + self.older + self.rejected
    }

    /// Adds another count.
    pub fn add(&mut self, other: &Self) {
        self.created += other.created;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.older += other.older;
        self.rejected += other.rejected;
        self.placeholders += other.placeholders;
        self.remarks += other.remarks;
    }
}

/// A run to be entered.
#[derive(Debug, Clone)]
pub struct NewRun {
    /// What runs, for example `import cpr`.
    pub kind: &'static str,
    /// The source.
    pub source: SourceId,
    /// When it started, UTC.
    pub started_at: String,
}

/// A delivery to be entered.
#[derive(Debug, Clone)]
pub struct NewDelivery {
    /// The source.
    pub source: SourceId,
    /// The file's name without its folder.
    pub name: String,
    /// SHA-256 of the whole file, 64 hexadecimal digits.
    pub sha256: String,
    /// Task number, six digits.
    pub task: String,
    /// Production date of record 000.
    pub production_date: PartialDate,
    /// Previous production date of record 000.
    pub previous_date: Option<PartialDate>,
    /// The run that began it.
    pub run: RunKey,
}

/// A delivery as the ledger has it.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Its key.
    pub key: DeliveryKey,
    /// The file's name without its folder.
    pub name: String,
    /// SHA-256 of the whole file.
    pub sha256: String,
    /// Task number.
    pub task: String,
    /// Production date of record 000.
    pub production_date: PartialDate,
    /// Previous production date of record 000.
    pub previous_date: Option<PartialDate>,
    /// How far it is.
    pub state: DeliveryState,
    /// The position reached: everything before it is in the register.
    pub position: u64,
    /// What became of the persons so far.
    pub counts: Counts,
}

/// How serious a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; the person was taken in.
    Remark,
    /// The person was not taken in.
    Error,
}

impl Severity {
    /// The word in the public tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Remark => "remark",
            Self::Error => "error",
        }
    }
}

/// A message of a run about one record or person. Holds no CPR number but a masked one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// How serious.
    pub severity: Severity,
    /// What is wrong, in one word for machines.
    pub code: CompactString,
    /// Line in the file, from 1; `None` when the file has no line ends or the message is about no record.
    pub line: Option<u64>,
    /// Byte in the file at which the record begins, from 0.
    pub byte: Option<u64>,
    /// Record type.
    pub record: Option<u16>,
    /// The person, masked.
    pub person: Option<String>,
    /// Whom it is about, to find the contact by; not kept.
    pub subject: Option<ContactId>,
    /// The contact, when it is in the register.
    pub contact: Option<ContactKey>,
    /// What was expected, what was found, and what to do.
    pub text: String,
}
