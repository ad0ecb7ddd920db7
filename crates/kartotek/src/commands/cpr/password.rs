use std::io::{self, Write};

use anyhow::Context as _;
use clap::Args;
use kartotek_formats::cpr_direkte::Password as DirektePassword;
use serde_json::json;

use crate::cli::Global;
use crate::exit::{Exit, Failure};
use crate::output;
use crate::secrets::read_secret;

use super::session::Session;

/// Days after which the password is due, when the configuration does not say.
pub(super) const DAYS: u32 = 60;

#[derive(Args)]
pub(super) struct Password {
    /// Store the password that CPR gave, read from the standard input; nothing is sent.
    #[arg(long, conflicts_with_all = ["if_due", "choose"])]
    set: bool,
    /// Change the password only when it is as old as cpr.direkte.password_days says: for a scheduler.
    #[arg(long)]
    if_due: bool,
    /// Choose the new password, read from the standard input, instead of having one made up.
    #[arg(long)]
    choose: bool,
}

impl Password {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let session = Session::open(global)?;
        if self.set {
            let password = read("Password from CPR: ", DirektePassword::parse)?;
            session.passwords.set(&password)?;
            return say(global, "stored", "The password is stored; `kartotek cpr test` tries it.");
        }
        let days = session.config.cpr.direkte.password_days.map_or(DAYS, std::num::NonZeroU32::get);
        if self.if_due && !session.passwords.is_due(days)? {
            return say(global, "not due", &format!("The password is less than {days} days old; nothing was done."));
        }
        let chosen = if self.choose { Some(read("New password: ", DirektePassword::new)?) } else { None };
        let online = session.direct()?;
        session.passwords.change(&online, chosen.as_ref())?;
        say(global, "changed", "CPR has a new password, which is stored. The old one is no longer valid.")
    }
}

fn read<E>(prompt: &str, parse: impl FnOnce(&str) -> Result<DirektePassword, E>) -> Result<DirektePassword, Failure>
where
    E: std::error::Error + Send + Sync + 'static,
{
    let secret = read_secret(prompt).map_err(Failure::unreachable)?;
    let text = str::from_utf8(&secret).context("the password").map_err(Failure::refused)?;
    parse(text).context("the password").map_err(Failure::refused)
}

fn say(global: &Global, state: &str, text: &str) -> Result<Exit, Failure> {
    if global.json {
        output::json(&json!({ "password": state }))?;
    } else {
        writeln!(io::stdout().lock(), "{text}")?;
    }
    Ok(Exit::Done)
}
