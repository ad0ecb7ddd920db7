//! A register that an earlier version made: nothing of it is lost, and everything about it works.

use kartotek_register::ports::{OrderAction, OrderState, PersonOutcome, Reader, StoreErrorKind};
use kartotek_store::postgres::PostgresStore;
use kartotek_store::sqlite::SqliteStore;

use crate::databases::{Postgres, Sqlite};
use crate::fixture::{Home, Register, new_run};
use crate::orders::new_order;
use crate::rows::*;
use crate::subscriptions::key;

/// The tables of version 1, with an order of their rows.
const TABLES: &[(&str, &str)] = &[
    ("source", "1"),
    ("label", "1"),
    ("role", "1"),
    ("what", "1"),
    ("counter WHERE name IN ('contact', 'address', 'change')", "1"),
    ("contact", "1"),
    ("info_row", "1, 2, 3, 4"),
    ("date_row", "1, 2, 3, 4"),
    ("address", "1"),
    ("part_row", "1, 2, 3, 4, 5"),
    ("protection_row", "1, 2, 3, 4"),
    ("source_record", "1, 2"),
    ("case_file", "1"),
    ("case_party", "1, 2, 3"),
    ("run", "1"),
    ("delivery", "1"),
    ("run_message", "1"),
    ("change_row", "1"),
];

/// Rows in every table. Somebody wished for something already, since the column was there.
const ROWS: &str = "
    INSERT INTO contact (contact_key, name_type, name_code, name1, name2, end_date, end_date_text) VALUES
        (1, 'C', '9999990001', 'Åse', 'Ø''Hara', '2025-01-01', '2025-00-00'), (2, 'C', '9999990002', 'B', 'C', NULL, NULL);
    INSERT INTO contact (contact_key, name_type, name_code, placeholder) VALUES (3, 'C', '9999990003', 'J');
    INSERT INTO info_row (contact_key, label_id, source_id, priority, info) VALUES (1, 3, 1, 1, '90'), (2, 3, 1, 1, '01');
    INSERT INTO date_row (contact_key, label_id, source_id, priority, date, date_text, uncertain)
        VALUES (1, 20, 1, 1, '1941-01-01', '1941-00-00', 'J');
    INSERT INTO address (address_key, contact_key, address_type, address1, postcode, source_id, imported_hash)
        VALUES (1, 1, 'HA', 'Åvej 1', '8000', 1, -9223372036854775808);
    INSERT INTO part_row (contact_key, role_id, name_ref_key, source_id, seq) VALUES (1, 1, 2, 1, 1), (2, 1, 1, 1, 1);
    INSERT INTO protection_row (contact_key, protection_type, source_id, seq) VALUES (1, '0001', 1, 1);
    INSERT INTO source_record (source, source_key, contact_key, src_subscribed, subscribed, source_stamp,
                               source_updated_at, content_hash, mapping_hash, stated, edited) VALUES
        ('CPR', '9999990002', 2, 'N', NULL, '2026-01-05 2026-01-05T23:59', '2026-01-05T08:00:00Z', 1, 2, 3, 'N'),
        ('CPR', '9999990001', 1, 'J', 'N', '2026-01-05 2026-01-04T15:30', '2026-01-05T08:00:00Z',
         -9223372036854775808, 9223372036854775807, 19, 'N');
    INSERT INTO case_file (case_key, case_no, case_type) VALUES (7, 'S-1', 'Børnesag');
    INSERT INTO case_party (case_key, contact_key, role) VALUES (7, 1, ''), (7, 2, 'Ansøger');
    INSERT INTO run (run, kind, source, started_at, state, created)
        VALUES (1, 'import cpr', 'CPR', '2026-01-05T07:59:00Z', 'done', 2);
    INSERT INTO delivery (delivery, source, name, sha256, task, production_date, state, position, run)
        VALUES (1, 'CPR', 'd260105.l990001', 'ab', '990001', '2026-01-05', 'done', 17, 1);
    INSERT INTO run_message (message, run, delivery, severity, code, text) VALUES (1, 1, 1, 'remark', 'x', 'y');
    INSERT INTO change_row (change_seq, run, delivery, contact_key, what_id, source_id, source_stamp, fields)
        VALUES (1, 1, 1, 1, 1, 1, '2026-01-05 2026-01-04T15:30', '[[1,\"Status\",\"90\"]]');
    UPDATE counter SET next = 10";

