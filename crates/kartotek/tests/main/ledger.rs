//! Runs, deliveries and messages in the register, the error log beside the file, and an import that was cut off.

use kartotek_formats::dates::PartialDate;
use kartotek_register::contact::{ContactId, ContactKey, ContactState, SourceId, SourceRow};
use kartotek_register::import::Changes;
use kartotek_register::ports::{
    Case, CaseBook, CaseKey, Counts, Delivery, DeliveryKey, DeliveryState, Direction, KeyKind, LeaseTaken, Message,
    NewCase, NewDelivery, NewOrder, NewRun, Order, OrderKey, OrderState, Party, PersonInRun, PersonOutcome, Reader,
    Rewish, RunKey, RunState, SecretChange, SecretsWritten, SourceTable, Store, StoreError, StoreErrorKind,
    SubscriptionBook, SystemClock, Transaction, Transfer, TransferBook, TransferKey, TransferState,
};
use kartotek_service::cpr_batch::take_lease;
use kartotek_service::cpr_extract::{ExtractImport, ImportError};

use crate::support::extract::{Extract, LF, extract};
use crate::support::person::{AAVEJ, Person, person};
use crate::support::register::{Register, outcome};
use crate::support::sample::SAMPLE;

const LISE: &str = "2103724010";
const OLE: &str = "1204713011";
const IDA: &str = "2103724020";
const BO: &str = "2103724030";

fn lise() -> Person {
    person(LISE).named("Lise", "", "Åstrup").living(AAVEJ)
}

#[test]
fn a_file_is_entered_with_its_hash_and_counts() {
    let mut register = Register::default();
    let path = register.file("d011119.l110901");
    std::fs::write(&path, SAMPLE).unwrap();
    register.import(&ExtractImport::default(), &path).unwrap();

    // The hash of the fixture, as sha256sum(1) gives it.
    assert_eq!(
        register.rows("SELECT source, name, sha256, task, production_date, previous_date, state FROM delivery"),
        ["CPR|d011119.l110901|35bdc7344ed70f4c5af9e767c00c8db07efdd81039ea442281a6a3ca6d7654f9|110901|2001-11-19|\
          2001-11-16|done"]
    );
    let counts = "created, updated, unchanged, older, rejected, remarks";
    let of_delivery = register.rows(&format!("SELECT {counts} FROM delivery"));
    assert_eq!(of_delivery, ["80|0|0|0|0|0"]);
    assert_eq!(register.rows(&format!("SELECT {counts} FROM run")), of_delivery);
    assert_eq!(
        register.rows("SELECT kind, source, state, finished_at IS NOT NULL FROM run"),
        ["import cpr|CPR|done|1"]
    );
}

#[test]
fn every_change_names_its_run_and_delivery_and_is_numbered_without_gaps() {
    let mut register = Register::with([extract("2021-04-01", [lise()])]);
    register.take(&extract("2021-04-02", [lise().works_as("Pilot").father(OLE)]));
    assert_eq!(
        register.rows("SELECT change_seq, run, delivery, what FROM change ORDER BY change_seq"),
        ["1|1|1|created", "2|2|2|updated", "3|2|2|placeholder"]
    );
}

#[test]
fn a_file_taken_in_before_is_skipped_under_any_name() {
    let mut register = Register::default();
    let whole = extract("2021-04-01", [lise()]);
    let first = register.file("first");
    whole.write(&first);
    register.import(&ExtractImport::default(), &first).unwrap();
    let tables = ["run", "delivery", "change"];
    let before = tables.map(|table| register.count(table));

    let second = register.file("second");
    whole.write(&second);
    let report = register.import(&ExtractImport::default(), &second).unwrap();
    assert_eq!(report.skipped.unwrap().name, "first");
    assert_eq!(outcome(&report.counts), [0; 5]);
    assert_eq!(tables.map(|table| register.count(table)), before);
}

#[test]
fn a_file_that_differs_in_one_byte_is_another_file() {
    let mut register = Register::with([extract("2021-04-01", [lise()])]);
    let report = register.take_bytes(&extract("2021-04-01", [lise()]).bytes(crate::support::extract::CRLF));
    assert!(report.skipped.is_none());
    assert_eq!(outcome(&report.counts), [0, 0, 1, 0, 0]);
}

