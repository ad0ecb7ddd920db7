use super::{Entry, EntryKind, Row, bare, has_form, without_end};

/// Reads a listing of data sets as z/OS writes it, or one of the members of a library.
///
/// The name is the last token of a row. One in quotation marks is complete, and begins with the directory that is worked in:
/// `prefix`, with or without its own quotation marks and the dot at its end, is taken off it. Names without them are relative
/// to that directory already.
///
/// Neither size nor change are told: Used is in tracks, and Referred is the day on which a data set was last read, which
/// fetching it changes.
pub fn mvs<'a>(lines: impl IntoIterator<Item = &'a str>, prefix: Option<&str>) -> Vec<Entry> {
    let mut are_members = false;
    let mut entries = Vec::new();
    for line in lines.into_iter().map(without_end) {
        match header(line) {
            Some(Header::DataSets) => are_members = false,
            Some(Header::Members) => are_members = true,
            None if are_members => entries.extend(member(line)),
            None => entries.extend(row(line, prefix).or_last_token(line)),
        }
    }
    entries
}

/// Whether only z/OS writes such a line.
pub(super) fn is_telling(line: &str) -> bool {
    header(line).is_some() || matches!(row(line, None), Row::Entry(_))
}

enum Header {
    DataSets,
    Members,
}

fn header(line: &str) -> Option<Header> {
    let mut words = line.split_ascii_whitespace();
    match (words.next()?, words.next()?) {
        ("Volume", "Unit") => Some(Header::DataSets),
        // Of source libraries, and of load libraries.
        ("Name", "VV.MM" | "Size") => Some(Header::Members),
        _ => None,
    }
}

/// A member of a library: the name comes first, and the columns behind it may be missing.
fn member(line: &str) -> Option<Entry> {
    line.split_ascii_whitespace().next().and_then(bare).map(Entry::named)
}

fn row(line: &str, prefix: Option<&str>) -> Row {
    let words: Vec<_> = line.split_ascii_whitespace().collect();
    let [columns @ .., name] = words.as_slice() else { return Row::Nothing };
    let Some((kind, migrated)) = what(columns) else {
        // Its name may be quoted all the same.
        let name = bare(data_set_name(name, prefix)).filter(|bare| bare != name);
        return name.map_or(Row::Unknown, |name| Row::Entry(Entry { kind: EntryKind::Other, ..Entry::named(name) }));
    };
    let name = bare(data_set_name(name, prefix));
    Row::of(name.map(|name| Entry { kind, migrated, ..Entry::named(name) }))
}

/// What the columns in front of the name tell: the kind, and whether it is on slow storage.
fn what(columns: &[&str]) -> Option<(EntryKind, bool)> {
    let words = |expected: &[&str]| {
        columns.len() == expected.len() && columns.iter().zip(expected).all(|(word, it)| word.eq_ignore_ascii_case(it))
    };
    let begins = |word: &&str, with: &str| word.get(..with.len()).is_some_and(|head| head.eq_ignore_ascii_case(with));
    match columns {
        [_, _, referred, .., organisation] if is_referred(referred) => Some((kind_of(organisation), false)),
        _ if words(&["Pseudo", "Directory"]) => Some((EntryKind::Directory, false)),
        _ if words(&["Error", "determining", "attributes"]) => Some((EntryKind::Other, false)),
        [.., not, mounted] if not.eq_ignore_ascii_case("not") && mounted.eq_ignore_ascii_case("mounted") => {
            Some((EntryKind::Other, false))
        }
        // The volume's name is that of the space manager: `Migrated`, `MIGRAT`, `ARCIVE Not Direct Access Device`.
        [volume, ..] if ["MIGRAT", "ARCIV", "ARCHIV"].iter().any(|name| begins(volume, name)) => {
            Some((EntryKind::File, true))
        }
        [_, unit] if unit.eq_ignore_ascii_case("Tape") => Some((EntryKind::File, false)),
        [.., organisation] if is_no_file(organisation) => Some((EntryKind::Other, false)),
        _ => None,
    }
}

/// The day of the last reference, which never was for a data set that is new.
fn is_referred(text: &str) -> bool {
    ["0000/00/00", "00/00/00", "**NONE**"].iter().any(|form| has_form(text, form))
}

/// The kind by Dsorg. Extents, tracks and formats before it run into each other or are missing on some servers.
fn kind_of(organisation: &str) -> EntryKind {
    if organisation.starts_with("PO") {
        EntryKind::Directory
    } else if is_no_file(organisation) {
        EntryKind::Other
    } else {
        EntryKind::File
    }
}

/// What cannot be fetched: clusters, bases of generations, paths, aliases.
fn is_no_file(organisation: &str) -> bool {
    ["VSAM", "VS", "GDG", "PATH", "AIX", "ALIAS"].iter().any(|word| organisation.eq_ignore_ascii_case(word))
}

