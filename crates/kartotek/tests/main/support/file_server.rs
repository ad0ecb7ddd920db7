//! A simulated file server of CPR, and a folder in which the program is set up to use it.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use kartotek_simulators::authority::Authority;
use kartotek_simulators::cpr_ftp::{Control, Face, Options, Server, TlsMode};
use tempfile::TempDir;

use super::cli::{Ended, feed_to, kartotek, run};
use super::extract::{Extract, LF};
use super::masking::personal_data;

pub const PASSWORD: &str = "Aa1-hemmelig";

/// The program's folder with the interim directory `interim`, and the server whose files are in `server/ud`.
pub struct FileServer {
    // Before the folder that it serves.
    server: Server,
    folder: TempDir,
    /// Numbers and names of everybody in the files that were put somewhere.
    personal: RefCell<Vec<String>>,
}

impl FileServer {
    /// A server with explicit TLS and the face of a POSIX system, and the prefix `x`.
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    pub fn with(change: impl FnOnce(&mut Options)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in ["interim", "server"] {
            fs::create_dir(path(name)).unwrap();
        }
        let authority = Authority::new().unwrap();
        fs::write(path("ca.pem"), authority.pem()).unwrap();
        let mut options = Options::new(Face::Posix, "kartotek", PASSWORD, path("server"));
        change(&mut options);
        let ssl = match options.tls {
            TlsMode::Explicit => "SSL=J",
            TlsMode::Implicit => "SSL=implicit",
            TlsMode::None => "SSL=N",
        };
        let directory = match options.face {
            Face::Posix => "Directory=ud",
            Face::Zos => "Directory='CPR.UD.'",
        };
        let server = Server::start(options, &authority).unwrap();
        let this = Self { server, folder, personal: RefCell::default() };
        let site = format!("Site={}", this.server.address());
        let here = ["Local Directory=interim", "Rename prefix=x", "Certificate file=ca.pem"];
        this.set(&[&[site.as_str(), ssl, "User name=kartotek", directory][..], &here].concat()).ends_with(0);
        this.set_password(PASSWORD).ends_with(0);
        this
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn control(&self) -> &Control {
        self.server.control()
    }

    /// `cpr-batch set` with these settings.
    pub fn set(&self, settings: &[&str]) -> Ended {
        self.call(&[&["set"], settings].concat())
    }

    pub fn set_password(&self, password: &str) -> Ended {
        let mut command = self.command(&["set", "Password", "--password-file", "-"]);
        let ended = feed_to(&mut command, password);
        self.check(&ended, true);
        ended
    }

    /// Puts an extract at the server under the name that CPR gives it, and returns that.
    pub fn put(&self, extract: &Extract) -> String {
        let name = name_of(extract);
        self.put_as(&name, extract);
        name
    }

    pub fn put_as(&self, name: &str, extract: &Extract) {
        self.put_bytes(name, extract, &extract.bytes(LF));
    }

    /// Puts bytes at the server that were made of an extract.
    pub fn put_bytes(&self, name: &str, of: &Extract, bytes: &[u8]) {
        self.note_persons(of);
        fs::write(self.remote_path(name), bytes).unwrap();
    }

    /// Puts an extract into the interim directory, as somebody may by hand.
    pub fn put_here(&self, extract: &Extract) -> String {
        self.note_persons(extract);
        let name = name_of(extract);
        extract.write(&self.local_path(&name));
        name
    }

    fn note_persons(&self, extract: &Extract) {
        self.personal.borrow_mut().extend(personal_data(&extract.records));
    }

    pub fn remote_path(&self, name: &str) -> PathBuf {
        self.folder().join("server/ud").join(name)
    }

    pub fn local_path(&self, name: &str) -> PathBuf {
        self.folder().join("interim").join(name)
    }

    /// The names at the server.
    pub fn remote(&self) -> Vec<String> {
        names(&self.folder().join("server/ud"))
    }

    /// The names in the interim directory.
    pub fn local(&self) -> Vec<String> {
        names(&self.folder().join("interim"))
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.folder().join("cprbatch.log")).unwrap_or_default()
    }

