use kartotek_register::ports::{Clock, Direction, Store, TransferState};

use super::interim::{Interim, InterimFile};
use super::{BatchError, BatchSettings, SettingError, find_setting};

/// Settings that both steps use, and that must not change between them (F114).
const OF_BOTH_STEPS: [&str; 3] = ["Pattern", "Rename prefix", LOCAL_DIRECTORY];

const LOCAL_DIRECTORY: &str = "Local Directory";

/// Changes settings, all or none; an empty value puts the default back. A path that is not absolute goes on from the folder in
/// which the program runs. Returns what holds from now on.
pub fn change_settings(
    store: &mut dyn Store,
    clock: &dyn Clock,
    changes: &[(String, String)],
) -> Result<BatchSettings, BatchError> {
    let source = kartotek_register::contact::SourceId::CPR;
    let mut transaction = store.begin()?;
    let before = transaction.transfer_settings(source)?;
    let mut after = before.clone();
    for (name, value) in changes {
        let setting = find_setting(name).ok_or(SettingError::Unknown)?;
        after.retain(|(name, _)| name != setting.name);
        let value = setting.kept(value)?;
        if !value.is_empty() {
            after.push((setting.name.to_owned(), value));
        }
    }
    let settings = BatchSettings::parse(&after)?;
    let value = |pairs: &[(String, String)], name: &str| {
        pairs.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone())
    };
    let old = BatchSettings::parse(&before);
    let interim = old.as_ref().map_err(|error| BatchError::from(error.clone())).and_then(Interim::open);
    // Where there is no directory, nothing is in it to be forgotten, and no step gets any further with this setting. What waits
    // in the ledger is imported from the new directory when it was moved there, and else fetched again.
    let is_gone = interim.as_ref().is_err_and(BatchError::is_without_interim);
    let is_changed = |name: &&str| {
        let (before, after) = (value(&before, name), value(&after, name));
        find_setting(name).is_some_and(|setting| !setting.are_same(before.as_deref(), after.as_deref()))
    };
    // Nor with a value that an earlier version took, and this one does not.
    let is_unfit = |name: &str| matches!(&old, Err(SettingError::Value { setting, .. }) if *setting == name);
    let may_change = |name: &&str| is_unfit(name) || (is_gone && *name == LOCAL_DIRECTORY);
    if let Some(setting) = OF_BOTH_STEPS.into_iter().find(|name| is_changed(name) && !may_change(name)) {
        let mut between: Vec<String> = Vec::new();
        let waiting = transaction.transfers(source, Direction::In, Some(TransferState::Waiting))?;
        between.extend(waiting.into_iter().map(|row| row.name));
        // So are files that somebody has put there, and those that a run put there and did not live to enter.
        let known = transaction.transfers(source, Direction::In, None)?;
        if let (Ok(old), Ok(interim)) = (&old, interim) {
            let latest = |name: &str| known.iter().rfind(|row| row.name.eq_ignore_ascii_case(name));
            let is_counted = |file: &InterimFile| {
                latest(&file.name).is_some_and(|row| match row.state {
                    TransferState::Waiting => true,
                    // The imported file itself, where no prefix is used. Its time says nothing: it may be restored.
                    TransferState::Done => row.size == Some(file.size),
                    TransferState::Begun | TransferState::Refused => false,
                })
            };
            let found = interim.files(old)?.into_iter().filter(|file| !is_counted(file));
            between.extend(found.map(|file| file.name));
        }
        if let Some(first) = between.first().cloned() {
            return Err(BatchError::BetweenSteps { setting, count: between.len(), first });
        }
    }
    let now = clock.now_text();
    for (name, _) in changes {
        let setting = find_setting(name).ok_or(SettingError::Unknown)?;
        transaction.put_transfer_setting(source, setting.name, value(&after, setting.name).as_deref(), &now)?;
    }
    if is_changed(&LOCAL_DIRECTORY) {
        // What is told of files on their way is not told of parts that lie in the new directory from another time.
        for mut row in transaction.transfers(source, Direction::In, Some(TransferState::Begun))? {
            (row.remote_size, row.remote_modified) = (None, None);
            transaction.update_transfer(&row)?;
        }
    }
    transaction.commit()?;
    Ok(settings)
}
