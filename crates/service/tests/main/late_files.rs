//! Subscription files that are not at CPR on their day, at times of the test's choosing, with CPR's file server simulated.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use kartotek_clients::file_transfer::{RemoteDirectory, TransferError, TransferErrorKind};
use kartotek_formats::cpr_direkte::CustomerNumber;
use kartotek_formats::listing::Entry;
use kartotek_formats::subscription_file::{LineEnd, TaskNumber, TimeOfDay, WorkingDays};
use kartotek_register::contact::{ContactId, SourceId};
use kartotek_register::ports::{Direction, FixedClock, Order, OrderAction, OrderState, Store, TransferState};
use kartotek_register::subscription::RuleSet;
use kartotek_service::cases::{CaseDesk, NewParty, OpenCase};
use kartotek_service::cpr_batch::{
    Batch, BatchError, BatchSettings, Connector, Event, EventKind, Outgoing, Sent, take_lease,
};
use kartotek_service::cpr_extract::ExtractImport;
use kartotek_service::subscriptions::{
    FileSettings, FolderOutbox, Outbox, Published, SubscriptionError, apply_files, set_wishes, settle,
};
use kartotek_simulators::authority::Authority;
use kartotek_simulators::cpr_ftp::{Delivered, Face, Fault, Nightly, NightlyOptions, Options, Server, Times};
use kartotek_simulators::population::{Population, PopulationOptions, SharedPopulation};
use kartotek_store::sqlite::SqliteStore;
use tempfile::TempDir;
use zeroize::Zeroizing;

/// Two hours before and after the deadline of a Thursday and the Friday after it; the simulated CPR begins on the Monday
/// before.
const THURSDAY_10: &str = "2026-01-08T09:00:00Z";
const THURSDAY_14: &str = "2026-01-08T13:00:00Z";
const FRIDAY_10: &str = "2026-01-09T09:00:00Z";
const FRIDAY_14: &str = "2026-01-09T13:00:00Z";
const THURSDAY: &str = "d260108.i990001";
const FRIDAY: &str = "d260109.i990001";
const MONDAY: &str = "d260112.i990001";

struct Office {
    // Before the folder that it serves.
    server: Server,
    nightly: Nightly,
    population: SharedPopulation,
    folder: TempDir,
    store: Box<dyn Store>,
    clock: FixedClock,
    settings: BatchSettings,
    parties: Cell<u32>,
}

impl Office {
    /// Case S-1 is open; it is Thursday at 10.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["interim", "out"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let at_cpr = folder.path().join("server");
        let authority = Authority::new().unwrap();
        fs::write(folder.path().join("ca.pem"), authority.pem()).unwrap();
        let server = Server::start(Options::new(Face::Posix, "kartotek", "Aa1-night", &at_cpr), &authority).unwrap();
        let population = SharedPopulation::from(Population::new(PopulationOptions::new(200, 3)).unwrap());
        let customer = CustomerNumber::new(b"1234").unwrap();
        let nightly = Nightly::new(NightlyOptions::new(customer, 990_001), population.clone(), at_cpr).unwrap();
        let mut store: Box<dyn Store> = Box::new(SqliteStore::open(&folder.path().join("register.db")).unwrap());
        let text = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let values = [
            ("Site", server.address().to_string()),
            ("User name", "kartotek".to_owned()),
            ("Upload Directory", "ind".to_owned()),
            ("Local Directory", text("interim")),
            ("Certificate file", text("ca.pem")),
        ];
        let mut transaction = store.begin().unwrap();
        for (name, value) in &values {
            transaction.put_transfer_setting(SourceId::CPR, name, Some(value), THURSDAY_10).unwrap();
        }
        transaction.commit().unwrap();
        let settings =
            BatchSettings::parse(&store.reader().unwrap().transfer_settings(SourceId::CPR).unwrap()).unwrap();
        let parties = Cell::new(0);
        let mut office = Self { server, nightly, population, folder, store, clock: at(THURSDAY_10), settings, parties };
        let case = OpenCase { case_no: "S-1".into(), case_type: None, start_date: None };
        CaseDesk::new(office.store.as_mut(), &office.clock).open(&case).unwrap();
        office
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn outgoing(&self, late: bool) -> Outgoing {
        let settings = FileSettings {
            customer: CustomerNumber::new(b"1234").unwrap(),
            task: TaskNumber::new(b"990001").unwrap(),
            deadline: TimeOfDay::PLANNING_DEADLINE,
            working_days: WorkingDays::default(),
            line_end: LineEnd::CrLf,
        };
        Outgoing { folder: self.path("out"), settings, late }
    }

