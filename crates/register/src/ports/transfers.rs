//! Files that come from and go to a source's file server, and what stands about each in the ledger.

use kartotek_formats::dates::PartialDate;

use crate::contact::SourceId;

use super::{DeliveryKey, RunKey, StoreError};

/// Key of a transfer.
pub type TransferKey = i64;

/// Which way a file goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the source.
    In,
    /// To the source.
    Out,
}

impl Direction {
    /// The word in the public tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
        }
    }

    /// Reads the word of the public tables.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::In, Self::Out].into_iter().find(|direction| direction.name() == name)
    }
}

/// How a transfer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransferState {
    /// On its way; a part may be here, or there.
    Begun,
    /// Incoming: in the interim directory, checked, and not imported yet. This is what "between the two steps" means (F114).
    Waiting,
    /// Incoming: its content was refused, and it is kept aside; or it was wanted, and has gone from the server. Outgoing: it
    /// was sent under the name of a later day.
    Refused,
    /// Incoming: imported. Outgoing: at the source, and compared.
    Done,
}

impl TransferState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Begun, Self::Waiting, Self::Refused, Self::Done];

    /// The word in the public tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Waiting => "waiting",
            Self::Refused => "refused",
            Self::Done => "done",
        }
    }

    /// Reads the word of the public tables.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// A row of `transfer`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// Its key; 0 in one that is to be entered.
    pub key: TransferKey,
    /// The source.
    pub source: SourceId,
    /// Which way.
    pub direction: Direction,
    /// The name at the server before any renaming; that in the interim directory, for a file that somebody put there.
    pub name: String,
    /// How it stands.
    pub state: TransferState,
    /// Whether the file at the server was renamed.
    pub renamed: bool,
    /// Whether an operator has accepted that a delivery is missing: before it, or, of a refused one, it itself.
    pub gap_accepted: bool,
    /// Bytes here, once it is whole.
    pub size: Option<u64>,
    /// Bytes that the server's listing told when it was fetched.
    pub remote_size: Option<u64>,
    /// When it was changed, in the words of that listing.
    pub remote_modified: Option<String>,
    /// SHA-256, 64 hexadecimal digits, once it is whole.
    pub sha256: Option<String>,
    /// Task number.
    pub task: Option<String>,
    /// Production date of record 000; of an outgoing file the day on which the source acts on it.
    pub production_date: Option<PartialDate>,
    /// Previous production date of record 000.
    pub previous_date: Option<PartialDate>,
    /// The delivery that its import made, or found.
    pub delivery: Option<DeliveryKey>,
    /// The run that last had to do with it, when there was one.
    pub run: Option<RunKey>,
    /// What is wrong or worth knowing, without personal data.
    pub problem: Option<String>,
    /// When it was entered, UTC.
    pub created_at: String,
    /// When it last changed, UTC.
    pub updated_at: String,
}

impl Transfer {
    /// One to be entered: on its way, and nothing known but its name.
    pub fn new(source: SourceId, direction: Direction, name: impl Into<String>, now: &str) -> Self {
        Self {
            key: 0,
            source,
            direction,
            name: name.into(),
            state: TransferState::Begun,
            renamed: false,
            gap_accepted: false,
            size: None,
            remote_size: None,
            remote_modified: None,
            sha256: None,
            task: None,
            production_date: None,
            previous_date: None,
            delivery: None,
            run: None,
            problem: None,
            created_at: now.to_owned(),
            updated_at: now.to_owned(),
        }
    }
}

/// Writing the ledger of files and the settings of the transfer, as part of a transaction.
pub trait TransferBook {
    /// Enters a transfer and returns its key.
    fn insert_transfer(&mut self, transfer: &Transfer) -> Result<TransferKey, StoreError>;

    /// Overwrites a transfer by its key, all but `source`, `direction`, `name` and `created_at`.
    fn update_transfer(&mut self, transfer: &Transfer) -> Result<(), StoreError>;

    /// The transfers of a source in one direction, by key; of one state or of all.
    fn transfers(
        &mut self,
        source: SourceId,
        direction: Direction,
        state: Option<TransferState>,
    ) -> Result<Vec<Transfer>, StoreError>;

    /// Sets or removes (`None`) a setting of the transfer by its name.
    fn put_transfer_setting(
        &mut self,
        source: SourceId,
        name: &str,
        value: Option<&str>,
        now: &str,
    ) -> Result<(), StoreError>;

    /// The settings of the transfer, by name.
    fn transfer_settings(&mut self, source: SourceId) -> Result<Vec<(String, String)>, StoreError>;

    /// Marks runs of a kind that still stand as running as failed, and returns how many: for the holder of the lease under
    /// which such runs work, to whom every such run is one that died. A run that took a delivery in gets its counts, which say
    /// what is in the register.
    fn fail_dead_runs(&mut self, source: SourceId, kind: &str, now: &str) -> Result<u64, StoreError>;
}
