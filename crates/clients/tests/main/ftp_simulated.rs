//! Files over FTP with the simulated server of CPR: what an independent one does not do on request.

use std::fs;
use std::net::{IpAddr, TcpListener};
use std::path::PathBuf;
use std::time::Duration;

use kartotek_clients::file_transfer::{
    LogOn, Protocol, RemoteDirectory, Settings, TransferError, TransferErrorKind, TransferType, connect,
};
use kartotek_clients::tls::Roots;
use kartotek_simulators::authority::Authority;
use kartotek_simulators::cpr_ftp::{CutOff, Face, Fault, Options, Recall, Server, Times, TlsMode};
use rstest::rstest;
use tempfile::TempDir;
use zeroize::Zeroizing;

const PASSWORD: &str = "Aa1-geheim";

struct Place {
    // Before the folder that it serves.
    server: Server,
    folder: TempDir,
    tls: TlsMode,
    face: Face,
}

impl Place {
    fn new(face: Face) -> Self {
        Self::with(face, |_| {})
    }

    fn with(face: Face, change: impl FnOnce(&mut Options)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::new().unwrap();
        fs::write(folder.path().join("ca.pem"), authority.pem()).unwrap();
        let mut options = Options::new(face, "kartotek", PASSWORD, folder.path());
        options.demand_session_reuse = true;
        change(&mut options);
        let tls = options.tls;
        Self { server: Server::start(options, &authority).unwrap(), folder, tls, face }
    }

    fn ud(&self) -> PathBuf {
        self.folder.path().join("ud")
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.ud().join(name), bytes).unwrap();
    }

    fn settings(&self) -> Settings {
        let password = Some(Zeroizing::new(PASSWORD.to_owned()));
        let protocol = match self.tls {
            TlsMode::Explicit => Protocol::FtpsExplicit,
            TlsMode::Implicit => Protocol::FtpsImplicit,
            TlsMode::None => Protocol::PlainFtp,
        };
        let directory = match self.face {
            Face::Posix => "ud",
            Face::Zos => "'CPR.UD.'",
        };
        Settings {
            port: Some(self.server.address().port()),
            directory: Some(directory.to_owned()),
            roots: Roots::File(self.folder.path().join("ca.pem")),
            answer_within: Duration::from_secs(5),
            recall_pause: Duration::from_millis(10),
            ..Settings::new("127.0.0.1", protocol, LogOn { user: "kartotek".to_owned(), password, key_file: None })
        }
    }

    fn connect(&self) -> Box<dyn RemoteDirectory> {
        connect(&self.settings()).unwrap()
    }

    fn order(&self, fault: Fault) {
        self.server.control().order(fault, Times::Next(1));
    }
}

fn refused(settings: &Settings) -> TransferError {
    connect(settings).map(|_| ()).unwrap_err()
}

fn content() -> Vec<u8> {
    (0..40_000_u32).flat_map(|number| format!("{number}\r\n").into_bytes()).collect()
}

#[rstest]
#[case::explicit(TlsMode::Explicit)]
#[case::implicit(TlsMode::Implicit)]
#[case::plain(TlsMode::None)]
fn a_mainframe_is_read_by_its_own_listings(#[case] tls: TlsMode) {
    let place = Place::with(Face::Zos, |options| options.tls = tls);
    place.put("D260105.L990001", &content());
    place.put("D260106.L990001", b"");
    place.server.control().migrate("D260105.L990001").unwrap();
    let mut remote = place.connect();
    assert!(remote.describe().contains("MVS") && remote.describe().contains("CPR.UD"), "{}", remote.describe());
    let entries = remote.list(100).unwrap();
    let shown: Vec<_> = entries.iter().map(ToString::to_string).collect();
    assert_eq!(shown, ["[D260105.L990001]", "D260106.L990001"]);
    assert_eq!(remote.size("D260105.L990001").unwrap(), None);
    // The server refuses until it has brought the data set back, or waits.
    let mut bytes = Vec::new();
    remote.fetch("D260105.L990001", 0, &mut bytes).unwrap();
    assert!(bytes == content() && !place.server.control().is_migrated("D260105.L990001"));
    assert!(remote.rename("D260105.L990001", "xD260105.L990001").unwrap());
    let names: Vec<_> = remote.list(100).unwrap().into_iter().map(|entry| entry.name).collect();
    assert_eq!(names, ["D260106.L990001", "XD260105.L990001"]);
}

