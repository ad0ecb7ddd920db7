use std::fmt;

use crate::cpr_extract::FileReport;

/// What happened to a file or to a task. The names are for machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// A file was fetched, checked and put in the interim directory.
    Fetched,
    /// The connection broke, and the fetch goes on.
    Broken,
    /// A file could not be fetched.
    NotFetched,
    /// A file was fetched, or found, and its content was refused.
    Refused,
    /// A file that was in the interim directory was entered into the ledger.
    Entered,
    /// A file at the server got its prefix.
    Renamed,
    /// The server does not allow renaming.
    NotRenamed,
    /// A delivery is missing before a file.
    Missing,
    /// A file was imported.
    Imported,
    /// A file holds a delivery that was imported before.
    Double,
    /// A file waits, because a delivery before it is missing or was refused.
    Waits,
    /// A subscription file was sent.
    Sent,
    /// A subscription file was not sent.
    NotSent,
    /// A subscription file got the name of a later day.
    Postponed,
    /// An imported file was removed, as the operator wants it.
    Removed,
    /// A step, or all, could not be done to its end.
    Stopped,
    /// Worth knowing.
    Note,
}

impl EventKind {
    /// The word for machines.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fetched => "fetched",
            Self::Broken => "broken",
            Self::NotFetched => "not-fetched",
            Self::Refused => "refused",
            Self::Entered => "entered",
            Self::Renamed => "renamed",
            Self::NotRenamed => "not-renamed",
            Self::Missing => "missing",
            Self::Imported => "imported",
            Self::Double => "double",
            Self::Waits => "waits",
            Self::Sent => "sent",
            Self::NotSent => "not-sent",
            Self::Postponed => "postponed",
            Self::Removed => "removed",
            Self::Stopped => "stopped",
            Self::Note => "note",
        }
    }

    /// Whether somebody has to look at it.
    pub fn is_alarm(self) -> bool {
        matches!(self, Self::NotFetched | Self::Refused | Self::Missing | Self::NotSent | Self::Stopped)
    }
}

/// One thing that happened, in words without personal data.
pub struct Event {
    /// What.
    pub kind: EventKind,
    /// The file.
    pub file: Option<String>,
    /// What exactly, and what to do.
    pub text: String,
    /// Of an imported file.
    pub report: Option<Box<FileReport>>,
}

impl Event {
    pub(super) fn about(kind: EventKind, file: &str, text: impl Into<String>) -> Self {
        Self { kind, file: Some(file.to_owned()), text: text.into(), report: None }
    }

    /// Something that could not be done to its end, for whoever calls the steps.
    pub fn stopped(text: impl Into<String>) -> Self {
        Self { kind: EventKind::Stopped, file: None, text: text.into(), report: None }
    }

    pub(super) fn note(text: impl Into<String>) -> Self {
        Self { kind: EventKind::Note, file: None, text: text.into(), report: None }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{file}: ")?;
        }
        f.write_str(&self.text)
    }
}
