//! One CPR Klient for a connection (F13): two of them would take each other's token and change the password twice.

use std::fs::{self, File, Metadata, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use kartotek_formats::cpr_direkte::{CustomerNumber, UserId};

/// Why another one cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum OnlyOneError {
    /// One is running.
    #[error(
        "a CPR Klient for customer {customer} and user {user} is running already{}; stop it first: the program and the \
         service must not run at the same time",
        .who.as_ref().map(|who| format!(" ({who})")).unwrap_or_default()
    )]
    Running {
        /// The customer number.
        customer: CustomerNumber,
        /// The user id.
        user: String,
        /// What the running one says about itself: process and address.
        who: Option<String>,
    },
    /// The lock file cannot be used.
    #[error("the lock file {}: {error}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The operating system's words.
        error: io::Error,
    },
}

/// Characters that are read of what a running one says about itself.
const LONGEST_WORD: u64 = 200;

/// The right to be the one CPR Klient for a connection on this machine, held until it is dropped or the process ends,
/// however it ends.
#[derive(Debug)]
pub struct OnlyOne {
    file: File,
    /// The file may be another user's, who lets us lock it and no more.
    may_write: bool,
    path: PathBuf,
}

impl OnlyOne {
    /// Takes the right, by a lock on a file in `folder` that is named after the connection.
    pub fn take(folder: &Path, customer: CustomerNumber, user: UserId) -> Result<Self, OnlyOneError> {
        let path = folder.join(format!("kartotek-klient-{customer}-{}.lock", user.as_str()));
        let failed = |error| OnlyOneError::Io { path: path.clone(), error };
        let (mut file, may_write) = open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file, may_write, path }),
            Err(TryLockError::WouldBlock) => {
                let mut who = String::new();
                let is_told = (&mut file).take(LONGEST_WORD).read_to_string(&mut who).is_ok();
                let who = Some(who.trim().to_owned()).filter(|who| is_told && !who.is_empty());
                Err(OnlyOneError::Running { customer, user: user.as_str().to_owned(), who })
            }
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    /// Leaves word for a second one which process this is and where it listens, where the file may be written.
    pub fn tell(&mut self, address: std::net::SocketAddr) -> Result<(), OnlyOneError> {
        if !self.may_write {
            return Ok(());
        }
        let failed = |error| OnlyOneError::Io { path: self.path.clone(), error };
        self.file.set_len(0).map_err(failed)?;
        writeln!(self.file, "process {}, listening on {address}", std::process::id()).map_err(failed)
    }
}

/// Opens the lock file, and whether it may be written. The folder may be one in which everybody can put files, so what is
/// no plain file of that name, such as a link that would have us write somewhere else, is refused. Nothing is written
/// before that is known.
fn open(path: &Path) -> io::Result<(File, bool)> {
    let made = OpenOptions::new().read(true).append(true).create_new(true).open(path);
    match made {
        Ok(file) => {
            readable_for_all(&file)?;
            return Ok((file, true));
        }
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        Err(_) => {}
    }
    // Without following a link, of which there must be none before the file is opened nor after.
    let expected = fs::symlink_metadata(path)?;
    if !expected.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no plain file; remove it"));
    }
    let (file, may_write) = match OpenOptions::new().read(true).append(true).open(path) {
        Ok(file) => (file, true),
        // A lock needs no right to write.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => (File::open(path)?, false),
        Err(error) => return Err(error),
    };
    if is_the_same(&expected, &file.metadata()?) {
        Ok((file, may_write))
    } else {
        Err(io::Error::other("it was exchanged for another file while it was being opened"))
    }
}

/// However strict the umask is: another user is to see that one is running, and who.
#[cfg(unix)]
fn readable_for_all(file: &File) -> io::Result<()> {
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable_for_all(_: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn is_the_same(expected: &Metadata, found: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (expected.dev(), expected.ino()) == (found.dev(), found.ino())
}

#[cfg(not(unix))]
fn is_the_same(_: &Metadata, _: &Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(folder: &Path, user: &str) -> Result<OnlyOne, OnlyOneError> {
        OnlyOne::take(folder, CustomerNumber::new(b"0132").unwrap(), UserId::parse(user).unwrap())
    }

    fn lock_file(folder: &Path) -> PathBuf {
        folder.join("kartotek-klient-0132-WU1.lock")
    }

    #[test]
    fn a_second_one_for_the_same_connection_is_refused_with_the_reason() {
        let folder = tempfile::tempdir().unwrap();
        let mut first = take(folder.path(), "WU1").unwrap();
        first.tell("127.0.0.1:5001".parse().unwrap()).unwrap();
        let error = take(folder.path(), "WU1").unwrap_err().to_string();
        assert!(error.contains("running already") && error.contains("127.0.0.1:5001"), "{error}");
        let _other = take(folder.path(), "WU2").unwrap();
        drop(first);
        take(folder.path(), "WU1").unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn the_lock_file_of_another_user_tells_who_is_running_and_is_left_as_it_is() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = lock_file(folder.path());
        let mut first = take(folder.path(), "WU1").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o644, "others may look");
        first.tell("127.0.0.1:5001".parse().unwrap()).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
        let error = take(folder.path(), "WU1").unwrap_err().to_string();
        assert!(error.contains("running already") && error.contains("127.0.0.1:5001"), "{error}");
        drop(first);
        // The superuser may write everywhere, so what others may not is made up here.
        let mut second = take(folder.path(), "WU1").unwrap();
        (second.file, second.may_write) = (File::open(&path).unwrap(), false);
        second.file.try_lock().unwrap();
        let told = fs::read_to_string(&path).unwrap();
        second.tell("127.0.0.1:5002".parse().unwrap()).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), told);
        assert!(take(folder.path(), "WU1").unwrap_err().to_string().contains("running already"));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_its_place_is_refused_and_what_it_leads_to_is_untouched() {
        let folder = tempfile::tempdir().unwrap();
        let victim = folder.path().join("victim");
        for exists in [true, false] {
            if exists {
                fs::write(&victim, "precious").unwrap();
            } else {
                fs::remove_file(&victim).unwrap();
            }
            let _ = fs::remove_file(lock_file(folder.path()));
            std::os::unix::fs::symlink(&victim, lock_file(folder.path())).unwrap();
            let error = take(folder.path(), "WU1").unwrap_err().to_string();
            assert!(error.contains("no plain file"), "{error}");
            assert_eq!(fs::read_to_string(&victim).ok().as_deref(), exists.then_some("precious"));
        }
    }
}
