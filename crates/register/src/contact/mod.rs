//! The contact model (contact-model.md sections 1-3): what the register stores, and what a source can state.

mod label;
mod rows;
mod stamp;
mod update;
mod vocabulary;

pub use label::{Label, LabelKind, LabelSet};
pub use rows::{
    AddressLines, AddressRow, ContactRow, ContactState, DateRow, InfoRow, PartRow, ProtectionRow, SourceRow, Target,
};
pub use stamp::SourceStamp;
pub use update::{
    AddressStatement, ContactStatement, ContactUpdate, DateStatement, InfoStatement, PartStatement, ProtectionScope,
    ProtectionStatement, Scope, Stated,
};
pub use vocabulary::{AddressType, ContactField, ContactId, ContactKey, NameType, Role, RoleSet, SourceId};
