use super::{Entry, EntryKind, Row, bare, dos, has_form, tokens, without_end};

/// Reads a listing as `ls -l` writes it, with or without a group or a number of links, and as DOS servers do.
///
/// A link's target is left away. Blanks within and at the ends of names are kept.
pub fn posix<'a>(lines: impl IntoIterator<Item = &'a str>) -> Vec<Entry> {
    lines.into_iter().map(without_end).filter_map(|line| row(line).or_last_token(line)).collect()
}

pub(super) fn row(line: &str) -> Row {
    if is_sum(line) {
        return Row::Nothing;
    }
    match tokens(line).next().and_then(|(mode, _)| kind_of_mode(mode)) {
        Some(kind) => row_with_mode(line, kind),
        None => dos::row(line),
    }
}

/// `total 12` in front of the rows, in the server's language.
fn is_sum(line: &str) -> bool {
    let number = ["total ", "i alt "].into_iter().find_map(|word| line.strip_prefix(word));
    number.is_some_and(|number| number.trim().bytes().all(|byte| byte.is_ascii_digit()))
}

/// The kind by a mode like `-rw-r--r--`, which a mark of further rights may follow.
fn kind_of_mode(mode: &str) -> Option<EntryKind> {
    let (letter, rights) = mode.as_bytes().split_first()?;
    let is_mode = rights.len() >= 9 && rights.iter().take(9).all(|right| b"rwxsStTlL-".contains(right));
    match letter {
        b'-' if is_mode => Some(EntryKind::File),
        b'd' if is_mode => Some(EntryKind::Directory),
        b'l' | b'b' | b'c' | b'p' | b's' | b'D' | b'?' if is_mode => Some(EntryKind::Other),
        _ => None,
    }
}

fn row_with_mode(line: &str, kind: EntryKind) -> Row {
    let all: Vec<_> = tokens(line).collect();
    // The date alone is sure to stand there; owner and group may be missing or hold anything. Before it stands the size, or
    // of a device its minor number.
    let found = all.windows(2).enumerate().find_map(|(at, pair)| {
        let [(size, _), _] = pair else { return None };
        let is_number = size.bytes().all(|byte| byte.is_ascii_digit());
        let date = all.get(at + 1..)?;
        is_number.then(|| date_tokens(date)).flatten().map(|count| (*size, date.get(..count).unwrap_or_default()))
    });
    let Some((size, date)) = found else {
        // What it is stands in the mode, even if the rest cannot be told apart.
        let name = all.last().and_then(|(name, _)| bare(name)).filter(|_| all.len() > 1);
        return Row::of(name.map(|name| Entry { kind, ..Entry::named(name) }));
    };
    let behind = date.last().map_or("", |(_, behind)| *behind);
    // One blank separates; a further one belongs to the name.
    let name = behind.get(1..).unwrap_or_default();
    let name = if line.starts_with('l') { name.split_once(" -> ").map_or(name, |(name, _)| name) } else { name };
    let modified = date.iter().map(|(token, _)| *token).collect::<Vec<_>>().join(" ");
    Row::of(bare(name).map(|name| Entry {
        kind,
        size: if kind == EntryKind::File { size.parse().ok() } else { None },
        modified: Some(modified),
        ..Entry::named(name)
    }))
}

/// How many of the tokens are a date, if they begin with one.
fn date_tokens(tokens: &[(&str, &str)]) -> Option<usize> {
    let token = |at: usize| tokens.get(at).map_or("", |(token, _)| *token);
    if has_form(token(0), "0000-00-00") && is_clock(token(1)) {
        let has_zone = ["+0000", "-0000"].iter().any(|form| has_form(token(2), form));
        return Some(if has_zone { 3 } else { 2 });
    }
    if has_form(token(0), "00-00") && is_clock(token(1)) {
        return Some(2);
    }
    let (month_first, day_first) = ((token(0), token(1)), (token(1), token(0)));
    let is_date = |(month, day): (&str, &str)| is_month(month) && is_day(day);
    let is_last = is_clock(token(2)) || has_form(token(2), "0000");
    (is_last && (is_date(month_first) || is_date(day_first))).then_some(3)
}

/// A month's short name in whatever language.
fn is_month(text: &str) -> bool {
    let letters = text.strip_suffix('.').unwrap_or(text);
    (3..=5).contains(&letters.chars().count()) && letters.chars().all(char::is_alphabetic)
}

fn is_day(text: &str) -> bool {
    let digits = text.strip_suffix('.').unwrap_or(text);
    matches!(digits.len(), 1 | 2) && matches!(digits.parse::<u8>(), Ok(1..=31))
}

