//! What is asked about the server, its directories and files: `SYST`, `FEAT`, `PWD`, `CWD`, `SIZE`, `MDTM`, `MLST`; and what is set
//! for the transfers to come: `TYPE`, `REST`, `OPTS`.

use super::fault::Stage;
use super::files::Found;
use super::listing;
use super::options::Face;
use super::session::{Next, Session};

impl Session {
    pub(super) fn face(&self) -> Face {
        self.shared.options.face
    }

    pub(super) fn system(&self) -> Next {
        match self.face() {
            Face::Posix => Next::reply(215, "UNIX Type: L8"),
            Face::Zos => Next::reply(215, "MVS is the operating system of this server. FTP Server is running on z/OS."),
        }
    }

    pub(super) fn features(&self) -> Next {
        let tls = if self.demands_tls() { " AUTH TLS\n PBSZ\n PROT\n" } else { "" };
        let facts = match self.face() {
            Face::Posix => " MDTM\n MLST type*;size*;modify*;\n",
            Face::Zos => "",
        };
        Next::reply(211, format!("Features:\n{tls} EPSV\n{facts} REST STREAM\n SIZE\n UTF8\nEnd"))
    }

    pub(super) fn set_option(argument: &str) -> Next {
        if argument.to_ascii_uppercase().starts_with("UTF8") {
            Next::reply(200, "Names are in UTF-8.")
        } else {
            Next::reply(501, "Expected OPTS UTF8.")
        }
    }

    pub(super) fn set_type(&mut self, argument: &str) -> Next {
        self.text = match argument.to_ascii_uppercase().as_str() {
            "A" | "A N" => true,
            "I" | "L 8" => false,
            _ => return Next::reply(504, "Expected TYPE A or TYPE I."),
        };
        Next::reply(200, if self.text { "Type is A." } else { "Type is I." })
    }

    pub(super) fn print_directory(&self) -> Next {
        let path = self.face().path(self.directory);
        match self.face() {
            Face::Posix => Next::reply(257, format!("\"{path}\" is the current directory.")),
            Face::Zos => Next::reply(257, format!("\"{path}\" is working directory.")),
        }
    }

    pub(super) fn change_directory(&mut self, argument: &str) -> Next {
        let face = self.face();
        let Some(directory) = face.directory(self.directory, argument) else {
            return match face {
                Face::Posix => Next::reply(550, "No such directory."),
                Face::Zos => Next::reply(550, format!("Not authorized to access {argument}.")),
            };
        };
        self.directory = directory;
        match face {
            Face::Posix => Next::reply(250, "Directory changed."),
            Face::Zos => {
                Next::reply(250, format!("\"{}\" is the working directory name prefix.", face.path(directory)))
            }
        }
    }

    pub(super) fn set_restart(&mut self, argument: &str) -> Next {
        if self.shared.faults.strike(Stage::Restart).is_some() {
            return Next::reply(502, "REST is not offered.");
        }
        match argument.parse() {
            Ok(0) => Next::reply(350, "From the first byte."),
            Ok(_) if self.text => Next::reply(504, "REST needs TYPE I."),
            Ok(from) => {
                self.restart = from;
                Next::reply(350, format!("From byte {from}; send RETR."))
            }
            Err(_) => Next::reply(501, "Expected a number of bytes."),
        }
    }

    pub(super) fn size(&self, argument: &str) -> Next {
        if self.face() == Face::Zos {
            return Next::reply(501, "SIZE is not offered for MVS data sets.");
        }
        if self.shared.faults.strike(Stage::Size).is_some() || self.text {
            return Next::reply(550, "SIZE is not allowed.");
        }
        match self.find(argument) {
            Some((_, found)) => Next::reply(213, found.size.to_string()),
            None => self.no_such_file(argument),
        }
    }

    pub(super) fn modified(&self, argument: &str) -> Next {
        self.posix_about(argument, |found| Next::reply(213, listing::stamp(found.modified)))
    }

    pub(super) fn facts(&self, argument: &str) -> Next {
        self.posix_about(argument, |found| Next::reply(250, format!("Facts:\n {}\nEnd", listing::facts(found))))
    }

    fn posix_about(&self, argument: &str, tell: impl FnOnce(&Found) -> Next) -> Next {
        if self.face() == Face::Zos {
            return Next::reply(500, "Unknown command.");
        }
        match self.find(argument) {
            Some((_, found)) => tell(&found),
            None => self.no_such_file(argument),
        }
    }
}
