use std::io::Write as _;

use clap::Args;
use kartotek_register::ports::TransferState;
use kartotek_service::cpr_batch::remote_files;
use serde_json::json;

use crate::cli::Global;
use crate::exit::{Exit, Failure};
use crate::output;

use super::failure::exit_of;
use super::session::{Plain, Session};

#[derive(Args)]
pub(super) struct Connect {
    #[command(flatten)]
    plain: Plain,
}

impl Connect {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let session = Session::open(global)?;
        let mut server = session.server(self.plain)?;
        let failure = |error| Failure { exit: exit_of(&error), error: error.into() };
        let server_says = server.with(|remote| Ok(remote.describe())).map_err(failure)?;
        let files = remote_files(session.store.as_ref(), &session.settings, &mut server)?.map_err(failure)?;
        let upload = match session.upload_server(self.plain)? {
            Some(mut upload) => Some(upload.with(|remote| Ok(remote.describe())).map_err(failure)?),
            None => None,
        };
        let is_wanted = |state| matches!(state, None | Some(TransferState::Begun | TransferState::Refused));
        let new = files.iter().filter(|file| is_wanted(file.state)).count();
        let migrated = files.iter().filter(|file| file.entry.migrated).count();
        if global.json {
            output::json(&json!({
                "server": server_says, "upload": upload, "files": files.len(), "new": new, "migrated": migrated,
            }))?;
        } else {
            let mut out = std::io::stdout().lock();
            writeln!(out, "logged on: {server_says}")?;
            if let Some(upload) = upload {
                writeln!(out, "for subscription files: {upload}")?;
            }
            let pattern = &session.settings.pattern;
            writeln!(out, "{} files match {pattern}, {new} of them new, {migrated} migrated", files.len())?;
            for file in &files {
                writeln!(out, "  {}", file.entry)?;
            }
        }
        Ok(Exit::Done)
    }
}
