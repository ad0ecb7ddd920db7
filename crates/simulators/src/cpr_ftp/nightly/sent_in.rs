//! Subscription files that customers sent in (cpr-batch-transfer.md sections 4 and 5).

use std::fs;
use std::io;
use std::path::Path;

use kartotek_formats::cpr_direkte::CustomerNumber;
use kartotek_formats::dates::PartialDate;
use kartotek_formats::identifiers::CprNumber;
use kartotek_formats::subscription_file::{SubscriptionAction, SubscriptionFileName, SubscriptionLine, TaskNumber};

/// The files of a task for a day, by name, with their content.
pub(super) fn files(folder: &Path, day: PartialDate, task: TaskNumber) -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let is_meant = |own: SubscriptionFileName| own.process_date() == day && own.task() == task;
        if SubscriptionFileName::parse(&name).is_ok_and(is_meant) {
            all.push((name, fs::read(entry.path())?));
        }
    }
    all.sort_unstable();
    Ok(all)
}

/// The lines of a file, without their ends. A blank line is none.
pub(super) fn lines(content: &[u8]) -> impl Iterator<Item = &[u8]> {
    content
        .split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .filter(|line| !line.trim_ascii().is_empty())
}

/// Reads a line; refused by number and text of a record 910. `about` tells whether a number is known, and whether it is
/// subscribed. CPR's own numbers and texts are not public.
pub(super) fn order(
    line: &[u8],
    customer: CustomerNumber,
    about: impl FnOnce(CprNumber) -> (bool, bool),
) -> Result<SubscriptionLine, (u16, String)> {
    if line.get(..2).is_some_and(|key| key != b"06") {
        return Err((10, "INDDATATYPE ER IKKE 06".to_owned()));
    }
    let line = SubscriptionLine::decode(line).map_err(|error| (99, format!("FEJL I POSITION {}", error.position)))?;
    if line.customer != customer {
        return Err((6, "UKENDT KUNDENUMMER".to_owned()));
    }
    match about(line.number) {
        (false, _) => Err((5, "UKENDT PERSONNUMMER".to_owned())),
        (true, false) if !sets(&line) => Err((8, "INTET ABONNEMENT PÅ PERSONNUMMER".to_owned())),
        _ => Ok(line),
    }
}

/// Whether a line sets a subscription; it deletes one otherwise.
pub(super) fn sets(line: &SubscriptionLine) -> bool {
    line.action == SubscriptionAction::Create
}
