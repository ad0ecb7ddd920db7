//! Files over FTP with a server that somebody else wrote: Debian's vsftpd, which demands that data connections resume the
//! session of the control connection.

use std::fs;
use std::time::Duration;

use kartotek_clients::file_transfer::{Protocol, RemoteDirectory, TransferErrorKind, connect};
use rstest::rstest;

use crate::support::vsftpd::Vsftpd;

fn fetched(remote: &mut dyn RemoteDirectory, name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let count = remote.fetch(name, 0, &mut bytes).unwrap();
    assert_eq!(count, bytes.len() as u64);
    bytes
}

/// Bytes that no line end or character set leaves as they are.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_u32;
    let mut byte = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    (0..length).map(|_| byte()).collect()
}

#[rstest]
#[case::explicit(Protocol::FtpsExplicit)]
#[case::implicit(Protocol::FtpsImplicit)]
#[case::plain(Protocol::PlainFtp)]
fn files_are_listed_fetched_stored_and_renamed(#[case] protocol: Protocol) {
    let server = Vsftpd::start(protocol);
    let large = noise(8 << 20);
    fs::write(server.ud().join("d260105.l990001"), &large).unwrap();
    fs::write(server.ud().join("d260106.l990001"), "").unwrap();
    let mut remote = connect(&server.settings()).unwrap();
    assert!(remote.describe().contains("UNIX") && remote.describe().contains("/ud"), "{}", remote.describe());

    let entries = remote.list(100).unwrap();
    let mut names: Vec<_> = entries.iter().map(|entry| (entry.name.as_str(), entry.size)).collect();
    names.sort_unstable();
    assert_eq!(names, [("d260105.l990001", Some(8 << 20)), ("d260106.l990001", Some(0))]);
    assert_eq!(remote.size("d260105.l990001").unwrap(), Some(8 << 20));
    assert!(remote.can_resume());

    assert!(fetched(remote.as_mut(), "d260105.l990001") == large);
    assert!(fetched(remote.as_mut(), "d260106.l990001").is_empty());
    let mut rest = Vec::new();
    remote.fetch("d260105.l990001", 5_000_000, &mut rest).unwrap();
    assert!(rest == large[5_000_000..]);

    remote.store("d260107.i990001", &large[..100_000]).unwrap();
    assert!(fetched(remote.as_mut(), "d260107.i990001") == large[..100_000]);
    assert!(remote.rename("d260105.l990001", "xd260105.l990001").unwrap());
    assert!(server.ud().join("xd260105.l990001").exists() && !server.ud().join("d260105.l990001").exists());
    remote.close();
}

#[rstest]
#[case::explicit(Protocol::FtpsExplicit)]
#[case::implicit(Protocol::FtpsImplicit)]
fn sessions_are_resumed_however_many_transfers_there_are(#[case] protocol: Protocol) {
    let server = Vsftpd::start(protocol);
    let mut remote = connect(&server.settings()).unwrap();
    // Uploads after one another bring no new tickets; vsftpd refuses whoever cannot resume.
    for number in 0..40 {
        remote.store(&format!("file{number}"), b"content").unwrap();
    }
    for number in 0..40 {
        assert_eq!(fetched(remote.as_mut(), &format!("file{number}")), b"content");
        assert_eq!(remote.list(100).unwrap().len(), 40);
    }
}

#[test]
fn nothing_is_overwritten_by_renaming_and_what_is_not_there_is_told() {
    let server = Vsftpd::start(Protocol::FtpsExplicit);
    for name in ["a", "b"] {
        fs::write(server.ud().join(name), name).unwrap();
    }
    let mut remote = connect(&server.settings()).unwrap();
    assert_eq!(remote.rename("a", "b").unwrap_err().kind, TransferErrorKind::Exists);
    assert_eq!(fs::read(server.ud().join("b")).unwrap(), b"b");
    assert_eq!(remote.rename("c", "d").unwrap_err().kind, TransferErrorKind::NotFound);
    assert_eq!(remote.fetch("c", 0, &mut Vec::new()).unwrap_err().kind, TransferErrorKind::NotFound);
    assert_eq!(remote.size("c").unwrap(), None);
    // The connection is as good as before.
    assert_eq!(fetched(remote.as_mut(), "a"), b"a");
}

