//! Directory listings of file servers: what POSIX, DOS and z/OS servers answer to `LIST`, and the forms of `MLSD` and `NLST`
//! (cpr-batch-transfer.md section 2).
//!
//! Lines come as text without a character set of their own; a line end that still hangs on one is cut off. Every line that
//! may be a file gives an entry: where a line fits no form, its last token is taken for the name. Names never contain `/`
//! or `\`, are never empty, and never `.` or `..`.

mod dos;
mod entry;
mod mask;
mod mlsd;
mod mvs;
mod nlst;
mod posix;

pub use entry::{Entry, EntryKind};
pub use mask::{Pattern, PatternError};
pub use mlsd::mlsd;
pub use mvs::mvs;
pub use nlst::nlst;
pub use posix::posix;

/// Reads what a server answered to `LIST`, whose form is told by the first line that has one: z/OS by its header or a row,
/// DOS and POSIX by a row. `prefix` is as for [`mvs()`].
pub fn list<'a>(lines: impl IntoIterator<Item = &'a str>, prefix: Option<&str>) -> Vec<Entry> {
    let lines: Vec<_> = lines.into_iter().collect();
    let is_mvs = lines.iter().map(|line| without_end(line)).find_map(|line| {
        if !matches!(posix::row(line), Row::Unknown) {
            return Some(false);
        }
        mvs::is_telling(line).then_some(true)
    });
    if is_mvs == Some(true) { mvs(lines, prefix) } else { posix(lines) }
}

/// What a line is in one of the forms.
enum Row {
    /// Something with a name.
    Entry(Entry),
    /// Of the form, and nothing that has a name of its own: a sum, a header, the directory itself.
    Nothing,
    /// Not of the form.
    Unknown,
}

impl Row {
    /// The entry; of a line that fits no form one with its last token as the name.
    fn or_last_token(self, line: &str) -> Option<Entry> {
        match self {
            Self::Entry(entry) => Some(entry),
            Self::Nothing => None,
            Self::Unknown => {
                let name = bare(line.split_ascii_whitespace().next_back()?)?;
                Some(Entry { kind: EntryKind::Other, ..Entry::named(name) })
            }
        }
    }

    /// An entry, unless it is the directory or the one above it.
    fn of(entry: Option<Entry>) -> Self {
        entry.map_or(Self::Nothing, Self::Entry)
    }
}

fn without_end(line: &str) -> &str {
    line.trim_end_matches(['\r', '\n'])
}

/// A name without the directory in front; `None` for a directory itself and the one above it.
fn bare(name: &str) -> Option<&str> {
    const SEPARATORS: [char; 2] = ['/', '\\'];
    let name = name.trim_end_matches(SEPARATORS).rsplit(SEPARATORS).next()?;
    (!matches!(name, "" | "." | "..")).then_some(name)
}

/// The tokens of a line, each with what stands behind it.
fn tokens(line: &str) -> impl Iterator<Item = (&str, &str)> {
    const BLANKS: [char; 2] = [' ', '\t'];
    let mut rest = line;
    std::iter::from_fn(move || {
        let begin = rest.trim_start_matches(BLANKS);
        let (token, behind) = begin.split_at(begin.find(BLANKS).unwrap_or(begin.len()));
        rest = behind;
        (!token.is_empty()).then_some((token, behind))
    })
}

/// Whether a text has the form, in which `0` stands for a digit.
fn has_form(text: &str, form: &str) -> bool {
    let fits = |(byte, wanted): (u8, u8)| if wanted == b'0' { byte.is_ascii_digit() } else { byte == wanted };
    text.len() == form.len() && text.bytes().zip(form.bytes()).all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(entries: &[Entry]) -> Vec<String> {
        entries.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_listing_is_told_by_its_first_line_of_a_known_form() {
        let posix = ["total 8", "-rw-r--r-- 1 ftp ftp 12 Jan  5 10:00 Migrated x"];
        assert_eq!(names(&list(posix, None)), ["Migrated x"]);
        let dos = ["01-05-26  10:00AM                 1234 d260105.l990001"];
        assert_eq!(names(&list(dos, None)), ["d260105.l990001"]);
        let with_header =
            ["Volume Unit    Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname", "Odd row  D260105.L990001"];
        assert_eq!(names(&list(with_header, None)), ["D260105.L990001"]);
        let without_header = ["Migrated                                                D260105.L990001"];
        assert_eq!(names(&list(without_header, None)), ["[D260105.L990001]"]);
        let rows = ["STO001 3390   2026/01/05  1   15  FB      80 27920  PS  'UD.D260105.L990001'"];
        assert_eq!(names(&list(rows, Some("'UD.'"))), ["D260105.L990001"]);
    }

    #[test]
    fn lines_of_no_known_form_are_entries_of_unknown_kind() {
        let entries = list(["?", "", "  ", "what is this d260105.l990001\r\n", "../"], None);
        assert_eq!(names(&entries), ["?", "d260105.l990001"]);
        assert!(entries.iter().all(|entry| entry.kind == EntryKind::Other && !entry.migrated));
    }

    #[test]
    fn long_listings_are_read_whole() {
        let posix: Vec<_> =
            (0..5000).map(|at| format!("-rw-r--r--   1 cpr  cpr  {at:>8} Jan  5 10:00 d260105.l{at:06}\r\n")).collect();
        let mvs: Vec<_> = (0..5000).map(|at| format!("Migrated   D260105.L{at:06}")).collect();
        for lines in [posix, mvs] {
            let entries = list(lines.iter().map(String::as_str), None);
            assert_eq!(entries.len(), 5000);
            assert!(entries.last().unwrap().name.ends_with("004999"));
        }
    }

    #[test]
    fn directories_in_front_are_no_part_of_a_name() {
        assert_eq!(bare("ud/d260105.l990001"), Some("d260105.l990001"));
        assert_eq!(bare(r"C:\ud\d260105.l990001"), Some("d260105.l990001"));
        assert_eq!(bare("/ud/"), Some("ud"));
        for nothing in ["", "/", ".", "..", "../", "ud/.."] {
            assert_eq!(bare(nothing), None, "{nothing}");
        }
    }
}
