//! All that is in a register after an import, to be compared with what another way has left.

use super::{Tables, assert_same};

/// What imports of so many files leave behind, in every row; but for runs and times.
pub struct Remains {
    tables: Vec<(&'static str, Vec<String>)>,
}

impl Remains {
    pub fn of(tables: &mut Tables, files: usize) -> Self {
        tables.check_integrity();
        tables.assert_gapless();
        assert_eq!(tables.rows(&["count(*)"], "delivery WHERE state = 'done'"), [files.to_string()]);
        assert_eq!(tables.rows(&["count(*)"], "run WHERE state = 'done'"), [files.to_string()]);
        assert_eq!(
            tables.number("count(*)", "change_row JOIN run USING (run)"),
            tables.number("count(*)", "change_row")
        );
        let names = ["contact", "info_row", "date_row", "address", "part_row", "protection_row"];
        let names = names.into_iter().chain(["source_record", "change_row", "delivery", "run_message", "counter"]);
        let mut remains: Vec<_> = names.map(|name| (name, dump(tables, name))).collect();
        remains.push(("indexes", tables.indexes()));
        Self { tables: remains }
    }

    pub fn assert_same(&self, expected: &Self) {
        for ((name, found), (_, expected)) in self.tables.iter().zip(&expected.tables) {
            assert_same(found, expected, name);
        }
    }
}

/// A table but for runs and times.
fn dump(tables: &mut Tables, table: &str) -> Vec<String> {
    let mut columns = tables.columns(table);
    columns.retain(|column| column != "run" && column != "source_updated_at");
    let columns: Vec<_> = columns.iter().map(String::as_str).collect();
    tables.dump_columns(table, &columns)
}