/// Tables that version 2 added, and rows for them.
const TABLES_2: &[(&str, &str)] =
    &[("subscription_order", "1"), ("subscription_block", "1, 2"), ("external_source", "1")];
const ROWS_2: &str = "
    INSERT INTO subscription_order (subscription_order, source, source_key, contact_key, action, reason, state, run,
                                    file, line, process_date, created_at)
        VALUES (17, 'CPR', '9999990002', 2, 'OP', 'case', 'done', 1, 'd260105.i990001', 1, '2026-01-05',
                '2026-01-05T08:00:00Z');
    INSERT INTO subscription_block (source, source_key, reason, created_at)
        VALUES ('CPR', '9999990002', 'x', '2026-01-05T08:00:00Z');
    INSERT INTO external_source (name, parameters, updated_at) VALUES ('CPR', 'a=b;', '2026-01-05T08:00:00Z');
    UPDATE source_record SET deliveries_from = '2026-01-05' WHERE contact_key = 2;
    UPDATE counter SET next = 1 WHERE name = 'subscription_order'";

type Rows = Vec<Vec<String>>;

/// What the tables have of version 1: some have got columns since.
fn rows(query: &dyn Fn(&str) -> Rows) -> Vec<(&'static str, Rows)> {
    let columns = |table| match table {
        "source_record" => {
            "source, source_key, contact_key, src_subscribed, subscribed, source_stamp, source_updated_at, content_hash, \
             mapping_hash, stated, edited"
        }
        "run" => {
            "run, kind, source, started_at, finished_at, state, created, updated, unchanged, older, rejected, \
             placeholders, remarks"
        }
        _ => "*",
    };
    let rows = |table, order| query(&format!("SELECT {} FROM {table} ORDER BY {order}", columns(table)));
    TABLES.iter().map(|(table, order)| (*table, rows(table, order))).collect()
}

/// What those tables have, and the column that version 2 added.
fn rows_2(query: &dyn Fn(&str) -> Rows) -> Vec<Rows> {
    let rows = TABLES_2.iter().map(|(table, order)| query(&format!("SELECT * FROM {table} ORDER BY {order}")));
    let deliveries_from = query("SELECT source_key, deliveries_from FROM source_record ORDER BY source_key");
    rows.chain([deliveries_from]).collect()
}

/// Indexes and triggers.
fn names(home: &Home) -> Vec<String> {
    let names = match home {
        Home::Sqlite(sqlite) => {
            sqlite.query("SELECT name FROM sqlite_schema WHERE type IN ('index', 'trigger', 'view')")
        }
        Home::Postgres(postgres) => postgres.query(
            "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'
             UNION ALL SELECT tgname FROM pg_trigger WHERE NOT tgisinternal
             UNION ALL SELECT viewname FROM pg_views WHERE schemaname = 'public'",
        ),
        Home::Memory(_) => panic!("a register in memory has no versions"),
    };
    names.concat()
}

/// Fills a register of an earlier version, opens it, and looks at what became of it.
fn migrated(home: Home, version: i32) -> Register {
    match &home {
        Home::Sqlite(sqlite) => sqlite.make_version(version),
        Home::Postgres(postgres) => postgres.make_version(version),
        Home::Memory(_) => {}
    }
    let query = |home: &Home, sql: &str| match home {
        Home::Sqlite(sqlite) => sqlite.query(sql),
        Home::Postgres(postgres) => postgres.query(sql),
        Home::Memory(_) => Vec::new(),
    };
    for rows in [ROWS, ROWS_2].iter().take(usize::try_from(version).unwrap()) {
        let filled = match &home {
            Home::Sqlite(sqlite) => sqlite.execute(rows),
            Home::Postgres(postgres) => postgres.execute(rows),
            Home::Memory(_) => Ok(()),
        };
        filled.unwrap();
    }
    let before_2 = (version == 2).then(|| rows_2(&|sql| query(&home, sql)));
    let before = rows(&|sql| query(&home, sql));
    assert!(before.iter().all(|(_, rows)| !rows.is_empty()), "there are rows in every table");
    let names_before = names(&home);
    let store = match &home {
        Home::Sqlite(sqlite) => Box::new(SqliteStore::open(&sqlite.path()).unwrap()) as _,
        Home::Postgres(postgres) => Box::new(PostgresStore::open(&postgres.config).unwrap()) as _,
        Home::Memory(_) => panic!("a register in memory has no versions"),
    };
    for (before, after) in before.iter().zip(rows(&|sql| query(&home, sql))) {
        assert_eq!(*before, after);
    }
    if let Some(before) = before_2 {
        assert!(before.iter().all(|rows| !rows.is_empty()), "there are rows in every table");
        assert_eq!(rows_2(&|sql| query(&home, sql)), before);
    }
    let names_after = names(&home);
    for name in names_before {
        assert!(names_after.contains(&name), "{name} is gone");
    }
    Register { store, home }
}