#[test]
fn a_recall_that_takes_long_is_waited_for_but_not_for_ever() {
    let place = Place::with(Face::Zos, |options| options.recall = Recall::Waits(Duration::from_millis(1_500)));
    place.put("A", b"content");
    place.server.control().migrate("A").unwrap();
    let settings = Settings { answer_within: Duration::from_millis(500), ..place.settings() };
    let mut bytes = Vec::new();
    connect(&settings).unwrap().fetch("A", 0, &mut bytes).unwrap();
    assert_eq!(bytes, b"content");

    let place = Place::with(Face::Zos, |options| options.recall = Recall::Refuses(99));
    place.put("A", b"content");
    place.server.control().migrate("A").unwrap();
    let settings = Settings {
        recall_within: Duration::from_secs(1),
        recall_pause: Duration::from_millis(200),
        ..place.settings()
    };
    let error = connect(&settings).unwrap().fetch("A", 0, &mut Vec::new()).unwrap_err();
    assert!(error.kind == TransferErrorKind::Busy && error.may_be_retried() && !error.breaks_connection(), "{error}");

    // All of the time is used, also when the pause is longer.
    let place = Place::with(Face::Zos, |options| options.recall = Recall::Refuses(1));
    place.put("A", b"content");
    place.server.control().migrate("A").unwrap();
    let (recall_within, recall_pause) = (Duration::from_secs(1), Duration::from_mins(10));
    let settings = Settings { recall_within, recall_pause, ..place.settings() };
    connect(&settings).unwrap().fetch("A", 0, &mut Vec::new()).unwrap();
}

#[rstest]
#[case::told(CutOff::Aborted)]
#[case::without_a_word(CutOff::Nothing)]
fn a_fetch_that_is_cut_is_taken_up_where_it_ended(#[case] told: CutOff) {
    let place = Place::new(Face::Posix);
    place.put("a", &content());
    place.order(Fault::CutOff { after: 100_000, told });
    let mut bytes = Vec::new();
    let mut remote = place.connect();
    let error = remote.fetch("a", 0, &mut bytes).unwrap_err();
    assert!(error.kind == TransferErrorKind::Cut && error.may_be_retried() && error.breaks_connection(), "{error}");
    assert!(bytes.len() <= 100_000 && content().starts_with(&bytes));
    let from = bytes.len() as u64;
    let mut remote = place.connect();
    remote.fetch("a", from, &mut bytes).unwrap();
    assert!(bytes == content());
}

#[rstest]
#[case(Fault::DropControl)]
#[case(Fault::DropAfterData)]
#[case(Fault::TooManyUsers)]
#[case(Fault::Busy)]
fn what_passes_by_itself_may_be_tried_again(#[case] fault: Fault) {
    let place = Place::new(Face::Posix);
    place.put("a", b"content");
    place.order(fault);
    let mut bytes = Vec::new();
    let tried = connect(&place.settings()).and_then(|mut remote| remote.fetch("a", 0, &mut bytes));
    let error = tried.unwrap_err();
    assert!(error.may_be_retried() && !error.needs_somebody(), "{error}");
    bytes.clear();
    place.connect().fetch("a", 0, &mut bytes).unwrap();
    assert_eq!(bytes, b"content");
}

type Use = fn(&mut dyn RemoteDirectory) -> Result<(), TransferError>;

