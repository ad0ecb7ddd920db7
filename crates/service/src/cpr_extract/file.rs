use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;

use super::ImportError;

/// An open extract file that notices when it changes.
pub(super) struct ExtractFile {
    file: File,
    size: u64,
    modified: Option<std::time::SystemTime>,
}

impl ExtractFile {
    pub fn open(path: &Path) -> Result<Self, ImportError> {
        let io_error = |error| ImportError::Io { operation: "open", error };
        // Asked before opening: opening a pipe would wait for somebody to write to it.
        let metadata = std::fs::metadata(path).map_err(io_error)?;
        if metadata.is_dir() {
            return Err(ImportError::NotAFile("a directory"));
        }
        if !metadata.is_file() {
            return Err(ImportError::NotAFile("a device or a pipe"));
        }
        let file = File::open(path).map_err(io_error)?;
        let metadata = file.metadata().map_err(io_error)?;
        Ok(Self { size: metadata.len(), modified: modified(&metadata), file })
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    /// Fails when the file is no longer the one that was opened. Two passes over a file must see the same.
    pub fn check_unchanged(&self) -> Result<(), ImportError> {
        let metadata = self.file.metadata().map_err(|error| ImportError::Io { operation: "look at", error })?;
        if metadata.len() == self.size && modified(&metadata) == self.modified {
            Ok(())
        } else {
            Err(ImportError::Changed)
        }
    }

    /// Reads exactly these bytes.
    pub fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<(), ImportError> {
        read_exact_at(&self.file, buffer, offset).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => ImportError::Changed,
            _ => ImportError::Io { operation: "read", error },
        })
    }

    /// Reads on from a position.
    pub fn from(&self, offset: u64) -> FileReader<'_> {
        FileReader { file: self, offset }
    }
}

fn modified(metadata: &Metadata) -> Option<std::time::SystemTime> {
    metadata.modified().ok()
}

#[cfg(unix)]
fn read_exact_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut buffer: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !buffer.is_empty() {
        match read_at(file, buffer, offset)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => {
                buffer = buffer.get_mut(read..).unwrap_or_default();
                offset += read as u64;
            }
        }
    }
    Ok(())
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

/// Reads a file on from a position without moving anybody else's.
pub(super) struct FileReader<'f> {
    file: &'f ExtractFile,
    offset: u64,
}

impl Read for FileReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = read_at(&self.file.file, buffer, self.offset)?;
        self.offset += read as u64;
        Ok(read)
    }
}
