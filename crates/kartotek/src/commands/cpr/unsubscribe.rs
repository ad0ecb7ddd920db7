use std::io::{self, Write};
use std::ops::ControlFlow;

use clap::Args;
use kartotek_formats::identifiers::CprNumber;
use kartotek_formats::subscription_file::day_after;
use kartotek_register::contact::{ContactId, SourceId};
use kartotek_register::ports::{Store, SystemClock};
use kartotek_service::cpr_online::Ask;
use kartotek_service::danish_time;
use serde_json::json;

use crate::cli::Global;
use crate::exit::{Exit, Failure};
use crate::output::{self, count};

use super::asking::left;
use super::failure::exit_of;
use super::numbers::Numbers;
use super::session::Session;

#[derive(Args)]
pub(super) struct Unsubscribe {
    #[command(flatten)]
    numbers: Numbers,
}

impl Unsubscribe {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let numbers = self.numbers.read()?;
        let session = Session::open(global)?;
        let online = session.online()?;
        let mut store = kartotek_store::open(&global.database(&session.config)?)?;
        let mut exit = Exit::Done;
        let mut rows = Vec::new();
        let mut done = Vec::new();
        let unasked = online.fetch_all(numbers, Ask::Unsubscribe, |number, answer| {
            let error = answer.err();
            rows.push(json!({ "person": number.masked(), "error": error.as_ref().map(ToString::to_string) }));
            match error {
                None => done.push(number),
                Some(error) => {
                    exit = exit.max(exit_of(&error));
                    if !global.json {
                        eprintln!("{}: {error}", number.masked());
                    }
                    if error.stops_all() {
                        return ControlFlow::Break(());
                    }
                }
            }
            ControlFlow::Continue(())
        });
        // What CPR did is written down whatever happened to the others.
        write_down(store.as_mut(), &done).map_err(|failure| {
            let persons = count(done.len() as u64);
            let context =
                format!("CPR no longer reports changes of {persons} persons, which is not written down; ask again");
            Failure { exit: failure.exit, error: failure.error.context(context) }
        })?;
        if global.json {
            if unasked > 0 {
                rows.push(json!({ "unasked": unasked }));
            }
            output::json(&serde_json::Value::Array(rows))?;
        } else {
            if unasked > 0 {
                eprintln!("{}", left(unasked));
            }
            writeln!(io::stdout().lock(), "{} persons: CPR no longer reports their changes", done.len())?;
        }
        Ok(exit)
    }
}

fn write_down(store: &mut dyn Store, done: &[CprNumber]) -> Result<(), Failure> {
    let mut transaction = store.begin()?;
    let ids: Vec<_> = done.iter().map(|number| ContactId::person(*number)).collect();
    let contacts = transaction.contact_keys(&ids)?;
    let states: Vec<_> =
        ids.into_iter().zip(contacts).filter_map(|(id, contact)| Some((id.name_code, contact?, false))).collect();
    // Deliveries of today may be from before it.
    let from = day_after(danish_time::today(&SystemClock));
    transaction.set_src_subscribed(SourceId::CPR, &states, from)?;
    transaction.commit()?;
    Ok(())
}
