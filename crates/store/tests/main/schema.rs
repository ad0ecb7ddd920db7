//! The public tables: the same names in both databases, and the vocabulary of the code.

use kartotek_register::contact::{Label, Role, SourceId};
use kartotek_register::import::What;

use crate::fixture::Register;
use crate::rows::*;

/// The tables and columns that outsiders rely on (docs/DATABASE.md).
const PUBLIC: &[(&str, &str)] = &[
    ("contact", "contact_key name_type name_code name1 name2 position text start_date end_date placeholder"),
    ("contact_info", "contact_key custom_label priority info"),
    ("contact_date", "contact_key custom_label date uncertain"),
    (
        "address",
        "address_key contact_key address_type address1 address2 address3 postcode municipality country_code start_date \
         end_date protection phone_no fax email",
    ),
    ("part", "contact_key name_ref_key role start_date end_date source"),
    ("protection", "contact_key protection_type start_date deletion_date end_date source"),
    ("source_record", "source source_key contact_key src_subscribed subscribed source_stamp source_updated_at"),
    (
        "subscription_order",
        "subscription_order source source_key contact_key action reason state run file line process_date error created_at",
    ),
    ("subscription_block", "source source_key reason created_at"),
    ("external_source", "name parameters updated_at"),
    ("case_file", "case_key case_no case_type state start_date end_date"),
    ("case_party", "case_key contact_key role address_key start_date end_date"),
    (
        "delivery",
        "delivery source name sha256 task production_date previous_date state created updated unchanged older rejected \
         placeholders remarks run",
    ),
    (
        "run",
        "run kind source started_at finished_at state taken_delivery first_change last_change created updated unchanged older \
         rejected placeholders remarks",
    ),
    ("run_person", "run contact_key delivery outcome"),
    (
        "transfer",
        "transfer source direction name state renamed gap_accepted size remote_size remote_modified sha256 task \
         production_date previous_date delivery run problem created_at updated_at",
    ),
    ("run_message", "run delivery severity code line byte record person contact_key text"),
    ("change", "change_seq run delivery contact_key what source source_stamp fields"),
    ("change_field", "change_seq run delivery contact_key what source source_stamp record field before after"),
];

fn vocabulary(register: &Register, table: &str, id: &str, name: &str) -> Vec<(i16, String)> {
    let rows = register.query(&format!("SELECT {id}, {name} FROM {table} ORDER BY {id}"));
    rows.into_iter().map(|row| (row[0].parse().unwrap(), row[1].clone())).collect()
}

for_each_database! {
    the_public_tables_have_the_public_columns,
    the_vocabulary_of_the_tables_is_that_of_the_code,
    a_journal_entry_is_one_row_a_field_in_the_view,
    a_partial_date_stands_as_the_first_day_that_it_can_mean,
    empty_text_is_null,
    values_outside_the_vocabulary_are_refused,
    a_foreign_table_contact_is_left_alone,
}

fn the_public_tables_have_the_public_columns(register: &mut Register) {
    for (table, public) in PUBLIC {
        let columns = register.columns(table);
        for column in public.split_whitespace() {
            assert!(columns.iter().any(|c| c == column), "{table}.{column} is missing");
        }
    }
}

fn the_vocabulary_of_the_tables_is_that_of_the_code(register: &mut Register) {
    let labels: Vec<_> = Label::ALL.iter().map(|label| (label.id(), label.name().to_owned())).collect();
    assert_eq!(vocabulary(register, "label", "label_id", "custom_label"), labels);
    let roles: Vec<_> = Role::ALL.iter().map(|role| (role.id(), role.name().to_owned())).collect();
    assert_eq!(vocabulary(register, "role", "role_id", "role"), roles);
    let what: Vec<_> = What::ALL.iter().map(|what| (what.id(), what.name().to_owned())).collect();
    assert_eq!(vocabulary(register, "what", "what_id", "what"), what);
    let sources: Vec<_> = [SourceId::HAND, SourceId::CPR].map(|source| (source.0, source.name().to_owned())).into();
    assert_eq!(vocabulary(register, "source", "source_id", "source"), sources);
}

fn a_journal_entry_is_one_row_a_field_in_the_view(register: &mut Register) {
    let (_, mut changes) = full_person();
    changes.journal[0].fields =
        r#"[[3,"HA.address1","Åvej 1 \"B\"","Nygade 2"],[1,"Status",null,"90"],[1,"Køn","K"]]"#.into();
    register.apply(&changes);
    let rows = register.query(
        "SELECT change_seq, record, field, before, after FROM change_field WHERE contact_key = 1 AND what = 'created'
         ORDER BY field",
    );
    let rows: Vec<_> = rows.iter().map(|row| row.join("|")).collect();
    assert_eq!(rows, ["1|3|HA.address1|Nygade 2|Åvej 1 \"B\"", "1|1|Køn|-|K", "1|1|Status|90|-"]);
}

fn a_partial_date_stands_as_the_first_day_that_it_can_mean(register: &mut Register) {
    let (_, changes) = full_person();
    register.apply(&changes);
    let rows = register
        .query("SELECT start_date, start_date_text, end_date, end_date_text FROM contact WHERE contact_key = 1");
    assert_eq!(rows.concat(), ["1941-01-01", "1941-00-00", "2025-12-24", "-"]);
    assert_eq!(register.query("SELECT placeholder FROM contact ORDER BY contact_key").concat(), ["N", "J", "N"]);
}

fn empty_text_is_null(register: &mut Register) {
    register.apply(&new_contact(1, person("0001"), "", "B"));
    assert_eq!(register.query("SELECT name1, name2, position, text FROM contact").concat(), ["-", "B", "-", "-"]);
    let mut changes = kartotek_register::import::Changes::of(SOURCE);
    changes.contacts_changed = vec![contact(1, person("0001"), "A", "")];
    register.apply(&changes);
    assert_eq!(register.query("SELECT name1, name2, position, text FROM contact").concat(), ["A", "-", "-", "-"]);
}

fn values_outside_the_vocabulary_are_refused(register: &mut Register) {
    for sql in [
        "INSERT INTO contact (contact_key, name_type, name_code, placeholder) VALUES (1, 'C', '1', 'Y')",
        "INSERT INTO run (run, kind, source, started_at, state) VALUES (1, 'x', 'CPR', '2026-01-05T08:00:00Z', 'over')",
        "INSERT INTO case_file (case_key, case_no, state) VALUES (1, '1', 'lost')",
        "INSERT INTO info_row (contact_key, label_id, source_id, priority) VALUES (1, 1, 1, 1)",
    ] {
        assert!(register.try_sql(sql).is_err(), "{sql}");
    }
}

fn a_foreign_table_contact_is_left_alone(register: &mut Register) {
    register.sql("DROP TABLE refinery_schema_history");
    let error = register.try_open_again().err().expect("opened");
    assert_eq!(error.kind, kartotek_register::ports::StoreErrorKind::Schema);
}
