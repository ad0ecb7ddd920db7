use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::{BatchError, BatchSettings, SettingError};

/// The interim directory (F115): fetched files under their names, parts of files under hidden names, error logs as `err` and
/// the name (F124), and files whose content was refused as `refused` and the name.
#[derive(Debug, Clone)]
pub(super) struct Interim {
    folder: PathBuf,
}

/// A file that is in the interim directory.
#[derive(Debug, Clone)]
pub(super) struct InterimFile {
    pub name: String,
    pub size: u64,
    pub modified: SystemTime,
}

/// What error logs begin with (F124), and then the file's name.
const ERROR_LOG: &str = "err";
const REFUSED: &str = "refused";

impl Interim {
    /// The directory that the settings name; it must exist.
    pub fn open(settings: &BatchSettings) -> Result<Self, BatchError> {
        let folder = settings.local_directory.clone().ok_or(SettingError::Missing("Local Directory"))?;
        let found = fs::metadata(&folder).and_then(|metadata| {
            if metadata.is_dir() { Ok(()) } else { Err(io::Error::from(io::ErrorKind::NotADirectory)) }
        });
        match found {
            Ok(()) => Ok(Self { folder }),
            Err(error) => Err(BatchError::Interim { path: folder, error }),
        }
    }

    /// For what works with the messages alone, and with no file of the directory, which need not exist.
    pub fn unused(settings: &BatchSettings) -> Self {
        Self { folder: settings.local_directory.clone().unwrap_or_default() }
    }

    /// Where a file is.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Where the part of a file is that has come so far.
    pub fn part(&self, name: &str) -> PathBuf {
        self.folder.join(format!(".{name}.part"))
    }

    /// The files that the pattern takes, by name.
    pub fn files(&self, settings: &BatchSettings) -> Result<Vec<InterimFile>, BatchError> {
        let failed = |error| self.failed("list", &self.folder, error);
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            // A name that is no text matches no pattern.
            let Ok(name) = entry.file_name().into_string() else { continue };
            if !is_safe(&name) || !settings.takes(&name) {
                continue;
            }
            // One that was moved meanwhile is no longer there to be listed.
            let Ok(metadata) = fs::metadata(entry.path()) else { continue };
            if metadata.is_file() {
                let modified = changed(&metadata);
                files.push(InterimFile { name, size: metadata.len(), modified });
            }
        }
        files.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(files)
    }

    /// Moves a file to a name where nothing is. What is there already is moved aside, not lost.
    pub fn put(&self, from: &Path, name: &str) -> Result<(), BatchError> {
        let to = self.path(name);
        self.step_aside(&to)?;
        self.rename(from, &to)
    }

    /// Keeps a refused file aside, and returns its new name.
    pub fn put_refused(&self, from: &Path, name: &str) -> Result<String, BatchError> {
        let name = format!("{REFUSED}{name}");
        let to = self.path(&name);
        // The same again is no news, and no second copy.
        if same_content(from, &to).unwrap_or(false) {
            fs::remove_file(from).map_err(|error| self.failed("remove", from, error))?;
        } else {
            self.put(from, &name)?;
        }
        Ok(name)
    }

    /// Gives a file its prefix, and returns its new name.
    pub fn prefix(&self, name: &str, prefix: &str) -> Result<String, BatchError> {
        let new = format!("{prefix}{name}");
        self.put(&self.path(name), &new)?;
        Ok(new)
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<(), BatchError> {
        fs::rename(from, to).map_err(|error| self.failed("move", from, error))?;
        // The name itself is on disk once the folder is; Windows has no such call and needs none.
        #[cfg(unix)]
        File::open(&self.folder)
            .and_then(|folder| folder.sync_all())
            .map_err(|error| self.failed("write", &self.folder, error))?;
        Ok(())
    }

    /// Moves what is in the way to `.1`, `.2` ... behind its name.
    fn step_aside(&self, path: &Path) -> Result<(), BatchError> {
        if !path.try_exists().map_err(|error| self.failed("look for", path, error))? {
            return Ok(());
        }
        for number in 1_u32.. {
            let aside = path.with_added_extension(number.to_string());
            if !aside.try_exists().map_err(|error| self.failed("look for", &aside, error))? {
                return self.rename(path, &aside);
            }
        }
        Ok(())
    }

    #[expect(clippy::unused_self, reason = "says whose folder failed")]
    pub fn failed(&self, operation: &'static str, path: &Path, error: io::Error) -> BatchError {
        BatchError::Folder { operation, path: path.to_owned(), error }
    }
}

