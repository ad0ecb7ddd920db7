//! docs/DATABASE.md.

use std::collections::{BTreeMap, BTreeSet};

use crate::markdown::Document;
use crate::registers::{Postgres, Register, Sqlite};

const NAME: &str = "DATABASE.md";

/// The section that names the tables which are not described.
const INTERNAL: &str = "Internal tables";

/// A person who is married and moved while the register watched: the queries about one person have something to show.
const PERSON: &str = "
    SELECT name_code FROM contact AS c
    WHERE name_type = 'C' AND placeholder = 'N'
      AND EXISTS (SELECT 1 FROM part AS p WHERE p.contact_key = c.contact_key AND p.role = 'Ægtefælle')
      AND EXISTS (SELECT 1 FROM part AS p WHERE p.name_ref_key = c.contact_key AND p.end_date IS NULL)
      AND EXISTS (SELECT 1 FROM address AS a WHERE a.contact_key = c.contact_key AND a.address_type = 'CPRADR')
      AND EXISTS (SELECT 1 FROM address AS a WHERE a.contact_key = c.contact_key AND a.address_type = 'HA')
      AND EXISTS (SELECT 1 FROM change AS h WHERE h.contact_key = c.contact_key AND h.what = 'updated')
    ORDER BY name_code LIMIT 1";

const POSTCODE: &str = "
    SELECT postcode FROM address WHERE address_type = 'HA' AND end_date IS NULL
    GROUP BY postcode ORDER BY count(*) DESC, postcode LIMIT 1";

const DELIVERY: &str = "SELECT max(delivery) AS delivery FROM delivery WHERE rejected > 0";

const RUN: &str = "SELECT max(run) AS run FROM run WHERE rejected > 0";

/// Puts values into the places that the document leaves open.
fn filled_in(register: &mut dyn Register, sql: &str) -> String {
    let mut sql = sql.to_owned();
    for (place, query) in [("<CPR>", PERSON), ("<POSTCODE>", POSTCODE), ("<DELIVERY>", DELIVERY), ("<RUN>", RUN)] {
        if sql.contains(place) {
            let value = register.query(query).unwrap().concat().concat();
            assert!(!value.is_empty(), "the register has no value for {place}");
            sql = sql.replace(place, &value);
        }
    }
    sql
}

/// The edits by hand with the places where they stand.
pub fn edits(register: &mut dyn Register) -> Vec<(String, String)> {
    let blocks = Document::read(NAME).blocks();
    let edits = blocks.into_iter().filter(|block| block.info == "sql edit");
    edits.map(|block| (block.place, filled_in(register, &block.text))).collect()
}

fn every_statement_runs(register: &mut dyn Register) {
    let blocks = Document::read(NAME).blocks();
    let (mut queries, mut edits) = (0, 0);
    for block in blocks.iter().filter(|block| block.info.starts_with("sql")) {
        let sql = filled_in(register, &block.text);
        let place = &block.place;
        match block.info.as_str() {
            "sql" => {
                queries += 1;
                let rows = register.query(&sql).unwrap_or_else(|error| panic!("{place}: {error}"));
                assert!(!rows.is_empty(), "{place}: no rows");
            }
            "sql edit" => {
                edits += 1;
                register.execute(&sql).unwrap_or_else(|error| panic!("{place}: {error}"));
            }
            other => panic!("{place}: expected sql or sql edit, found {other}"),
        }
    }
    assert!(queries >= 12 && edits >= 3, "{queries} queries and {edits} edits");
}

#[test]
fn every_statement_runs_on_sqlite() {
    every_statement_runs(&mut Sqlite::imported());
}

#[test]
fn every_statement_runs_on_postgres() {
    every_statement_runs(&mut Postgres::imported());
}

/// Columns and types by table or view, of a database.
type Schema = BTreeMap<String, BTreeSet<(String, String)>>;

fn schema(register: &mut dyn Register) -> Schema {
    let mut schema = Schema::new();
    for [table, column, kind] in register.columns() {
        schema.entry(table).or_default().insert((column, kind));
    }
    schema
}

/// The schema as the document has it, under the heading of a database.
fn documented(database: &str) -> Schema {
    let tables = Document::read(NAME).tables();
    let described = tables.iter().filter(|table| table.header[0] == "Column");
    described
        .map(|table| {
            let columns = table.column("Column").into_iter().zip(table.column(database));
            (table.heading.clone(), columns.map(|(column, kind)| (column.to_owned(), kind.to_owned())).collect())
        })
        .collect()
}

fn internal_tables() -> BTreeSet<String> {
    let tables = Document::read(NAME).tables();
    let internal = tables.iter().find(|table| table.heading == INTERNAL).expect("a table of the internal tables");
    internal.column("Table").into_iter().map(str::to_owned).collect()
}

fn the_tables_are_those_of(database: &str, register: &mut dyn Register) {
    let mut found = schema(register);
    let internal = internal_tables();
    for name in &internal {
        assert!(found.remove(name).is_some(), "{database} has no table {name}");
    }
    let documented = documented(database);
    for (table, columns) in &found {
        assert_eq!(documented.get(table), Some(columns), "{table} in docs/{NAME} and in {database}");
    }
    for table in documented.keys() {
        assert!(found.contains_key(table), "{database} has no {table}");
    }
}

#[test]
fn the_tables_are_those_of_sqlite() {
    the_tables_are_those_of("SQLite", &mut Sqlite::imported());
}

#[test]
fn the_tables_are_those_of_postgres() {
    the_tables_are_those_of("PostgreSQL", &mut Postgres::imported());
}

#[test]
fn every_column_says_whether_outsiders_may_rely_on_it() {
    let tables = Document::read(NAME).tables();
    for table in tables.iter().filter(|table| table.header[0] == "Column") {
        for (column, public) in table.column("Column").iter().zip(table.column("Public")) {
            assert!(matches!(public, "yes" | "no"), "{}.{column}: expected yes or no, found {public:?}", table.heading);
        }
        assert!(!table.column("Meaning").iter().any(|meaning| meaning.is_empty()), "{}", table.heading);
    }
}

#[test]
fn the_changelog_names_every_table() {
    let changelog = Document::read("../CHANGELOG.md");
    for table in documented("SQLite").keys() {
        assert!(changelog.text().contains(&format!("`{table}`")), "{table}");
    }
}
