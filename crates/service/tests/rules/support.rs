//! A register in memory, a clock, and CPR played by the test.

use std::collections::BTreeMap;
use std::io;

use jiff::{SignedDuration, Timestamp};
use kartotek_formats::cpr_direkte::CustomerNumber;
use kartotek_formats::dates::PartialDate;
use kartotek_formats::identifiers::CprNumber;
use kartotek_formats::subscription_file::{LineEnd, SubscriptionFile, TaskNumber, TimeOfDay, WorkingDays};
use kartotek_register::contact::{
    ContactId, ContactStatement, ContactUpdate, PartStatement, Role, Scope, SourceId, SourceStamp, Stated, Target,
};
use kartotek_register::import::{Batch, ImportOptions, Importer, Item, MappedAgain};
use kartotek_register::memory::MemoryStore;
use kartotek_register::ports::{
    FixedClock, NewRun, Order, Party, RunKey, Store, StoreError, SubscriptionFacts, Transaction,
};
use kartotek_register::subscription::RuleSet;
use kartotek_service::cases::{CaseDesk, Changed, NewParty, OpenCase};
use kartotek_service::danish_time;
use kartotek_service::subscriptions::{
    FileSettings, FilesReport, Outbox, PlanCounts, Published, Settled, apply_files, facts_of, set_wishes, settle,
};
use kartotek_simulators::population::{Population, PopulationOptions};
use kartotek_store::sqlite::SqliteStore;
use tempfile::TempDir;

/// A Monday, 10:00 in Denmark.
pub const MONDAY: &str = "2026-01-05T09:00:00Z";

pub fn number(text: &str) -> CprNumber {
    CprNumber::parse(text).unwrap()
}

