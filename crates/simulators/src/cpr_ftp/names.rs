//! Which directory or file an argument means. POSIX: a path, from `/` or from where the user is. z/OS: the name of a data set,
//! whole within quotation marks or behind the prefix at which the user is.

use super::directory::Directory;
use super::options::Face;

/// The prefix above both, at z/OS.
const PREFIX: &str = "CPR";

impl Face {
    /// The directory that an argument means, for a user who is in another one.
    pub(super) fn directory(self, from: Directory, argument: &str) -> Option<Directory> {
        match self {
            Self::Posix => posix_directory(from, argument),
            Self::Zos => zos_directory(from, argument),
        }
    }

    /// Directory and name of the file that an argument means, whether there is one or not. At z/OS the name is in lower case,
    /// as it is on disk.
    pub(super) fn file(self, from: Directory, argument: &str) -> Option<(Directory, String)> {
        match self {
            Self::Posix => {
                let (directory, name) = match argument.rsplit_once('/') {
                    None => (from, argument),
                    Some(("", name)) => (Directory::Root, name),
                    Some((path, name)) => (posix_directory(from, path)?, name),
                };
                (!matches!(name, "" | "." | "..")).then(|| (directory, name.to_owned()))
            }
            Self::Zos => {
                let (directory, name) = below(&whole(from, argument));
                is_data_set(&name).then(|| (directory, name.to_ascii_lowercase()))
            }
        }
    }

    /// Directory at z/OS that an argument with stars is about, and what of it is left.
    pub(super) fn zos_pattern(from: Directory, argument: &str) -> (Directory, String) {
        below(&whole(from, argument))
    }

    /// How the server writes a directory, as `PWD` answers it.
    pub(super) fn path(self, directory: Directory) -> String {
        match self {
            Self::Posix => format!("/{}", directory.name()),
            Self::Zos => format!("'{}'", prefix(directory)),
        }
    }

    /// How the server writes the whole name of a file.
    pub(super) fn full_name(self, directory: Directory, name: &str) -> String {
        match self {
            Self::Posix => format!("/{}/{name}", directory.name()),
            Self::Zos => format!("'{}{}'", prefix(directory), name.to_ascii_uppercase()),
        }
    }
}

fn posix_directory(from: Directory, path: &str) -> Option<Directory> {
    let start = if path.starts_with('/') { Directory::Root } else { from };
    path.split('/').try_fold(start, |at, step| match step {
        "" | "." => Some(at),
        ".." => Some(Directory::Root),
        name if at == Directory::Root => Directory::BELOW.into_iter().find(|below| below.name() == name),
        _ => None,
    })
}

fn zos_directory(from: Directory, argument: &str) -> Option<Directory> {
    if argument == ".." {
        return Some(Directory::Root);
    }
    let wanted = whole(from, argument);
    let wanted = wanted.trim_end_matches('.');
    [Directory::Root, Directory::Ud, Directory::Ind]
        .into_iter()
        .find(|directory| prefix(*directory).trim_end_matches('.') == wanted)
}

/// The whole name, in upper case and without quotation marks.
fn whole(from: Directory, argument: &str) -> String {
    match argument.strip_prefix('\'') {
        Some(rest) => rest.strip_suffix('\'').unwrap_or(rest).to_ascii_uppercase(),
        None => format!("{}{}", prefix(from), argument.to_ascii_uppercase()),
    }
}

/// The prefix that a directory is at z/OS, with a full stop behind it.
fn prefix(directory: Directory) -> String {
    match directory.name() {
        "" => format!("{PREFIX}."),
        name => format!("{PREFIX}.{}.", name.to_ascii_uppercase()),
    }
}

/// The directory that a whole name lies in, and what of the name is left.
fn below(whole: &str) -> (Directory, String) {
    let within =
        Directory::BELOW.into_iter().find_map(|below| Some((below, whole.strip_prefix(prefix(below).as_str())?)));
    let (directory, name) = within.unwrap_or((Directory::Root, whole));
    (directory, name.to_owned())
}

/// Qualifiers of at most eight characters, each beginning with a letter, 44 characters together with a prefix.
fn is_data_set(name: &str) -> bool {
    let is_letter = |byte: &u8| byte.is_ascii_uppercase() || b"#@$".contains(byte);
    name.len() + prefix(Directory::Ind).len() <= 44
        && name.split('.').all(|qualifier| {
            qualifier.len() <= 8
                && qualifier.as_bytes().first().is_some_and(is_letter)
                && qualifier.bytes().all(|byte| is_letter(&byte) || byte.is_ascii_digit() || byte == b'-')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn posix_paths_lead_from_the_root_or_from_where_one_is() {
        use Directory::{Ind, Root, Ud};
        for (from, path, to) in [
            (Root, "ud", Some(Ud)),
            (Ud, "../ind/", Some(Ind)),
            (Ud, "/", Some(Root)),
            (Ud, "..", Some(Root)),
            (Ind, "/ud", Some(Ud)),
            (Ud, "ud", None),
            (Root, "UD", None),
            (Root, "etc", None),
        ] {
            assert_eq!(Face::Posix.directory(from, path), to, "{path}");
        }
        assert_eq!(Face::Posix.file(Ud, "../ind/a"), Some((Ind, "a".to_owned())));
        assert_eq!(Face::Posix.file(Root, "/ud/a"), Some((Ud, "a".to_owned())));
        assert_eq!(Face::Posix.file(Ud, "/a"), Some((Root, "a".to_owned())));
        assert_eq!(Face::Posix.file(Ud, "/ud/"), None);
        assert_eq!(Face::Posix.path(Root), "/");
        assert_eq!(Face::Posix.path(Ud), "/ud");
    }

    #[test]
    fn data_sets_are_named_whole_or_behind_the_prefix() {
        use Directory::{Ind, Root, Ud};
        for (from, argument, to) in [
            (Ud, "'CPR.IND.'", Some(Ind)),
            (Ud, "'cpr.ind'", Some(Ind)),
            (Ud, "..", Some(Root)),
            (Root, "UD", Some(Ud)),
            (Root, "ind.", Some(Ind)),
            (Ud, "IND", None),
            (Ud, "'OTHER.'", None),
        ] {
            assert_eq!(Face::Zos.directory(from, argument), to, "{argument}");
        }
        let file = Some((Ud, "d260105.l990001".to_owned()));
        for (from, argument) in [
            (Ud, "D260105.L990001"),
            (Ud, "d260105.l990001"),
            (Ind, "'CPR.UD.D260105.L990001'"),
            (Root, "UD.D260105.L990001"),
        ] {
            assert_eq!(Face::Zos.file(from, argument), file, "{argument}");
        }
        for argument in ["", "D260105.", "1A", "D26010500.L990001", "done-D260105.L990001", "A B"] {
            assert_eq!(Face::Zos.file(Ud, argument), None, "{argument}");
        }
        assert_eq!(Face::Zos.path(Ud), "'CPR.UD.'");
        assert_eq!(Face::Zos.full_name(Ud, "d260105.l990001"), "'CPR.UD.D260105.L990001'");
    }
}
