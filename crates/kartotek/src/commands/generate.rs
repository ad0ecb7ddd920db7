//! `kartotek generate cpr`

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use kartotek_formats::dates::PartialDate;
use kartotek_simulators::population::{AddressBlock, Counts, LineEnd, Population, PopulationOptions, Shape, file_name};
use serde_json::{Value, json};

use crate::cli::Global;
use crate::exit::{Exit, Failure};
use crate::output::{self, count};

/// The task of synthetic extracts, unless told otherwise.
pub const TASK: u32 = 990_001;

/// Make synthetic data.
#[derive(Args)]
pub struct Generate {
    #[command(subcommand)]
    source: Source,
}

#[derive(Subcommand)]
enum Source {
    /// Extracts of CPR with persons who do not exist (docs/SYNTHETIC.md).
    Cpr(GenerateCpr),
}

#[derive(Args)]
struct GenerateCpr {
    /// How many persons, up to 20 million.
    #[arg(long, default_value_t = 2_000, value_name = "N")]
    persons: u32,
    /// The same seed gives the same bytes.
    #[arg(long, default_value_t = 1, value_name = "S")]
    seed: u64,
    /// Change extracts to make after the establishing extract, one a working day.
    #[arg(long, default_value_t = 0, value_name = "D")]
    days: u32,
    /// File of the establishing extract, or a folder for all of them. Change extracts go beside it under the names that
    /// CPR gives them.
    #[arg(long, default_value = ".", value_name = "PATH")]
    out: PathBuf,
    /// Task number of the extracts.
    #[arg(long, default_value_t = TASK, value_name = "NNNNNN", value_parser = clap::value_parser!(u32).range(1..=999_999))]
    task: u32,
    /// Production date of the establishing extract.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    start: Option<PartialDate>,
    /// Persons in each day's changes, of a thousand.
    #[arg(long, default_value_t = 2, value_name = "N")]
    changes_per_mille: u32,
    /// What ends a record.
    #[arg(long, value_enum, default_value_t = End::Lf)]
    line_end: End,
    /// Records of full length instead of without trailing blanks.
    #[arg(long)]
    full_length: bool,
    /// Records 003 with their person instead of at the end of the file.
    #[arg(long)]
    inline_003: bool,
    /// Records 001 with a key constant, 15 characters longer.
    #[arg(long)]
    key_constant: bool,
}

/// What ends a record.
#[derive(Clone, Copy, ValueEnum)]
enum End {
    /// Line feed.
    Lf,
    /// Carriage return and line feed.
    Crlf,
    /// Nothing; records have full length.
    None,
}

fn date(text: &str) -> Result<PartialDate, &'static str> {
    PartialDate::from_iso(text.as_bytes())
        .filter(|date| date.is_complete())
        .ok_or("expected a date of the form YYYY-MM-DD")
}

impl Generate {
    /// Runs the command.
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let Source::Cpr(command) = &self.source;
        command.run(global)
    }
}

impl GenerateCpr {
    fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let options = PopulationOptions {
            start: self.start,
            changes_per_mille: self.changes_per_mille,
            ..PopulationOptions::new(self.persons, self.seed)
        };
        let mut population = Population::new(options).map_err(Failure::refused)?;
        let shape = self.shape();
        let files = extracts(&mut population, shape, self.task, self.days, &self.out).map_err(Failure::unreachable)?;
        let documents = files.iter().map(|(path, counts)| {
            json!({
                "file": path.display().to_string(),
                "persons": counts.persons,
                "records": counts.records,
                "bytes": counts.bytes,
            })
        });
        if global.json {
            output::json(&Value::Array(documents.collect()))?;
        } else {
            for (path, counts) in &files {
                let (persons, records) = (count(counts.persons), count(counts.records));
                writeln!(io::stdout(), "{}: {persons} persons, {records} records", path.display())?;
            }
        }
        Ok(Exit::Done)
    }

    fn shape(&self) -> Shape {
        Shape {
            line_end: match self.line_end {
                End::Lf => LineEnd::Lf,
                End::Crlf => LineEnd::CrLf,
                End::None => LineEnd::None,
            },
            trimmed: !self.full_length,
            address_block: if self.inline_003 { AddressBlock::Inline } else { AddressBlock::AtEnd },
            key_constant: self.key_constant,
        }
    }
}

/// Writes the establishing extract and `days` change extracts; returns the files in the order of the chain.
pub fn extracts(
    population: &mut Population,
    shape: Shape,
    task: u32,
    days: u32,
    out: &Path,
) -> anyhow::Result<Vec<(PathBuf, Counts)>> {
    let name = |population: &Population, day| {
        let produced = population.calendar().production_date(day);
        produced.map(|date| file_name(date, task)).context("the calendar ends before that day")
    };
    let (folder, first) = if out.is_dir() {
        (out.to_path_buf(), out.join(name(population, 0)?))
    } else {
        (out.parent().map(Path::to_path_buf).unwrap_or_default(), out.to_path_buf())
    };
    let mut files = Vec::new();
    let counts = write(&first, |file| population.write_establishing(shape, task, file))?;
    files.push((first, counts));
    for day in 1..=days {
        let path = folder.join(name(population, day)?);
        let counts = write(&path, |file| population.write_changes(day, shape, task, file))?;
        files.push((path, counts));
    }
    Ok(files)
}

/// Writes a file under a temporary name first, so that nobody takes half of it for the whole.
pub fn write(path: &Path, contents: impl FnOnce(&mut BufWriter<File>) -> io::Result<Counts>) -> anyhow::Result<Counts> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".part");
    let make = || {
        let mut file = BufWriter::with_capacity(1 << 20, File::create(&temporary)?);
        let counts = contents(&mut file)?;
        file.flush()?;
        std::fs::rename(&temporary, path)?;
        Ok(counts)
    };
    make().map_err(|error: io::Error| anyhow::Error::new(error).context(format!("cannot write {}", path.display())))
}
