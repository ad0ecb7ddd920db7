//! What the commands that fetch persons share.

use std::num::NonZeroU32;

use clap::Args;
use kartotek_service::cpr_online::{Online, OnlineImport};

use crate::config::YesNo;
use crate::exit::Failure;

use super::session::Session;

#[derive(Args)]
pub(super) struct Options {
    /// Fetch close relatives too: spouse, children, parents, guardians and holders of custody. They are not subscribed.
    #[arg(long)]
    pub related: bool,
    /// J: an address that was changed by hand gives way to the delivered one; N: it stays.
    #[arg(long, value_name = "J|N")]
    force_update: Option<YesNo>,
    /// Requests a second at most.
    #[arg(long, value_name = "N")]
    rate: Option<NonZeroU32>,
}

impl Options {
    /// How fetched persons are taken in.
    pub fn import(&self, session: &Session, dry_run: bool) -> Result<OnlineImport, Failure> {
        let (mapping, options) = session.import(self.force_update)?;
        Ok(OnlineImport { mapping, options, dry_run })
    }

    /// A client that keeps to the rate.
    pub fn online(&self, session: &mut Session) -> Result<Online, Failure> {
        if self.rate.is_some() {
            session.connection.per_second = self.rate;
        }
        session.online()
    }
}
