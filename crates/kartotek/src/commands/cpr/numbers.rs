//! Person numbers on the command line and in files.

use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use kartotek_formats::identifiers::CprNumber;

use crate::exit::Failure;

/// Which persons.
#[derive(Args)]
pub(super) struct Numbers {
    /// Person numbers, with or without a hyphen. Other users of the machine can see them in the list of processes: --file
    /// keeps them out of it.
    #[arg(value_name = "PNR")]
    numbers: Vec<NumberArg>,
    /// File with a person number a line; - for the standard input. Blank lines and lines that begin with # are passed over.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

/// A number of the command line. clap repeats what it refuses, so that the refusal says nothing of the number.
#[derive(Clone, Copy)]
struct NumberArg(Option<CprNumber>);

impl std::str::FromStr for NumberArg {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(CprNumber::parse(text).ok()))
    }
}

impl Numbers {
    /// The numbers, each once, in the order given. All of them are checked before anybody is asked about one.
    pub fn read(&self) -> Result<Vec<CprNumber>, Failure> {
        let mut seen = HashSet::new();
        let mut numbers = Vec::new();
        let mut add = |number: CprNumber| {
            if seen.insert(number) {
                numbers.push(number);
            }
        };
        for (nth, number) in self.numbers.iter().enumerate() {
            let refused = || anyhow::anyhow!("number {} of the command line is no person number: {EXPECTED}", nth + 1);
            add(number.0.ok_or_else(refused).map_err(Failure::refused)?);
        }
        if let Some(path) = &self.file {
            let context = || format!("file of person numbers {}", path.display());
            for (nth, line) in lines(path).with_context(context).map_err(Failure::unreachable)?.into_iter().enumerate()
            {
                let line = if nth == 0 { line.trim_start_matches(BYTE_ORDER_MARK) } else { &line };
                let line = line.trim();
                if line.is_empty() || line.starts_with('#') {
                    continue;
                }
                let number = CprNumber::parse(line)
                    .map_err(|error| anyhow::anyhow!("line {}: {error}; nobody was asked about", nth + 1));
                add(number.with_context(context).map_err(Failure::refused)?);
            }
        }
        if numbers.is_empty() {
            return Err(Failure::refused(anyhow::anyhow!(
                "no person number; give them after the command, or a file with --file"
            )));
        }
        Ok(numbers)
    }
}

const EXPECTED: &str = "expected ten digits, with or without a hyphen after the sixth, that begin with a date";

fn lines(path: &Path) -> std::io::Result<Vec<String>> {
    if path.as_os_str() == "-" {
        return std::io::stdin().lock().lines().collect();
    }
    BufReader::new(std::fs::File::open(path)?).lines().collect()
}

/// What some editors put before the first line.
const BYTE_ORDER_MARK: char = '\u{feff}';
