//! A server with what the tests agree on.

use std::fs;
use std::path::PathBuf;

use kartotek_simulators::authority::Authority;
use kartotek_simulators::cpr_ftp::{Control, Face, Options, Server};
use tempfile::TempDir;

pub const USER: &str = "kunde1";
pub const PASSWORD: &str = "Hemme-lig1";

pub struct Place {
    pub server: Server,
    pub options: Options,
    folder: TempDir,
}

impl Place {
    pub fn new(face: Face, change: impl FnOnce(&mut Options)) -> Self {
        let folder = TempDir::new().unwrap();
        let mut options = Options::new(face, USER, PASSWORD, folder.path().join("server"));
        change(&mut options);
        let authority = Authority::new().unwrap();
        fs::write(folder.path().join("ca.pem"), authority.pem()).unwrap();
        let server = Server::start(options.clone(), &authority).unwrap();
        Self { server, options, folder }
    }

    pub fn control(&self) -> &Control {
        self.server.control()
    }

    pub fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Where a file of the server is on disk, `ud/d260105.l990001`.
    pub fn path(&self, name: &str) -> PathBuf {
        self.options.folder.join(name)
    }

    pub fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
    }

    pub fn content(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// A file of the client's.
    pub fn local(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }
}
