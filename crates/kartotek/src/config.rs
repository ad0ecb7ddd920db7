//! The configuration file. Every setting has a default, so none is needed.

use std::net::{IpAddr, SocketAddr};
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use kartotek_register::import::{ForceUpdate, ImportOptions};
use kartotek_register::mapping::cpr::{MappingOptions, RecordSet};
use kartotek_service::cpr_online::Connection;
use serde::Deserialize;

use crate::exit::Failure;

/// The configuration file, in TOML. Described in docs/OPERATIONS.md.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where the register is.
    pub database: Option<String>,
    /// How records become contacts.
    pub mapping: Mapping,
    /// How CPR extracts are taken in.
    pub cpr: Cpr,
    /// Where the key of the secrets is.
    pub secrets: Secrets,
    /// Log files.
    pub log: Log,
}

/// `[mapping]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mapping {
    /// Map also what the guide leaves unmapped.
    pub extended: bool,
    /// Close the contact of a dead person.
    pub deceased_end_date: bool,
}

impl Default for Mapping {
    fn default() -> Self {
        Self { extended: false, deceased_end_date: true }
    }
}

/// `[cpr]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cpr {
    /// Whether addresses changed by hand give way: `J` (default) or `N`.
    pub force_update: Option<YesNo>,
    /// Record types that the task delivers; all when not given.
    pub delivers: Option<Vec<String>>,
    /// Tasks whose files are expected; any when empty.
    pub tasks: Vec<String>,
    /// CPR Direkte.
    pub direkte: Direkte,
    /// The local proxy.
    pub klient: Klient,
}

/// `[cpr.direkte]`: the contract with CPR (F8), and how its service is reached.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Direkte {
    /// CPR IP, or the host's name.
    pub host: Option<String>,
    /// CPR port.
    pub port: Option<u16>,
    /// CPR Trans. kode.
    pub transaction: Option<String>,
    /// Customer number.
    pub customer: Option<String>,
    /// User id.
    pub user: Option<String>,
    /// Authorities that sign the server's certificate, in PEM.
    pub ca_file: Option<PathBuf>,
    /// The address that connections come from.
    pub from: Option<IpAddr>,
    /// Connections at a time.
    pub connections: Option<NonZeroUsize>,
    /// Requests a second at most.
    pub per_second: Option<NonZeroU32>,
    /// Seconds until a connection stands.
    pub connect_seconds: Option<NonZeroU32>,
    /// Seconds from a request to the end of its answer.
    pub answer_seconds: Option<NonZeroU32>,
    /// Tries of a request that may be repeated.
    pub tries: Option<NonZeroU32>,
    /// Days after which the password is due to be changed.
    pub password_days: Option<NonZeroU32>,
}

impl Direkte {
    /// What is configured, with defaults for the rest.
    pub fn connection(&self) -> Connection {
        let default = Connection::default();
        Connection {
            host: self.host.clone().unwrap_or(default.host),
            port: self.port.unwrap_or(default.port),
            transaction: self.transaction.clone().unwrap_or(default.transaction),
            customer: self.customer.clone(),
            user: self.user.clone(),
            ca_file: self.ca_file.clone(),
            from: self.from,
            connections: self.connections.unwrap_or(default.connections),
            per_second: self.per_second,
            connect_seconds: self.connect_seconds.unwrap_or(default.connect_seconds),
            answer_seconds: self.answer_seconds.unwrap_or(default.answer_seconds),
            tries: self.tries.unwrap_or(default.tries),
        }
    }
}

/// `[cpr.klient]`: the local proxy.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Klient {
    /// Where to listen.
    pub listen: Option<SocketAddr>,
    /// Addresses and networks that may call.
    pub callers: Option<Vec<String>>,
    /// Callers at a time.
    pub connections: Option<NonZeroUsize>,
    /// Folder of the file that keeps a second one from starting.
    pub lock_folder: Option<PathBuf>,
}

/// `[secrets]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Secrets {
    /// The key file; beside the register when not given.
    pub key_file: Option<PathBuf>,
}

/// `[log]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// File that gets a line for every file taken in or refused (`cprbatch.log`).
    pub cprbatch: Option<PathBuf>,
}

/// The register's yes and no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, clap::ValueEnum)]
pub enum YesNo {
    /// Yes.
    #[value(name = "J", alias = "j")]
    J,
    /// No.
    #[value(name = "N", alias = "n")]
    N,
}

impl From<YesNo> for ForceUpdate {
    fn from(value: YesNo) -> Self {
        match value {
            YesNo::J => Self::Yes,
            YesNo::N => Self::No,
        }
    }
}

impl Config {
    /// Reads the file; without one, the defaults.
    pub fn read(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path else { return Ok(Self::default()) };
        let read = || {
            let text = std::fs::read_to_string(path)?;
            Ok::<_, anyhow::Error>(toml::from_str(&text)?)
        };
        read().with_context(|| format!("configuration file {}", path.display())).map_err(Failure::refused)
    }

    /// Settings of the CPR mapping.
    pub fn mapping(&self) -> Result<MappingOptions, Failure> {
        let delivers = match &self.cpr.delivers {
            None => RecordSet::ALL,
            Some(types) => record_set(types)?,
        };
        Ok(MappingOptions {
            extended: self.mapping.extended,
            delivers,
            deceased_end_date: self.mapping.deceased_end_date,
        })
    }

    /// Settings of the engine.
    pub fn import(&self) -> ImportOptions {
        let force_update = self.cpr.force_update.map(ForceUpdate::from).unwrap_or_default();
        ImportOptions { force_update, ..ImportOptions::default() }
    }
}

/// Record types as they are written, `["001", "003"]`. 001 always comes.
pub fn record_set(types: &[String]) -> Result<RecordSet, Failure> {
    let mut set = RecordSet::EMPTY.with(1);
    for text in types {
        let is_type = text.len() == 3 && text.bytes().all(|b| b.is_ascii_digit());
        match text.parse::<u16>() {
            Ok(number) if is_type && (1..=63).contains(&number) => set = set.with(number),
            _ => {
                return Err(Failure::refused(anyhow::anyhow!(
                    "cpr.delivers: expected record types of three digits, 001 to 063, found {text:?}"
                )));
            }
        }
    }
    Ok(set)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_setting_is_refused() {
        let error = toml::from_str::<Config>("[mapping]\nextendet = true").unwrap_err().to_string();
        assert!(error.contains("extendet") && error.contains("extended"), "{error}");
    }

    #[test]
    fn delivers_is_read_by_record_type() {
        let config: Config = toml::from_str("[cpr]\ndelivers = [\"003\", \"052\"]\nforce_update = \"N\"").unwrap();
        let set = config.mapping().unwrap().delivers;
        assert!(set.contains(1) && set.contains(3) && set.contains(52) && !set.contains(4));
        assert_eq!(config.import().force_update, ForceUpdate::No);
        assert!(record_set(&["3".into()]).is_err());
    }
}
