//! The vault of the register that the settings name.

mod input;

use std::env::{VarError, var};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::anyhow;
use kartotek_register::ports::{Store, SystemClock};
use kartotek_service::secrets::{EnvironmentKeys, KeyFile, KeySource, Vault};
use kartotek_store::DatabaseUrl;

use crate::cli::Global;
use crate::config::Config;
use crate::exit::Failure;

pub use input::{read_new_secret, read_secret};

/// The key of the secrets, in place of the key file.
const CURRENT: &str = "KARTOTEK_SECRET_KEY";
/// The key that the secrets were sealed with before.
const OLD: &str = "KARTOTEK_SECRET_KEY_OLD";

/// Opens the vault, with a connection of its own to the register. A key is read when one is needed.
pub fn vault(global: &Global, config: &Config) -> Result<Vault, Failure> {
    let url = global.database(config)?;
    vault_of(kartotek_store::open(&url)?, &url, config)
}

/// The vault in a register that is open.
pub fn vault_of(store: Box<dyn Store>, url: &DatabaseUrl, config: &Config) -> Result<Vault, Failure> {
    Ok(Vault::new(store, key_source(url, config)?, Arc::new(SystemClock)))
}

/// Where the keys are: the environment, then the file that the configuration names, then the one beside the register.
fn key_source(url: &DatabaseUrl, config: &Config) -> Result<KeySource, Failure> {
    let environment = EnvironmentKeys::read(variable(CURRENT)?.as_deref(), variable(OLD)?.as_deref())?;
    let file = config.secrets.key_file.clone().unwrap_or_else(|| default_file(url));
    Ok(KeySource { environment, file: KeyFile::new(file) })
}

/// `register.key` beside `register.db`; for a server `kartotek.key` in the folder in which the program runs.
fn default_file(url: &DatabaseUrl) -> PathBuf {
    match url {
        DatabaseUrl::Sqlite(path) if path.extension().is_some_and(|extension| extension == "key") => {
            path.with_added_extension("key")
        }
        DatabaseUrl::Sqlite(path) => path.with_extension("key"),
        DatabaseUrl::Postgres(_) => PathBuf::from("kartotek.key"),
    }
}

/// The value is not repeated when it is no text.
fn variable(name: &str) -> Result<Option<String>, Failure> {
    match var(name) {
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(Failure::refused(anyhow!("{name}: expected 32 bytes in base64"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_file_is_beside_the_register_and_never_the_register() {
        for (url, file) in [
            ("sqlite:a/register.db", "a/register.key"),
            ("sqlite:register", "register.key"),
            ("sqlite:register.key", "register.key.key"),
            ("postgres://a@b/c", "kartotek.key"),
        ] {
            assert_eq!(default_file(&url.parse().unwrap()), PathBuf::from(file), "{url}");
        }
    }
}