    /// One more person is a party of the case, and the wish is there.
    fn wish(&mut self) {
        let index = self.parties.replace(self.parties.get() + 1);
        let number = self.population.read().person(index, 0).unwrap().number();
        let party = NewParty { contact: ContactId::person(number), role: String::new() };
        CaseDesk::new(self.store.as_mut(), &self.clock).add_party("S-1", &party).unwrap();
        self.set_wishes();
    }

    fn set_wishes(&mut self) {
        set_wishes(self.store.as_mut(), &self.clock, &RuleSet::default(), None).unwrap();
    }

    /// The first so many persons, who are subscribed now, are to be cancelled.
    fn wish_to_cancel(&mut self) {
        let path = self.path("register.db");
        let mut tables = SqliteStore::open(&path).unwrap();
        tables.connection().execute("UPDATE source_record SET src_subscribed = 'J', subscribed = NULL", []).unwrap();
        let number = self.population.read().person(0, 0).unwrap().number();
        let mut transaction = self.store.begin().unwrap();
        let key = ContactId::person(number).name_code;
        transaction.put_block(SourceId::CPR, &key, "closed file", THURSDAY_10).unwrap();
        transaction.commit().unwrap();
        self.set_wishes();
    }

    fn apply_to(&mut self, outbox: &mut dyn Outbox) -> Result<Vec<String>, SubscriptionError> {
        let settings = self.outgoing(false).settings;
        let report = apply_files(self.store.as_mut(), &self.clock, &RuleSet::default(), &settings, outbox)?;
        Ok(report.files.into_iter().map(|file| file.name).collect())
    }

    /// Writes the file of the wishes that are there.
    fn apply(&mut self) -> Vec<String> {
        let mut outbox = FolderOutbox::new(self.path("out"));
        self.apply_to(&mut outbox).unwrap()
    }

    fn send(&mut self, late: bool) -> (Sent, Vec<(EventKind, String)>) {
        let password = Some(Zeroizing::new("Aa1-night".to_owned()));
        let mut server = Connector::to(self.settings.server(Some("ind"), password, false).unwrap());
        self.send_to(&mut server, late).unwrap()
    }

    fn send_to(
        &mut self,
        server: &mut Connector<'_>,
        late: bool,
    ) -> Result<(Sent, Vec<(EventKind, String)>), BatchError> {
        let outgoing = self.outgoing(late);
        let mut lease = take_lease(self.store.as_mut(), &self.clock, SourceId::CPR, "a test")?;
        let mut told = Vec::new();
        let mut tell = |event: Event| told.push((event.kind, event.to_string()));
        let import = ExtractImport::default();
        let mut batch =
            Batch::new(self.store.as_mut(), &self.clock, &self.settings, &import, lease.as_mut(), &mut tell)?;
        let sent = batch.send(server, &outgoing)?;
        Ok((sent, told))
    }

    fn order(&self, fault: Fault, times: Times) {
        self.server.control().order(fault, times);
    }

    /// Action, state and file of the orders, oldest first.
    fn orders(&self) -> Vec<(OrderAction, OrderState, String)> {
        let mut orders = self.store.reader().unwrap().orders(SourceId::CPR, None, u32::MAX).unwrap();
        orders.reverse();
        let told = |order: Order| (order.action, order.state, order.file.unwrap());
        orders.into_iter().map(told).collect()
    }

