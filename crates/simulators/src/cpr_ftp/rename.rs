//! `RNFR` and `RNTO`; and `DELE`, which nobody may.

use std::fs;

use super::directory::Directory;
use super::fault::Stage;
use super::options::Face;
use super::session::{Next, Session};

impl Session {
    pub(super) fn rename_from(&mut self, argument: &str) -> Next {
        if self.shared.faults.strike(Stage::Rename).is_some() {
            return Next::reply(502, "Renaming is not offered.");
        }
        let Some((directory, found)) = self.find(argument) else { return self.no_such_file(argument) };
        self.renamed_from = Some((directory, found.name));
        Next::reply(350, "Send the new name by RNTO.")
    }

    pub(super) fn rename_to(&mut self, argument: &str, from: Option<(Directory, String)>) -> Next {
        let Some((directory, old)) = from else { return Next::reply(503, "RNFR comes before RNTO.") };
        let Some((to, new)) = self.face().file(self.directory, argument).filter(|(_, new)| !new.starts_with('.'))
        else {
            return Next::reply(553, "That is no name of a file.");
        };
        if to != directory {
            return Next::reply(553, "Files stay in their directory.");
        }
        let (files, face) = (&self.shared.files, self.face());
        let replaced = self.find(argument).filter(|(_, found)| found.name != old);
        // A POSIX system lets a file take another one's name, whose content is lost then. z/OS does not.
        if replaced.is_some() && face == Face::Zos {
            return Next::reply(550, format!("{} already exists.", face.full_name(to, &new)));
        }
        if fs::rename(files.path(directory, &old), files.path(directory, &new)).is_err() {
            return Next::reply(550, "Renaming failed.");
        }
        files.renamed(directory, &old, &new);
        let path = |name: &str| format!("{}/{name}", directory.name());
        let mut happened = self.shared.record.write();
        if replaced.is_some() {
            happened.overwritten.push(path(&new));
        }
        happened.renamed.push((path(&old), path(&new)));
        match face {
            Face::Posix => Next::reply(250, "Renamed."),
            Face::Zos => {
                let [old, new] = [&old, &new].map(|name| face.full_name(directory, name));
                Next::reply(250, format!("{old} renamed to {new}"))
            }
        }
    }

    pub(super) fn refuse_deletion(&self) -> Next {
        self.shared.record.write().deletions_tried += 1;
        Next::reply(550, "Nothing is ever deleted here.")
    }
}
