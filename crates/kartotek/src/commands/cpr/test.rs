//! F26-F31: what the old program's Test button shows.

use std::io::{self, Write};

use clap::Args;
use kartotek_formats::cpr_direkte::{Answer, AnswerHeader, ErrorNumber};
use kartotek_register::ports::Fault;
use kartotek_service::cpr_online::{Online, Tested};
use serde_json::{Value, json};

use crate::cli::Global;
use crate::exit::{Exit, Failure};
use crate::output;

use super::errors;
use super::session::Session;

#[derive(Args)]
pub(super) struct Test {}

/// What the guide promises when all is well (F26).
const GOOD: &str = "Forbindelse og login er OK";

impl Test {
    #[expect(clippy::unused_self, reason = "the same shape as every command")]
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let mut session = Session::looking(global)?;
        // Somebody is there to see what comes of it.
        session.passwords = session.passwords.trying_anyway();
        let online = session.online()?;
        if !global.json {
            print_settings(&session)?;
        }
        let tested = test(&online)?;
        let answer = tested.answer();
        let error = answer.header.error;
        if global.json {
            output::json(&document(&session, &answer, &tested))?;
        } else {
            print(&answer, &tested)?;
        }
        Ok(if tested.is_good() { Exit::Done } else { super::failure::exit_of_number(error) })
    }
}

fn test(online: &Online) -> Result<Tested, Failure> {
    online.test().map_err(|error| {
        let is_peers = error.fault() == Fault::Peer;
        let failure = Failure::from(error);
        if !is_peers {
            return failure;
        }
        let context = "no answer; check, in this order: is the address right and the service up, is the name resolved, does \
                       a firewall or proxy stand in the way, is this machine's address approved by CPR";
        Failure { exit: failure.exit, error: failure.error.context(context) }
    })
}

fn print_settings(session: &Session) -> io::Result<()> {
    let connection = &session.connection;
    let of = |setting: &Option<String>| setting.clone().unwrap_or_else(|| "(not set)".to_owned());
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "{}, transaction {}, customer {}, user {}",
        session.endpoint(),
        connection.transaction,
        of(&connection.customer),
        if session.klient().is_some() { "that of CPR Klient".to_owned() } else { of(&connection.user) }
    )
}

/// The fields of a reply by position. The token is worth half an hour of anybody's look-ups, so it is not shown.
fn fields(answer: &Answer<'_>) -> [(&'static str, &'static str, String); 7] {
    let AnswerHeader { customer, subscription, data, user, error, length, .. } = &answer.header;
    let digit = |byte: u8| char::from(byte).to_string();
    [
        ("1-4", "customer number", customer.map(|customer| customer.to_string()).unwrap_or_default()),
        ("5", "subscription type", digit(*subscription)),
        ("6", "data type", digit(*data)),
        ("7-14", "token", "(not shown)".to_owned()),
        ("15-22", "user id", user.map(|user| user.as_str().to_owned()).unwrap_or_default()),
        ("23-24", "error number", error.to_string()),
        ("25-28", "length", length.map(|length| format!("{length:04}")).unwrap_or_default()),
    ]
}

/// The header as it came, with the token hidden. The text that may follow an error is not shown. What cannot be printed
/// becomes a dot.
fn raw(tested: &Tested) -> String {
    let shown = |(at, byte): (usize, &u8)| match (at, *byte) {
        (6..14, _) => '*',
        (_, byte @ b' '..=b'~') => char::from(byte),
        _ => '.',
    };
    tested.header_bytes().iter().enumerate().map(shown).collect()
}

fn print(answer: &Answer<'_>, tested: &Tested) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "\n  reply  {}\n", raw(tested))?;
    for (positions, name, value) in fields(answer) {
        writeln!(out, "  {positions:<6} {name:<18} {value}")?;
    }
    writeln!(out)?;
    let error = answer.header.error;
    if tested.is_good() {
        writeln!(out, "{GOOD}")?;
        if error == ErrorNumber::UNKNOWN_NUMBER {
            writeln!(
                out,
                "(asked through CPR Klient about one of the CPR Office's test persons, whom CPR does not know here)"
            )?;
        }
    } else {
        errors::print(&mut out, error, "")?;
    }
    Ok(())
}

fn document(session: &Session, answer: &Answer<'_>, tested: &Tested) -> Value {
    let fields: Vec<_> = fields(answer)
        .into_iter()
        .map(|(positions, name, value)| json!({ "positions": positions, "name": name, "value": value }))
        .collect();
    json!({
        "endpoint": session.endpoint(),
        "ok": tested.is_good(),
        "text": tested.is_good().then_some(GOOD),
        "reply": raw(tested),
        "fields": fields,
        "explanation": errors::document(answer.header.error),
    })
}
