use std::fmt;

/// What stands under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A file, or a sequential data set.
    File,
    /// A directory, a pseudo directory or a partitioned data set.
    Directory,
    /// A link, a device, or what the server could not tell.
    Other,
}

/// One line of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The name, without directory and quotation marks, as the server wrote it.
    pub name: String,
    /// What it is; a bare name counts as a file.
    pub kind: EntryKind,
    /// Bytes; `None` when the listing does not tell. z/OS tells tracks, which is no number of bytes.
    pub size: Option<u64>,
    /// When it was changed, in the words of the listing: good for seeing that it is another one than before, and for
    /// nothing else, since servers leave out years, seconds and time zones.
    pub modified: Option<String>,
    /// Moved to slow storage by the server's space manager: the first fetch brings it back, and takes minutes.
    pub migrated: bool,
}

impl Entry {
    /// A file of which only the name is known.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), kind: EntryKind::File, size: None, modified: None, migrated: false }
    }
}

/// The name, in brackets when it is migrated (F113). Control characters are shown as `?`: a name from a server is not to
/// steer a terminal.
impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name.replace(char::is_control, "?");
        if self.migrated { write!(f, "[{name}]") } else { f.write_str(&name) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrated_files_stand_in_brackets() {
        let entry = Entry::named("D260105.L990001");
        assert_eq!(entry.to_string(), "D260105.L990001");
        assert_eq!(Entry { migrated: true, ..entry }.to_string(), "[D260105.L990001]");
    }

    #[test]
    fn a_name_that_would_steer_a_terminal_is_shown_without_that() {
        assert_eq!(Entry::named("d\u{1b}[31m\u{9b}1\r").to_string(), "d?[31m?1?");
    }
}