    /// `kartotek cpr-batch` with these arguments, logging everything that it ever logs.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = kartotek(self.folder());
        command.args(["--log", "trace", "cpr-batch"]).args(arguments).stdin(Stdio::null());
        command
    }

    /// Calls `kartotek cpr-batch`. No error and no line that it logs or prints may hold the number or the name of anybody in
    /// a file that was put somewhere, or the password: that holds for every call of every test. `persons` alone prints names.
    pub fn call(&self, arguments: &[&str]) -> Ended {
        let ended = run(&mut self.command(arguments));
        self.check(&ended, arguments[0] != "persons");
        ended
    }

    /// `cpr-batch persons --person -` with a number on standard input.
    pub fn persons_of(&self, number: &str, more: &[&str]) -> Ended {
        let ended = feed_to(&mut self.command(&[&["persons", "--person", "-"], more].concat()), number);
        self.check(&ended, false);
        ended
    }

    #[track_caller]
    fn check(&self, ended: &Ended, prints_no_names: bool) {
        self.names_nobody(&ended.stderr);
        assert!(!ended.stdout.contains(PASSWORD), "the password was told");
        if prints_no_names {
            self.names_nobody(&ended.stdout);
        }
        for secret in self.personal.borrow().iter().filter(|secret| secret.starts_with(|c: char| c.is_ascii_digit())) {
            assert!(!ended.stdout.contains(secret), "a whole number was told:\n{}", ended.stdout);
        }
    }

    #[track_caller]
    fn names_nobody(&self, text: &str) {
        for secret in self.personal.borrow().iter() {
            assert!(!text.contains(secret), "personal data of {} characters in:\n{text}", secret.len());
        }
        assert!(!text.contains(PASSWORD), "the password is in:\n{text}");
    }

    /// The register's public tables.
    pub fn tables(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.folder().join("kartotek.db")).unwrap()
    }

    /// What a query finds, its columns with `|` between them.
    pub fn rows(&self, query: &str) -> Vec<String> {
        let tables = self.tables();
        let mut statement = tables.prepare(query).unwrap();
        let columns = statement.column_count();
        let row = |row: &rusqlite::Row<'_>| {
            let value = |column| row.get::<_, rusqlite::types::Value>(column).map(text);
            (0..columns).map(value).collect::<Result<Vec<_>, _>>().map(|values| values.join("|"))
        };
        statement.query_map([], row).unwrap().map(Result::unwrap).collect()
    }

    /// `name|state` of the files that came in.
    pub fn ledger(&self) -> Vec<String> {
        self.rows("SELECT name, state FROM transfer WHERE direction = 'in' ORDER BY transfer")
    }

    /// Contacts that are more than placeholders.
    pub fn persons(&self) -> usize {
        self.rows("SELECT 1 FROM contact WHERE name1 <> '' OR name2 <> ''").len()
    }
}

fn text(value: rusqlite::types::Value) -> String {
    match value {
        rusqlite::types::Value::Null => String::new(),
        rusqlite::types::Value::Integer(number) => number.to_string(),
        rusqlite::types::Value::Text(text) => text,
        other => format!("{other:?}"),
    }
}

/// `d210401.l110901`
pub fn name_of(extract: &Extract) -> String {
    format!("d{}.l{}", &extract.produced[2..], extract.task)
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

impl Drop for FileServer {
    /// Whatever a test is about: nothing is deleted or overwritten at the server, and nobody is named in a log.
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        assert_eq!(self.control().deletions_tried(), 0);
        assert_eq!(self.control().happened().overwritten, [] as [String; 0]);
        self.names_nobody(&self.log());
        for name in self.local().into_iter().filter(|name| name.starts_with("err")) {
            self.names_nobody(&fs::read_to_string(self.local_path(&name)).unwrap());
        }
    }
}
