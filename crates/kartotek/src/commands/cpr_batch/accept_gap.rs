use std::io::Write as _;

use anyhow::anyhow;
use clap::Args;
use kartotek_register::ports::{SystemClock, TransferState};
use kartotek_service::cpr_batch::Batch;
use serde_json::json;

use crate::cli::Global;
use crate::exit::{Exit, Failure};
use crate::output;

use super::report::Report;
use super::session::Session;

#[derive(Args)]
pub(super) struct AcceptGap {
    /// The file that waits, or that was refused and will not come otherwise.
    file: String,
}

impl AcceptGap {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let (mut session, mut lease) = Session::alone(global)?;
        let import = session.import()?;
        let mut report = Report::open(&session.config, &session.url, true)?;
        let mut tell = |event| report.tell(&event);
        let mut batch =
            Batch::new(session.store.as_mut(), &SystemClock, &session.settings, &import, lease.as_mut(), &mut tell)?;
        let Some(state) = batch.accept_gap(&self.file)? else {
            return Err(Failure::refused(anyhow!(
                "no file of that name waits in the interim directory or was refused; `kartotek cpr-batch list` shows what does"
            )));
        };
        if global.json {
            output::json(&json!({ "file": self.file, "gap_accepted": true }))?;
        } else {
            let text = match state {
                TransferState::Refused => {
                    "is let be, and no longer awaited, unless another file takes its name at the server"
                }
                _ => {
                    "the next import takes it although a delivery is missing before it, unless an earlier file waits too"
                }
            };
            writeln!(std::io::stdout(), "{}: {text}", self.file)?;
        }
        Ok(Exit::Done)
    }
}
