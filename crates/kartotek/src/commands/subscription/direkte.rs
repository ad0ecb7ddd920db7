//! CPR Direkte as a channel of subscriptions.

use kartotek_register::ports::SystemClock;
use kartotek_service::cpr_online::OnlineImport;
use kartotek_service::subscriptions::{Direkte, OnlineDirekte};

use crate::cli::Global;
use crate::commands::cpr::session::Session;
use crate::config::Config;
use crate::exit::Failure;

/// Persons that CPR Direkte is asked about before it is written down.
pub const BATCH: usize = 100;

/// CPR Direkte; `None` when it is not configured, so that files are the only channel.
pub fn connect(global: &Global, config: &Config) -> Result<Option<Box<dyn Direkte>>, Failure> {
    if config.cpr.direkte.customer.is_none() {
        return Ok(None);
    }
    let session = Session::open(global)?;
    let (mapping, options) = session.import(None)?;
    let import = OnlineImport { mapping, options, dry_run: false };
    Ok(Some(Box::new(OnlineDirekte::new(session.online()?, import, SystemClock))))
}

/// The customer number of the contract for CPR Direkte, which subscription files share.
pub fn customer(config: &Config) -> Option<&str> {
    config.cpr.direkte.customer.as_deref()
}