#[test]
fn messages_stand_in_the_register_too() {
    let bad = person(OLE).named("Ole", "", "Bro").spoil("008", 147, b"202113010000");
    let strange = lise().raw(format!("061{LISE}").into_bytes());
    let mut register = Register::default();
    register.take(&extract("2021-04-01", [strange, bad]));
    assert_eq!(
        register.rows("SELECT run, delivery, severity, code, record, person FROM run_message ORDER BY line"),
        ["1|1|remark|unknown-type|61|210372-****", "1|1|error|bad-field|8|120471-****"]
    );
    assert_eq!(register.rows("SELECT rejected, remarks FROM delivery"), ["1|1"]);
}

#[test]
fn the_error_log_stands_beside_the_file_with_every_error_and_remark() {
    let bad = person(OLE).named("Ole", "", "Bro").spoil("008", 147, b"202113010000");
    let strange = lise().raw(format!("061{LISE}").into_bytes());
    let mut register = Register::default();
    let path = register.file("d210401.l110901");
    extract("2021-04-01", [strange, bad]).write(&path);
    let report = register.import(&ExtractImport::default(), &path).unwrap();

    let expected = register.file("errd210401.l110901");
    assert_eq!(report.error_log.as_deref(), Some(expected.as_path()));
    let log = std::fs::read_to_string(&expected).unwrap();
    for part in ["error", "remark", "line ", "byte ", "record 061", "record 008", "120471-****", "NVNHAENSTART"] {
        assert!(log.contains(part), "expected {part:?} in:\n{log}");
    }
}

#[test]
fn a_file_without_errors_and_a_dry_run_leave_no_error_log() {
    let mut register = Register::default();
    let good = register.file("good");
    extract("2021-04-01", [lise()]).write(&good);
    register.import(&ExtractImport::default(), &good).unwrap();
    let bad = register.file("bad");
    extract("2021-04-02", [lise().spoil("008", 147, b"202113010000")]).write(&bad);
    let dry_run = ExtractImport { dry_run: true, ..ExtractImport::default() };
    register.import(&dry_run, &bad).unwrap();
    assert!(!register.file("errgood").exists() && !register.file("errbad").exists());
}

#[test]
fn a_refused_file_has_its_reason_in_the_error_log() {
    let mut register = Register::default();
    let path = register.file("cut");
    let whole = extract("2021-04-01", [lise()]).bytes(LF);
    std::fs::write(&path, &whole[..whole.len() - 30]).unwrap();
    let error = register.import(&ExtractImport::default(), &path).map(|_| ()).unwrap_err();
    let log = std::fs::read_to_string(register.file("errcut")).unwrap();
    assert!(log.contains(&error.to_string()), "{log}");
}

/// What the latest run did with persons: the end of the number, or nothing when the register does not know the person, and the
/// outcome.
fn persons_of_latest_run(register: &Register) -> Vec<(String, PersonOutcome)> {
    let mut reader = register.store.reader().unwrap();
    let run = reader.runs(SourceId::CPR, 1).unwrap().pop().unwrap();
    let persons = reader.persons_in_runs(&[run.run], None, 0, 100).unwrap();
    let counted = [run.counts.created, run.counts.updated, run.counts.unchanged, run.counts.older, run.counts.rejected];
    let listed = PersonOutcome::ALL.map(|outcome| persons.iter().filter(|p| p.outcome == outcome).count() as u64);
    assert_eq!(listed, counted, "everybody who is counted is listed");
    let of = |person: PersonInRun| (person.id.map_or(String::new(), |id| id.name_code.to_string()), person.outcome);
    persons.into_iter().map(of).collect()
}

