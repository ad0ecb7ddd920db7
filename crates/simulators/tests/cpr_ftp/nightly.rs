//! The files that CPR makes at night, and what follows from those that are sent in.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use kartotek_formats::cpr_direkte::{CustomerNumber, Password, UserId};
use kartotek_formats::identifiers::CprNumber;
use kartotek_formats::records::u12170::{R000Start, R099Event, R910Error, R997SubscriptionReceipt, R999End};
use kartotek_formats::records::{Record as _, read_type};
use kartotek_formats::subscription_file::{
    KeyConstant, LineEnd, SubscriptionAction, SubscriptionFile, SubscriptionLine,
};
use kartotek_simulators::cpr_direkte::{Simulator, SimulatorOptions};
use kartotek_simulators::cpr_ftp::{DeliveryFault, Face, Nightly, NightlyOptions};
use kartotek_simulators::population::{Population, PopulationOptions, SharedPopulation};
use tempfile::TempDir;

use crate::curl::fetched;
use crate::place::Place;

const TASK: u32 = 990_001;

fn customer() -> CustomerNumber {
    CustomerNumber::new(b"0132").unwrap()
}

fn population() -> SharedPopulation {
    Population::new(PopulationOptions::new(400, 1)).unwrap().into()
}

fn number(population: &SharedPopulation, index: u32) -> CprNumber {
    population.read().person(index, 0).unwrap().number()
}

fn line(action: SubscriptionAction, number: CprNumber, constant: &[u8]) -> SubscriptionLine {
    SubscriptionLine { customer: customer(), action, number, key_constant: KeyConstant::new(constant).unwrap() }
}

/// Sends lines in under a name.
fn send_in(folder: &Path, name: &str, lines: Vec<SubscriptionLine>) {
    let bytes = SubscriptionFile::new(lines).unwrap().encode(LineEnd::CrLf);
    fs::write(folder.join("ind").join(name), bytes).unwrap();
}

/// The records of a file by number of record type, after its frame was checked.
struct Batch(Vec<Vec<u8>>);

impl Batch {
    fn read(folder: &Path, name: &str) -> Self {
        let bytes = fs::read(folder.join("ud").join(name)).unwrap();
        let mut records: Vec<Vec<u8>> =
            bytes.strip_suffix(b"\n").unwrap().split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        let (start, end) = (records.remove(0), records.pop().unwrap());
        assert_eq!(R000Start::decode(&start).unwrap().opgavenr.as_number(), u64::from(TASK));
        assert_eq!(R999End::decode(&end).unwrap().taeller.as_number(), records.len() as u64);
        Self(records)
    }

    fn of(&self, record: u16) -> Vec<&[u8]> {
        self.0.iter().map(Vec::as_slice).filter(|own| read_type(own) == Some(record)).collect()
    }

    fn persons(&self) -> BTreeSet<CprNumber> {
        self.of(1).iter().map(|record| CprNumber::from_digits(&record[3..13]).unwrap()).collect()
    }
}

#[test]
fn a_new_subscription_is_told_by_everything_about_the_person_and_echoes_the_constant() {
    let (folder, population) = (TempDir::new().unwrap(), population());
    let nightly = Nightly::new(NightlyOptions::new(customer(), TASK), population.clone(), folder.path()).unwrap();
    let own = number(&population, 7);
    send_in(folder.path(), "D260106.I990001", vec![line(SubscriptionAction::Create, own, b"SAG 17")]);
    let delivered = nightly.produce(1).unwrap();
    assert_eq!((delivered.name.as_str(), delivered.refused), ("d260106.l990001", 0));
    assert_eq!(delivered.read, ["D260106.I990001"]);
    let batch = Batch::read(folder.path(), &delivered.name);
    assert_eq!(batch.persons(), BTreeSet::from([own]));
    let event = R099Event::decode(batch.of(99).last().unwrap()).unwrap();
    assert_eq!((event.haendelse.as_str().as_ref(), event.nglkonst.to_str().as_ref()), ("A45", "SAG 17"));
    assert!(event.timestampu.0.is_some());

    let next = nightly.produce(2).unwrap();
    assert_eq!((next.name.as_str(), next.read.len()), ("d260107.l990001", 0));
    assert!(
        Batch::read(folder.path(), &next.name).of(99).iter().all(|event| !event.windows(3).any(|own| own == b"A45"))
    );
    let again = fs::read(folder.path().join("ud/d260106.l990001")).unwrap();
    assert_eq!(nightly.produce(1).unwrap().read, [""; 0]);
    assert_eq!(fs::read(folder.path().join("ud/d260106.l990001")).unwrap(), again, "a day's file is another one");
}