#[rstest]
fn tls_of_a_data_connection_that_breaks_or_does_not_begin_may_be_tried_again(
    #[values(TlsMode::Explicit, TlsMode::Implicit)] tls: TlsMode,
    #[values((Fault::DropHandshake, TransferErrorKind::Cut), (Fault::StallHandshake, TransferErrorKind::TimeOut))]
    (fault, kind): (Fault, TransferErrorKind),
) {
    let place = Place::with(Face::Posix, |options| options.tls = tls);
    // The one directory where files are stored.
    fs::write(place.folder.path().join("ind/a"), "content").unwrap();
    let settings = Settings { directory: Some("ind".to_owned()), ..place.settings() };
    let uses: [Use; 4] = [
        |remote| remote.list(10).map(drop),
        |remote| remote.fetch("a", 0, &mut Vec::new()).map(drop),
        |remote| remote.store("b", b"content"),
        |remote| remote.rename("a", "xa").map(drop),
    ];
    for used in uses {
        let mut remote = connect(&Settings { connect_within: Duration::from_secs(2), ..settings.clone() }).unwrap();
        place.order(fault);
        let error = used(&mut *remote).unwrap_err();
        assert!(error.kind == kind && error.may_be_retried() && !error.needs_somebody(), "{error}");
        assert!(error.breaks_connection(), "{error}");
        assert_eq!(place.server.control().faults_left(), 0);
    }
}

#[test]
fn an_end_without_close_notify_is_an_end_when_the_server_says_that_it_was_all() {
    let place = Place::new(Face::Posix);
    place.put("a", &content());
    place.order(Fault::NoCloseNotify);
    let mut bytes = Vec::new();
    place.connect().fetch("a", 0, &mut bytes).unwrap();
    assert!(bytes == content());
}

#[rstest]
#[case::in_the_middle(Fault::Stall { after: 1_000 })]
#[case::no_answer(Fault::Silence)]
fn a_server_that_says_nothing_more_is_not_waited_for_longer_than_allowed(#[case] fault: Fault) {
    let place = Place::new(Face::Posix);
    place.put("a", &content());
    let settings = Settings {
        answer_within: Duration::from_millis(300),
        recall_within: Duration::from_millis(600),
        ..place.settings()
    };
    place.order(fault);
    let tried = connect(&settings).and_then(|mut remote| remote.fetch("a", 0, &mut Vec::new()));
    let error = tried.unwrap_err();
    assert_eq!(error.kind, TransferErrorKind::TimeOut, "{error}");
}

#[rstest]
#[case::explicit(TlsMode::Explicit)]
#[case::implicit(TlsMode::Implicit)]
#[case::plain(TlsMode::None)]
fn connections_come_from_the_address_that_is_set(#[case] tls: TlsMode) {
    let place = Place::with(Face::Posix, |options| options.tls = tls);
    place.put("a", &content());
    let from = IpAddr::from([127, 0, 0, 2]);
    let mut remote = connect(&Settings { from: Some(from), ..place.settings() }).unwrap();
    let mut bytes = Vec::new();
    // The server takes data connections from the same address only.
    remote.fetch("a", 0, &mut bytes).unwrap();
    assert!(bytes == content());
    assert_eq!(place.server.control().happened().callers, [from]);

    // An address for documentation, which no machine has.
    let error = refused(&Settings { from: Some(IpAddr::from([192, 0, 2, 1])), ..place.settings() });
    assert_eq!(error.kind, TransferErrorKind::Setting, "{error}");
    assert!(error.to_string().contains("the source address 192.0.2.1 is not one of this machine"), "{error}");
    assert_eq!(place.server.control().happened().callers, [from]);
}

#[test]
fn a_server_that_never_greets_is_not_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    for protocol in [Protocol::PlainFtp, Protocol::FtpsExplicit, Protocol::FtpsImplicit] {
        let place = Place::new(Face::Posix);
        let settings = Settings {
            port: Some(port),
            protocol,
            connect_within: Duration::from_millis(300),
            answer_within: Duration::from_millis(300),
            ..place.settings()
        };
        let error = refused(&settings);
        assert!(error.may_be_retried(), "{protocol:?}: {error}");
    }
    drop(listener);
    let place = Place::new(Face::Posix);
    let settings = Settings { port: Some(port), ..place.settings() };
    assert_eq!(refused(&settings).kind, TransferErrorKind::Unreachable);
}