#[test]
fn a_run_that_lists_persons_tells_of_everybody_in_the_file() {
    let list = ExtractImport { list_persons: true, again: true, ..ExtractImport::default() };
    let bad = || person(OLE).named("Ole", "", "Bro").spoil("008", 147, b"202113010000");
    let twice = || person(BO).named("Bo", "", "Bro").raw(format!("001{BO}").into_bytes());
    let mut register = Register::default();
    let is = |number: &str, outcome| (number.to_owned(), outcome);

    // New, and rejected in the second pass and in the first, unknown both.
    let first = extract("2021-04-01", [lise(), person(IDA).named("Ida", "", "Bro"), bad(), twice()]);
    register.take_with(&list, &first);
    let expected = [
        is(LISE, PersonOutcome::Created),
        is(IDA, PersonOutcome::Created),
        is("", PersonOutcome::Rejected),
        is("", PersonOutcome::Rejected),
    ];
    assert_eq!(persons_of_latest_run(&register), expected);

    // The very same: found unchanged before the engine.
    register.take_with(&list, &first);
    let expected = [
        is(LISE, PersonOutcome::Unchanged),
        is(IDA, PersonOutcome::Unchanged),
        is("", PersonOutcome::Rejected),
        is("", PersonOutcome::Rejected),
    ];
    assert_eq!(persons_of_latest_run(&register), expected);

    // A newer delivery: the same again, by its stamp only, and a change.
    register.take_with(&list, &extract("2021-04-03", [lise().works_as("Pilot"), person(IDA).named("Ida", "", "Bro")]));
    let expected = [is(LISE, PersonOutcome::Updated), is(IDA, PersonOutcome::Unchanged)];
    assert_eq!(persons_of_latest_run(&register), expected);

    // One that comes late.
    register.take_with(&list, &extract("2021-04-02", [lise(), person(OLE).named("Ole", "", "Bro")]));
    let expected = [is(OLE, PersonOutcome::Created), is(LISE, PersonOutcome::Older)];
    assert_eq!(persons_of_latest_run(&register), expected);
}

#[test]
fn a_run_that_does_not_list_persons_and_a_dry_run_enter_nobody() {
    let mut register = Register::with([extract("2021-04-01", [lise()])]);
    let again = ExtractImport { again: true, ..ExtractImport::default() };
    register.take_with(&again, &extract("2021-04-01", [lise()]));
    register.take_with(&ExtractImport { list_persons: true, dry_run: true, ..again }, &extract("2021-04-01", [lise()]));
    assert_eq!(register.count("run"), 2);
    assert_eq!(register.count("run_person"), 0);
}

/// A store to which something happens after so many transactions.
struct Failing<'s> {
    store: &'s mut dyn Store,
    commits_left: u32,
    accident: Accident,
}

#[derive(PartialEq)]
enum Accident {
    /// It stops working, as a machine does that loses its power.
    Stops,
    /// The lease is lost, and somebody else takes it.
    TakenOver,
}

struct FailingTransaction<'s> {
    transaction: Box<dyn Transaction + 's>,
    fails: bool,
}

impl Store for Failing<'_> {
    fn begin(&mut self) -> Result<Box<dyn Transaction + '_>, StoreError> {
        let happens = self.commits_left == 0;
        let fails = happens && self.accident == Accident::Stops;
        if happens && self.accident == Accident::TakenOver {
            drop(take_lease(self.store, &SystemClock, SourceId::CPR, "the successor").expect("nobody holds it"));
        }
        self.commits_left = self.commits_left.saturating_sub(1);
        Ok(Box::new(FailingTransaction { transaction: self.store.begin()?, fails }))
    }

    fn begin_durable(&mut self) -> Result<Box<dyn Transaction + '_>, StoreError> {
        self.begin()
    }

    fn reader(&self) -> Result<Box<dyn Reader>, StoreError> {
        self.store.reader()
    }

    fn begin_load(&mut self) -> Result<(), StoreError> {
        self.store.begin_load()
    }

    fn finish_load(&mut self) -> Result<(), StoreError> {
        self.store.finish_load()
    }

    fn write_secrets(&mut self, changes: &[SecretChange], now: &str) -> Result<SecretsWritten, StoreError> {
        self.store.write_secrets(changes, now)
    }

    fn lease(&mut self, name: &str, holder: &str) -> Result<LeaseTaken, StoreError> {
        self.store.lease(name, holder)
    }
}

macro_rules! pass_on {
    ($(fn $name:ident(&mut self $(, $argument:ident: $type:ty)*) -> $result:ty;)+) => {
        $(fn $name(&mut self $(, $argument: $type)*) -> Result<$result, StoreError> {
            self.transaction.$name($($argument),*)
        })+
    };
}

