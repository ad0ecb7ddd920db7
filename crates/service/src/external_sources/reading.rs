//! Reading typed parameters from pairs, and keeping what is wrong with them.

use zeroize::Zeroizing;

use super::key::Key;
use super::legacy::{self, Pair, Scanned};
use super::problem::{Problem, ProblemKind, Problems, Remark};
use super::{Parsed, Source, SourceSecret, lookalike, secret_word};

/// What a text says, before it is known whose source it is.
#[derive(Debug)]
pub struct Typed<T> {
    pub source: T,
    pub secrets: Vec<SourceSecret>,
    pub remarks: Vec<Remark>,
}

impl<T> Typed<T> {
    pub fn map<U>(self, to: impl FnOnce(T) -> U) -> Typed<U> {
        Typed { source: to(self.source), secrets: self.secrets, remarks: self.remarks }
    }
}

impl Typed<Source> {
    pub fn into_parsed(self) -> Parsed {
        Parsed { source: self.source, secrets: self.secrets, remarks: self.remarks }
    }
}

/// Pairs that are being read.
pub struct Reading {
    pairs: Vec<Pair>,
    problems: Vec<Problem>,
    remarks: Vec<Remark>,
}

/// A value and where it stands.
#[derive(Debug, Clone)]
pub struct Found {
    /// Not empty.
    pub value: String,
    /// From 1.
    pub at: usize,
}

impl Reading {
    /// Takes a text apart; `keys` as in [`legacy::scan`]. A value that seems to hold a secret is refused, whatever its key.
    pub fn new(text: &str, keys: Option<&'static [Key]>) -> Self {
        let Scanned { mut pairs, mut problems, remarks } = legacy::scan(text, keys);
        for pair in pairs.iter_mut().filter(|pair| !pair.secret && secret_word::holds_secret(&pair.value)) {
            problems
                .push(Problem { at: Some(pair.value_at), kind: ProblemKind::HoldsSecret { key: pair.key.clone() } });
            pair.value = Zeroizing::default();
        }
        Self { pairs, problems, remarks }
    }

    /// The value of a key as it stands; `None` when it is missing or empty.
    pub fn text(&self, key: &'static str) -> Option<Found> {
        let pair = self.pairs.iter().find(|pair| pair.key == key && !pair.secret)?;
        (!pair.value.is_empty()).then(|| Found { value: pair.value.to_string(), at: pair.value_at })
    }

    /// The value of a key that is written in Latin letters: those that only look so are replaced (A6).
    pub fn latin(&mut self, key: &'static str) -> Option<Found> {
        let found = self.text(key)?;
        let value = lookalike::latin_text(&found.value);
        if value != found.value {
            self.remark(
                Some(found.at),
                format!("{key}: Cyrillic letters were read as the Latin ones that they look like"),
            );
        }
        Some(Found { value, ..found })
    }

    /// A problem if a mandatory key has no value. One that stands there misspelt, or with what is refused, has been told of.
    pub fn demand(&mut self, key: &'static str, expected: &'static str) {
        let is_meant = |problem: &Problem| match &problem.kind {
            ProblemKind::UnknownKey { near, .. } => *near == Some(key),
            ProblemKind::HoldsSecret { key: refused } => refused == key,
            _ => false,
        };
        if self.text(key).is_none() && !self.problems.iter().any(is_meant) {
            let at = self.pairs.iter().find(|pair| pair.key == key).map(|pair| pair.at);
            self.problem(at, ProblemKind::Missing { key, expected });
        }
    }

    /// Reports a value that a key cannot have.
    pub fn not_allowed(&mut self, key: &'static str, expected: &'static str, found: &Found) {
        let kind = ProblemKind::NotAllowed { key, expected, found: shown(&found.value) };
        self.problem(Some(found.at), kind);
    }

    pub fn problem(&mut self, at: Option<usize>, kind: ProblemKind) {
        self.problems.push(Problem { at, kind });
    }

    pub fn remark(&mut self, at: Option<usize>, text: impl Into<String>) {
        self.remarks.push(Remark { at, text: text.into() });
    }

    /// The pairs that are no secrets, as they stand.
    pub fn plain_pairs(&self) -> impl Iterator<Item = &Pair> {
        self.pairs.iter().filter(|pair| !pair.secret)
    }

    /// The result: what was read, or all that is wrong.
    pub fn finish<T>(mut self, source: T) -> Result<Typed<T>, Problems> {
        if !self.problems.is_empty() {
            self.problems.sort_by_key(|problem| problem.at.unwrap_or(usize::MAX));
            return Err(Problems(self.problems));
        }
        let secrets = self.pairs.into_iter().filter(|pair| pair.secret && !pair.value.is_empty());
        let secret = |pair: Pair| SourceSecret { key: pair.key, value: Zeroizing::clone(&pair.value) };
        self.remarks.sort_by_key(|remark| remark.at.unwrap_or(usize::MAX));
        Ok(Typed { source, secrets: secrets.map(secret).collect(), remarks: self.remarks })
    }
}

/// A value as a message may show it: cut off when it is long, and not at all when a secret may have got into it.
fn shown(value: &str) -> String {
    if secret_word::names_secret(value) {
        return "something that may hold a secret".to_owned();
    }
    let mut shown: String = value.chars().take(40).collect();
    if shown.len() < value.len() {
        shown.push_str(" ...");
    }
    shown
}
