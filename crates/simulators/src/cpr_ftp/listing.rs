//! What `LIST`, `NLST`, `MLSD` and `MLST` answer.

use std::io;
use std::time::SystemTime;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::directory::Directory;
use super::files::{Files, Found};
use super::options::Face;

/// Bytes of a track of a 3390 volume in two blocks of half a track.
const TRACK: u64 = 2 * 27_998;

/// Above the rows of z/OS.
const HEADER: &str = "Volume Unit    Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname";

/// How a listing is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `LIST`
    Long,
    /// `NLST`
    Names,
    /// `MLSD`
    Facts,
}

/// Lines ended by CR LF; empty when there is nothing. Names match `pattern`, in which `*` and `?` stand for others; `whole`
/// asks for whole names, as z/OS gives them when it was asked by one.
pub(super) fn listing(
    files: &Files,
    face: Face,
    form: Form,
    directory: Directory,
    pattern: Option<&str>,
    whole: bool,
) -> io::Result<String> {
    let now = Timestamp::now().to_zoned(TimeZone::UTC);
    let mut lines = String::new();
    let mut push = |line: &str| {
        lines.push_str(line);
        lines.push_str("\r\n");
    };
    match face {
        Face::Posix => {
            if directory == Directory::Root {
                for below in Directory::BELOW.map(Directory::name) {
                    if pattern.is_none_or(|pattern| matches(pattern, below)) {
                        push(&posix_directory(form, below));
                    }
                }
            }
            for found in files.all(directory)? {
                if pattern.is_none_or(|pattern| matches(pattern, &found.name)) {
                    push(&posix_file(form, &found, &now));
                }
            }
        }
        Face::Zos => {
            let below = match directory {
                Directory::Root => &Directory::BELOW[..],
                Directory::Ud => &[Directory::Ud],
                Directory::Ind => &[Directory::Ind],
            };
            let mut rows = Vec::new();
            for at in below {
                for found in files.all(*at)? {
                    let mut name = found.name.to_ascii_uppercase();
                    if pattern.is_some_and(|pattern| !matches(&pattern.to_ascii_uppercase(), &name)) {
                        continue;
                    }
                    if whole {
                        name = face.full_name(*at, &name);
                    } else if directory == Directory::Root {
                        name = format!("{}.{name}", at.name().to_ascii_uppercase());
                    }
                    rows.push(zos_row(form, &found, files.is_migrated(*at, &found.name), &name));
                }
            }
            if form == Form::Long && !rows.is_empty() {
                push(HEADER);
            }
            for row in &rows {
                push(row);
            }
        }
    }
    Ok(lines)
}

fn posix_directory(form: Form, name: &str) -> String {
    match form {
        Form::Names => name.to_owned(),
        Form::Facts => format!("type=dir; {name}"),
        Form::Long => format!("drwxr-xr-x    2 1000     1000         4096 Jan 05  2026 {name}"),
    }
}

fn posix_file(form: Form, found: &Found, now: &Zoned) -> String {
    let Found { name, size, .. } = found;
    match form {
        Form::Names => name.clone(),
        Form::Facts => facts(found),
        Form::Long => {
            let modified = zoned(found.modified);
            // As `ls` does: the year instead of the time for what is older than half a year, or of the future.
            let age = now.timestamp().duration_since(modified.timestamp()).as_hours();
            let format = if (0..183 * 24).contains(&age) { "%b %d %H:%M" } else { "%b %d  %Y" };
            format!("-rw-r--r--    1 1000     1000     {size:>8} {} {name}", modified.strftime(format))
        }
    }
}

/// A row of `MLSD`, which `MLST` has too.
pub(super) fn facts(found: &Found) -> String {
    format!("type=file;size={};modify={}; {}", found.size, stamp(found.modified), found.name)
}