/// A reader migrates nothing. What version 1 knew can be read; about the rest it says what is the matter.
fn an_old_register_can_be_read(reader: &mut dyn Reader) {
    assert_eq!(reader.contact(&person("0001")).unwrap().unwrap().name1, "Åse");
    let error = reader.orders(SOURCE, None, 10).expect_err("read");
    assert_eq!(error.kind, StoreErrorKind::Schema, "{error}");
}

#[test]
fn an_old_register_can_be_read_on_sqlite() {
    let sqlite = Sqlite::new();
    sqlite.make_version(1);
    sqlite.execute(ROWS).unwrap();
    an_old_register_can_be_read(SqliteStore::open_reader(&sqlite.path()).unwrap().as_mut());
}

#[test]
fn an_old_register_can_be_read_on_postgres() {
    let postgres = Postgres::new();
    postgres.make_version(1);
    postgres.execute(ROWS).unwrap();
    an_old_register_can_be_read(PostgresStore::open_reader(&postgres.config).unwrap().as_mut());
}

macro_rules! for_each_migrated {
    ($($check:ident,)+) => {$(
        mod $check {
            use super::{Home, Postgres, Sqlite, migrated};

            #[test]
            fn on_sqlite() {
                super::$check(&mut migrated(Home::Sqlite(Sqlite::new()), 1));
            }

            #[test]
            fn on_sqlite_from_version_2() {
                super::$check(&mut migrated(Home::Sqlite(Sqlite::new()), 2));
            }

            #[test]
            fn on_postgres() {
                super::$check(&mut migrated(Home::Postgres(Box::new(Postgres::new())), 1));
            }

            #[test]
            fn on_postgres_from_version_2() {
                super::$check(&mut migrated(Home::Postgres(Box::new(Postgres::new())), 2));
            }
        }
    )+};
}

for_each_migrated! {
    nothing_is_lost_and_it_can_be_opened_again,
    edits_by_hand_are_noticed_as_before,
    what_was_forbidden_still_is,
    what_is_new_works,
    persons_of_runs_from_before_are_found,
    a_contact_that_is_party_of_a_case_can_be_erased,
}

fn nothing_is_lost_and_it_can_be_opened_again(register: &mut Register) {
    let before = rows(&|sql| register.query(sql));
    register.store = register.open_again();
    assert_eq!(rows(&|sql| register.query(sql)), before);
    let known = register.reader().known(SOURCE, &[key("0001"), key("0002")]).unwrap();
    let known: Vec<_> = known.into_iter().map(Option::unwrap).collect();
    assert_eq!(
        (known[0].stamp, known[0].content_hash, known[0].mapping_hash),
        (stamp("2026-01-05"), i64::MIN, i64::MAX)
    );
    assert_eq!(known[1].content_hash, 1);
    let versions = register.query("SELECT version FROM refinery_schema_history ORDER BY version").concat();
    assert_eq!(versions, ["1", "2", "3"]);
    let left_over = register.columns("source_record_before");
    assert!(left_over.is_empty());
}

