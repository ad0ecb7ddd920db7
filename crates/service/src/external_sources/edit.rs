use super::key::{self, Key};
use super::problem::{Problem, ProblemKind, Problems};
use super::{Origin, Parsed, Source, SourceName, canonical, cpr, cvr, secret_word};

impl Source {
    /// Changes single parameters, all or none; an empty value puts the default back. Secrets have no place here. The
    /// problems have no positions, since each names its key.
    pub fn edit(&self, name: &SourceName, changes: &[(String, String)]) -> Result<Parsed, Problems> {
        let mut pairs = self.pairs();
        let mut problems = Vec::new();
        let mut touched: Vec<String> = Vec::new();
        for (word, value) in changes {
            match self.key(name, word) {
                Err(problem) => problems.push(Problem { at: None, kind: problem }),
                Ok(key) if touched.contains(&key) => {
                    problems.push(Problem { at: None, kind: ProblemKind::GivenTwice { key } });
                }
                Ok(key) => {
                    let value = value.trim().to_owned();
                    touched.push(key.clone());
                    match pairs.iter_mut().find(|(there, _)| *there == key) {
                        Some(pair) => pair.1 = value,
                        None => pairs.push((key, value)),
                    }
                }
            }
        }
        let edited = Self::parse(name, &canonical::join(&pairs), Origin::Register);
        if let Err(Problems(found)) = &edited {
            problems.extend(found.iter().map(|problem| Problem { at: None, ..problem.clone() }));
        }
        if problems.is_empty() { edited } else { Err(Problems(problems)) }
    }

    /// A key as the source writes it.
    fn key(&self, name: &SourceName, word: &str) -> Result<String, ProblemKind> {
        let keys = match self {
            Self::Cpr(_) => Some(cpr::KEYS),
            Self::Cvr(_) => Some(cvr::KEYS),
            Self::Other(_) => None,
        };
        let known = keys.and_then(|keys| key::find(keys, word));
        let key = match (self, known) {
            (_, Some(key)) => key.name.to_owned(),
            _ if !is_key(word) => return Err(ProblemKind::NoWord),
            (Self::Other(source), None) => {
                let there = source.parameters.iter().find(|(there, _)| there.eq_ignore_ascii_case(word));
                there.map_or_else(|| word.to_owned(), |(there, _)| there.clone())
            }
            _ => {
                let near = keys.and_then(|keys| key::near(keys, word)).map(|key: &Key| key.name);
                return Err(ProblemKind::UnknownKey { found: word.chars().take(40).collect(), near });
            }
        };
        if known.map_or_else(|| secret_word::is_secret_word(&key), |key| key.secret) {
            let key = if known.is_some() { key } else { secret_word::spelled(&key) };
            let name = format!("{name}.{key}").to_ascii_lowercase();
            return Err(ProblemKind::SecretHere { key, name });
        }
        Ok(key)
    }
}

fn is_key(word: &str) -> bool {
    word.starts_with(char::is_alphabetic) && word.chars().all(secret_word::is_in_word)
}
