//! External sources (F15-F25, F161-F168): a table of names and parameters that says how each base register is reached.
//!
//! The parameters of the systems before Kartotek are strings that grew by hand: wrapped over lines, with `:` for `=` and `,`
//! for `;`. [`Source::parse`] reads them as they stand, reports everything that is wrong at once, and yields typed
//! parameters; [`Source::canonical`] is the one form that the table holds. Secrets never stand in it.

mod canonical;
mod cpr;
mod cvr;
mod decode;
mod describe;
mod edit;
mod host_port;
mod key;
mod legacy;
mod load;
mod lookalike;
mod name;
mod other;
mod problem;
mod reading;
mod rows;
mod secret_word;
mod values;

use std::fmt;

use zeroize::Zeroizing;

pub use cpr::CprSource;
pub use cvr::{Certificate, CvrSource};
pub use decode::{NoText, decode};
pub use describe::Line;
pub use host_port::HostPort;
pub use load::{LoadError, load};
pub use name::{SourceName, SourceNameError};
pub use other::OtherSource;
pub use problem::{Problem, ProblemKind, Problems, Remark};
pub use rows::{LegacyRow, RowProblem, RowsError, rows};
pub use secret_word::may_be_parameters;
pub use values::Driver;

#[cfg(test)]
mod tests;

/// A source and its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// `CPR`.
    Cpr(CprSource),
    /// `CVR-J`.
    Cvr(CvrSource),
    /// Another name: kept as it is, and not used.
    Other(OtherSource),
}

/// Where a text comes from, and so how much it must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The system before: what is mandatory there must be there.
    Legacy,
    /// Kartotek's own table or command line: everything has a default.
    Register,
}

/// What a text says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The parameters.
    pub source: Source,
    /// Secrets that stood among them.
    pub secrets: Vec<SourceSecret>,
    /// What was read otherwise than it is written, or is not used.
    pub remarks: Vec<Remark>,
}

/// A secret that stood among the parameters. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct SourceSecret {
    /// The key that it stood behind.
    pub key: String,
    /// The secret.
    pub value: Zeroizing<String>,
}

impl fmt::Debug for SourceSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SourceSecret({})", self.key)
    }
}

impl Source {
    /// Reads the parameters of a source by its name.
    pub fn parse(name: &SourceName, text: &str, origin: Origin) -> Result<Parsed, Problems> {
        let is_empty = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, ';' | ',' | '\u{FEFF}')).is_empty();
        if origin == Origin::Legacy && is_empty {
            return Err(Problems(vec![Problem { at: None, kind: ProblemKind::Nothing }]));
        }
        match name.as_str() {
            SourceName::CPR => CprSource::parse(text, origin).map(|parsed| parsed.map(Self::Cpr)),
            SourceName::CVR => CvrSource::parse(text, origin).map(|parsed| parsed.map(Self::Cvr)),
            _ => OtherSource::parse(text).map(|parsed| parsed.map(Self::Other)),
        }
        .map(reading::Typed::into_parsed)
    }

    /// What a source is when nothing is said about it.
    pub fn default_of(name: &SourceName) -> Self {
        match name.as_str() {
            SourceName::CPR => Self::Cpr(CprSource::default()),
            SourceName::CVR => Self::Cvr(CvrSource::default()),
            _ => Self::Other(OtherSource::default()),
        }
    }

    /// `key=value` pairs with a semicolon after each, without secrets. [`Source::parse`] reads it back.
    pub fn canonical(&self) -> String {
        canonical::join(&self.pairs())
    }

    /// Keys and values in the order of the canonical form.
    fn pairs(&self) -> Vec<(String, String)> {
        match self {
            Self::Cpr(source) => source.pairs(),
            Self::Cvr(source) => source.pairs(),
            Self::Other(source) => source.pairs(),
        }
    }
}
