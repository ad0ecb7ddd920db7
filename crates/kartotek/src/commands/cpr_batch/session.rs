//! From the configuration and the register to what the steps work with.

use clap::Args;
use kartotek_register::contact::SourceId;
use kartotek_register::ports::{Lease, Store};
use kartotek_service::cpr_batch::{BatchSettings, Connector, Outgoing};
use kartotek_service::cpr_extract::ExtractImport;
use kartotek_service::external_sources::CprSource;
use kartotek_service::secrets::SecretName;
use kartotek_store::DatabaseUrl;
use zeroize::Zeroizing;

use crate::cli::Global;
use crate::commands::case::open_made_by;
use crate::commands::subscription::direkte;
use crate::config::Config;
use crate::exit::Failure;
use crate::register;
use crate::secrets::vault_of;

/// The secret that holds `Password`.
pub const PASSWORD: &str = "cpr-batch.password";

/// Opens the register, which must exist: what is imported into it is set up before.
pub fn open_register(url: &DatabaseUrl) -> Result<Box<dyn Store>, Failure> {
    open_made_by("kartotek cpr-batch set", url)
}

/// What every command takes that calls the server.
#[derive(Args, Clone, Copy)]
pub struct Plain {
    /// Allow FTP without TLS, when SSL is N: password and files go unprotected.
    #[arg(long)]
    insecure_plain_ftp: bool,
}

/// Everything that the steps need.
pub struct Session {
    pub config: Config,
    pub url: DatabaseUrl,
    pub store: Box<dyn Store>,
    pub settings: BatchSettings,
}

impl Session {
    /// As [`Session::open`], as the only run of the source. The settings are those that hold from then on.
    pub fn alone(global: &Global) -> Result<(Self, Box<dyn Lease>), Failure> {
        let mut lease = None;
        let session = Self::with(global, |store| {
            lease = Some(register::lease(store)?);
            Ok(())
        })?;
        let lease = lease.ok_or_else(|| Failure::unreachable(anyhow::anyhow!("the lease was not taken")))?;
        Ok((session, lease))
    }

    /// Opens the register, which must exist, and reads the settings.
    pub fn open(global: &Global) -> Result<Self, Failure> {
        Self::with(global, |_| Ok(()))
    }

    fn with(global: &Global, first: impl FnOnce(&mut dyn Store) -> Result<(), Failure>) -> Result<Self, Failure> {
        let config = global.config()?;
        let url = global.database(&config)?;
        let mut store = open_register(&url)?;
        first(store.as_mut())?;
        let settings = BatchSettings::parse(&store.reader()?.transfer_settings(SourceId::CPR)?)?;
        Ok(Self { config, url, store, settings })
    }

    /// The server, in the directory of CPR's files.
    pub fn server(&self, plain: Plain) -> Result<Connector<'static>, Failure> {
        self.server_in(self.settings.directory.as_deref(), plain)
    }

    /// The server, in the directory of subscription files; `None` when none are sent.
    pub fn upload_server(&self, plain: Plain) -> Result<Option<Connector<'static>>, Failure> {
        let directory = self.settings.upload_directory.as_deref();
        directory.map(|directory| self.server_in(Some(directory), plain)).transpose()
    }

    fn server_in(&self, directory: Option<&str>, plain: Plain) -> Result<Connector<'static>, Failure> {
        let password = self.password()?;
        let settings = self.settings.server(directory, password, plain.insecure_plain_ftp)?;
        Ok(Connector::to(settings))
    }

    fn password(&self) -> Result<Option<Zeroizing<String>>, Failure> {
        let name: SecretName = PASSWORD.parse().map_err(Failure::refused)?;
        let secret = vault_of(kartotek_store::open(&self.url)?, &self.url, &self.config)?.get(&name)?;
        // The bytes are not repeated.
        let text = |secret: &[u8]| {
            let text =
                str::from_utf8(secret).map_err(|_| anyhow::anyhow!("the secret {PASSWORD} is no text; set it again"));
            text.map(|text| Zeroizing::new(text.to_owned())).map_err(Failure::refused)
        };
        secret.map(|secret| text(&secret)).transpose()
    }

    /// How files are taken in.
    pub fn import(&self) -> Result<ExtractImport, Failure> {
        let mut options = self.config.import();
        if self.config.cpr.force_update.is_none() {
            options.force_update = CprSource::load(self.store.reader()?.as_mut())?.force_update;
        }
        let tasks = self.config.cpr.tasks.clone();
        let customer = self.config.subscription.customer(direkte::customer(&self.config))?;
        Ok(ExtractImport { mapping: self.config.mapping()?, options, tasks, customer, ..ExtractImport::default() })
    }

    /// Where subscription files are.
    pub fn outgoing(&self, late: bool) -> Result<Outgoing, Failure> {
        let (folder, settings) = self.config.subscription.files(direkte::customer(&self.config))?;
        Ok(Outgoing { folder, settings, late })
    }
}
