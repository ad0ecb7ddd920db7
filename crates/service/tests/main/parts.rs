//! Files that are fetched and imported while something goes wrong at the wrong moment.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};

use kartotek_clients::file_transfer::{TransferError, TransferErrorKind, connect};
use kartotek_formats::cpr_direkte::CustomerNumber;
use kartotek_register::contact::SourceId;
use kartotek_register::memory::MemoryStore;
use kartotek_register::ports::{Direction, Store as _, SystemClock, TransferState};
use kartotek_service::cpr_batch::{
    Batch, BatchError, BatchSettings, Connector, Event, EventKind, Got, Which, change_settings, take_lease,
};
use kartotek_service::cpr_extract::ExtractImport;
use kartotek_simulators::authority::Authority;
use kartotek_simulators::cpr_ftp::{CutOff, Face, Fault, Nightly, NightlyOptions, Options, Server, Times};
use kartotek_simulators::population::{Population, PopulationOptions};
use tempfile::TempDir;
use zeroize::Zeroizing;

const FIRST: &str = "d260105.l990001";
const SECOND: &str = "d260106.l990001";

const CUT: Fault = Fault::CutOff { after: 6_000, told: CutOff::Nothing };

struct Office {
    // Before the folder that it serves.
    server: Server,
    folder: TempDir,
    store: MemoryStore,
    settings: BatchSettings,
}

impl Office {
    /// With a file at the server that stands there under two names.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("interim")).unwrap();
        let authority = Authority::new().unwrap();
        fs::write(folder.path().join("ca.pem"), authority.pem()).unwrap();
        let at_cpr = folder.path().join("server");
        let server = Server::start(Options::new(Face::Posix, "kartotek", "Aa1-night", &at_cpr), &authority).unwrap();
        let population = Population::new(PopulationOptions::new(400, 3)).unwrap();
        let options = NightlyOptions::new(CustomerNumber::new(b"1234").unwrap(), 990_001);
        let options = NightlyOptions { everybody: true, ..options };
        let delivered = Nightly::new(options, population, &at_cpr).unwrap().establish().unwrap();
        assert_eq!(delivered.name, FIRST);
        fs::copy(at_cpr.join("ud").join(FIRST), at_cpr.join("ud").join(SECOND)).unwrap();
        let text = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let values = [
            ("Site", server.address().to_string()),
            ("User name", "kartotek".to_owned()),
            ("Directory", "ud".to_owned()),
            ("Local Directory", text("interim")),
            ("Rename prefix", "x".to_owned()),
            ("Remote rename", "N".to_owned()),
            ("Certificate file", text("ca.pem")),
        ];
        let settings = BatchSettings::parse(&values.map(|(name, value)| (name.to_owned(), value))).unwrap();
        Self { server, folder, store: MemoryStore::new(), settings }
    }

    fn remote(&self, name: &str) -> PathBuf {
        self.folder.path().join("server/ud").join(name)
    }

    fn local(&self, name: &str) -> PathBuf {
        self.folder.path().join("interim").join(name)
    }

    /// Fetches everything over connections of which some do not come about, by their number from 1.
    fn get(&mut self, fails: impl Fn(u32) -> bool) -> Got {
        let password = Some(Zeroizing::new("Aa1-night".to_owned()));
        let remote = self.settings.server(self.settings.directory.as_deref(), password, false).unwrap();
        let mut calls = 0;
        let mut connector = Connector::new(move || {
            calls += 1;
            if fails(calls) {
                return Err(TransferError::new(TransferErrorKind::Cut, "connect", "the line is dead"));
            }
            connect(&remote)
        });
        self.with_batch(&mut |_| {}, |batch| batch.get(&mut connector, &Which::All).unwrap())
    }

    fn with_batch<T>(&mut self, tell: &mut dyn FnMut(Event), work: impl FnOnce(&mut Batch<'_>) -> T) -> T {
        let mut lease = take_lease(&mut self.store, &SystemClock, SourceId::CPR, "a test").unwrap();
        let import = ExtractImport::default();
        let (store, settings) = (&mut self.store, &self.settings);
        work(&mut Batch::new(store, &SystemClock, settings, &import, lease.as_mut(), tell).unwrap())
    }

    fn work_in(&mut self, folder: &Path) {
        let changes = [("Local Directory".to_owned(), folder.to_str().unwrap().to_owned())];
        change_settings(&mut self.store, &SystemClock, &changes).unwrap();
        self.settings.local_directory = Some(folder.to_owned());
    }

    fn order(&self, fault: Fault, times: Times) {
        self.server.control().clear_faults();
        self.server.control().order(fault, times);
    }
}