fn edits_by_hand_are_noticed_as_before(register: &mut Register) {
    for edit in [
        "UPDATE contact SET text = 'x' WHERE contact_key = 1",
        "UPDATE address SET address1 = 'x' WHERE contact_key = 1",
        "UPDATE contact_info SET info = 'x' WHERE contact_key = 1",
        "UPDATE contact_date SET date = '1941-02-03' WHERE contact_key = 1",
        "UPDATE part SET end_date = '2026-01-01' WHERE contact_key = 1",
        "DELETE FROM contact_info WHERE contact_key = 1",
        "DELETE FROM contact_date WHERE contact_key = 1",
        "DELETE FROM part WHERE contact_key = 1",
        "DELETE FROM address WHERE contact_key = 1",
    ] {
        register.sql("UPDATE source_record SET edited = 'N'");
        register.sql(edit);
        let edited = register.query("SELECT source_key FROM source_record WHERE edited = 'J'").concat();
        assert_eq!(edited, ["9999990001"], "{edit}");
    }
}

fn what_was_forbidden_still_is(register: &mut Register) {
    for sql in [
        "INSERT INTO source_record (source, source_key, contact_key) VALUES ('CPR', '9999990001', 1)",
        "INSERT INTO source_record (source, source_key) VALUES ('CPR', '9999990004')",
        "UPDATE source_record SET subscribed = 'Y'",
        "UPDATE source_record SET src_subscribed = NULL",
        "UPDATE source_record SET edited = ''",
        "INSERT INTO case_party (case_key, contact_key) VALUES (7, 17)",
        "INSERT INTO case_party (case_key, contact_key) VALUES (8, 1)",
    ] {
        assert!(register.try_sql(sql).is_err(), "{sql}");
    }
}

fn what_is_new_works(register: &mut Register) {
    let mut reader = register.reader();
    let wishes = reader.wishes(SOURCE, None, 10).unwrap();
    assert!(wishes.iter().map(|wish| (&wish.source_key, wish.src_subscribed, wish.wish)).eq([(
        &key("0001"),
        true,
        false
    )]));
    register.write(|t| {
        assert_eq!(new_run(t), 2);
        let orders = [new_order("0001", 1, OrderAction::Unsubscribe, OrderState::Sent)];
        assert_eq!(t.insert_orders(SOURCE, 2, &orders, NOW).unwrap(), [1]);
        t.set_wishes(SOURCE, &[(key("0003"), 3, Some(true))]).unwrap();
        assert_eq!(t.insert_case(&crate::cases::new_case("1", None)).unwrap(), 8);
    });
    let facts = reader.subscription_facts(SOURCE, date("2026-01-06"), None, 10).unwrap();
    let seen: Vec<_> = facts
        .iter()
        .map(|person| (person.contact, person.src_subscribed, person.wish, person.pending, person.open_cases.len()))
        .collect();
    let expected = [
        (1, true, Some(false), Some(OrderAction::Unsubscribe), 1),
        (2, false, None, None, 1),
        (3, false, Some(true), None, 0),
    ];
    assert_eq!(seen, expected);
}

/// Nobody noted where in the journal they are.
fn persons_of_runs_from_before_are_found(register: &mut Register) {
    let mut reader = register.reader();
    let card = reader.run(1).unwrap().unwrap();
    assert_eq!((card.delivery, card.name.as_deref()), (Some(1), Some("d260105.l990001")));
    let persons = reader.persons_in_runs(&[1], None, 0, 10).unwrap();
    assert!(persons.iter().map(|person| (person.contact, person.outcome)).eq([(Some(1), PersonOutcome::Created)]));
    assert_eq!(reader.runs_of_person(&person("0001"), 10).unwrap().len(), 1);
    // And of one that was under way.
    register.sql("UPDATE run SET state = 'running'");
    let dead = register.write(|t| t.fail_dead_runs(SOURCE, "import cpr", NOW).unwrap());
    assert_eq!(dead, 1);
    assert_eq!(reader.persons_in_runs(&[1], None, 0, 10).unwrap().len(), 1);
}

fn a_contact_that_is_party_of_a_case_can_be_erased(register: &mut Register) {
    register.sql("DELETE FROM contact WHERE contact_key = 1");
    let parties = register.query("SELECT contact_key FROM case_party").concat();
    assert_eq!(parties, ["2"]);
    assert_eq!(register.query("SELECT source_key FROM source_record").concat(), ["9999990002"]);
    assert_eq!(register.query("SELECT count(*) FROM part_row").concat(), ["0"]);
}
