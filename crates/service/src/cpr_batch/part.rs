use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Bytes at the end of a part that are fetched again and compared before anything is put behind them: a part of another
/// file, or one whose last write did not reach the disk, is found out.
const OVERLAP: u64 = 4096;

/// The part of a file that has come so far. `Write` compares what is fetched again, then appends.
pub(super) struct Part {
    file: File,
    /// Bytes that are there from an earlier fetch.
    had: u64,
    /// Where the next byte goes.
    at: u64,
    differs: bool,
}

impl Part {
    /// Opens the part, or makes an empty one that its owner alone can read.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        let had = file.metadata()?.len();
        Ok(Self { file, had, at: 0, differs: false })
    }

    /// Bytes that are there.
    pub fn len(&self) -> u64 {
        self.had.max(self.at)
    }

    /// Gets ready for a fetch that goes on, and returns the byte to begin at.
    pub fn go_on(&mut self) -> io::Result<u64> {
        self.had = self.len();
        self.at = self.had.saturating_sub(OVERLAP);
        self.differs = false;
        self.file.seek(SeekFrom::Start(self.at))?;
        Ok(self.at)
    }

    /// Gets ready for a fetch from the first byte: what is there is let go of.
    pub fn begin_anew(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.seek(SeekFrom::Start(0))?;
        (self.had, self.at, self.differs) = (0, 0, false);
        Ok(())
    }

    /// Whether what was fetched again is not what is there.
    pub fn differs(&self) -> bool {
        self.differs
    }

    /// How far the last fetch came, in bytes from the beginning of the file: less than [`Part::len`] as long as it only
    /// repeats what is there.
    pub fn reached(&self) -> u64 {
        self.at
    }

    /// Brings what has come to the disk.
    pub fn sync(&self) -> io::Result<()> {
        self.file.sync_all()
    }
}

impl Write for Part {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let again = usize::try_from(self.had.saturating_sub(self.at)).unwrap_or(usize::MAX).min(bytes.len());
        let written = if again > 0 {
            let bytes = bytes.get(..again).unwrap_or_default();
            let mut there = vec![0; again];
            self.file.read_exact(&mut there)?;
            if there != bytes {
                self.differs = true;
                return Err(io::Error::new(io::ErrorKind::InvalidData, "the part is of another file"));
            }
            again
        } else {
            self.file.write(bytes)?
        };
        self.at += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fetch_goes_on_where_the_part_ends_and_compares_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".a.part");
        let whole: Vec<u8> = (0..20_000_u32).flat_map(u32::to_le_bytes).collect();
        let mut part = Part::open(&path).unwrap();
        part.write_all(&whole[..30_000]).unwrap();
        drop(part);
        let mut part = Part::open(&path).unwrap();
        let from = usize::try_from(part.go_on().unwrap()).unwrap();
        assert_eq!(from, 30_000 - 4096);
        part.write_all(&whole[from..]).unwrap();
        assert!(!part.differs());
        assert_eq!(part.reached(), 80_000);
        assert_eq!((part.len(), std::fs::read(&path).unwrap()), (80_000, whole));
    }

    #[test]
    fn a_part_of_another_file_is_found_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".a.part");
        std::fs::write(&path, vec![b'a'; 10_000]).unwrap();
        let mut part = Part::open(&path).unwrap();
        part.go_on().unwrap();
        assert!(part.write_all(&[b'b'; 5_000]).is_err() && part.differs());
        assert_eq!(std::fs::read(&path).unwrap(), vec![b'a'; 10_000]);
        // The file at the server ends before the part does.
        part.go_on().unwrap();
        part.write_all(&[b'a'; 10]).unwrap();
        assert_eq!((part.differs(), part.reached(), part.len()), (false, 10_000 - 4096 + 10, 10_000));
        part.begin_anew().unwrap();
        part.write_all(b"bbb").unwrap();
        assert_eq!((part.differs(), std::fs::read(&path).unwrap()), (false, b"bbb".to_vec()));
    }
}