#[test]
fn a_deletion_is_told_by_a_receipt_and_nothing_follows_it() {
    let (folder, population) = (TempDir::new().unwrap(), population());
    let nightly = Nightly::new(NightlyOptions::new(customer(), TASK), population.clone(), folder.path()).unwrap();
    let own = number(&population, 7);
    send_in(folder.path(), "d260106.i990001", vec![line(SubscriptionAction::Create, own, b"")]);
    nightly.produce(1).unwrap();
    send_in(folder.path(), "d260107.i990001", vec![line(SubscriptionAction::Delete, own, b"UD")]);
    nightly.produce(2).unwrap();
    let batch = Batch::read(folder.path(), "d260107.l990001");
    assert_eq!(batch.persons(), BTreeSet::new());
    let [receipt] = batch.of(997)[..] else { panic!("expected one receipt") };
    let receipt = R997SubscriptionReceipt::decode(receipt).unwrap();
    assert_eq!((receipt.pnr, receipt.nglkonst.to_str().as_ref()), (own, "UD"));
    send_in(folder.path(), "d260108.i990001", vec![line(SubscriptionAction::Delete, own, b"")]);
    assert_eq!(nightly.produce(3).unwrap().refused, 1);
}

#[test]
fn a_bad_line_is_told_with_its_text_and_the_others_are_obeyed() {
    let (folder, population) = (TempDir::new().unwrap(), population());
    let nightly = Nightly::new(NightlyOptions::new(customer(), TASK), population.clone(), folder.path()).unwrap();
    let own = number(&population, 7);
    let unknown = CprNumber::parse("0707614285").unwrap();
    let other = CustomerNumber::new(b"0133").unwrap();
    let lines = [
        line(SubscriptionAction::Create, own, b"").encode().to_vec(),
        line(SubscriptionAction::Create, unknown, b"SAG 2").encode().to_vec(),
        SubscriptionLine { customer: other, ..line(SubscriptionAction::Create, own, b"") }.encode().to_vec(),
        b"01  990001".to_vec(),
        b"06013200XX".to_vec(),
        Vec::new(),
    ];
    fs::write(folder.path().join("ind/d260106.i990001"), lines.join(b"\n".as_slice())).unwrap();
    // Not for this day, and not of this task.
    send_in(folder.path(), "d260107.i990001", vec![line(SubscriptionAction::Create, number(&population, 8), b"")]);
    send_in(folder.path(), "d260106.i990002", vec![line(SubscriptionAction::Create, number(&population, 9), b"")]);
    let delivered = nightly.produce(1).unwrap();
    assert_eq!((delivered.read.len(), delivered.refused), (1, 4));
    let batch = Batch::read(folder.path(), &delivered.name);
    assert_eq!(batch.persons(), BTreeSet::from([own]));
    let refused: Vec<_> = batch.of(910).iter().map(|record| R910Error::decode(record).unwrap()).collect();
    let numbers: Vec<_> = refused.iter().map(|own| own.fejlnr.as_number()).collect();
    assert_eq!(numbers, [5, 6, 10, 99]);
    assert_eq!(refused[0].sortfelt_10.to_str(), "0707614285");
    assert_eq!(refused[0].inddata.to_str().trim_end(), format!("06013200OP{}SAG 2", unknown.reveal()));
    assert_eq!(refused[3].fejltxt_udtraek.to_str().trim_end(), "FEJL I POSITION 11");
    assert_eq!(refused[3].sortfelt_10.to_str().trim_end(), "PNR");
}

