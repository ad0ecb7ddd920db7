//! What became of single persons in a run (F121, F125).

use crate::contact::{ContactId, ContactKey};

use super::{DeliveryKey, Message, RunKey, RunState};

/// What a run did with one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PersonOutcome {
    /// New, or known as a placeholder only until then. Stands in the journal.
    Created,
    /// Changed. Stands in the journal.
    Updated,
    /// The register said the same already.
    Unchanged,
    /// Older than what was stored, so refused.
    Older,
    /// Not taken in; the messages say why.
    Rejected,
}

impl PersonOutcome {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Created, Self::Updated, Self::Unchanged, Self::Older, Self::Rejected];

    /// The word in the public tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::Older => "older",
            Self::Rejected => "rejected",
        }
    }

    /// Reads the word of the public tables.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.name() == name)
    }
}

/// A run, as the ledger has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunCard {
    /// Its key.
    pub run: RunKey,
    /// What ran.
    pub kind: String,
    /// When it began, UTC.
    pub started_at: String,
    /// When it ended, UTC.
    pub finished_at: Option<String>,
    /// How it stands.
    pub state: RunState,
    /// The delivery that it took in, or went on with, when there was one.
    pub delivery: Option<DeliveryKey>,
    /// That delivery's name.
    pub name: Option<String>,
    /// What became of the persons, those of earlier runs that took the same delivery in included. Of a run that is under way,
    /// or was killed and not found dead yet: as much as is in the register.
    pub counts: super::Counts,
}

/// One person in one run. `Debug` is masked.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonInRun {
    /// The run.
    pub run: RunKey,
    /// When it began, UTC.
    pub started_at: String,
    /// The delivery's name, when there was one.
    pub delivery: Option<String>,
    /// The contact; `None` for a rejected person whom the register does not know.
    pub contact: Option<ContactKey>,
    /// Its identity, when there is a contact.
    pub id: Option<ContactId>,
    /// `name1` as it is now.
    pub name1: String,
    /// `name2` as it is now.
    pub name2: String,
    /// What the run did.
    pub outcome: PersonOutcome,
    /// What the runs that were asked about have said about the person, in the order in which it was entered.
    pub messages: Vec<Message>,
}

masked_debug! { PersonInRun }
