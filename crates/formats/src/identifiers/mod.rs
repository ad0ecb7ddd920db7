//! The identifiers of the base registers. Each parses from text, says why not, and prints masked in `Debug` where it
//! points at a person.

mod bfe;
mod cpr;
mod cvr;
mod p_number;
mod sor;

pub use bfe::{BfeError, BfeNumber};
pub use cpr::{CprError, CprNumber};
pub use cvr::{CvrError, CvrNumber};
pub use p_number::{PNumber, PNumberError};
pub use sor::{SorError, SorId};

/// Reads `text` as decimal digits; `None` when there is none, or something else stands between them.
fn digits(text: &str) -> Option<u64> {
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}
