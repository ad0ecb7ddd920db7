use super::{Entry, EntryKind, Row, bare, has_form, tokens};

/// A row as DOS and IIS write it: date, time, bytes or `<DIR>`, name.
pub(super) fn row(line: &str) -> Row {
    let mut rest = tokens(line);
    let (Some((date, _)), Some((time, _)), Some((what, behind))) = (rest.next(), rest.next(), rest.next()) else {
        return Row::Unknown;
    };
    let is_date = ["00-00-00", "00-00-0000", "0000-00-00"].iter().any(|form| has_form(date, form));
    let clock = time.trim_end_matches(['A', 'M', 'P', 'a', 'm', 'p']);
    if !is_date || !(has_form(clock, "00:00") || has_form(clock, "0:00")) {
        return Row::Unknown;
    }
    let (kind, size) = match what {
        "<DIR>" => (EntryKind::Directory, None),
        _ if what.starts_with('<') => (EntryKind::Other, None),
        _ if what.bytes().all(|byte| byte.is_ascii_digit()) => (EntryKind::File, what.parse().ok()),
        _ => return Row::Unknown,
    };
    let modified = Some(format!("{date} {time}"));
    let name = bare(behind.trim_start_matches(' '));
    Row::of(name.map(|name| Entry { kind, size, modified, ..Entry::named(name) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(line: &str) -> Option<Entry> {
        match row(line) {
            Row::Entry(entry) => Some(entry),
            Row::Nothing | Row::Unknown => None,
        }
    }

    #[test]
    fn files_and_directories_are_read() {
        let file = entry("01-05-26  10:00AM                 1234 with some blanks.txt").unwrap();
        assert_eq!((file.name.as_str(), file.kind, file.size), ("with some blanks.txt", EntryKind::File, Some(1234)));
        assert_eq!(file.modified.as_deref(), Some("01-05-26 10:00AM"));
        let directory = entry("01-05-2026  09:59PM       <DIR>          ud").unwrap();
        assert_eq!((directory.name.as_str(), directory.kind, directory.size), ("ud", EntryKind::Directory, None));
        assert_eq!(entry("2026-01-05  22:10    <JUNCTION>  ud").unwrap().kind, EntryKind::Other);
    }

    #[test]
    fn the_directory_itself_is_no_entry() {
        for line in ["01-05-26  10:00AM  <DIR>  .", "01-05-26  10:00AM  <DIR>  ..", "01-05-26  10:00AM  12"] {
            assert!(matches!(row(line), Row::Nothing), "{line}");
        }
    }

    #[test]
    fn other_lines_are_not_of_this_form() {
        for line in ["", "01-05-26", "01-05-26 10:00AM 12x name", "01/05/26 10:00AM 12 name", "01-05-26 noon 12 name"] {
            assert!(matches!(row(line), Row::Unknown), "{line}");
        }
    }
}