fn zos_row(form: Form, found: &Found, migrated: bool, name: &str) -> String {
    if form != Form::Long {
        return name.to_owned();
    }
    if migrated {
        return format!("{:<56}{name}", "Migrated");
    }
    let referred = zoned(found.modified).strftime("%Y/%m/%d").to_string();
    let tracks = found.size.div_ceil(TRACK).max(1);
    let extents = tracks.div_ceil(1000).min(16);
    // The column has no room for more.
    let used = if tracks > 99_999 { "+++++".to_owned() } else { tracks.to_string() };
    format!(
        "{:<6} {:<4}   {referred}{extents:>3}{used:>5}  {:<4}{:>6}{:>6}  {:<2}  {name}",
        "CPRD01", "3390", "VB", 512, 27_998, "PS"
    )
}

/// A time as `MDTM` tells it, in UTC.
pub(super) fn stamp(time: SystemTime) -> String {
    zoned(time).strftime("%Y%m%d%H%M%S").to_string()
}

fn zoned(time: SystemTime) -> Zoned {
    Timestamp::try_from(time).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(TimeZone::UTC)
}

/// Whether a name is one that the pattern stands for: `*` for any characters, `?` for one.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    let (mut pattern_at, mut name_at) = (pattern.chars(), name.chars());
    // Where to go on from when what follows the last star does not fit.
    let mut retry = None;
    loop {
        let (mut pattern_next, mut name_next) = (pattern_at.clone(), name_at.clone());
        match (pattern_next.next(), name_next.next()) {
            (None, None) => return true,
            (Some('*'), _) => {
                retry = Some((pattern_next.clone(), name_at.clone()));
                pattern_at = pattern_next;
                continue;
            }
            (Some(wanted), Some(found)) if wanted == '?' || wanted == found => {
                (pattern_at, name_at) = (pattern_next, name_next);
                continue;
            }
            _ => {}
        }
        let Some((after_star, skipped)) = &mut retry else { return false };
        if skipped.next().is_none() {
            return false;
        }
        (pattern_at, name_at) = (after_star.clone(), skipped.clone());
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn found(size: u64) -> Found {
        let modified = SystemTime::from("2026-01-05T20:07:00Z".parse::<Timestamp>().unwrap());
        Found { name: "d260105.l990001".to_owned(), path: PathBuf::new(), size, modified }
    }

    #[test]
    fn stars_stand_for_anything_and_question_marks_for_one() {
        for (pattern, name, fits) in [
            ("*", "", true),
            ("d*.l990001", "d260105.l990001", true),
            ("d??????.l*", "d260105.l990001", true),
            ("*1*1", "d260105.l990001", true),
            ("*2", "d260105.l990001", false),
            ("d260105", "d260105.l990001", false),
            ("", "d", false),
            ("?", "", false),
        ] {
            assert_eq!(matches(pattern, name), fits, "{pattern} {name}");
        }
    }

    #[test]
    fn rows_stand_in_the_columns_of_their_system() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap().to_zoned(TimeZone::UTC);
        assert_eq!(
            posix_file(Form::Long, &found(1234), &at("2026-02-01T00:00:00Z")),
            "-rw-r--r--    1 1000     1000         1234 Jan 05 20:07 d260105.l990001"
        );
        assert_eq!(
            posix_file(Form::Long, &found(10_000_000_000), &at("2027-02-01T00:00:00Z")),
            "-rw-r--r--    1 1000     1000     10000000000 Jan 05  2026 d260105.l990001"
        );
        assert_eq!(facts(&found(7)), "type=file;size=7;modify=20260105200700; d260105.l990001");
        let name = "D260105.L990001";
        let rows =
            [found(1), found(200_000), found(10_000_000_000)].map(|found| zos_row(Form::Long, &found, false, name));
        assert_eq!(rows[0], "CPRD01 3390   2026/01/05  1    1  VB     512 27998  PS  D260105.L990001");
        assert_eq!(rows[1], "CPRD01 3390   2026/01/05  1    4  VB     512 27998  PS  D260105.L990001");
        assert_eq!(rows[2], "CPRD01 3390   2026/01/05 16+++++  VB     512 27998  PS  D260105.L990001");
        let migrated = zos_row(Form::Long, &found(1), true, name);
        assert_eq!(migrated.find(name), rows[0].find(name));
        assert!(migrated.starts_with("Migrated   "), "{migrated}");
    }
}
