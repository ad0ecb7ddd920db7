use crate::contact::SourceId;

/// Whether an address that was changed by hand gives way to the one that the source delivers (F23, F24).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ForceUpdate {
    /// `J`: it is closed like any other and the delivered one is inserted.
    #[default]
    Yes,
    /// `N`: it stays. Everything else is updated all the same.
    No,
}

/// How a source's items are taken in.
#[derive(Debug, Clone)]
pub struct ImportOptions {
    /// The source.
    pub source: SourceId,
    /// What to do with addresses that were changed by hand.
    pub force_update: ForceUpdate,
}

impl Default for ImportOptions {
    fn default() -> Self {
        Self { source: SourceId::CPR, force_update: ForceUpdate::Yes }
    }
}
