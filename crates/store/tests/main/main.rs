//! One suite for all stores: each test is written once and runs in memory, on SQLite and on PostgreSQL.
//!
//! The PostgreSQL tests need a server; `scripts/test` and `scripts/with-postgres COMMAND` start one.

/// Makes three tests of each function, one a store.
macro_rules! for_each_store {
    ($($check:ident,)+) => {$(
        mod $check {
            use crate::fixture::Register;

            #[test]
            fn in_memory() {
                super::$check(&mut Register::in_memory());
            }

            #[test]
            fn on_sqlite() {
                super::$check(&mut Register::on_sqlite());
            }

            #[test]
            fn on_postgres() {
                super::$check(&mut Register::on_postgres());
            }
        }
    )+};
}

/// Makes two tests of each function, one a database.
macro_rules! for_each_database {
    ($($check:ident,)+) => {$(
        mod $check {
            use crate::fixture::Register;

            #[test]
            fn on_sqlite() {
                super::$check(&mut Register::on_sqlite());
            }

            #[test]
            fn on_postgres() {
                super::$check(&mut Register::on_postgres());
            }
        }
    )+};
}

#[cfg(test)]
mod by_hand;
#[cfg(test)]
mod cards;
#[cfg(test)]
mod cases;
#[cfg(test)]
mod configured;
#[cfg(test)]
mod databases;
#[cfg(test)]
mod facts;
#[cfg(test)]
mod find;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod history;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod leases;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod load;
#[cfg(test)]
mod lookup;
#[cfg(test)]
mod migrations;
#[cfg(test)]
mod orders;
#[cfg(test)]
mod outcomes;
#[cfg(test)]
mod rows;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod states;
#[cfg(test)]
mod subscriptions;
#[cfg(test)]
mod transactions;
#[cfg(test)]
mod transfers;
