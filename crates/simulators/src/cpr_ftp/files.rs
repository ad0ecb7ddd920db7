use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::directory::Directory;

/// Where uploads are until they are whole. The full stop keeps it from being served.
const UNFINISHED: &str = ".unfinished";

/// A file that is there.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// As on disk.
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) size: u64,
    pub(super) modified: SystemTime,
}

/// The two directories on disk, and what is migrated.
pub(super) struct Files {
    folder: PathBuf,
    uploads: AtomicU64,
    /// Names in `ud` in lower case, and how often each was refused since.
    migrated: Mutex<BTreeMap<String, u32>>,
}

impl Files {
    pub(super) fn new(folder: &Path) -> io::Result<Self> {
        for name in Directory::BELOW.map(Directory::name).into_iter().chain([UNFINISHED]) {
            fs::create_dir_all(folder.join(name))?;
        }
        Ok(Self { folder: folder.to_path_buf(), uploads: AtomicU64::new(0), migrated: Mutex::default() })
    }

    /// Where a file of a name is, or would be.
    pub(super) fn path(&self, directory: Directory, name: &str) -> PathBuf {
        self.folder.join(directory.name()).join(name)
    }

    /// The files of a directory by name. A file that vanishes meanwhile is left out.
    pub(super) fn all(&self, directory: Directory) -> io::Result<Vec<Found>> {
        if directory == Directory::Root {
            return Ok(Vec::new());
        }
        let mut all = Vec::new();
        for entry in fs::read_dir(self.folder.join(directory.name()))? {
            all.extend(entry?.file_name().into_string().ok().and_then(|name| self.named(directory, &name)));
        }
        all.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        Ok(all)
    }

    /// The file of exactly this name.
    pub(super) fn named(&self, directory: Directory, name: &str) -> Option<Found> {
        let path = self.path(directory, name);
        let is_served = directory != Directory::Root && !name.starts_with('.') && !name.contains('/');
        let about = is_served.then(|| fs::metadata(&path).ok()).flatten().filter(fs::Metadata::is_file)?;
        Some(Found { name: name.to_owned(), path, size: about.len(), modified: about.modified().ok()? })
    }

    /// The file of this name in whatever letters.
    pub(super) fn named_somehow(&self, directory: Directory, name: &str) -> Option<Found> {
        let exact = [name.to_ascii_lowercase(), name.to_ascii_uppercase()];
        exact
            .iter()
            .find_map(|name| self.named(directory, name))
            .or_else(|| self.all(directory).ok()?.into_iter().find(|found| found.name.eq_ignore_ascii_case(name)))
    }

    /// A path for an upload until it is whole.
    pub(super) fn unfinished(&self) -> PathBuf {
        let number = self.uploads.fetch_add(1, Ordering::Relaxed);
        Self::unfinished_in(&self.folder, &number.to_string())
    }

    /// A path for a file that gets this name when it is whole.
    pub(super) fn unfinished_in(folder: &Path, name: &str) -> PathBuf {
        folder.join(UNFINISHED).join(name)
    }

    pub(super) fn migrate(&self, name: &str) -> io::Result<()> {
        if self.named_somehow(Directory::Ud, name).is_none() {
            let why = format!("expected a file in ud to migrate, found none of the name {name}");
            return Err(io::Error::new(io::ErrorKind::NotFound, why));
        }
        self.migrated().insert(name.to_ascii_lowercase(), 0);
        Ok(())
    }

    pub(super) fn is_migrated(&self, directory: Directory, name: &str) -> bool {
        directory == Directory::Ud && self.migrated().contains_key(&name.to_ascii_lowercase())
    }

    /// Counts a refusal of a migrated file, unless it was refused so often already.
    pub(super) fn refuse_once_more(&self, name: &str, times: u32) -> bool {
        let mut migrated = self.migrated();
        match migrated.get_mut(&name.to_ascii_lowercase()) {
            Some(refused) if *refused < times => {
                *refused += 1;
                true
            }
            _ => false,
        }
    }

    /// A file has another name, and is where it was.
    pub(super) fn renamed(&self, directory: Directory, from: &str, to: &str) {
        if directory == Directory::Ud {
            let mut migrated = self.migrated();
            if let Some(refused) = migrated.remove(&from.to_ascii_lowercase()) {
                migrated.insert(to.to_ascii_lowercase(), refused);
            }
        }
    }

    /// The file is back.
    pub(super) fn recall(&self, name: &str) {
        self.migrated().remove(&name.to_ascii_lowercase());
    }

    fn migrated(&self) -> MutexGuard<'_, BTreeMap<String, u32>> {
        self.migrated.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