/// The file with one letter changed near its beginning, and one record more near its end.
fn corrected(bytes: &[u8]) -> Vec<u8> {
    let mut lines: Vec<Vec<u8>> = bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    let named = lines.iter_mut().find(|line| line.starts_with(b"008")).unwrap();
    let letter = named.iter_mut().find(|byte| byte.is_ascii_lowercase()).unwrap();
    *letter = if *letter == b'e' { b'a' } else { b'e' };
    let end = lines.iter().position(|line| line.starts_with(b"9999999999999")).unwrap();
    let count: usize = str::from_utf8(&lines[end][13..21]).unwrap().parse().unwrap();
    lines[end].splice(13..21, format!("{:08}", count + 1).into_bytes());
    let again = lines[end - 1].clone();
    lines.insert(end, again);
    lines.join(&b'\n')
}

/// CPR corrects a file of which a part is here, and the line is dead just when that part is to be emptied.
fn is_no_mixture(fails: fn(u32) -> bool) {
    let mut office = Office::new();
    office.order(CUT, Times::UntilCleared);
    assert_eq!(office.get(|_| false).failed, 2);
    let came = fs::metadata(office.local(&format!(".{SECOND}.part"))).unwrap().len();
    let bytes = fs::read(office.remote(SECOND)).unwrap();
    let corrected = corrected(&bytes);
    let first_change = bytes.iter().zip(&corrected).position(|(was, is)| was != is).unwrap() as u64;
    assert!(first_change + 4096 < came, "the bytes that are fetched again do not show it: {first_change} of {came}");

    fs::write(office.remote(SECOND), &corrected).unwrap();
    // Over the first file the connection breaks five times.
    office.order(CUT, Times::Next(5));
    office.get(fails);
    office.server.control().clear_faults();
    let got = office.get(|_| false);
    assert_eq!((got.failed, got.refused), (0, 0));
    assert!(fs::read(office.local(SECOND)).unwrap() == corrected, "it is a mixture");
}

#[test]
fn nothing_is_put_behind_the_part_of_another_file_when_one_call_fails() {
    is_no_mixture(|call| call == 6);
}

#[test]
fn nothing_is_put_behind_the_part_of_another_file_when_no_call_comes_through_any_more() {
    is_no_mixture(|call| call >= 6);
}

#[test]
fn a_line_that_breaks_before_the_part_is_reached_does_not_cost_the_part() {
    let mut office = Office::new();
    fs::remove_file(office.remote(SECOND)).unwrap();
    office.order(CUT, Times::UntilCleared);
    office.get(|_| false);
    let part = office.local(&format!(".{FIRST}.part"));
    let came = fs::metadata(&part).unwrap().len();
    assert!(came > 4096, "{came}");
    // Less than the bytes that are fetched again.
    office.order(Fault::CutOff { after: 100, told: CutOff::Nothing }, Times::UntilCleared);
    assert_eq!(office.get(|_| false).failed, 1);
    assert_eq!(fs::metadata(&part).unwrap().len(), came);
    office.server.control().clear_faults();
    assert_eq!(office.get(|_| false).fetched, 1);
    assert!(fs::read(office.local(FIRST)).unwrap() == fs::read(office.remote(FIRST)).unwrap());
}

#[test]
fn an_import_is_told_before_its_file_gets_its_prefix() {
    let mut office = Office::new();
    fs::remove_file(office.remote(SECOND)).unwrap();
    office.get(|_| false);
    let (file, told) = (office.local(FIRST), Cell::new(false));
    let mut tell = |event: Event| {
        if event.kind == EventKind::Imported {
            // From now on the prefix cannot be put before it.
            fs::remove_file(&file).unwrap();
            told.set(true);
        }
    };
    let outcome = office.with_batch(&mut tell, |batch| batch.import(&Which::All, &mut |_| {}).map(|_| ()));
    assert!(matches!(outcome, Err(BatchError::Folder { .. })));
    assert!(told.get());
    let row = office.store.reader().unwrap().transfers(SourceId::CPR, Direction::In, None).unwrap().remove(0);
    assert_eq!((row.state, row.delivery, row.run), (TransferState::Done, Some(1), Some(1)));
}

#[test]
fn a_part_that_lies_in_another_directory_is_not_gone_on_with() {
    let mut office = Office::new();
    fs::remove_file(office.remote(FIRST)).unwrap();
    office.order(CUT, Times::UntilCleared);
    office.get(|_| false);
    let other = office.folder.path().join("other");
    fs::create_dir(&other).unwrap();
    let bytes = fs::read(office.remote(SECOND)).unwrap();
    fs::write(office.remote(SECOND), corrected(&bytes)).unwrap();
    // The ledger has heard of the correction in the other directory.
    let interim = office.folder.path().join("interim");
    office.work_in(&other);
    office.get(|_| false);
    office.work_in(&interim);
    office.server.control().clear_faults();
    assert_eq!(office.get(|_| false).fetched, 1);
    assert!(fs::read(office.local(SECOND)).unwrap() == corrected(&bytes), "it is a mixture");
}