#[test]
fn a_wrong_password_is_told_without_repeating_it() {
    let place = Place::new(Face::Posix);
    let mut settings = place.settings();
    settings.log_on.password = Some(Zeroizing::new("Wrong-1-password".to_owned()));
    let error = refused(&settings);
    assert_eq!(error.kind, TransferErrorKind::LogOn);
    let told = format!("{error} {error:?} {settings:?}");
    assert!(!told.contains("Wrong-1-password"), "{told}");
}

#[test]
fn renaming_may_be_refused_and_sizes_and_restarts_may_be_unknown() {
    let place = Place::new(Face::Posix);
    place.put("a", &content());
    let control = place.server.control();
    control.order(Fault::RefuseRename, Times::UntilCleared);
    control.order(Fault::RefuseSize, Times::UntilCleared);
    control.order(Fault::RefuseRestart, Times::UntilCleared);
    let mut remote = place.connect();
    assert!(!remote.rename("a", "xa").unwrap());
    assert_eq!(remote.size("a").unwrap(), None);
    assert!(remote.can_resume());
    let error = remote.fetch("a", 10, &mut Vec::new()).unwrap_err();
    assert!(error.may_be_retried() && !error.breaks_connection() && !remote.can_resume(), "{error}");
    let mut bytes = Vec::new();
    remote.fetch("a", 0, &mut bytes).unwrap();
    assert!(bytes == content());
}

#[test]
fn data_connections_go_to_the_server_whatever_address_it_names() {
    let place = Place::new(Face::Posix);
    place.put("a", b"content");
    place.order(Fault::ForeignAddress);
    let mut bytes = Vec::new();
    place.connect().fetch("a", 0, &mut bytes).unwrap();
    assert_eq!(bytes, b"content");
}

#[test]
fn a_disk_that_is_full_here_is_told_as_ours_and_the_server_is_still_there() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::Error::from(std::io::ErrorKind::StorageFull))
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let place = Place::new(Face::Posix);
    place.put("a", &content());
    let error = place.connect().fetch("a", 0, &mut Full).unwrap_err();
    assert_eq!(error.kind, TransferErrorKind::Local);
}

#[test]
fn five_thousand_files_are_listed() {
    for face in [Face::Posix, Face::Zos] {
        let place = Place::new(face);
        for number in 0..5_000 {
            place.put(&format!("D{number:06}.L990001"), b"");
        }
        let mut remote = place.connect();
        assert_eq!(remote.list(100_000).unwrap().len(), 5_000, "{face:?}");
        assert_eq!(remote.list(10).unwrap().len(), 10, "{face:?}");
    }
}

#[test]
fn text_comes_with_the_line_ends_of_the_network() {
    let place = Place::new(Face::Posix);
    place.put("a", b"one\ntwo\n");
    let settings = Settings { transfer_type: TransferType::Text, ..place.settings() };
    let mut remote = connect(&settings).unwrap();
    assert!(!remote.can_resume() && remote.size("a").unwrap().is_none());
    let mut bytes = Vec::new();
    remote.fetch("a", 0, &mut bytes).unwrap();
    assert_eq!(bytes, b"one\r\ntwo\r\n");
}

#[test]
fn an_upload_that_is_cut_is_told_and_may_be_tried_again() {
    let place = Place::new(Face::Posix);
    let settings = Settings { directory: Some("ind".to_owned()), ..place.settings() };
    place.order(Fault::CutUpload { after: 1_000 });
    let mut remote = connect(&settings).unwrap();
    let error = remote.store("a", &content()).unwrap_err();
    assert!(error.may_be_retried(), "{error}");
    let mut remote = connect(&settings).unwrap();
    remote.store("a", &content()).unwrap();
    assert!(fs::read(place.folder.path().join("ind/a")).unwrap() == content());
}
