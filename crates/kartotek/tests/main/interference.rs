//! Edits by hand between the transactions of a first load, which remembers the contacts that it has made.

use std::path::PathBuf;

use kartotek_register::ports::{
    LeaseTaken, Reader, SecretChange, SecretsWritten, Store, StoreError, SystemClock, Transaction,
};
use kartotek_service::cpr_extract::ExtractImport;

use crate::support::extract::{Extract, LF, extract};
use crate::support::person::person;
use crate::support::register::Register;

const OLE: &str = "1204713011";

/// A store in which somebody edits the public tables before the third transaction: the ledger's is the first, that of
/// the first persons the second.
struct Edited<'s> {
    store: &'s mut dyn Store,
    path: PathBuf,
    begun: u32,
    edit: &'s str,
}

impl Store for Edited<'_> {
    fn begin(&mut self) -> Result<Box<dyn Transaction + '_>, StoreError> {
        self.begun += 1;
        if self.begun == 3 {
            let tables = rusqlite::Connection::open(&self.path).unwrap();
            assert_eq!(tables.execute(self.edit, []).unwrap(), 1, "the edit touches Ole");
        }
        self.store.begin()
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

/// More persons than one transaction takes, of whom the first and the last are Ole's children.
fn crowd() -> Extract {
    let number =
        |at: u32| -> &'static str { format!("{:02}0{}70{:04}", 1 + at % 28, 1 + at / 28 % 9, 1000 + at / 252).leak() };
    let persons = (0..21_000).map(|at| {
        let person = person(number(at)).named("Kim", "", "Bro");
        if at == 0 || at == 20_999 { person.father(OLE) } else { person }
    });
    extract("2021-04-01", persons)
}

fn loaded_with(edit: &str) -> Register {
    let mut register = Register::default();
    let path = register.write(&crowd().bytes(LF));
    let tables = register.file("register.db");
    let mut edited = Edited { store: register.store.as_mut(), path: tables, begun: 0, edit };
    ExtractImport::default().file(&mut edited, &path, &SystemClock, &mut |_| {}, &mut |_| {}).unwrap();
    assert!(edited.begun > 3, "the persons took two transactions");
    register
}

/// The fathers that references point at, by number; a reference that points at nobody has none.
const FATHERS: &str = "SELECT name_code FROM part_row AS p LEFT JOIN contact AS c ON c.contact_key = p.name_ref_key";

#[test]
fn a_contact_erased_meanwhile_is_made_anew_for_whoever_refers_to_it_next() {
    let register = loaded_with(&format!("DELETE FROM contact WHERE name_code = '{OLE}'"));
    assert_eq!(register.rows(FATHERS), [OLE]);
}

#[test]
fn a_contact_given_another_number_meanwhile_is_not_taken_for_the_old_one() {
    let register = loaded_with(&format!("UPDATE contact SET name_code = '0908704017' WHERE name_code = '{OLE}'"));
    let mut fathers = register.rows(FATHERS);
    fathers.sort();
    assert_eq!(fathers, ["0908704017", OLE]);
}
