mod cpr;
mod cvr;
mod edit;
mod export;
mod other;
mod round_trip;

use super::{Origin, Parsed, Problems, Source, SourceName};

fn name(text: &str) -> SourceName {
    text.parse().unwrap()
}

fn legacy(name: &str, text: &str) -> Result<Parsed, Problems> {
    Source::parse(&self::name(name), text, Origin::Legacy)
}

/// Everything that is said against a text, a line a problem.
#[track_caller]
fn problems(name: &str, text: &str) -> Vec<String> {
    match legacy(name, text) {
        Ok(parsed) => panic!("expected problems, found {parsed:?}"),
        Err(Problems(problems)) => problems.iter().map(ToString::to_string).collect(),
    }
}

fn remarks(parsed: &Parsed) -> Vec<String> {
    parsed.remarks.iter().map(ToString::to_string).collect()
}
