use super::{Entry, EntryKind, Row, bare, without_end};

/// Reads the answer to `MLSD` (RFC 3659 section 7): facts, one blank, the name. The directory itself and the one above it
/// are left out, and what has no type counts as a file.
pub fn mlsd<'a>(lines: impl IntoIterator<Item = &'a str>) -> Vec<Entry> {
    lines.into_iter().map(without_end).filter_map(|line| row(line).or_last_token(line)).collect()
}

fn row(line: &str) -> Row {
    let Some((facts, name)) = line.split_once(' ') else { return Row::Unknown };
    let mut entry = Entry::named("");
    for fact in facts.split(';').filter(|fact| !fact.is_empty()) {
        let Some((key, value)) = fact.split_once('=') else { return Row::Unknown };
        match key.to_ascii_lowercase().as_str() {
            "type" => match value.to_ascii_lowercase().as_str() {
                "file" => {}
                "dir" => entry.kind = EntryKind::Directory,
                "cdir" | "pdir" => return Row::Nothing,
                _ => entry.kind = EntryKind::Other,
            },
            "size" => entry.size = value.parse().ok(),
            "modify" => entry.modified = Some(value.to_owned()),
            _ => {}
        }
    }
    if entry.kind != EntryKind::File {
        entry.size = None;
    }
    let Some(name) = bare(name) else { return Row::Nothing };
    name.clone_into(&mut entry.name);
    Row::Entry(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(line: &str) -> Entry {
        let [entry] = mlsd([line]).try_into().unwrap();
        entry
    }

    #[test]
    fn facts_are_read_whatever_their_case_and_order() {
        for line in [
            "type=file;size=1234;modify=20260105100000;UNIX.mode=0644; d260105.l990001",
            "Modify=20260105100000;Perm=adfrw;Size=1234;Type=File;Unique=801U2; d260105.l990001\r\n",
            "SIZE=1234;TYPE=FILE;MODIFY=20260105100000 d260105.l990001",
        ] {
            let entry = one(line);
            assert_eq!((entry.name.as_str(), entry.kind), ("d260105.l990001", EntryKind::File), "{line}");
            assert_eq!((entry.size, entry.modified.as_deref()), (Some(1234), Some("20260105100000")), "{line}");
        }
    }

    #[test]
    fn the_name_begins_behind_the_first_blank() {
        assert_eq!(one("type=file;size=1;  a = b; c").name, " a = b; c");
        let without_facts = one(" a b");
        assert_eq!((without_facts.name.as_str(), without_facts.kind), ("a b", EntryKind::File));
    }

    #[test]
    fn what_is_no_file_has_no_size() {
        let directory = one("type=dir;size=4096; ud");
        assert_eq!((directory.kind, directory.size), (EntryKind::Directory, None));
        let link = one("type=OS.unix=slink:/ud/d260105.l990001;size=12; newest");
        assert_eq!((link.kind, link.size), (EntryKind::Other, None));
    }

    #[test]
    fn the_directory_itself_is_no_entry() {
        for line in ["type=cdir; /ud", "Type=pDir; /", "type=dir; ..", "type=file; ", "", "type=cdir;modify=1; ."] {
            assert_eq!(mlsd([line]), [], "{line}");
        }
    }

    #[test]
    fn a_line_that_is_not_understood_still_gives_a_name() {
        for line in ["d260105.l990001", "file;1234; d260105.l990001", "-rw-r--r-- 1 c u 1 Jan 5 10:00 d260105.l990001"]
        {
            let entry = one(line);
            assert_eq!((entry.name.as_str(), entry.kind), ("d260105.l990001", EntryKind::Other), "{line}");
        }
        assert_eq!(one("type=file;size=many; a").size, None);
    }
}