#[rstest]
#[case::this_command("cmds_denied=RNFR")]
#[case::all_that_write("write_enable=NO")]
fn a_server_that_does_not_allow_renaming_says_so_and_changes_nothing(#[case] setting: &str) {
    let server = Vsftpd::start_with(Protocol::FtpsExplicit, setting);
    fs::write(server.ud().join("a"), "a").unwrap();
    let mut remote = connect(&server.settings()).unwrap();
    assert!(!remote.rename("a", "xa").unwrap());
    assert!(server.ud().join("a").exists() && !server.ud().join("xa").exists());
    assert_eq!(remote.rename("b", "xb").unwrap_err().kind, TransferErrorKind::NotFound);
    assert_eq!(fetched(remote.as_mut(), "a"), b"a");
}

#[test]
fn a_file_whose_size_is_not_told_is_not_overwritten_by_renaming() {
    let server = Vsftpd::start_with(Protocol::FtpsExplicit, "cmds_denied=SIZE");
    for name in ["a", "xa"] {
        fs::write(server.ud().join(name), name).unwrap();
    }
    let mut remote = connect(&server.settings()).unwrap();
    assert_eq!(remote.size("a").unwrap(), None);
    assert_eq!(remote.rename("a", "xa").unwrap_err().kind, TransferErrorKind::Exists);
    assert_eq!(fs::read(server.ud().join("xa")).unwrap(), b"xa");
    assert!(remote.rename("a", "ya").unwrap());
}

#[test]
fn a_name_cannot_bring_in_another_command() {
    let server = Vsftpd::start(Protocol::PlainFtp);
    fs::write(server.ud().join("a"), "a").unwrap();
    let mut remote = connect(&server.settings()).unwrap();
    for name in ["a\r\nDELE a", "a\nDELE a", ""] {
        assert_eq!(remote.fetch(name, 0, &mut Vec::new()).unwrap_err().kind, TransferErrorKind::Local);
        assert_eq!(remote.store(name, b"").unwrap_err().kind, TransferErrorKind::Local);
        assert_eq!(remote.rename("a", name).unwrap_err().kind, TransferErrorKind::Local);
        assert_eq!(remote.size(name).unwrap_err().kind, TransferErrorKind::Local);
    }
    assert!(server.ud().join("a").exists());
}

#[test]
fn a_directory_that_is_not_there_and_a_wrong_kind_of_tls_are_told_as_such() {
    let server = Vsftpd::start(Protocol::FtpsExplicit);
    let mut settings = server.settings();
    settings.directory = Some("none".to_owned());
    assert_eq!(connect(&settings).map(|_| ()).unwrap_err().kind, TransferErrorKind::Directory);
    let mut settings = server.settings();
    (settings.protocol, settings.connect_within) = (Protocol::FtpsImplicit, Duration::from_secs(10));
    let error = connect(&settings).map(|_| ()).unwrap_err();
    assert_eq!(error.kind, TransferErrorKind::Tls, "{error}");
    let server = Vsftpd::start(Protocol::FtpsImplicit);
    let mut settings = server.settings();
    (settings.protocol, settings.connect_within) = (Protocol::FtpsExplicit, Duration::from_millis(500));
    let error = connect(&settings).map(|_| ()).unwrap_err();
    assert!(error.kind == TransferErrorKind::TimeOut && error.to_string().contains("SSL=implicit"), "{error}");
}

#[test]
fn a_server_of_an_unknown_authority_is_not_trusted() {
    let server = Vsftpd::start(Protocol::FtpsExplicit);
    let another = Vsftpd::start(Protocol::FtpsExplicit);
    let settings = kartotek_clients::file_transfer::Settings { roots: another.settings().roots, ..server.settings() };
    let error = connect(&settings).map(|_| ()).unwrap_err();
    assert!(error.kind == TransferErrorKind::Tls && error.to_string().contains("unknown authority"), "{error}");
    assert!(error.needs_somebody() && !error.may_be_retried());
}
