#![allow(clippy::expect_used, clippy::panic, reason = "helpers of tests")]

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use kartotek_clients::file_transfer::{LogOn, Protocol, Settings};
use tempfile::TempDir;

/// OpenSSH's server on a port of its own, which lets the user in who runs the tests, by key.
pub struct Sshd {
    place: TempDir,
    port: u16,
    process: Child,
}

impl Sshd {
    /// A server whose own key is of a kind, `ed25519` or `rsa`.
    pub fn start(kind: &str) -> Self {
        Self::start_with(kind, "")
    }

    /// The same whose SFTP has options, those of `sftp-server`.
    pub fn start_with(kind: &str, options: &str) -> Self {
        let place = tempfile::tempdir().unwrap();
        make_key(&place.path().join("host"), kind, "");
        make_key(&place.path().join("user"), "ed25519", "");
        fs::copy(place.path().join("user.pub"), place.path().join("authorized")).unwrap();
        fs::create_dir(place.path().join("files")).unwrap();
        separation_directory();
        // Between the choice of a port and sshd's use of it another program may take it.
        for _ in 0..5 {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            if let Some(process) = listening(place.path(), port, options) {
                return Self { place, port, process };
            }
        }
        panic!("sshd found no free port in five attempts");
    }

    /// Settings with which the user gets in, and works in the directory of the test.
    pub fn settings(&self) -> Settings {
        let user = String::from_utf8(Command::new("id").arg("-un").output().unwrap().stdout).unwrap();
        let log_on = LogOn { user: user.trim().to_owned(), password: None, key_file: Some(self.path("user")) };
        Settings {
            port: Some(self.port),
            directory: Some(self.files().to_str().unwrap().to_owned()),
            host_key: Some(self.fingerprint()),
            connect_within: Duration::from_secs(20),
            ..Settings::new("127.0.0.1", Protocol::Sftp, log_on)
        }
    }

    /// What `ssh-keygen -l` prints about the server's key.
    pub fn fingerprint(&self) -> String {
        let output = Command::new("ssh-keygen").arg("-lf").arg(self.path("host.pub")).output().unwrap();
        let line = String::from_utf8(output.stdout).unwrap();
        line.split(' ').nth(1).unwrap().to_owned()
    }

    /// Where the files of the server stand.
    pub fn files(&self) -> PathBuf {
        self.path("files")
    }

    /// A key that the server accepts.
    pub fn accept_key(&self, kind: &str, password: &str) -> PathBuf {
        let path = self.unknown_key(kind, password);
        let known = fs::read_to_string(self.path("authorized")).unwrap();
        let public = fs::read_to_string(path.with_extension("pub")).unwrap();
        fs::write(self.path("authorized"), known + &public).unwrap();
        path
    }

    /// A key that the server does not know.
    pub fn unknown_key(&self, kind: &str, password: &str) -> PathBuf {
        let path = self.path("another");
        make_key(&path, kind, password);
        path
    }

    fn path(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// As root, sshd wants an empty directory to be shut up in.
fn separation_directory() {
    let path = Path::new("/run/sshd");
    let root = String::from_utf8(Command::new("id").arg("-u").output().unwrap().stdout).unwrap().trim() == "0";
    if root && !path.exists() {
        let made = fs::create_dir_all(path);
        assert!(made.is_ok() || path.exists(), "sshd needs the directory /run/sshd, which cannot be made: {made:?}");
    }
}

fn make_key(path: &Path, kind: &str, password: &str) {
    let mut command = Command::new("ssh-keygen");
    let made =
        command.args(["-q", "-t", kind, "-N", password, "-C", "test", "-f"]).arg(path).stdin(Stdio::null()).status();
    assert!(made.expect("ssh-keygen is missing: install openssh-client").success(), "ssh-keygen makes no key");
}

/// A server that says that it listens; none when it ended before.
fn listening(place: &Path, port: u16, options: &str) -> Option<Child> {
    let config = format!(
        "ListenAddress 127.0.0.1:{port}\nHostKey {0}/host\nAuthorizedKeysFile {0}/authorized\nStrictModes no\nUsePAM no\n\
         PasswordAuthentication no\nKbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\nPidFile none\n\
         Subsystem sftp internal-sftp {options}\n",
        place.display()
    );
    fs::write(place.join("config"), config).unwrap();
    let mut command = Command::new("/usr/sbin/sshd");
    let command = command.args(["-D", "-e", "-f"]).arg(place.join("config"));
    let mut process = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("sshd cannot be started: install openssh-server");
    let mut log = BufReader::new(process.stderr.take().unwrap());
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut said = String::new();
        while log.read_line(&mut said).is_ok_and(|length| length > 0) {
            if said.contains("Server listening on") {
                let _ = sender.send(Ok(()));
                // The pipe must be emptied for as long as the server writes.
                let _ = log.read_to_end(&mut Vec::new());
                return;
            }
        }
        let _ = sender.send(Err(said));
    });
    match receiver.recv_timeout(Duration::from_secs(30)).expect("sshd says neither that it listens nor why not") {
        Ok(()) => Some(process),
        Err(said) => {
            let _ = process.wait();
            assert!(said.contains("Address already in use"), "sshd does not start: {said}");
            None
        }
    }
}
