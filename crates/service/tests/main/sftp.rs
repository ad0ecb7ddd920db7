//! Both ways of files over SFTP, with OpenSSH's server.

use std::fs;
use std::path::PathBuf;

use kartotek_clients::file_transfer::Settings;
use kartotek_formats::cpr_direkte::CustomerNumber;
use kartotek_formats::subscription_file::{LineEnd, TaskNumber, TimeOfDay, WorkingDays};
use kartotek_register::contact::SourceId;
use kartotek_register::memory::MemoryStore;
use kartotek_register::ports::{Direction, Store as _, SystemClock};
use kartotek_service::cpr_batch::{Batch, BatchSettings, Connector, Outgoing, Which, take_lease};
use kartotek_service::cpr_extract::ExtractImport;
use kartotek_service::subscriptions::FileSettings;
use kartotek_simulators::cpr_ftp::{Nightly, NightlyOptions};
use kartotek_simulators::population::{Population, PopulationOptions};

use crate::sshd::Sshd;

/// For a day that is not over yet.
const SENT: &str = "d991231.i990001";

fn customer() -> CustomerNumber {
    CustomerNumber::new(b"1234").unwrap()
}

fn outgoing(folder: PathBuf) -> Outgoing {
    let settings = FileSettings {
        customer: customer(),
        task: TaskNumber::new(b"990001").unwrap(),
        deadline: TimeOfDay::PLANNING_DEADLINE,
        working_days: WorkingDays::default(),
        line_end: LineEnd::CrLf,
    };
    Outgoing { folder, settings, late: false }
}

#[test]
fn files_are_sent_fetched_and_renamed() {
    let sshd = Sshd::start("ed25519");
    for directory in ["ind", "ud"] {
        fs::create_dir(sshd.files().join(directory)).unwrap();
    }
    let here = tempfile::tempdir().unwrap();
    let path = |name: &str| here.path().join(name);
    for name in ["interim", "out"] {
        fs::create_dir(path(name)).unwrap();
    }
    let population = Population::new(PopulationOptions::new(50, 3)).unwrap();
    let options = NightlyOptions { everybody: true, ..NightlyOptions::new(customer(), 990_001) };
    let name = Nightly::new(options, population, sshd.files()).unwrap().establish().unwrap().name;
    let line = format!("{:<80}", "06123400OP0707614285");
    fs::write(path("out").join(SENT), &line).unwrap();

    let interim = path("interim").to_str().unwrap().to_owned();
    let values = [("Local Directory", interim.as_str()), ("Rename prefix", "x")];
    let settings = BatchSettings::parse(&values.map(|(name, value)| (name.to_owned(), value.to_owned()))).unwrap();
    let server_in = |directory: &str| {
        let directory = Some(sshd.files().join(directory).to_str().unwrap().to_owned());
        Connector::to(Settings { directory, ..sshd.settings() })
    };
    let mut store = MemoryStore::new();
    let mut lease = take_lease(&mut store, &SystemClock, SourceId::CPR, "a test").unwrap();
    let (import, mut told) = (ExtractImport::default(), Vec::new());
    let mut tell = |event: kartotek_service::cpr_batch::Event| told.push(event.to_string());
    let mut batch = Batch::new(&mut store, &SystemClock, &settings, &import, lease.as_mut(), &mut tell).unwrap();

    let outgoing = outgoing(path("out"));
    for expected in [1, 0] {
        let sent = batch.send(&mut server_in("ind"), &outgoing).unwrap();
        assert_eq!((sent.sent, sent.failed), (expected, 0));
    }
    assert_eq!(fs::read_to_string(sshd.files().join("ind").join(SENT)).unwrap(), line);

    let got = batch.get(&mut server_in("ud"), &Which::All).unwrap();
    assert_eq!((got.fetched, got.refused, got.failed), (1, 0, 0));
    let taken = batch.import(&Which::All, &mut |_| {}).unwrap();
    assert_eq!(taken.imported, 1);
    let got = batch.get(&mut server_in("ud"), &Which::All).unwrap();
    assert_eq!((got.fetched, got.failed), (0, 0));
    let new_name = format!("x{name}");
    assert!(sshd.files().join("ud").join(&new_name).exists() && path("interim").join(&new_name).exists(), "{told:?}");
    let states = store.reader().unwrap().transfers(SourceId::CPR, Direction::In, None).unwrap();
    assert!(states.iter().all(|row| row.renamed), "{told:?}");
}

#[test]
fn another_file_of_the_name_is_not_overwritten() {
    let sshd = Sshd::start("ed25519");
    let here = tempfile::tempdir().unwrap();
    let out = here.path().join("out");
    fs::create_dir(&out).unwrap();
    fs::write(out.join(SENT), format!("{:<80}", "06123400OP0707614285")).unwrap();
    fs::write(sshd.files().join(SENT), "another").unwrap();
    let values = [("Local Directory".to_owned(), here.path().to_str().unwrap().to_owned())];
    let settings = BatchSettings::parse(&values).unwrap();
    let mut store = MemoryStore::new();
    let mut lease = take_lease(&mut store, &SystemClock, SourceId::CPR, "a test").unwrap();
    let (import, mut tell) = (ExtractImport::default(), |_| {});
    let mut batch = Batch::new(&mut store, &SystemClock, &settings, &import, lease.as_mut(), &mut tell).unwrap();
    let outgoing = outgoing(out);
    let sent = batch.send(&mut Connector::to(sshd.settings()), &outgoing).unwrap();
    assert_eq!((sent.sent, sent.failed), (0, 1));
    assert_eq!(fs::read_to_string(sshd.files().join(SENT)).unwrap(), "another");
}
