use std::io::{self, Write};

use clap::Args;
use kartotek_formats::cpr_direkte::ErrorNumber;
use serde_json::{Value, json};

use crate::cli::Global;
use crate::exit::{Exit, Failure};
use crate::output;

#[derive(Args)]
pub(super) struct Errors {
    /// Error number, 0-99; all that have a meaning when not given.
    #[arg(value_parser = clap::value_parser!(u8).range(0..=99), value_name = "NUMBER")]
    number: Option<u8>,
}

impl Errors {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let numbers: Vec<ErrorNumber> = match self.number {
            Some(number) => ErrorNumber::new(number).into_iter().collect(),
            None => (0..=99).filter_map(ErrorNumber::new).filter(|number| !number.is_reserved()).collect(),
        };
        if global.json {
            output::json(&Value::Array(numbers.into_iter().map(document).collect()))?;
            return Ok(Exit::Done);
        }
        let mut out = io::stdout().lock();
        for number in numbers {
            print(&mut out, number, "")?;
        }
        if self.number.is_none() {
            writeln!(out, "All other numbers are reserved.")?;
        }
        Ok(Exit::Done)
    }
}

/// Cause, who must act and next step, in both languages.
pub(super) fn print(out: &mut impl Write, number: ErrorNumber, indent: &str) -> io::Result<()> {
    let explanation = number.explain();
    writeln!(out, "{indent}{number}  da  {}", explanation.cause_da)?;
    writeln!(out, "{indent}        {}: {}", explanation.who.da(), explanation.next_step_da)?;
    writeln!(out, "{indent}    en  {}", explanation.cause_en)?;
    writeln!(out, "{indent}        {}: {}", explanation.who.en(), explanation.next_step_en)
}

/// The same for machines.
pub(super) fn document(number: ErrorNumber) -> Value {
    let explanation = number.explain();
    json!({
        "error": number.to_string(),
        "da": { "cause": explanation.cause_da, "who": explanation.who.da(), "next_step": explanation.next_step_da },
        "en": { "cause": explanation.cause_en, "who": explanation.who.en(), "next_step": explanation.next_step_en },
    })
}
