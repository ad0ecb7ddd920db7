//! The key file: `ID base64` a line, the first key is the current one; `#` begins a comment.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{Key, KeyError, SecretsError};

const HEADING: &str = "# Kartotek's keys for the secrets in the register; the first is the current one.\n\
                       # Without this file the secrets are lost. Keep a copy apart from the register's backups.\n";

/// Where the key file is, or shall be.
#[derive(Debug, Clone)]
pub struct KeyFile(PathBuf);

/// The file, held so that no other process changes it meanwhile (whoever only reads keys does not ask).
#[derive(Debug)]
pub(super) struct Held {
    /// Where it is, behind symbolic links.
    path: PathBuf,
    /// Its keys, the current one first.
    pub keys: Vec<Key>,
    /// Lets go of the lock when it is closed.
    lock: File,
}

/// Who else may hold the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hold {
    /// Others that seal secrets.
    Shared,
    /// Nobody: the keys are going to change.
    Alone,
}

impl KeyFile {
    /// The file at a path, which need not be there yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Its keys, the current one first; `None` when there is no file.
    pub(super) fn read(&self) -> Result<Option<Vec<Key>>, SecretsError> {
        self.open()?.map(|mut file| self.keys_of(&mut file)).transpose()
    }

    /// Holds the file and reads its keys; `None` when there is no file.
    pub(super) fn hold(&self, hold: Hold) -> Result<Option<Held>, SecretsError> {
        loop {
            let Some(mut file) = self.open()? else { return Ok(None) };
            match hold {
                Hold::Shared => file.lock_shared(),
                Hold::Alone => file.lock(),
            }
            .map_err(|error| self.error("cannot lock it", error))?;
            // Whoever held it before may have put another file in its place.
            if self.is_in_place(&file)? {
                let path = fs::canonicalize(&self.0).map_err(|error| self.error("cannot find it", error))?;
                return Ok(Some(Held { path, keys: self.keys_of(&mut file)?, lock: file }));
            }
        }
    }

    /// Makes the file with a new key, unless there is one: of two processes that try, one makes it.
    pub(super) fn create(&self) -> Result<(), SecretsError> {
        let temporary = write_beside(&self.0, &[Key::generate()?]).map_err(|e| self.error("cannot write it", e))?;
        // Unlike a rename, a link never takes the place of a file that is there.
        let linked = fs::hard_link(&temporary, &self.0);
        // A rotation, which has a file then, may have cleared it away.
        let _ = fs::remove_file(&temporary);
        match linked {
            Err(_) if self.0.exists() => Ok(()),
            linked => linked.and_then(|()| sync_folder(&self.0)),
        }
        .map_err(|error| self.error("cannot make it", error))
    }