/// A name without quotation marks and, when it had them, without the prefix.
pub(super) fn data_set_name<'a>(name: &'a str, prefix: Option<&str>) -> &'a str {
    let Some(complete) = name.strip_prefix('\'').and_then(|name| name.strip_suffix('\'')) else { return name };
    let prefix = prefix.map(|prefix| prefix.trim_matches('\'').trim_end_matches('.')).filter(|it| !it.is_empty());
    let relative = prefix.and_then(|prefix| {
        let (head, rest) = complete.split_at_checked(prefix.len())?;
        if head.eq_ignore_ascii_case(prefix) { rest.strip_prefix('.') } else { None }
    });
    relative.unwrap_or(complete)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const HEADER: &str = "Volume Unit    Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname";

    fn one(line: &str) -> Entry {
        let [entry] = mvs([HEADER, line], Some("'CPR.UD.'")).try_into().unwrap();
        assert_eq!((entry.size, entry.modified.as_deref()), (None, None));
        entry
    }

    #[rstest]
    #[case::normal("STO001 3390   2026/01/05  1   15  FB      80 27920  PS  D260105.L990001")]
    #[case::with_a_short_year("STO001 3390   01/05/26  1   15  FB      80 27920  PS  D260105.L990001")]
    #[case::never_referred("STO001 3390   **NONE**    1    1  VB     256  6233  PS  D260105.L990001")]
    #[case::columns_run_together("STO001 3390   2026/01/05 213000  VB  256 27998  PS  D260105.L990001")]
    #[case::tracks_not_told("STO001 3390   2026/01/05  1 ????  FBA    133 27930  PS-E  D260105.L990001")]
    #[case::direct("STO001 3390   2026/01/05  1   15  F       80    80  DA  D260105.L990001")]
    #[case::on_a_volume_named_like_an_archive("ARCIV1 3390   2026/01/05  1  15  FB  80 80  PS  D260105.L990001")]
    #[case::tape("V43525 Tape                                             D260105.L990001")]
    #[case::quoted("STO001 3390   2026/01/05  1   15  FB      80 27920  PS  'CPR.UD.D260105.L990001'\r\n")]
    fn a_file_is_read(#[case] line: &str) {
        assert_eq!(one(line), Entry::named("D260105.L990001"));
    }

    #[rstest]
    #[case("Migrated                                                D260105.L990001")]
    #[case("MIGRATED\t\t\t\t'CPR.UD.D260105.L990001'")]
    #[case("MIGRAT Not Direct Access Device                         D260105.L990001")]
    #[case("ARCIVE Not Direct Access Device                         D260105.L990001")]
    #[case("ARCIVE                                                  D260105.L990001")]
    #[case("Archived                                                D260105.L990001")]
    fn a_file_on_slow_storage_is_a_file(#[case] line: &str) {
        assert_eq!(one(line), Entry { migrated: true, ..Entry::named("D260105.L990001") });
    }

    #[rstest]
    #[case("STO001 3390   2026/01/05  1   15  FB      80 27920  PO  LIB", EntryKind::Directory)]
    #[case("STO001 3390   2026/01/05  1   15  U        0 27998  PO-E  LIB", EntryKind::Directory)]
    #[case("Pseudo Directory                                        LIB", EntryKind::Directory)]
    #[case("STO001 3390   2026/01/05                            VSAM  LIB", EntryKind::Other)]
    #[case("                                                  VSAM  LIB", EntryKind::Other)]
    #[case("                                                   GDG  LIB", EntryKind::Other)]
    #[case("Error determining attributes                            LIB", EntryKind::Other)]
    #[case("V43525 Not Mounted                                      LIB", EntryKind::Other)]
    #[case("Not Mounted                                             LIB", EntryKind::Other)]
    #[case("A row that nobody has seen                              LIB", EntryKind::Other)]
    #[case("LIB", EntryKind::Other)]
    #[case("Something                                      'CPR.UD.LIB'", EntryKind::Other)]
    fn what_is_no_file_is_listed_as_what_it_is(#[case] line: &str, #[case] kind: EntryKind) {
        assert_eq!(one(line), Entry { kind, ..Entry::named("LIB") });
    }

    #[test]
    fn members_of_a_library_stand_first_in_their_rows() {
        let lines = [
            " Name     VV.MM   Created       Changed      Size  Init   Mod   Id",
            " D260105   01.03 2026/01/05 2026/01/05 09:37    11    11     0 CPRUSER",
            " D260106",
        ];
        assert_eq!(mvs(lines, None), [Entry::named("D260105"), Entry::named("D260106")]);
    }

    #[test]
    fn a_prefix_is_taken_off_complete_names_alone() {
        for prefix in ["CPR.UD", "CPR.UD.", "'CPR.UD.'", "'cpr.ud'"] {
            assert_eq!(data_set_name("'CPR.UD.D1.L1'", Some(prefix)), "D1.L1", "{prefix}");
            assert_eq!(data_set_name("CPR.UD.D1.L1", Some(prefix)), "CPR.UD.D1.L1", "{prefix}");
            assert_eq!(data_set_name("'CPR.UDX.D1.L1'", Some(prefix)), "CPR.UDX.D1.L1", "{prefix}");
        }
        assert_eq!(data_set_name("'CPR.UD.D1.L1'", None), "CPR.UD.D1.L1");
        assert_eq!(data_set_name("'CPR.UD.D1.L1'", Some("''")), "CPR.UD.D1.L1");
    }

    #[test]
    fn headers_and_blank_lines_are_no_entries() {
        assert_eq!(mvs([HEADER, "", "   ", HEADER, "Migrated  ''"], None), []);
    }
}
