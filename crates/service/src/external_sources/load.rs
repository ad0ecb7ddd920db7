use kartotek_register::ports::{ExternalSource, Fault, Reader, StoreError};

use super::{CprSource, Origin, Problems, Source, SourceName};

/// Why a source cannot be had from the register.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The register.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its row was edited to something that cannot be read.
    #[error("external source {name}: {problems}")]
    Row {
        /// The source.
        name: String,
        /// What is wrong with it.
        problems: Problems,
    },
}

impl LoadError {
    /// Whether the same call may go through later.
    pub fn may_be_retried(&self) -> bool {
        matches!(self, Self::Store(error) if error.may_be_retried())
    }

    /// Whose fault it is.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Store(error) => error.fault(),
            Self::Row { .. } => Fault::Configuration,
        }
    }
}

/// A source of the register; `None` when it has no row.
pub fn load(reader: &mut dyn Reader, name: &SourceName) -> Result<Option<Source>, LoadError> {
    let rows = reader.external_sources()?;
    let row = rows.iter().find(|row| row.name.trim().eq_ignore_ascii_case(name.as_str()));
    row.map(|row| parse(name, row)).transpose()
}

impl CprSource {
    /// The row `CPR` of the register, or the defaults when it has none.
    pub fn load(reader: &mut dyn Reader) -> Result<Self, LoadError> {
        let Ok(name) = SourceName::CPR.parse::<SourceName>() else { return Ok(Self::default()) };
        match load(reader, &name)? {
            Some(Source::Cpr(source)) => Ok(source),
            _ => Ok(Self::default()),
        }
    }
}

fn parse(name: &SourceName, row: &ExternalSource) -> Result<Source, LoadError> {
    let parsed = Source::parse(name, &row.parameters, Origin::Register);
    parsed.map(|parsed| parsed.source).map_err(|problems| LoadError::Row { name: name.to_string(), problems })
}