    fn files(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(folder)).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Working days from Monday, whose day 0 it is.
    fn night(&self, day: u32) -> Delivered {
        self.nightly.produce(day).unwrap()
    }
}

fn at(now: &str) -> FixedClock {
    FixedClock(now.parse::<Timestamp>().unwrap())
}

fn kinds(told: &[(EventKind, String)]) -> Vec<EventKind> {
    told.iter().map(|(kind, _)| *kind).collect()
}

#[test]
fn a_file_that_could_not_be_sent_on_its_day_goes_once_under_the_name_of_the_next() {
    let mut office = Office::new();
    office.wish();
    assert_eq!(office.apply(), [THURSDAY]);
    office.order(Fault::TooManyUsers, Times::UntilCleared);
    let (sent, told) = office.send(false);
    assert_eq!((sent.sent, sent.failed, sent.stopped.is_some()), (0, 1, true));
    assert!(told[0].1.contains("must be there on 2026-01-08 by 12:00"), "{told:?}");
    office.server.control().clear_faults();

    office.clock = at(THURSDAY_14);
    let (sent, told) = office.send(false);
    assert_eq!((sent.sent, sent.failed), (1, 0), "{told:?}");
    assert_eq!(kinds(&told), [EventKind::Postponed, EventKind::Sent]);
    assert_eq!(office.files("server/ind"), [FRIDAY]);
    assert_eq!(office.orders(), [(OrderAction::Subscribe, OrderState::Sent, FRIDAY.to_owned())]);
    for night in 1..=3 {
        assert_eq!(office.night(night).read, [""; 0]);
    }
    let night = office.night(4);
    assert_eq!((night.read.as_slice(), night.refused), ([FRIDAY.to_owned()].as_slice(), 0));

    office.clock = at(FRIDAY_14);
    let (sent, told) = office.send(true);
    assert_eq!((sent.sent, sent.failed, told.len()), (0, 0, 0), "nothing is left to send");
    assert_eq!(office.files("server/ind"), [FRIDAY]);
}

#[test]
fn a_cancellation_that_was_not_sent_is_not_done_when_its_day_is_over() {
    for is_tried in [true, false] {
        let mut office = Office::new();
        office.wish();
        office.wish_to_cancel();
        assert_eq!(office.apply(), [THURSDAY]);
        if is_tried {
            office.order(Fault::TooManyUsers, Times::Next(1));
            assert_eq!(office.send(false).0.failed, 1);
        }
        office.clock = at(FRIDAY_10);
        assert_eq!(settle(office.store.as_mut(), &office.clock).unwrap().unsubscribed, 0, "nobody has asked CPR");
        if !is_tried {
            let (sent, told) = office.send(false);
            assert_eq!((sent.sent, sent.failed, kinds(&told)), (0, 1, vec![EventKind::NotSent]));
            assert!(told[0].1.contains("`kartotek cpr-batch send --late`"), "{told:?}");
            assert_eq!(office.files("server/ind"), [""; 0]);
        }
        let (sent, told) = office.send(!is_tried);
        assert_eq!((sent.sent, sent.failed), (1, 0), "{told:?}");
        assert_eq!(office.files("server/ind"), [FRIDAY]);
        office.clock = at("2026-01-10T09:00:00Z");
        assert_eq!(settle(office.store.as_mut(), &office.clock).unwrap().unsubscribed, 1);
        assert_eq!(office.orders(), [(OrderAction::Unsubscribe, OrderState::Done, FRIDAY.to_owned())]);
    }
}

#[test]
fn a_cancellation_that_is_not_sent_for_two_weeks_is_wished_again() {
    let mut office = Office::new();
    office.wish();
    office.wish_to_cancel();
    assert_eq!(office.apply(), [THURSDAY]);
    office.clock = at("2026-01-23T09:00:00Z");
    assert_eq!(settle(office.store.as_mut(), &office.clock).unwrap().given_up, 1);
    office.set_wishes();
    let name = "d260123.i990001";
    assert_eq!(office.apply(), [name]);
    let (sent, told) = office.send(false);
    assert_eq!((sent.sent, sent.failed), (1, 0), "{told:?}");
    assert_eq!(office.files("server/ind"), [name]);
    let states: Vec<_> = office.orders().into_iter().map(|(action, state, _)| (action, state)).collect();
    let [first, second] = [OrderState::Refused, OrderState::Sent].map(|state| (OrderAction::Unsubscribe, state));
    assert_eq!(states, [first, second]);
}

