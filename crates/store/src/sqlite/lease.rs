//! A lease is the operating system's lock on a file beside the register, `REGISTER.NAME.lease`. The system takes the lock
//! away from a process that dies, so that a file which such a one left behind means nothing.

use std::fs::{File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use kartotek_register::ports::{Clock as _, Lease, LeaseTaken, StoreError, StoreErrorKind, SystemClock};

use super::private;

pub(super) fn take(register: &Path, name: &str, holder: &str) -> Result<LeaseTaken, StoreError> {
    try_take(register, name, holder).map_err(|error| unavailable("take the lease", &error))
}

fn unavailable(operation: &'static str, error: &io::Error) -> StoreError {
    StoreError::new(StoreErrorKind::Unavailable, operation, error.to_string())
}

fn try_take(register: &Path, name: &str, holder: &str) -> io::Result<LeaseTaken> {
    // Whoever comes by a link asks for the same lease.
    let mut path = register.canonicalize()?.into_os_string();
    path.push(format!(".{name}.lease"));
    let path = PathBuf::from(path);
    loop {
        let mut file = private().create(true).truncate(false).open(&path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(LeaseTaken::Held { by: holder_of(&path) }),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // A file that somebody removed before it was locked keeps nobody away.
        if is_at(&file, &path)? {
            file.set_len(0)?;
            write!(file, "{holder} (process {}, since {})", std::process::id(), SystemClock.now_text())?;
            return Ok(LeaseTaken::Taken(Box::new(FileLease { file, path })));
        }
    }
}

/// What the holder wrote about itself.
fn holder_of(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    if text.is_empty() { "another process, which has not said yet which".to_owned() } else { text }
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;

    let (open, found) = match (file.metadata()?, path.metadata()) {
        (open, Ok(found)) => (open, found),
        (_, Err(error)) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        (_, Err(error)) => return Err(error),
    };
    Ok((open.dev(), open.ino()) == (found.dev(), found.ino()))
}

/// Where a file that is open cannot be removed.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> io::Result<bool> {
    Ok(true)
}

struct FileLease {
    file: File,
    path: PathBuf,
}

impl Lease for FileLease {
    /// The lock itself cannot get lost; but others lock the file of that name.
    fn check(&mut self) -> Result<(), StoreError> {
        let what = "keep the lease";
        if is_at(&self.file, &self.path).map_err(|error| unavailable(what, &error))? {
            return Ok(());
        }
        let message = format!("somebody has removed {}, the file that says who has it", self.path.display());
        Err(StoreError::new(StoreErrorKind::Unavailable, what, message))
    }
}

impl Drop for FileLease {
    fn drop(&mut self) {
        // Closing the file unlocks it. Whoever has it open by now sees that it is no longer at its path, and makes another. A
        // file that cannot be removed does no harm, once it no longer says who had it.
        let _ = self.file.set_len(0);
        #[cfg(unix)]
        if matches!(is_at(&self.file, &self.path), Ok(true)) {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}