#[test]
fn a_customer_can_get_everybody_and_an_establishing_extract() {
    let (folder, population) = (TempDir::new().unwrap(), population());
    let options = NightlyOptions { everybody: true, ..NightlyOptions::new(customer(), TASK) };
    let nightly = Nightly::new(options, population.clone(), folder.path()).unwrap();
    assert_eq!(nightly.establish().unwrap().counts.persons, 400);
    let delivered = nightly.produce(1).unwrap();
    let mut alone = Vec::new();
    population.write().write_changes(1, options.shape, TASK, &mut alone).unwrap();
    assert_eq!(fs::read(folder.path().join("ud").join(delivered.name)).unwrap(), alone);
    assert_eq!(Batch::read(folder.path(), "d260105.l990001").persons().len(), 400);
}

#[test]
fn subscriptions_set_online_and_by_file_are_the_same() {
    let (folder, population) = (TempDir::new().unwrap(), population());
    let user = UserId::parse("WU34").unwrap();
    let direkte = SimulatorOptions::new(customer(), user, Password::parse("aB34-xyz").unwrap());
    let simulator = Simulator::start(direkte, population.clone()).unwrap();
    let options = NightlyOptions::new(customer(), TASK);
    let control = simulator.control();
    let nightly = Nightly::beside(options, population.clone(), folder.path(), control.clone()).unwrap();
    let own = number(&population, 7);
    send_in(folder.path(), "d260106.i990001", vec![line(SubscriptionAction::Create, own, b"SAG")]);
    nightly.produce(1).unwrap();
    assert_eq!(control.subscribed(), BTreeSet::from([own]));
    assert_eq!(control.subscription_log()[0].told_on, 1);
}

#[test]
fn what_is_delivered_can_be_spoilt() {
    let folder = TempDir::new().unwrap();
    let options = NightlyOptions { everybody: true, ..NightlyOptions::new(customer(), TASK) };
    let nightly = Nightly::new(options, population(), folder.path()).unwrap();
    let path = |name: &str| folder.path().join("ud").join(name);
    let records = nightly.produce(1).unwrap().counts.records;
    let whole = fs::read(path("d260106.l990001")).unwrap();

    nightly.produce_spoilt(1, &[DeliveryFault::Truncated(300)]).unwrap();
    assert_eq!(fs::read(path("d260106.l990001")).unwrap(), whole[..300]);

    nightly.produce_spoilt(1, &[DeliveryFault::WrongCount]).unwrap();
    let wrong = fs::read(path("d260106.l990001")).unwrap();
    let [.., end] = wrong.trim_ascii_end().split(|byte| *byte == b'\n').collect::<Vec<_>>()[..] else { panic!() };
    assert_eq!(R999End::decode(end).unwrap().taeller.as_number(), records + 1);
    assert_eq!(wrong.len(), whole.len());

    let missing = nightly.produce_spoilt(2, &[DeliveryFault::Missing]).unwrap();
    assert!(!path(&missing.name).exists());
    nightly.produce(3).unwrap();
    nightly.produce(2).unwrap();
    assert!(Batch::read(folder.path(), &missing.name).persons().len() > 1);

    nightly.produce_spoilt(1, &[DeliveryFault::AlsoAs("d260106.l990001.r".to_owned())]).unwrap();
    assert_eq!(fs::read(path("d260106.l990001")).unwrap(), whole);
    assert_eq!(fs::read(path("d260106.l990001.r")).unwrap(), whole);
}

#[test]
fn a_file_sent_in_over_the_server_is_answered_over_the_server() {
    let place = Place::new(Face::Posix, |_| {});
    let population = population();
    let options = NightlyOptions::new(customer(), TASK);
    let nightly = Nightly::new(options, population.clone(), &place.options.folder).unwrap();
    let own = number(&population, 7);
    let sent = SubscriptionFile::new(vec![line(SubscriptionAction::Create, own, b"")]).unwrap();
    let local = place.local("sent", &sent.encode(LineEnd::CrLf));
    fetched(&place, "ind/d260106.i990001", &["--upload-file", local.to_str().unwrap()]);
    nightly.produce(1).unwrap();
    let bytes = fetched(&place, "ud/d260106.l990001", &[]);
    assert_eq!(bytes, place.content("ud/d260106.l990001"));
    assert!(bytes.windows(13).any(|record| record == [b"001".as_slice(), &own.to_digits()].concat()));
    let long = String::from_utf8(fetched(&place, "ud/", &["--request", "MLSD"])).unwrap();
    assert!(long.contains("modify=20260106200700;"), "{long}");
}