#[test]
fn a_file_that_may_be_at_the_server_keeps_its_name_until_somebody_could_look() {
    let mut office = Office::new();
    office.wish();
    office.apply();
    office.order(Fault::DropAfterUpload, Times::Next(1));
    assert_eq!(office.send(false).0.failed, 1, "it is there, and nobody heard it");
    office.clock = at(THURSDAY_14);
    office.order(Fault::TooManyUsers, Times::UntilCleared);
    let (sent, told) = office.send(true);
    assert_eq!((sent.failed, sent.stopped.is_some(), kinds(&told)), (1, true, vec![EventKind::NotSent]));
    assert_eq!(office.files("out"), [THURSDAY]);
    office.server.control().clear_faults();
    let (sent, told) = office.send(false);
    assert_eq!((sent.sent, kinds(&told)), (1, vec![EventKind::Sent]));
    assert_eq!(
        (office.files("server/ind"), office.files("out")),
        (vec![THURSDAY.to_owned()], vec![THURSDAY.to_owned()])
    );
    assert_eq!(office.server.control().happened().stored, [format!("ind/{THURSDAY}")]);
}

#[test]
fn a_file_that_is_there_under_its_new_name_already_gets_no_third_one() {
    let mut office = Office::new();
    office.wish();
    office.apply();
    office.order(Fault::TooManyUsers, Times::Next(1));
    office.send(false);
    office.clock = at(THURSDAY_14);
    // The file of Friday is one of other orders, and a call that was killed before it moved the orders left this one.
    office.wish();
    assert_eq!(office.apply(), [FRIDAY]);
    fs::copy(office.path("out").join(THURSDAY), office.path("out").join(MONDAY)).unwrap();
    let (sent, told) = office.send(false);
    assert_eq!((sent.sent, sent.failed), (2, 0), "{told:?}");
    assert_eq!(office.files("server/ind"), [FRIDAY, MONDAY]);
    assert_eq!(office.files("out"), [THURSDAY, FRIDAY, MONDAY]);
    let files: Vec<_> = office.orders().into_iter().map(|(_, _, file)| file).collect();
    assert_eq!(files, [MONDAY, FRIDAY]);
}

/// A folder in which nothing can be written.
struct Full;

impl Outbox for Full {
    fn has(&mut self, _: &str) -> io::Result<bool> {
        Ok(false)
    }

    fn publish(&mut self, _: &str, _: &[u8]) -> io::Result<Published> {
        Err(io::ErrorKind::StorageFull.into())
    }
}

#[test]
fn what_was_planned_by_a_killed_call_is_written_and_sent() {
    let mut office = Office::new();
    office.wish();
    assert!(office.apply_to(&mut Full).is_err());
    assert_eq!(office.orders()[0].1, OrderState::Planned);
    assert_eq!(office.send(false).0.sent, 1);
    assert_eq!(office.files("server/ind"), [THURSDAY]);
    assert_eq!(office.orders(), [(OrderAction::Subscribe, OrderState::Sent, THURSDAY.to_owned())]);

    // Somebody has put another file under the name that was planned.
    office.wish();
    assert!(office.apply_to(&mut Full).is_err());
    fs::write(office.path("out").join(FRIDAY), "other").unwrap();
    let (sent, told) = office.send(false);
    assert_eq!((sent.sent, sent.failed), (1, 1), "{told:?}");
    assert!(told[0].1.contains(FRIDAY) && told[0].1.contains("another one of that name is there"), "{told:?}");
    assert_eq!(office.orders()[1].1, OrderState::Planned);
}

