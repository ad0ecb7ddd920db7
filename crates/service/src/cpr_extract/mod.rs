//! A CPR extract file into the register.
//!
//! The file is read twice. The first pass (`scan`) checks the frame, takes the file's hash, and remembers where
//! records stand apart from their person's 001 (the 003 block at the end): a bit for each person and 16 bytes for each
//! such place. Nothing is written until it is through. The second pass (`persons`) goes through the file person by
//! person and fetches the records that stand elsewhere, so that the whole person is there when it is taken in.

mod chain;
mod errlog;
mod file;
mod import;
mod intake;
mod persons;
mod prepare;
mod scan;
mod stream;

pub use errlog::error_log_path;
pub use import::{Accept, CheckedFile, ExtractImport, FileReport, Planned, Progress, Skipped};
pub use prepare::{Decoded, decode_file};

use kartotek_formats::dates::PartialDate;
use kartotek_formats::extract::{FrameError, NotAnExtract};
use kartotek_register::ports::StoreError;

/// Why a file was not taken in. Nothing of it is in the register, unless it failed in the middle: then the register has
/// whole persons up to a position from which the same command goes on.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error("cannot {operation} the file: {error}")]
    Io {
        /// What was being done.
        operation: &'static str,
        /// The operating system's words.
        error: std::io::Error,
    },
    /// It is no regular file.
    #[error("expected a file, found {0}")]
    NotAFile(&'static str),
    /// It was changed, or cut, while it was read.
    #[error("the file was changed while it was read; run the command again once it is complete")]
    Changed,
    /// It is no extract at all.
    #[error(transparent)]
    NotAnExtract(#[from] NotAnExtract),
    /// Its frame is broken.
    #[error("{0}")]
    Frame(FrameError),
    /// Another character set, seen in the records.
    #[error("line {line}, byte {byte}: the file is in {found}; expected ISO-8859-1: fetch it again without conversion")]
    CharacterSet {
        /// What it seems to be in.
        found: &'static str,
        /// Line of the first character that tells, from 1; 0 in a file without line ends.
        line: u64,
        /// Its byte, from 0.
        byte: u64,
    },
    /// Another product.
    #[error("line {line}: {found}; expected the public change extract U12170-P")]
    Product {
        /// What it is.
        found: &'static str,
        /// Line of the first 001, from 1; 0 in a file without line ends.
        line: u64,
    },
    /// 999 states another number of records.
    #[error(
        "record 999 states {stated} records, found {found}; the file was cut or edited: fetch it again, or take it as \
         it is with --accept count"
    )]
    Count {
        /// What 999 states.
        stated: u64,
        /// What is there.
        found: u64,
    },
    /// Another task than expected.
    #[error("the extract is of task {found}, expected {expected}; take it as it is with --accept task")]
    Task {
        /// In record 000.
        found: String,
        /// From the file's name or the settings.
        expected: String,
    },
    /// A delivery is missing before this one.
    #[error(
        "the extract follows one produced on {previous}, but the last one of task {task} that was taken in was produced \
         on {last}; take in the missing one first, or take this one as it is with --accept chain"
    )]
    Chain {
        /// The task.
        task: String,
        /// PRODDTOFORRIG.
        previous: PartialDate,
        /// PRODDTO of the last one.
        last: PartialDate,
    },
    /// The lease was lost, and another run has taken the delivery over from this one.
    #[error(
        "this run no longer has the lease, and another one has taken its work over; what it had done counts, and it has \
         written nothing since; see why its connection to the register was lost"
    )]
    TakenOver,
    /// The register failed.
    #[error("the register: {0}")]
    Store(#[from] StoreError),
}

impl ImportError {
    /// Whether the file is at fault, rather than the disk or the register.
    pub fn is_refusal(&self) -> bool {
        !matches!(self, Self::Io { .. } | Self::NotAFile(_) | Self::Changed | Self::TakenOver | Self::Store(_))
    }
}
