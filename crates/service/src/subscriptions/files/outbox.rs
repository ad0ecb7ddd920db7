use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Where subscription files are put, for whoever sends them to CPR.
pub trait Outbox {
    /// Whether there is a file of a name.
    fn has(&mut self, name: &str) -> io::Result<bool>;

    /// Puts a file there, whole or not at all and to stay; one of that name is never overwritten.
    fn publish(&mut self, name: &str, bytes: &[u8]) -> io::Result<Published>;
}

/// How publishing ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Published {
    /// It is there now.
    Done,
    /// It was there already, with the same bytes.
    Same,
    /// Another one of that name is there, and was left alone.
    Another,
}

/// A folder.
#[derive(Debug, Clone)]
pub struct FolderOutbox {
    folder: PathBuf,
}

impl FolderOutbox {
    /// A folder, which must exist when something is put there.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// Gives the file its name, unless that is taken.
    fn give_name(&self, temporary: &PathBuf, name: &str) -> io::Result<bool> {
        let path = self.folder.join(name);
        match fs::hard_link(temporary, &path) {
            Ok(()) => fs::remove_file(temporary).map(|()| true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            // Not every file system has hard links.
            Err(_) if path.try_exists()? => Ok(false),
            Err(_) => fs::rename(temporary, &path).map(|()| true),
        }
    }
}

impl Outbox for FolderOutbox {
    fn has(&mut self, name: &str) -> io::Result<bool> {
        self.folder.join(name).try_exists()
    }

    fn publish(&mut self, name: &str, bytes: &[u8]) -> io::Result<Published> {
        // One that a crash left is overwritten: only the writer of the register comes here, one at a time.
        let temporary = self.folder.join(format!(".{name}.tmp"));
        let mut file = private_file(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        drop(file);
        let published = if self.give_name(&temporary, name)? {
            Published::Done
        } else {
            fs::remove_file(&temporary)?;
            if fs::read(self.folder.join(name))? == bytes { Published::Same } else { Published::Another }
        };
        // The name itself is on disk once the folder is; Windows has no such call and needs none.
        #[cfg(unix)]
        File::open(&self.folder)?.sync_all()?;
        Ok(published)
    }
}

/// A file that its owner alone can read: it says who has a case with the authority.
fn private_file(path: &Path) -> io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn nobody_but_the_owner_can_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        FolderOutbox::new(folder.path()).publish("a", b"one").unwrap();
        let mode = fs::metadata(folder.path().join("a")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_file_is_put_there_once_and_never_over_another() {
        let folder = tempfile::tempdir().unwrap();
        let mut outbox = FolderOutbox::new(folder.path());
        assert!(!outbox.has("a").unwrap());
        // What a crash left.
        fs::write(folder.path().join(".a.tmp"), "a longer text than the file").unwrap();
        assert_eq!(outbox.publish("a", b"one").unwrap(), Published::Done);
        assert_eq!(outbox.publish("a", b"one").unwrap(), Published::Same);
        assert_eq!(outbox.publish("a", b"two").unwrap(), Published::Another);
        assert_eq!(fs::read(folder.path().join("a")).unwrap(), b"one");
        assert!(outbox.has("a").unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let mut outbox = FolderOutbox::new(folder.path().join("none"));
        assert!(outbox.publish("a", b"one").is_err());
    }
}