    fn open(&self) -> Result<Option<File>, SecretsError> {
        match File::open(&self.0) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.error("cannot open it", error)),
        }
    }

    fn keys_of(&self, file: &mut File) -> Result<Vec<Key>, SecretsError> {
        self.check_rights(file)?;
        let mut text = Zeroizing::new(String::new());
        file.read_to_string(&mut text).map_err(|error| self.error("cannot read it", error))?;
        let mut keys = Vec::new();
        for (line, number) in text.lines().zip(1..) {
            let line = line.trim();
            if !line.is_empty() && !line.starts_with('#') {
                let key = Key::parse_line(line).map_err(|problem| self.line_error(number, problem))?;
                keys.push(key);
            }
        }
        if keys.is_empty() { Err(SecretsError::Empty { path: self.0.clone() }) } else { Ok(keys) }
    }

    #[cfg(unix)]
    fn check_rights(&self, file: &File) -> Result<(), SecretsError> {
        use std::os::unix::fs::MetadataExt as _;
        let mode = file.metadata().map_err(|error| self.error("cannot look at it", error))?.mode() & 0o777;
        let of_others = mode & 0o077;
        if of_others == 0 { Ok(()) } else { Err(SecretsError::Exposed { path: self.0.clone(), mode }) }
    }

    #[cfg(not(unix))]
    #[expect(clippy::unnecessary_wraps, clippy::unused_self, reason = "rights are told by a mode on Unix alone")]
    fn check_rights(&self, _: &File) -> Result<(), SecretsError> {
        Ok(())
    }

    #[cfg(unix)]
    fn is_in_place(&self, file: &File) -> Result<bool, SecretsError> {
        use std::os::unix::fs::MetadataExt as _;
        let held = file.metadata().map_err(|error| self.error("cannot look at it", error))?;
        match fs::metadata(&self.0) {
            Ok(there) => Ok((held.dev(), held.ino()) == (there.dev(), there.ino())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(self.error("cannot look at it", error)),
        }
    }

    #[cfg(not(unix))]
    #[expect(clippy::unnecessary_wraps, clippy::unused_self, reason = "a file that is open cannot be replaced")]
    fn is_in_place(&self, _: &File) -> Result<bool, SecretsError> {
        Ok(true)
    }

    fn error(&self, operation: &'static str, source: io::Error) -> SecretsError {
        SecretsError::KeyFile { path: self.0.clone(), operation, source }
    }

    fn line_error(&self, line: usize, problem: KeyError) -> SecretsError {
        SecretsError::Line { path: self.0.clone(), line, problem }
    }
}

impl Held {
    /// Puts a file with other keys in its place, at once for whoever reads it. The new file is locked before it has its
    /// name, and whoever waits for the old one finds that it is no longer in place.
    pub fn replace(&mut self, keys: Vec<Key>) -> Result<(), SecretsError> {
        let file = KeyFile(self.path.clone());
        let written = write_beside(&self.path, &keys).map_err(|error| file.error("cannot write it", error))?;
        let replacement = File::open(&written).and_then(|new| new.lock().map(|()| new));
        let replacement = replacement.map_err(|error| file.error("cannot lock it", error))?;
        fs::rename(&written, &self.path)
            .and_then(|()| sync_folder(&self.path))
            .map_err(|error| file.error("cannot replace it", error))?;
        self.keys = keys;
        drop(std::mem::replace(&mut self.lock, replacement));
        self.clear_away();
        Ok(())
    }

    /// Removes what a crash left of writing the file: keys that are in no use, or no longer. One that cannot be removed does
    /// no harm to the rest.
    fn clear_away(&self) {
        let Some(entries) = self.path.parent().and_then(|folder| fs::read_dir(folder).ok()) else { return };
        let prefix = temporary_prefix(&self.path);
        for entry in entries.flatten() {
            let name = entry.file_name();
            let random = name.to_str().and_then(|name| name.strip_prefix(&prefix));
            if random.is_some_and(|random| random.len() == 16 && random.bytes().all(|b| b.is_ascii_hexdigit())) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// What the names of temporary files begin with; 16 hexadecimal digits follow.
fn temporary_prefix(path: &Path) -> String {
    format!(".{}.", path.file_name().unwrap_or_default().to_string_lossy())
}

/// Writes keys to a new file of the same folder that only its owner can read, and waits until it is on disk.
fn write_beside(path: &Path, keys: &[Key]) -> io::Result<PathBuf> {
    let random = getrandom::u64().map_err(|_| io::Error::other("no random numbers to be had from the machine"))?;
    let temporary = path.with_file_name(format!("{}{random:016x}", temporary_prefix(path)));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut text = Zeroizing::new(String::with_capacity(HEADING.len() + keys.len() * 64));
    text.push_str(HEADING);
    for key in keys {
        text.push_str(&key.to_line());
        text.push('\n');
    }
    let mut file = options.open(&temporary)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    if let Err(error) = written {
        // The first error is the one to tell.
        let _ = fs::remove_file(&temporary);
        return Err(error);
    }
    Ok(temporary)
}

/// Waits until the names in a file's folder are on disk.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
