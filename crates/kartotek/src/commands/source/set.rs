use std::io::Write as _;

use anyhow::anyhow;
use clap::Args;
use kartotek_service::external_sources::{Source, SourceName, load};
use serde_json::json;

use crate::cli::Global;
use crate::exit::{Exit, Failure};
use crate::output;

use super::name::NameParser;
use super::put;

#[derive(Args)]
pub(super) struct Set {
    /// Its name: CPR, CVR-J ...
    #[arg(value_parser = NameParser)]
    name: SourceName,
    /// Parameters to change: ForceUpdate=N, IP=klient:8090 ...; KEY= alone puts the default back.
    #[arg(required = true, value_name = "KEY=VALUE")]
    parameters: Vec<String>,
}

impl Set {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let parameters = self.parameters.iter().map(|text| pair(text)).collect::<Result<Vec<_>, _>>()?;
        let mut store = kartotek_store::open(&global.database(&global.config()?)?)?;
        let stored = load(store.reader()?.as_mut(), &self.name)?;
        let source = stored.unwrap_or_else(|| Source::default_of(&self.name));
        let edited = source.edit(&self.name, &parameters);
        let edited = edited.map_err(|problems| {
            for problem in &problems.0 {
                eprintln!("{}: {problem}", self.name);
            }
            Failure::refused(anyhow!("nothing was changed; {} problems, see above", problems.0.len()))
        })?;
        put(store.as_mut(), &[(self.name.clone(), edited.source.clone())])?;
        if global.json {
            output::json(&json!({ "name": self.name.as_str(), "parameters": edited.source.canonical() }))?;
        } else {
            writeln!(std::io::stdout(), "{}: {}", self.name, edited.source.canonical())?;
        }
        Ok(Exit::Done)
    }
}

/// The text is not repeated, here or by the parser of the command line: a password may stand in it.
fn pair(text: &str) -> Result<(String, String), Failure> {
    let pair = text.split_once('=');
    let (key, value) =
        pair.ok_or_else(|| Failure::refused(anyhow!("expected KEY=VALUE, found an argument without =")))?;
    Ok((key.trim().to_owned(), value.to_owned()))
}