/// Numbers of persons who do not exist.
pub fn numbers(count: u32) -> Vec<CprNumber> {
    let population = Population::new(PopulationOptions::new(count, 7)).unwrap();
    let mut numbers: Vec<_> = (0..count).map(|index| population.person(index, 0).unwrap().number()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

pub fn file_settings() -> FileSettings {
    FileSettings {
        customer: CustomerNumber::new(b"1234").unwrap(),
        task: TaskNumber::new(b"990001").unwrap(),
        deadline: TimeOfDay::PLANNING_DEADLINE,
        working_days: WorkingDays::default(),
        line_end: LineEnd::CrLf,
    }
}

/// A register and the time.
pub struct World {
    pub store: Box<dyn Store>,
    /// Another handle of the register in memory; the tables of a database are edited in other ways.
    pub memory: MemoryStore,
    folder_of_database: Option<TempDir>,
    pub clock: FixedClock,
    pub rules: RuleSet,
    pub folder: MemoryFolder,
}

impl World {
    pub fn new() -> Self {
        Self::at(MONDAY)
    }

    pub fn at(now: &str) -> Self {
        let memory = MemoryStore::new();
        Self {
            store: Box::new(memory.clone()),
            memory,
            folder_of_database: None,
            clock: FixedClock(now.parse::<Timestamp>().unwrap()),
            rules: RuleSet::default(),
            folder: MemoryFolder::default(),
        }
    }

    /// A register that is large enough for thousands of persons.
    pub fn in_sqlite(now: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Box::new(SqliteStore::open(&folder.path().join("register.db")).unwrap());
        Self { store, folder_of_database: Some(folder), ..Self::at(now) }
    }

    /// Writes into the tables as a case system does. The register must be one in SQLite.
    pub fn sql(&self, sql: &str) {
        let path = self.folder_of_database.as_ref().expect("a register in SQLite").path().join("register.db");
        SqliteStore::open(&path).unwrap().connection().execute_batch(sql).unwrap();
    }

    pub fn pass_hours(&mut self, hours: i64) {
        self.clock = FixedClock(self.clock.0 + SignedDuration::from_hours(hours));
    }

    pub fn pass_days(&mut self, days: i64) {
        self.pass_hours(24 * days);
    }

    /// Takes data of persons in, as a delivery produced on a day does, or, when it does not say that they are subscribed, as
    /// a look-up.
    pub fn deliver(&mut self, produced: &str, numbers: &[CprNumber], subscribed: bool) {
        let produced = PartialDate::from_iso(produced.as_bytes()).unwrap();
        take_in(self.store.as_mut(), &self.clock, produced, numbers, subscribed).unwrap();
    }

    /// Writes a wish, as a case system does.
    pub fn wish_by_hand(&mut self, number: CprNumber, wish: Option<bool>) {
        let id = ContactId::person(number);
        let mut transaction = self.store.begin().unwrap();
        let contact = transaction.contact_keys(std::slice::from_ref(&id)).unwrap()[0].unwrap();
        transaction.set_wishes(SourceId::CPR, &[(id.name_code, contact, wish)]).unwrap();
        transaction.commit().unwrap();
    }

    /// Takes in today's data of a number that was replaced by another.
    pub fn replace(&mut self, old: CprNumber, valid: CprNumber) {
        let stamp = SourceStamp::new(danish_time::today(&self.clock), None);
        let mut replaced = update(old, stamp, true);
        // Wins over the same day's data without it.
        replaced.content_hash += 1;
        replaced.scope.roles = replaced.scope.roles.with(Role::GaeldendePnr);
        let target = Target::Contact(ContactId::person(valid));
        replaced.parts.push(PartStatement { role: Role::GaeldendePnr, target, start_date: None, record: 1 });
        take_in_updates(self.store.as_mut(), &self.clock, [replaced]).unwrap();
    }

    /// Marks a person as dead.
    pub fn close_contact(&mut self, number: CprNumber, end: &str) {
        let end = PartialDate::from_iso(end.as_bytes());
        self.memory.edit_contact(&ContactId::person(number), |row| row.end_date = end);
    }

    pub fn desk(&mut self) -> CaseDesk<'_> {
        CaseDesk::new(self.store.as_mut(), &self.clock)
    }

    pub fn open_case(&mut self, case_no: &str) {
        self.desk().open(&OpenCase { case_no: case_no.into(), case_type: None, start_date: None }).unwrap();
    }

    pub fn add(&mut self, case_no: &str, number: CprNumber) -> Changed {
        self.desk().add_party(case_no, &party(number)).unwrap()
    }

    pub fn remove(&mut self, case_no: &str, number: CprNumber) {
        self.desk().remove_party(case_no, &ContactId::person(number), None).unwrap();
    }

    /// The parties of a case, those of the past too.
    pub fn parties(&mut self, case_no: &str) -> Vec<Party> {
        let mut transaction = self.store.begin().unwrap();
        let case = transaction.case(case_no).unwrap().unwrap();
        transaction.parties(case.key).unwrap()
    }

    /// Gives a case an end and leaves its state, as a case system may.
    pub fn end_case(&mut self, case_no: &str, end: &str) {
        let mut transaction = self.store.begin().unwrap();
        let case = transaction.case(case_no).unwrap().unwrap();
        transaction.set_case_state(case.key, case.is_open, PartialDate::from_iso(end.as_bytes())).unwrap();
        transaction.commit().unwrap();
    }

    pub fn facts(&self, number: CprNumber) -> Option<SubscriptionFacts> {
        facts_of(self.store.reader().unwrap().as_mut(), &self.clock, number).unwrap()
    }

    /// `SRC_SUBSCRIBED` and `SUBSCRIBED`.
    pub fn state(&self, number: CprNumber) -> (bool, Option<bool>) {
        let facts = self.facts(number).expect("facts about the person");
        (facts.src_subscribed, facts.wish)
    }

    pub fn block(&mut self, number: CprNumber, reason: &str) {
        let mut transaction = self.store.begin().unwrap();
        let key = ContactId::person(number).name_code;
        transaction.put_block(SourceId::CPR, &key, reason, MONDAY).unwrap();
        transaction.commit().unwrap();
    }

    /// The rules as wishes, however many persons change.
    pub fn wish(&mut self) -> PlanCounts {
        set_wishes(self.store.as_mut(), &self.clock, &self.rules, None).unwrap()
    }

    pub fn settle(&mut self) -> Settled {
        settle(self.store.as_mut(), &self.clock).unwrap()
    }

    pub fn apply(&mut self) -> FilesReport {
        apply_files(self.store.as_mut(), &self.clock, &self.rules, &file_settings(), &mut self.folder).unwrap()
    }

    /// Orders of all states, oldest first.
    pub fn orders(&self) -> Vec<Order> {
        let mut orders = self.store.reader().unwrap().orders(SourceId::CPR, None, u32::MAX).unwrap();
        orders.reverse();
        orders
    }
}

pub fn party(number: CprNumber) -> NewParty {
    NewParty { contact: ContactId::person(number), role: String::new() }
}

pub fn run(transaction: &mut dyn Transaction) -> RunKey {
    let new = NewRun { kind: "import cpr", source: SourceId::CPR, started_at: MONDAY.to_owned() };
    transaction.insert_run(&new).unwrap()
}

/// Takes data of persons in; they are always the same.
pub fn take_in(
    store: &mut dyn Store,
    clock: &FixedClock,
    produced: PartialDate,
    numbers: &[CprNumber],
    subscribed: bool,
) -> Result<(), StoreError> {
    let stamp = SourceStamp::new(produced, None);
    take_in_updates(store, clock, numbers.iter().map(|number| update(*number, stamp, subscribed)))
}

fn take_in_updates(
    store: &mut dyn Store,
    clock: &FixedClock,
    updates: impl IntoIterator<Item = ContactUpdate>,
) -> Result<(), StoreError> {
    let items: Vec<_> = updates.into_iter().map(|update| Item::Update(Box::new(update))).collect();
    let mut transaction = store.begin()?;
    let run = run(transaction.as_mut());
    let batch = Batch { run, delivery: None, map_again: &|_| MappedAgain::default() };
    Importer::new(ImportOptions::default(), clock, false).take(transaction.as_mut(), &items, &batch)?;
    transaction.commit()
}

fn update(number: CprNumber, stamp: SourceStamp, subscribed: bool) -> ContactUpdate {
    let named = |name: &str| Stated::Value(name.into(), 8);
    ContactUpdate {
        id: ContactId::person(number),
        stamp,
        content_hash: 1,
        mapping_hash: 1,
        subscribed,
        scope: Scope::default(),
        contact: ContactStatement { name1: named("Lise"), name2: named("Åstrup"), ..ContactStatement::default() },
        infos: Vec::new(),
        dates: Vec::new(),
        address: Stated::Silent,
        other_addresses: Vec::new(),
        parts: Vec::new(),
        protections: Vec::new(),
        status_date: None,
        civil_status_date: None,
    }
}

/// A folder in memory, which can fail on its way.
#[derive(Clone, Default)]
pub struct MemoryFolder {
    pub files: BTreeMap<String, Vec<u8>>,
    /// How many calls still go through before one fails.
    pub fails_in: Option<(u32, FolderAccident)>,
}

/// What happens to a file when the folder fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FolderAccident {
    /// Nothing is there.
    Before,
    /// It is there, and nobody is told.
    After,
}

