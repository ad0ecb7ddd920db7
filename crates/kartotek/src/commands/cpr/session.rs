//! From the configuration, the external source `CPR` and the vault to a connection.

use std::sync::Arc;

use kartotek_register::import::ImportOptions;
use kartotek_register::mapping::cpr::MappingOptions;
use kartotek_register::ports::{Store, SystemClock};
use kartotek_service::cpr_online::{Connection, Online, StoredPasswords};
use kartotek_service::external_sources::{CprSource, HostPort};
use kartotek_store::DatabaseUrl;

use crate::cli::Global;
use crate::config::{Config, YesNo};
use crate::exit::Failure;
use crate::{register, secrets};

/// Everything that asking CPR needs.
pub struct Session {
    /// The configuration.
    pub config: Config,
    /// The external source `CPR`; its defaults when the register has no such row.
    pub source: CprSource,
    /// The contract.
    pub connection: Connection,
    /// Where the passwords are.
    pub passwords: StoredPasswords,
}

impl Session {
    /// Reads the configuration and the register, which is made where there is none.
    pub fn open(global: &Global) -> Result<Self, Failure> {
        Self::with(global, |url| Ok(kartotek_store::open(url)?))
    }

    /// For commands that only look: a register that does not exist is not made, and has nothing in it.
    pub fn looking(global: &Global) -> Result<Self, Failure> {
        Self::with(global, register::or_empty)
    }

    fn with(global: &Global, open: impl Fn(&DatabaseUrl) -> Result<Box<dyn Store>, Failure>) -> Result<Self, Failure> {
        let config = global.config()?;
        let url = global.database(&config)?;
        let source = CprSource::load(open(&url)?.reader()?.as_mut())?;
        let vault = Arc::new(secrets::vault_of(open(&url)?, &url, &config)?);
        let mut connection = config.cpr.direkte.connection();
        if config.cpr.direkte.transaction.is_none() {
            source.product.code().clone_into(&mut connection.transaction);
        }
        let account =
            format!("{} at {}:{}", connection.user.as_deref().unwrap_or_default(), connection.host, connection.port);
        let passwords = StoredPasswords::new(vault, Arc::new(SystemClock), account)?;
        Ok(Self { config, source, connection, passwords })
    }

    /// The local proxy that the source names; `None`: CPR Direkte itself.
    pub fn klient(&self) -> Option<&HostPort> {
        self.source.klient.as_ref()
    }

    /// Where requests go, for people.
    pub fn endpoint(&self) -> String {
        self.klient().map_or_else(|| self.direct_endpoint(), |address| format!("CPR Klient at {address}"))
    }

    /// CPR Direkte itself, for people.
    pub fn direct_endpoint(&self) -> String {
        format!("CPR Direkte at {}", self.connection.address())
    }

    /// A client as the source says: by the local proxy, or directly.
    pub fn online(&self) -> Result<Online, Failure> {
        self.online_by(self.klient())
    }

    /// A client of CPR Direkte itself, which alone can sign on and change the password.
    pub fn direct(&self) -> Result<Online, Failure> {
        self.online_by(None)
    }

    fn online_by(&self, klient: Option<&HostPort>) -> Result<Online, Failure> {
        let passwords = Arc::new(self.passwords.clone());
        let client = self.connection.client(klient, passwords).map_err(Failure::refused)?;
        Online::new(client, Arc::new(SystemClock)).map_err(Failure::unreachable)
    }

    /// Settings of mapping and engine for what is fetched: the command line before the configuration before the source.
    pub fn import(&self, force_update: Option<YesNo>) -> Result<(MappingOptions, ImportOptions), Failure> {
        let mut options = self.config.import();
        if self.config.cpr.force_update.is_none() {
            options.force_update = self.source.force_update;
        }
        if let Some(force_update) = force_update {
            options.force_update = force_update.into();
        }
        Ok((self.config.direkte_mapping()?, options))
    }
}
