use std::io::{self, Write};

use clap::Args;
use kartotek_register::ports::TransferState;
use kartotek_service::cpr_batch::{LocalFile, RemoteFile, local_files, remote_files};
use serde_json::json;

use crate::cli::Global;
use crate::exit::{Exit, Failure};
use crate::output::{self, count};

use super::failure::exit_of;
use super::session::{Plain, Session};

#[derive(Args)]
pub(super) struct List {
    /// Only the files of the interim directory; nobody is called.
    #[arg(long)]
    local: bool,
    #[command(flatten)]
    plain: Plain,
}

impl List {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let session = Session::open(global)?;
        // What is wrong on one side hides nothing of the other.
        let remote = if self.local { None } else { Some(self.remote(&session)) };
        let local = local_files(session.store.as_ref(), &session.settings).map_err(Failure::from);
        let failures = || remote.iter().filter_map(|remote| remote.as_ref().err()).chain(local.as_ref().err());
        let exit = failures().map(|failure| failure.exit).max().unwrap_or_default();
        let problems: Vec<_> = failures().map(|failure| format!("{:#}", failure.error)).collect();
        let (remote, local) = (remote.and_then(Result::ok), local.ok());
        if global.json {
            let remote = remote.map(|files| files.iter().map(remote_document).collect::<Vec<_>>());
            let local = local.map(|files| files.iter().map(local_document).collect::<Vec<_>>());
            let problem = (!problems.is_empty()).then(|| problems.join("; "));
            output::json(&json!({ "remote": remote, "local": local, "problem": problem }))?;
        } else {
            let mut out = io::stdout().lock();
            if let Some(remote) = remote {
                writeln!(out, "Remote files:")?;
                remote.iter().try_for_each(|file| remote_line(&mut out, file))?;
            }
            if let Some(local) = local {
                writeln!(out, "Local files:")?;
                local.iter().try_for_each(|file| local_line(&mut out, file))?;
            }
            for problem in problems {
                eprintln!("error: {problem}");
            }
        }
        Ok(exit)
    }

    fn remote(&self, session: &Session) -> Result<Vec<RemoteFile>, Failure> {
        let files = remote_files(session.store.as_ref(), &session.settings, &mut session.server(self.plain)?)?;
        files.map_err(|error| Failure { exit: exit_of(&error), error: error.into() })
    }
}

fn remote_line(out: &mut impl Write, file: &RemoteFile) -> io::Result<()> {
    let size = file.entry.size.map(count).unwrap_or_default();
    writeln!(out, "  {:<20} {size:>14}  {}", file.entry.to_string(), remote_state(file))
}

/// What a file at the server is to the ledger.
fn remote_state(file: &RemoteFile) -> &'static str {
    match file.state {
        None => "new",
        Some(TransferState::Begun) => "begun",
        Some(TransferState::Waiting) => "fetched",
        Some(TransferState::Refused) => "refused",
        Some(TransferState::Done) => "imported",
    }
}

fn local_line(out: &mut impl Write, file: &LocalFile) -> io::Result<()> {
    write!(out, "  {:<20} {:>14}  ", file.name, count(file.size))?;
    let Some(row) = &file.transfer else { return writeln!(out, "not checked yet") };
    write!(out, "{}", row.state.name())?;
    if let (Some(task), Some(date)) = (&row.task, row.production_date) {
        write!(out, ", task {task}, produced {date}")?;
    }
    if row.gap_accepted {
        write!(out, ", gap accepted")?;
    }
    match &row.problem {
        Some(problem) => writeln!(out, "; {problem}"),
        None => writeln!(out),
    }
}

fn remote_document(file: &RemoteFile) -> serde_json::Value {
    json!({
        "name": file.entry.name,
        "size": file.entry.size,
        "migrated": file.entry.migrated,
        "state": remote_state(file),
    })
}

fn local_document(file: &LocalFile) -> serde_json::Value {
    let row = file.transfer.as_ref();
    json!({
        "name": file.name,
        "size": file.size,
        "state": row.map(|row| row.state.name()),
        "task": row.and_then(|row| row.task.as_ref()),
        "production_date": row.and_then(|row| row.production_date).map(|date| date.to_string()),
        "gap_accepted": row.is_some_and(|row| row.gap_accepted),
        "problem": row.and_then(|row| row.problem.as_ref()),
    })
}