impl Transaction for FailingTransaction<'_> {
    pass_on! {
        fn is_empty(&mut self) -> bool;
        fn sources(&mut self, source: SourceId, keys: &[compact_str::CompactString]) -> Vec<Option<SourceRow>>;
        fn contact_keys(&mut self, ids: &[ContactId]) -> Vec<Option<ContactKey>>;
        fn named_keys(
            &mut self,
            names: &[(compact_str::CompactString, compact_str::CompactString)]
        ) -> Vec<Option<ContactKey>>;
        fn states(&mut self, source: SourceId, keys: &[ContactKey]) -> Vec<ContactState>;
        fn allot(&mut self, kind: KeyKind, count: usize) -> i64;
        fn apply(&mut self, changes: &Changes, run: RunKey, delivery: Option<DeliveryKey>, now: &str) -> ();
        fn insert_run(&mut self, run: &NewRun) -> RunKey;
        fn is_running(&mut self, run: RunKey) -> bool;
        fn finish_run(&mut self, run: RunKey, state: RunState, counts: &Counts, now: &str) -> ();
        fn insert_delivery(&mut self, delivery: &NewDelivery) -> DeliveryKey;
        fn resume_delivery(&mut self, run: RunKey, delivery: DeliveryKey) -> ();
        fn delivery_by_hash(&mut self, source: SourceId, sha256: &str) -> Option<Delivery>;
        fn latest_delivery(&mut self, source: SourceId, task: &str) -> Option<Delivery>;
        fn move_delivery(
            &mut self,
            delivery: DeliveryKey,
            state: DeliveryState,
            position: u64,
            counts: &Counts
        ) -> ();
        fn insert_messages(&mut self, run: RunKey, delivery: Option<DeliveryKey>, messages: &[Message]) -> ();
        fn insert_run_persons(
            &mut self,
            run: RunKey,
            delivery: Option<DeliveryKey>,
            persons: &[(ContactKey, PersonOutcome)]
        ) -> ();
    }

    fn commit(self: Box<Self>) -> Result<(), StoreError> {
        if self.fails {
            return Err(StoreError::new(StoreErrorKind::Unavailable, "commit", "the power is gone"));
        }
        self.transaction.commit()
    }
}

impl CaseBook for FailingTransaction<'_> {
    pass_on! {
        fn case(&mut self, case_no: &str) -> Option<Case>;
        fn insert_case(&mut self, case: &NewCase) -> CaseKey;
        fn set_case_state(&mut self, case: CaseKey, is_open: bool, end_date: Option<PartialDate>) -> ();
        fn set_case_start(&mut self, case: CaseKey, start_date: PartialDate) -> ();
        fn set_case_type(&mut self, case: CaseKey, case_type: Option<&str>) -> ();
        fn parties(&mut self, case: CaseKey) -> Vec<Party>;
        fn put_party(&mut self, party: &Party) -> ();
    }
}

impl SubscriptionBook for FailingTransaction<'_> {
    pass_on! {
        fn set_wishes(
            &mut self,
            source: SourceId,
            wishes: &[(compact_str::CompactString, ContactKey, Option<bool>)]
        ) -> ();
        fn set_src_subscribed(
            &mut self,
            source: SourceId,
            states: &[(compact_str::CompactString, ContactKey, bool)],
            deliveries_from: Option<PartialDate>
        ) -> ();
        fn rewish(&mut self, source: SourceId, wishes: &[Rewish]) -> ();
        fn set_deliveries_from(
            &mut self,
            source: SourceId,
            keys: &[compact_str::CompactString],
            deliveries_from: PartialDate
        ) -> ();
        fn insert_orders(&mut self, source: SourceId, run: RunKey, orders: &[NewOrder], now: &str) -> Vec<OrderKey>;
        fn move_to_file(&mut self, orders: &[OrderKey], file: &str, process_date: PartialDate) -> ();
        fn move_orders(&mut self, orders: &[OrderKey], state: OrderState, error: Option<&str>) -> ();
        fn pending_orders(&mut self, source: SourceId) -> Vec<Order>;
        fn put_block(&mut self, source: SourceId, key: &str, reason: &str, now: &str) -> ();
        fn remove_block(&mut self, source: SourceId, key: &str) -> bool;
    }
}

impl SourceTable for FailingTransaction<'_> {
    pass_on! {
        fn put_external_source(&mut self, name: &str, parameters: &str, now: &str) -> ();
        fn remove_external_source(&mut self, name: &str) -> bool;
    }
}

impl TransferBook for FailingTransaction<'_> {
    pass_on! {
        fn insert_transfer(&mut self, transfer: &Transfer) -> TransferKey;
        fn update_transfer(&mut self, transfer: &Transfer) -> ();
        fn transfers(
            &mut self,
            source: SourceId,
            direction: Direction,
            state: Option<TransferState>
        ) -> Vec<Transfer>;
        fn put_transfer_setting(&mut self, source: SourceId, name: &str, value: Option<&str>, now: &str) -> ();
        fn transfer_settings(&mut self, source: SourceId) -> Vec<(String, String)>;
        fn fail_dead_runs(&mut self, source: SourceId, kind: &str, now: &str) -> u64;
    }
}