/// Whether a name from a server may be one here: no folder, not hidden, nothing that a file system reads otherwise.
pub(super) fn is_safe(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '#' | '$' | '@' | '+');
    !name.is_empty() && name.len() <= 120 && !name.starts_with('.') && name.chars().all(is_plain)
}

/// When a file was last written or put there. Copying a file may give it the time of the copied one; that it was put there
/// cannot be hidden so, where the system tells it.
pub(super) fn changed(metadata: &fs::Metadata) -> SystemTime {
    let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let seconds = u64::try_from(metadata.ctime()).unwrap_or_default();
        modified.max(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
    }
    #[cfg(not(unix))]
    modified
}

/// What a name is about, if it is one of those that are given here: an error log, or a refused file.
pub(super) fn reserved(name: &str) -> Option<&str> {
    [ERROR_LOG, REFUSED].into_iter().find_map(|word| name.strip_prefix(word)).filter(|rest| !rest.is_empty())
}

fn same_content(a: &Path, b: &Path) -> io::Result<bool> {
    use io::Read as _;
    let (a, b) = (File::open(a)?, File::open(b)?);
    if a.metadata()?.len() != b.metadata()?.len() {
        return Ok(false);
    }
    let mut pairs = io::BufReader::new(a).bytes().zip(io::BufReader::new(b).bytes());
    pairs.try_fold(true, |same, (a, b)| Ok(same && a? == b?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(folder: &Path, prefix: &str) -> BatchSettings {
        let pairs = [("Local Directory", folder.to_str().unwrap()), ("Pattern", "*"), ("Rename prefix", prefix)];
        BatchSettings::parse(&pairs.map(|(name, value)| (name.to_owned(), value.to_owned()))).unwrap()
    }

    #[test]
    fn only_files_that_are_to_be_imported_are_listed() {
        let folder = tempfile::tempdir().unwrap();
        for name in
            ["d260105.l990001", "errd260105.l990001", "xd260102.l990001", ".d260106.l990001.part", "refusedd.l", "a b"]
        {
            fs::write(folder.path().join(name), name).unwrap();
        }
        fs::create_dir(folder.path().join("d260107.l990001")).unwrap();
        let settings = settings(folder.path(), "x");
        let names: Vec<_> =
            Interim::open(&settings).unwrap().files(&settings).unwrap().into_iter().map(|f| f.name).collect();
        assert_eq!(names, ["d260105.l990001"]);
    }

    #[test]
    fn nothing_is_lost_when_a_name_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let interim = Interim::open(&settings(folder.path(), "x")).unwrap();
        for content in ["one", "two", "three"] {
            fs::write(interim.path("a"), content).unwrap();
            assert_eq!(interim.prefix("a", "x").unwrap(), "xa");
        }
        let read = |name| fs::read_to_string(interim.path(name)).unwrap();
        assert_eq!([read("xa"), read("xa.1"), read("xa.2")], ["three", "one", "two"]);
    }

    #[test]
    fn the_same_refused_file_is_kept_once() {
        let folder = tempfile::tempdir().unwrap();
        let interim = Interim::open(&settings(folder.path(), "x")).unwrap();
        for content in ["bad", "bad", "worse"] {
            fs::write(interim.part("a"), content).unwrap();
            assert_eq!(interim.put_refused(&interim.part("a"), "a").unwrap(), "refuseda");
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn names_that_lead_elsewhere_are_not_safe() {
        for name in ["", ".", "..", "../a", "a/b", "a\\b", "a:b", "a\nb", "-a b", ".hidden"] {
            assert!(!is_safe(name), "{name:?}");
        }
        assert!(is_safe("D260105.L990001") && is_safe("PREFIX.D260105.L990001"));
    }

    #[test]
    fn a_folder_that_is_not_there_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let error = Interim::open(&settings(&folder.path().join("none"), "x")).unwrap_err();
        assert!(matches!(error, BatchError::Interim { .. }), "{error}");
        let text = error.to_string();
        assert!(text.contains("/none: ") && text.contains("make it, or name another one"), "{text}");
    }
}
