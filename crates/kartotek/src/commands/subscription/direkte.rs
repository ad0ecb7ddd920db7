//! CPR Direkte as a channel of subscriptions.

use kartotek_service::subscriptions::Direkte;

use crate::cli::Global;
use crate::config::Config;
use crate::exit::Failure;

/// CPR Direkte; `None` when it is not configured, so that files are the only channel.
#[expect(clippy::unnecessary_wraps, reason = "a connection that is configured may be wrong")]
pub(super) fn connect(_global: &Global, _config: &Config) -> Result<Option<Box<dyn Direkte>>, Failure> {
    Ok(None)
}

/// The customer number of the contract for CPR Direkte, which subscription files share.
pub(super) fn customer(config: &Config) -> Option<&str> {
    config.cpr.direkte.customer.as_deref()
}
