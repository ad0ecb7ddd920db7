//! SFTP against OpenSSH's server.

#![expect(clippy::panic, reason = "helpers of tests")]

use std::fs;
use std::io::{self, Write};
use std::net::TcpListener;
use std::time::Duration;

use kartotek_clients::file_transfer::{
    LogOn, Protocol, RemoteDirectory, Settings, TransferError, TransferErrorKind, connect,
};
use kartotek_formats::listing::EntryKind;
use russh::MethodKind;
use zeroize::Zeroizing;

use crate::support::{PasswordServer, SSH_PASSWORD, Sshd};

fn refused(settings: &Settings) -> TransferError {
    match connect(settings) {
        Ok(directory) => panic!("connected to {}", directory.describe()),
        Err(error) => error,
    }
}

fn fetched(directory: &mut dyn RemoteDirectory, name: &str, from: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    let written = directory.fetch(name, from, &mut bytes).unwrap();
    assert_eq!(written, bytes.len() as u64);
    bytes
}

/// Bytes of which no two parts are alike.
fn bytes(length: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let next = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    });
    next.take(length).collect()
}

#[test]
fn a_directory_is_listed_with_kinds_sizes_and_times() {
    let server = Sshd::start("ed25519");
    fs::write(server.files().join("d260105.l990001"), bytes(12_345)).unwrap();
    fs::create_dir(server.files().join("ud")).unwrap();
    std::os::unix::fs::symlink("nowhere", server.files().join("link")).unwrap();
    let mut directory = connect(&server.settings()).unwrap();
    assert!(directory.describe().contains("OpenSSH"), "{}", directory.describe());
    assert!(directory.describe().ends_with("/files"), "{}", directory.describe());

    let mut entries = directory.list(10).unwrap();
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    let kinds: Vec<_> = entries.iter().map(|entry| (entry.name.as_str(), entry.kind)).collect();
    assert_eq!(kinds, [("d260105.l990001", EntryKind::File), ("link", EntryKind::Other), ("ud", EntryKind::Directory)]);
    assert_eq!(entries[0].size, Some(12_345));
    assert!(entries[0].modified.as_ref().unwrap().ends_with('Z'), "{:?}", entries[0].modified);
    assert_eq!(directory.size("d260105.l990001").unwrap(), Some(12_345));
    assert_eq!(directory.list(2).unwrap().len(), 2);
    directory.close();
}

#[test]
fn a_directory_of_many_files_is_listed_to_the_end() {
    let server = Sshd::start("ed25519");
    for number in 0..700 {
        fs::write(server.files().join(format!("d260105.l{number:06}")), "").unwrap();
    }
    let mut directory = connect(&server.settings()).unwrap();
    assert_eq!(directory.list(5000).unwrap().len(), 700);
    assert_eq!(directory.list(123).unwrap().len(), 123);
}

#[test]
fn files_of_all_lengths_are_fetched_whole_and_from_any_byte() {
    const PART: usize = 32 * 1024;
    let server = Sshd::start("ed25519");
    let mut directory = connect(&server.settings()).unwrap();
    for length in [0, 1, PART - 1, PART, PART + 1, 3 * PART, 70 * PART + 5] {
        let content = bytes(length);
        fs::write(server.files().join("x"), &content).unwrap();
        assert!(fetched(&mut *directory, "x", 0) == content, "{length} bytes");
        for from in [1, length / 2, length.saturating_sub(1), length, length + 1] {
            let rest = content.get(from..).unwrap_or_default();
            assert!(fetched(&mut *directory, "x", from as u64) == rest, "{length} bytes from {from}");
        }
    }
}

#[test]
fn a_large_file_comes_over_with_equal_bytes() {
    let server = Sshd::start("ed25519");
    let content = bytes(32 << 20);
    fs::write(server.files().join("large"), &content).unwrap();
    let mut directory = connect(&server.settings()).unwrap();
    let begun = std::time::Instant::now();
    let came = fetched(&mut *directory, "large", 0);
    println!("{:.0} MB/s", 33.55 / begun.elapsed().as_secs_f64());
    assert!(came == content);
}

#[test]
fn what_is_stored_is_fetched_back_and_replaces_what_was_there() {
    let server = Sshd::start("ed25519");
    let mut directory = connect(&server.settings()).unwrap();
    for length in [3_000_000, 80, 0] {
        let content = bytes(length);
        directory.store("d260105.i990001", &content).unwrap();
        assert!(fs::read(server.files().join("d260105.i990001")).unwrap() == content, "{length} bytes");
        assert!(fetched(&mut *directory, "d260105.i990001", 0) == content, "{length} bytes");
    }
}

