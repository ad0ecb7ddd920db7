use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use clap::Args;
use kartotek_service::external_sources::{
    LegacyRow, Origin, Remark, Source, SourceName, SourceSecret, decode, may_be_parameters, rows,
};
use kartotek_service::secrets::{Secret, SecretName};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::cli::Global;
use crate::exit::{Exit, Failure};
use crate::output;
use crate::secrets::vault;

use super::name::NameParser;
use super::put;

#[derive(Args)]
pub(super) struct ImportLegacy {
    /// Export with a row a line: name, a tabulator or ;, parameters. - reads standard input.
    #[arg(required_unless_present = "name", conflicts_with = "name", value_name = "FILE")]
    file: Option<PathBuf>,
    /// Take over this one source; its parameters are read from standard input unless --parameters gives them.
    #[arg(long, value_name = "NAME", value_parser = NameParser)]
    name: Option<SourceName>,
    /// The parameters of the source of --name, as they stand. Not for a string with a password: others see it among the
    /// processes.
    #[arg(long, requires = "name", value_name = "STRING")]
    parameters: Option<String>,
    /// Takes up what does not belong here, so that the parser of the command line does not repeat it.
    #[arg(hide = true)]
    misplaced: Vec<String>,
}

/// A row that is understood.
struct Read {
    name: SourceName,
    source: Source,
    secrets: Vec<(SecretName, Secret)>,
    remarks: Vec<Remark>,
}

impl ImportLegacy {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        if !self.misplaced.is_empty() {
            return Err(Failure::refused(anyhow!(
                "expected one FILE; parameters come by standard input, with --name NAME"
            )));
        }
        let config = global.config()?;
        let sources = read_all(&self.rows()?)?;
        // First the secrets: a source without its password would not work, a password without its source does no harm.
        let secrets: Vec<_> = sources.iter().flat_map(|source| source.secrets.clone()).collect();
        if !secrets.is_empty() {
            vault(global, &config)?.put_all(&secrets)?;
        }
        let rows: Vec<_> = sources.iter().map(|source| (source.name.clone(), source.source.clone())).collect();
        put(kartotek_store::open(&global.database(&config)?)?.as_mut(), &rows)?;
        if global.json {
            output::json(&Value::Array(sources.iter().map(Read::document).collect()))?;
        } else {
            sources.iter().try_for_each(Read::print)?;
        }
        Ok(Exit::Done)
    }

    fn rows(&self) -> Result<Vec<LegacyRow>, Failure> {
        let Some(name) = &self.name else {
            let path = self.file.as_deref().unwrap_or(Path::new("-"));
            let bytes = read(path)?;
            return rows(&bytes).map_err(|error| {
                for (line, problem) in &error.0 {
                    eprintln!("line {line}: {problem}");
                }
                nothing_taken(error.0.len())
            });
        };
        let parameters = match &self.parameters {
            Some(parameters) => Zeroizing::new(parameters.clone()),
            None => decode(&read(Path::new("-"))?).map_err(Failure::refused)?,
        };
        Ok(vec![LegacyRow::of_one(name.clone(), &parameters)])
    }
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut bytes = Zeroizing::new(Vec::new());
    let read = if path == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|mut file| file.read_to_end(&mut bytes))
    };
    read.with_context(|| shown(path)).map_err(Failure::unreachable)?;
    Ok(bytes)
}

/// A path as a message may show it: not when it may be parameters, since a password may stand in them.
fn shown(path: &Path) -> String {
    let path = path.display().to_string();
    if may_be_parameters(&path) {
        return "expected FILE, found what may be parameters; they come by standard input, with --name NAME".to_owned();
    }
    path
}

/// All rows, or everything that is wrong with any of them.
fn read_all(rows: &[LegacyRow]) -> Result<Vec<Read>, Failure> {
    let mut sources = Vec::new();
    let mut problems = 0;
    for row in rows {
        match Source::parse(&row.name, &row.parameters, Origin::Legacy) {
            Ok(parsed) => {
                let secret = |secret: SourceSecret| {
                    let name = SecretName::of_source(row.name.as_str(), &secret.key)?;
                    Ok((name, Zeroizing::new(secret.value.as_bytes().to_vec())))
                };
                match parsed.secrets.into_iter().map(secret).collect() {
                    Ok(secrets) => {
                        let (name, remarks) = (row.name.clone(), parsed.remarks);
                        sources.push(Read { name, source: parsed.source, secrets, remarks });
                    }
                    Err::<_, kartotek_service::secrets::NameError>(error) => {
                        problems += 1;
                        eprintln!("line {}, {}: the key of a secret: {error}", row.line, row.name);
                    }
                }
            }
            Err(found) => {
                problems += found.0.len();
                for problem in &found.0 {
                    eprintln!("line {}, {}, {problem}", row.line, row.name);
                }
            }
        }
    }
    if problems == 0 { Ok(sources) } else { Err(nothing_taken(problems)) }
}

fn nothing_taken(problems: usize) -> Failure {
    Failure::refused(anyhow!(
        "nothing was taken over; {problems} problems, see above (characters are counted from 1 in the parameters)"
    ))
}

impl Read {
    fn print(&self) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{}: {}", self.name, self.source.canonical())?;
        for (name, _) in &self.secrets {
            writeln!(out, "  kept as secret {name}")?;
        }
        for remark in &self.remarks {
            writeln!(out, "  {remark}")?;
        }
        Ok(())
    }

    fn document(&self) -> Value {
        json!({
            "name": self.name.as_str(),
            "parameters": self.source.canonical(),
            "secrets": self.secrets.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
            "remarks": self.remarks.iter().map(ToString::to_string).collect::<Vec<_>>(),
        })
    }
}
