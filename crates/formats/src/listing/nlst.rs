use super::mvs::data_set_name;
use super::{Entry, EntryKind, bare, without_end};

/// Reads the answer to `NLST`: a name on each line. Quotation marks around names of z/OS are taken off, and `prefix` as in
/// [`mvs()`](super::mvs()). A name that ends with a slash is a directory.
pub fn nlst<'a>(lines: impl IntoIterator<Item = &'a str>, prefix: Option<&str>) -> Vec<Entry> {
    let entry = |line: &str| {
        let name = bare(data_set_name(line, prefix)).filter(|name| !name.trim().is_empty())?;
        let kind = if line.ends_with('/') { EntryKind::Directory } else { EntryKind::File };
        Some(Entry { kind, ..Entry::named(name) })
    };
    lines.into_iter().map(without_end).filter_map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_bare() {
        let lines = [
            "d260105.l990001\r\n",
            "/ud/d260106.l990001",
            "./with blanks ",
            "'CPR.UD.D260107.L990001'",
            "'OTHER.D260107.L990001'",
            "D260108.L990001",
        ];
        let names: Vec<_> = nlst(lines, Some("'CPR.UD.'")).into_iter().map(|entry| entry.name).collect();
        let expected = [
            "d260105.l990001",
            "d260106.l990001",
            "with blanks ",
            "D260107.L990001",
            "OTHER.D260107.L990001",
            "D260108.L990001",
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn names_count_as_files_unless_they_end_like_directories() {
        let [file, directory] = nlst(["a", "b/"], None).try_into().unwrap();
        assert_eq!(file, Entry::named("a"));
        assert_eq!(directory, Entry { kind: EntryKind::Directory, ..Entry::named("b") });
    }

    #[test]
    fn nothing_is_no_name() {
        assert_eq!(nlst(["", "  ", ".", "..", "/", "''", "'CPR.'", "ud/.."], Some("CPR")), []);
    }
}