#[test]
fn a_file_gets_another_name_and_never_that_of_another_file() {
    let server = Sshd::start("ed25519");
    fs::write(server.files().join("a"), "a").unwrap();
    fs::write(server.files().join("b"), "b").unwrap();
    let mut directory = connect(&server.settings()).unwrap();
    assert_eq!(directory.rename("a", "b").unwrap_err().kind, TransferErrorKind::Exists);
    assert_eq!(fs::read(server.files().join("b")).unwrap(), b"b");
    assert!(directory.rename("a", "old.a").unwrap());
    assert_eq!(fs::read(server.files().join("old.a")).unwrap(), b"a");
    assert!(!server.files().join("a").exists());
    assert_eq!(directory.rename("a", "c").unwrap_err().kind, TransferErrorKind::NotFound);
}

#[test]
fn a_server_that_does_not_allow_renaming_says_so_and_changes_nothing() {
    for options in ["-P rename", "-R"] {
        let server = Sshd::start_with("ed25519", options);
        fs::write(server.files().join("a"), "a").unwrap();
        let mut directory = connect(&server.settings()).unwrap();
        assert!(!directory.rename("a", "xa").unwrap(), "{options}");
        assert!(server.files().join("a").exists() && !server.files().join("xa").exists(), "{options}");
        assert_eq!(fetched(&mut *directory, "a", 0), b"a", "{options}");
    }
}

#[test]
fn a_missing_file_is_not_found_and_the_connection_goes_on() {
    let server = Sshd::start("ed25519");
    fs::write(server.files().join("there"), "there").unwrap();
    let mut directory = connect(&server.settings()).unwrap();
    let error = directory.fetch("gone", 0, &mut io::sink()).unwrap_err();
    assert_eq!((error.kind, error.operation.as_str()), (TransferErrorKind::NotFound, "fetch gone"));
    assert_eq!(directory.size("gone").unwrap(), None);
    assert_eq!(fetched(&mut *directory, "there", 0), b"there");
}

#[test]
fn names_that_lead_out_of_the_directory_are_refused_here() {
    let server = Sshd::start("ed25519");
    let mut directory = connect(&server.settings()).unwrap();
    for name in ["../host", "/etc/passwd", "a\nb", "..", ""] {
        assert_eq!(directory.fetch(name, 0, &mut io::sink()).unwrap_err().kind, TransferErrorKind::Local);
        assert_eq!(directory.store(name, b"").unwrap_err().kind, TransferErrorKind::Local);
        assert_eq!(directory.rename("a", name).unwrap_err().kind, TransferErrorKind::Local);
    }
}

#[test]
fn a_full_disk_here_is_told_as_such_and_the_connection_goes_on() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let server = Sshd::start("ed25519");
    fs::write(server.files().join("x"), bytes(200_000)).unwrap();
    let mut directory = connect(&server.settings()).unwrap();
    assert_eq!(directory.fetch("x", 0, &mut Full).unwrap_err().kind, TransferErrorKind::Local);
    assert!(fetched(&mut *directory, "x", 0) == bytes(200_000));
}

#[test]
fn without_the_right_host_key_nothing_is_sent_and_the_shown_one_is_told() {
    for kind in ["ed25519", "rsa"] {
        let server = Sshd::start(kind);
        let wrong = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        for configured in [None, Some(wrong), Some("")] {
            let error = refused(&Settings { host_key: configured.map(str::to_owned), ..server.settings() });
            assert_eq!(error.kind, TransferErrorKind::HostKey, "{error}");
            let told = error.to_string();
            assert!(told.contains(&server.fingerprint()) && told.contains("\"Host key\""), "{told}");
        }
        connect(&server.settings()).unwrap().close();
    }
}

#[test]
fn a_key_that_the_server_does_not_know_is_refused() {
    let server = Sshd::start("ed25519");
    let mut settings = server.settings();
    settings.log_on.key_file = Some(server.unknown_key("ed25519", ""));
    let error = refused(&settings);
    assert_eq!(error.kind, TransferErrorKind::LogOn, "{error}");
    assert!(error.needs_somebody());
}

#[test]
fn keys_in_protected_files_are_used_with_their_password_alone() {
    for kind in ["ed25519", "rsa", "ecdsa"] {
        let server = Sshd::start("ed25519");
        let mut settings = server.settings();
        settings.log_on.key_file = Some(server.accept_key(kind, "Tolv-tinsoldater"));
        settings.log_on.password = Some(Zeroizing::new("Tolv-tinsoldater".to_owned()));
        connect(&settings).unwrap().close();
        for password in [None, Some("Tretten-tinsoldater")] {
            settings.log_on.password = password.map(|password| Zeroizing::new(password.to_owned()));
            let error = refused(&settings);
            assert_eq!(error.kind, TransferErrorKind::LogOn, "{error}");
            assert!(!format!("{error} {error:?}").contains("tinsoldater"), "{error}");
        }
    }
}

#[test]
fn a_file_that_holds_no_key_is_a_setting_that_cannot_be_used() {
    let server = Sshd::start("ed25519");
    let mut settings = server.settings();
    settings.log_on.key_file = Some(server.files());
    assert_eq!(refused(&settings).kind, TransferErrorKind::Setting);
    let file = server.files().join("text");
    fs::write(&file, "not a key").unwrap();
    settings.log_on.key_file = Some(file);
    assert_eq!(refused(&settings).kind, TransferErrorKind::Setting);
}