/// `10:00`, with seconds and parts of them or without.
fn is_clock(text: &str) -> bool {
    let whole = text.split_once(['.', ',']).map_or(text, |(whole, _)| whole);
    ["0:00", "00:00", "00:00:00"].iter().any(|form| has_form(whole, form))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn one(line: &str) -> Entry {
        let [entry] = posix([line]).try_into().unwrap();
        entry
    }

    #[rstest]
    #[case::vsftpd("-rw-r--r--    1 1001     1001         1234 Jan 05 10:00 d260105.l990001", 1234)]
    #[case::vsftpd_of_last_year("-rw-r--r--    1 ftp      ftp          1234 Dec 31  2025 d260105.l990001", 1234)]
    #[case::pure_ftpd("-rw-r--r--    1 0          0                1234 Jan  5 10:00 d260105.l990001", 1234)]
    #[case::proftpd("-rw-r--r--   1 cpr      users        1234 Jan  5 10:00 d260105.l990001\r\n", 1234)]
    #[case::without_a_group("-rw-r--r--   1 cpr          1234 Jan  5 10:00 d260105.l990001", 1234)]
    #[case::without_links("-rw-r--r-- cpr users 1234 Jan  5 10:00 d260105.l990001", 1234)]
    #[case::small_as_a_day("-rw-r--r--   1 cpr users 12 Jan  5 10:00 d260105.l990001", 12)]
    #[case::empty("-rw-r--r--   1 cpr users 0 Jan  5 10:00 d260105.l990001", 0)]
    #[case::beyond_four_gigabytes("-rw-r--r--   1 cpr users 5000000000 Jan  5 10:00 d260105.l990001", 5_000_000_000)]
    #[case::group_with_a_blank("-rwx------+  1 S-1-5-21 Domain Users 1234 Jan  5 10:00 d260105.l990001", 1234)]
    #[case::day_first("-rw-r--r--   1 cpr users 1234  5 Jan 10:00 d260105.l990001", 1234)]
    #[case::in_danish("-rw-r--r--   1 cpr users 1234 5. maj 10:00 d260105.l990001", 1234)]
    #[case::iso_date("-rw-r--r--. 1 cpr users 1234 2026-01-05 10:00 d260105.l990001", 1234)]
    #[case::full_iso_date("-rw-r--r-- 1 cpr users 1234 2026-01-05 10:00:00.000000000 +0100 d260105.l990001", 1234)]
    #[case::short_iso_date("-rw-r--r-- 1 cpr users 1234 01-05 10:00 d260105.l990001", 1234)]
    #[case::with_a_directory("-rw-r--r--   1 cpr users 1234 Jan  5 10:00 ud/d260105.l990001", 1234)]
    #[case::dos("01-05-26  10:00AM                 1234 d260105.l990001", 1234)]
    fn a_file_is_read(#[case] line: &str, #[case] size: u64) {
        let entry = one(line);
        assert_eq!((entry.name.as_str(), entry.kind, entry.size), ("d260105.l990001", EntryKind::File, Some(size)));
        assert!(entry.modified.is_some() && !entry.migrated);
    }

    #[test]
    fn the_change_is_told_in_the_words_of_the_listing() {
        let modified = |line| one(line).modified.unwrap();
        assert_eq!(modified("-rw-r--r--    1 ftp      ftp          1234 Dec 31  2025 a"), "Dec 31 2025");
        assert_eq!(modified("-rw-r--r-- 1 c u 1 2026-01-05 10:00:00.5 +0100 a"), "2026-01-05 10:00:00.5 +0100");
    }

    #[test]
    fn blanks_and_arrows_belong_to_the_names_of_files() {
        assert_eq!(one("-rw-r--r-- 1 c u 12 Jan  5 10:00 a b  c.txt").name, "a b  c.txt");
        assert_eq!(one("-rw-r--r-- 1 c u 12 Jan  5 10:00  a ").name, " a ");
        assert_eq!(one("-rw-r--r-- 1 c u 12 Jan  5 10:00 a -> b").name, "a -> b");
        assert_eq!(one("-rw-r--r-- 1 c u 12 Jan  5 10:00 1 Jan  5 10:00").name, "1 Jan  5 10:00");
        assert_eq!(one("-rw-r--r-- 1 c u 12 Jan  5  2025 blåbær æøå").name, "blåbær æøå");
    }

    #[test]
    fn what_is_no_file_has_no_size() {
        for (line, name, kind) in [
            ("drwxr-xr-x    2 ftp      ftp          4096 Jan 05 10:00 ud", "ud", EntryKind::Directory),
            ("drwxrwxrwt 2 ftp ftp 4096 Jan 05 10:00 with blank/", "with blank", EntryKind::Directory),
            ("lrwxrwxrwx    1 ftp      ftp            11 Jan 05 10:00 newest -> ud/d1 x", "newest", EntryKind::Other),
            ("crw-rw-rw-    1 root     root       1,   3 Jan 05 10:00 null", "null", EntryKind::Other),
            ("brw-rw----    1 root     disk     253,   0 Jan 05 10:00 vda", "vda", EntryKind::Other),
            ("prw-r--r--    1 root     root            0 Jan 05 10:00 pipe", "pipe", EntryKind::Other),
        ] {
            let entry = one(line);
            assert_eq!((entry.name.as_str(), entry.kind, entry.size), (name, kind, None), "{line}");
        }
    }

    #[test]
    fn sums_and_the_directory_itself_are_no_entries() {
        for line in [
            "total 12",
            "i alt 12",
            "total 0\r",
            "",
            "   ",
            "drwxr-xr-x 2 ftp ftp 4096 Jan 05 10:00 .",
            "drwxr-xr-x 2 ftp ftp 4096 Jan 05 10:00 ..",
            "drwxr-xr-x 2 ftp ftp 4096 Jan 05 10:00",
            "drwxr-xr-x",
        ] {
            assert_eq!(posix([line]), [], "{line}");
        }
    }

    #[test]
    fn a_line_that_is_not_understood_still_gives_a_name() {
        let odd = one("-rw-r--r-- 1 c u lots sometime d260105.l990001");
        assert_eq!((odd.name.as_str(), odd.kind, odd.size), ("d260105.l990001", EntryKind::File, None));
        let odd = one("- [RWCEAFMS] cpr 1234 Jan 05 10:00 d260105.l990001");
        assert_eq!((odd.name.as_str(), odd.kind), ("d260105.l990001", EntryKind::Other));
        assert_eq!(one("total recall").name, "recall");
    }
}
