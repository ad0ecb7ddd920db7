//! The authority's cases as a CSV file: all rows are checked first and every error is told, then all of it is written in
//! one transaction. Importing the same file again changes nothing.

mod rows;
mod table;
mod write;

use kartotek_register::ports::{Clock, Store, StoreError};

pub use table::{Problem, RowError};
pub use write::CasesImported;

/// Why a file of cases was not taken in. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum CaseImportError {
    /// The file has no header of the columns that are expected.
    #[error("line 1: {0}")]
    Header(String),
    /// Rows are wrong; all of them are told.
    #[error("{} errors in the file; nothing was written", .0.len())]
    Rows(Vec<RowError>),
    /// The register failed.
    #[error("the register: {0}")]
    Store(#[from] StoreError),
}

impl CaseImportError {
    /// Whether the file is at fault, rather than the register.
    pub fn is_refusal(&self) -> bool {
        !matches!(self, Self::Store(_))
    }
}

/// Takes a file of cases in.
///
/// The header is `case_no,case_type,state,start_date,end_date,contact,role,party_start,party_end`, in any order, separated
/// by `,` or `;`; the text is UTF-8 or ISO-8859-1. A row is a case with one party, or without a party when `contact` is
/// empty. Cases and parties that are not in the file stay as they are.
pub fn import_cases(store: &mut dyn Store, clock: &dyn Clock, bytes: &[u8]) -> Result<CasesImported, CaseImportError> {
    let cases = rows::group(table::read(bytes)?)?;
    write::write(store, clock, &cases)
}