#[test]
fn the_password_is_given_once_as_it_is_or_as_the_answer_to_the_question() {
    for method in [MethodKind::Password, MethodKind::KeyboardInteractive] {
        let server = PasswordServer::start(method);
        let with = |password: &str| {
            let password = Some(Zeroizing::new(password.to_owned()));
            let log_on = LogOn { user: "kommune".to_owned(), password, key_file: None };
            Settings {
                port: Some(server.port),
                host_key: Some(server.fingerprint.clone()),
                ..Settings::new("127.0.0.1", Protocol::Sftp, log_on)
            }
        };
        connect(&with(SSH_PASSWORD)).unwrap().close();
        assert_eq!(server.attempts(), 1, "{method:?}");
        let error = refused(&with("Sommer-tosse-42"));
        assert_eq!(error.kind, TransferErrorKind::LogOn, "{error}");
        assert!(!format!("{error} {error:?}").contains("tosse"), "{error}");
        assert_eq!(server.attempts(), 2, "{method:?}");
        let unknown = Settings { host_key: None, ..with(SSH_PASSWORD) };
        assert_eq!(refused(&unknown).kind, TransferErrorKind::HostKey);
        assert_eq!(server.attempts(), 2, "{method:?}");
    }
}

#[test]
fn a_directory_that_is_not_there_or_is_a_file_is_told_when_connecting() {
    let server = Sshd::start("ed25519");
    fs::write(server.files().join("file"), "").unwrap();
    for name in ["gone", "file"] {
        let directory = Some(server.files().join(name).to_str().unwrap().to_owned());
        let error = refused(&Settings { directory, ..server.settings() });
        assert_eq!(error.kind, TransferErrorKind::Directory, "{error}");
    }
    let home = connect(&Settings { directory: None, ..server.settings() }).unwrap();
    assert!(home.describe().contains("directory /"), "{}", home.describe());
}

#[test]
fn a_server_that_is_not_there_is_unreachable() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let log_on = LogOn { user: "x".to_owned(), password: None, key_file: None };
    let settings = Settings { port: Some(port), ..Settings::new("127.0.0.1", Protocol::Sftp, log_on) };
    let error = refused(&settings);
    assert_eq!(error.kind, TransferErrorKind::Unreachable, "{error}");
    assert!(error.may_be_retried());
    let elsewhere = Settings { from: Some("192.0.2.1".parse().unwrap()), ..settings };
    let error = refused(&elsewhere);
    assert_eq!(error.kind, TransferErrorKind::Setting, "as with FTP");
    assert!(error.to_string().contains("the source address 192.0.2.1 is not one of this machine"), "{error}");
}

#[test]
fn a_server_that_is_silent_or_speaks_otherwise_is_not_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let log_on = LogOn { user: "x".to_owned(), password: None, key_file: None };
    let settings = Settings {
        port: Some(listener.local_addr().unwrap().port()),
        connect_within: Duration::from_millis(300),
        ..Settings::new("127.0.0.1", Protocol::Sftp, log_on)
    };
    assert_eq!(refused(&settings).kind, TransferErrorKind::TimeOut);

    let settings = Settings { connect_within: Duration::from_secs(20), ..settings };
    let answering = std::thread::spawn(move || {
        // The first connection is that of the client which gave up.
        let _ = listener.accept().unwrap();
        drop(listener.accept().unwrap());
    });
    let error = refused(&settings);
    assert_eq!(error.kind, TransferErrorKind::Cut, "{error}");
    answering.join().unwrap();
}

#[test]
fn a_connection_that_breaks_in_a_file_is_cut_and_keeps_what_came() {
    let server = Sshd::start("ed25519");
    fs::write(server.files().join("x"), bytes(32 << 20)).unwrap();
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let settings = server.settings();
    let (through, behind) = (proxy.local_addr().unwrap().port(), settings.port.unwrap());
    std::thread::spawn(move || {
        let (mut near, _) = proxy.accept().unwrap();
        let mut far = std::net::TcpStream::connect(("127.0.0.1", behind)).unwrap();
        let (mut from_near, mut to_far) = (near.try_clone().unwrap(), far.try_clone().unwrap());
        std::thread::spawn(move || io::copy(&mut from_near, &mut to_far));
        let _ = io::copy(&mut io::Read::take(&mut far, 4 << 20), &mut near);
        let _ = near.shutdown(std::net::Shutdown::Both);
    });
    let mut directory = connect(&Settings { port: Some(through), ..settings }).unwrap();
    let mut came = Vec::new();
    let error = directory.fetch("x", 0, &mut came).unwrap_err();
    assert_eq!(error.kind, TransferErrorKind::Cut, "{error}");
    assert!(error.breaks_connection());
    assert!(came.len() > 1 << 20 && came == bytes(came.len()), "{} bytes", came.len());
    assert_eq!(directory.list(10).unwrap_err().kind, TransferErrorKind::Cut);
}
