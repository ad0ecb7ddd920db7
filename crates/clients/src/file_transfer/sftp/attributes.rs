use jiff::Timestamp;
use kartotek_formats::listing::{Entry, EntryKind};
use russh_sftp::protocol::File;

/// An entry as the server describes it. When it was changed is written in UTC.
pub(super) fn entry(file: &File) -> Entry {
    Entry {
        name: file.filename.clone(),
        kind: kind(file),
        size: file.attrs.size,
        modified: file
            .attrs
            .mtime
            .and_then(|seconds| Timestamp::from_second(i64::from(seconds)).ok())
            .map(|at| at.to_string()),
        migrated: false,
    }
}

/// Bytes that a file takes in a listing, at the least.
pub(super) fn length(file: &File) -> usize {
    // Two lengths and the flags stand before what varies.
    file.filename.len() + file.longname.len() + 12
}

/// By the file's mode; where the server leaves it out, by the first letter of the line that it wrote for people.
fn kind(file: &File) -> EntryKind {
    const TYPE: u32 = 0o170_000;
    match file.attrs.permissions.map(|mode| mode & TYPE) {
        Some(0o100_000) => EntryKind::File,
        Some(0o040_000) => EntryKind::Directory,
        // Some servers give the permissions without the type.
        None | Some(0) => match file.longname.as_bytes().first() {
            Some(b'd') => EntryKind::Directory,
            Some(b'l' | b'c' | b'b' | b'p' | b's') if file.longname.contains(' ') => EntryKind::Other,
            _ => EntryKind::File,
        },
        Some(_) => EntryKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use russh_sftp::protocol::FileAttributes;

    use super::*;

    fn file(longname: &str, permissions: Option<u32>) -> File {
        let attrs =
            FileAttributes { size: Some(7), permissions, mtime: Some(1_767_650_400), ..FileAttributes::empty() };
        File { filename: "d260105.l990001".to_owned(), longname: longname.to_owned(), attrs }
    }

    #[test]
    fn the_mode_tells_the_kind_and_the_long_line_where_there_is_none() {
        for (longname, mode, kind) in [
            ("", Some(0o100_644), EntryKind::File),
            ("", Some(0o040_755), EntryKind::Directory),
            ("", Some(0o120_777), EntryKind::Other),
            ("drwxr-xr-x 2 x x 0 Jan 5 22:00 ud", None, EntryKind::Directory),
            ("lrwxrwxrwx 1 x x 0 Jan 5 22:00 ud", Some(0o777), EntryKind::Other),
            ("-rw-r--r-- 1 x x 0 Jan 5 22:00 ud", Some(0o644), EntryKind::File),
            ("", None, EntryKind::File),
            ("", Some(0o020_666), EntryKind::Other),
        ] {
            assert_eq!(entry(&file(longname, mode)).kind, kind, "{longname} {mode:?}");
        }
    }

    #[test]
    fn the_time_is_told_in_utc() {
        let entry = entry(&file("", None));
        assert_eq!((entry.modified.as_deref(), entry.size), (Some("2026-01-05T22:00:00Z"), Some(7)));
    }
}