/// More persons than one transaction takes, with somebody bad in the first and in the last.
pub fn crowd() -> Extract {
    let number =
        |at: u32| -> &'static str { format!("{:02}0{}70{:04}", 1 + at % 28, 1 + at / 28 % 9, 1000 + at / 252).leak() };
    let persons = (0..25_000).map(|at| {
        let person = person(number(at)).named("Kim", "", "Bro").father_named("Niels Bro");
        if at % 12_000 == 17 { person.spoil("001", 40, b"1970-13-01") } else { person }
    });
    extract("2021-04-01", persons)
}

#[test]
fn an_import_that_was_cut_off_goes_on_where_it_stopped() {
    let crowd = crowd();
    let expected = Register::with([crowd.clone()]).says();

    let mut register = Register::default();
    let path = register.write(&crowd.bytes(LF));
    let mut failing = Failing { store: register.store.as_mut(), commits_left: 2, accident: Accident::Stops };
    let outcome =
        ExtractImport::default().file(&mut failing, &path, &SystemClock, &mut |_| {}, &mut |_| {}).map(|_| ());
    assert!(matches!(outcome, Err(ImportError::Store(_))));
    let part_way = register.count("contact WHERE name_type = 'C'");
    assert!(part_way > 0 && part_way < 24_997, "{part_way} persons were taken in before");
    assert_eq!(register.rows("SELECT state FROM delivery"), ["running"]);

    let report = register.import(&ExtractImport::default(), &path).unwrap();
    assert!(report.resumed);
    assert_eq!(register.rows("SELECT run, state, taken_delivery FROM run"), ["1|running|1", "2|done|1"]);
    assert_eq!(self::outcome(&report.counts), [24_997, 0, 0, 0, 3]);
    assert_eq!(report.messages.len(), 3, "also those of the part that was done before");
    assert!(register.says() == expected, "the register is that of an import in one go");
    assert_eq!(register.rows("SELECT state FROM delivery"), ["done"]);
    assert_eq!(register.count("change"), register.count("contact"), "nothing is journalled twice");
}

#[test]
fn an_import_that_lost_its_lease_writes_nothing_beside_its_successor() {
    let crowd = crowd();
    let expected = Register::with([crowd.clone()]).says();

    let mut register = Register::default();
    let path = register.write(&crowd.bytes(LF));
    let mut failing = Failing { store: register.store.as_mut(), commits_left: 2, accident: Accident::TakenOver };
    let import = ExtractImport { list_persons: true, ..ExtractImport::default() };
    let outcome = import.file(&mut failing, &path, &SystemClock, &mut |_| {}, &mut |_| {}).map(|_| ());
    assert!(matches!(outcome, Err(ImportError::TakenOver)));
    let part_way = register.count("contact WHERE name_type = 'C'");
    assert!(part_way > 0 && part_way < 24_997, "{part_way} persons were taken in before");
    let position = register.rows("SELECT state, position > 0, created FROM delivery");
    assert_eq!(position, [format!("running|1|{part_way}")], "as the last transaction before left it");
    assert_eq!(register.rows("SELECT run, state FROM run"), ["1|failed"], "and its successor has said so");

    let report = register.import(&import, &path).unwrap();
    assert!(report.resumed);
    assert_eq!(self::outcome(&report.counts), [24_997, 0, 0, 0, 3]);
    assert!(register.says() == expected, "the register is that of an import in one go");
    assert_eq!(register.count("change"), register.count("contact"), "nothing is journalled twice");

    // At the very end, when only the last word is missing.
    let mut register = Register::default();
    let path = register.write(&extract("2021-04-01", [lise()]).bytes(LF));
    let mut failing = Failing { store: register.store.as_mut(), commits_left: 2, accident: Accident::TakenOver };
    let outcome = import.file(&mut failing, &path, &SystemClock, &mut |_| {}, &mut |_| {}).map(|_| ());
    assert!(matches!(outcome, Err(ImportError::TakenOver)));
    assert_eq!(register.rows("SELECT state FROM delivery"), ["running"]);
    assert!(register.import(&import, &path).unwrap().resumed);
    assert_eq!(register.rows("SELECT state FROM delivery"), ["done"]);
    assert_eq!(register.rows("SELECT state FROM run"), ["failed", "done"]);
}
