//! The invariants of the register (docs/ARCHITECTURE.md), each tried on synthetic populations that nobody chose: files
//! as CPR delivers them, in many orders, with accidents on the way, in memory, SQLite and PostgreSQL.
//!
//! A failing case prints the numbers that it was made from; they make it again anywhere.

/// Makes three tests of each function, one a store. Each tries its property on so many populations.
macro_rules! property_in_each_store {
    ($($check:ident: $memory:literal, $sqlite:literal, $postgres:literal;)+) => {$(
        mod $check {
            use crate::support::{Kind, each_case};

            #[test]
            fn in_memory() {
                each_case($memory, |case| super::$check(Kind::Memory, case));
            }

            #[test]
            fn on_sqlite() {
                each_case($sqlite, |case| super::$check(Kind::Sqlite, case));
            }

            #[test]
            fn on_postgres() {
                each_case($postgres, |case| super::$check(Kind::Postgres, case));
            }
        }
    )+};
}

/// Makes two tests of each function, one a database.
macro_rules! property_in_each_database {
    ($($check:ident: $sqlite:literal, $postgres:literal;)+) => {$(
        mod $check {
            use crate::support::{Kind, each_case};

            #[test]
            fn on_sqlite() {
                each_case($sqlite, |case| super::$check(Kind::Sqlite, case));
            }

            #[test]
            fn on_postgres() {
                each_case($postgres, |case| super::$check(Kind::Postgres, case));
            }
        }
    )+};
}

#[cfg(test)]
mod at_once;
#[cfg(test)]
mod convergence;
#[cfg(test)]
mod crashes;
#[cfg(test)]
mod idempotence;
#[cfg(test)]
mod kill;
#[cfg(test)]
mod kill_apply;
#[cfg(test)]
mod masking;
#[cfg(test)]
mod month;
#[cfg(test)]
mod nothing_vanishes;
#[cfg(test)]
mod older;
#[cfg(test)]
mod ownership;
#[cfg(test)]
mod provenance;
#[cfg(test)]
mod shapes;
#[cfg(test)]
mod support;