impl MemoryFolder {
    pub fn read(&self, name: &str) -> SubscriptionFile {
        SubscriptionFile::decode(&self.files[name]).unwrap()
    }

    /// All lines of all files, as text.
    pub fn lines(&self) -> Vec<String> {
        let lines = |bytes: &Vec<u8>| {
            let file = SubscriptionFile::decode(bytes).unwrap();
            file.lines()
                .iter()
                .map(|line| format!("{} {}", line.action.code(), line.number.reveal()))
                .collect::<Vec<_>>()
        };
        self.files.values().flat_map(lines).collect()
    }

    fn accident(&mut self) -> Option<FolderAccident> {
        match &mut self.fails_in {
            Some((0, accident)) => {
                let accident = *accident;
                self.fails_in = None;
                Some(accident)
            }
            Some((left, _)) => {
                *left -= 1;
                None
            }
            None => None,
        }
    }
}

impl Outbox for MemoryFolder {
    fn has(&mut self, name: &str) -> io::Result<bool> {
        match self.accident() {
            Some(_) => Err(io::Error::other("an accident")),
            None => Ok(self.files.contains_key(name)),
        }
    }

    fn publish(&mut self, name: &str, bytes: &[u8]) -> io::Result<Published> {
        let accident = self.accident();
        if accident == Some(FolderAccident::Before) {
            return Err(io::Error::other("an accident"));
        }
        let published = match self.files.get(name) {
            None => {
                self.files.insert(name.to_owned(), bytes.to_vec());
                Published::Done
            }
            Some(there) if there == bytes => Published::Same,
            Some(_) => Published::Another,
        };
        if accident.is_some() { Err(io::Error::other("an accident")) } else { Ok(published) }
    }
}
