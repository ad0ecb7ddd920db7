//! Cases and their parties: opening, closing, parties coming and going, and the authority's list as CSV.
//!
//! The subscription rules read them (contact-model.md section 4). An authority whose case system writes the public tables
//! itself needs none of this.

mod change;
mod contact;
mod error;
mod import;

pub use change::{CaseDesk, Changed, NewParty, OpenCase};
pub use contact::{ContactTextError, parse_contact};
pub use error::CaseError;
pub use import::{CaseImportError, CasesImported, Problem, RowError, import_cases};