/// A directory into which files may be put, and of which sizes are all that can be seen.
#[derive(Clone, Default)]
struct Closed {
    files: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    /// Breaks after so many bytes of the next file.
    breaks: Arc<Mutex<Option<usize>>>,
}

impl Closed {
    fn connector(&self) -> Connector<'static> {
        let directory = self.clone();
        Connector::new(move || Ok(Box::new(directory.clone())))
    }

    fn get(&self, name: &str) -> Option<Vec<u8>> {
        self.files.lock().unwrap().get(name).cloned()
    }
}

impl RemoteDirectory for Closed {
    fn describe(&self) -> String {
        "closed".to_owned()
    }

    fn list(&mut self, _: usize) -> Result<Vec<Entry>, TransferError> {
        Err(TransferError::new(TransferErrorKind::Refused, "list", "not allowed"))
    }

    fn size(&mut self, name: &str) -> Result<Option<u64>, TransferError> {
        Ok(self.get(name).map(|bytes| bytes.len() as u64))
    }

    fn can_resume(&self) -> bool {
        false
    }

    fn fetch(&mut self, name: &str, _: u64, _: &mut dyn Write) -> Result<u64, TransferError> {
        Err(TransferError::new(TransferErrorKind::Refused, format!("fetch {name}"), "not allowed"))
    }

    fn store(&mut self, name: &str, bytes: &[u8]) -> Result<(), TransferError> {
        let breaks = self.breaks.lock().unwrap().take();
        let taken = &bytes[..breaks.unwrap_or(bytes.len())];
        self.files.lock().unwrap().insert(name.to_owned(), taken.to_vec());
        let cut = || TransferError::new(TransferErrorKind::Cut, format!("store {name}"), "cut");
        if breaks.is_some() { Err(cut()) } else { Ok(()) }
    }

    fn rename(&mut self, _: &str, _: &str) -> Result<bool, TransferError> {
        Ok(false)
    }

    fn close(self: Box<Self>) {}
}

#[test]
fn where_nothing_may_be_read_sizes_are_compared_and_no_other_file_is_overwritten() {
    let mut office = Office::new();
    office.wish();
    office.apply();
    let whole = fs::read(office.path("out").join(THURSDAY)).unwrap();
    let directory = Closed::default();
    directory.files.lock().unwrap().insert(THURSDAY.to_owned(), b"other".to_vec());
    for _ in 0..2 {
        let (sent, told) = office.send_to(&mut directory.connector(), false).unwrap();
        assert_eq!((sent.failed, sent.stopped.is_some()), (1, false), "{told:?}");
        assert_eq!(directory.get(THURSDAY).unwrap(), b"other");
    }
    directory.files.lock().unwrap().clear();
    *directory.breaks.lock().unwrap() = Some(30);
    assert_eq!(office.send_to(&mut directory.connector(), false).unwrap().0.failed, 1);
    assert_eq!(directory.get(THURSDAY).unwrap(), whole[..30]);
    assert_eq!(office.send_to(&mut directory.connector(), false).unwrap().0.sent, 1);
    assert_eq!(directory.get(THURSDAY).unwrap(), whole);
}

#[test]
fn a_late_file_of_which_only_the_size_can_be_seen_is_not_sent_twice() {
    let mut office = Office::new();
    office.wish();
    office.apply();
    let whole = fs::read(office.path("out").join(THURSDAY)).unwrap();
    let directory = Closed::default();
    *directory.breaks.lock().unwrap() = Some(whole.len());
    assert_eq!(office.send_to(&mut directory.connector(), false).unwrap().0.failed, 1);
    office.clock = at(FRIDAY_10);
    assert_eq!(office.send_to(&mut directory.connector(), false).unwrap().0.sent, 1);
    assert_eq!(directory.files.lock().unwrap().keys().collect::<Vec<_>>(), [THURSDAY]);
    let rows = office.store.reader().unwrap().transfers(SourceId::CPR, Direction::Out, None).unwrap();
    assert_eq!(rows.iter().map(|row| row.state).collect::<Vec<_>>(), [TransferState::Done]);
}
