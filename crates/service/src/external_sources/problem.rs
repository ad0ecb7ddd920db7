use std::fmt;

/// Something wrong in the parameters of a source. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The character at which it stands, from 1; `None` when it stands nowhere.
    pub at: Option<usize>,
    /// What is wrong.
    pub kind: ProblemKind,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProblemKind {
    /// There is nothing.
    #[error("expected KEY=VALUE, found nothing")]
    Nothing,
    /// A text that stands behind no key.
    #[error(
        "expected KEY=VALUE, found {length} characters without a key{}; put a value that holds ; into double quotes",
        if *.sign { " of one word" } else { "" }
    )]
    NoKey {
        /// How long it is.
        length: usize,
        /// Whether there is `=` or `:` in it.
        sign: bool,
    },
    /// What cannot be a key. It is not repeated, since parameters may have got into it.
    #[error("expected KEY=VALUE with a key of letters, digits, - and _")]
    NoWord,
    /// A key that the source does not have.
    #[error("unknown key {found}{}", suggestion(*.near))]
    UnknownKey {
        /// As it is written.
        found: String,
        /// The one that was likely meant.
        near: Option<&'static str>,
    },
    /// Something like a key behind a secret, which may be the rest of the secret.
    #[error(
        "not known as a key, or the rest of {after}: correct the key, or put the whole value of {after} into double quotes"
    )]
    UnknownAfterSecret {
        /// The key before it.
        after: String,
    },
    /// A key that stands there a second time.
    #[error("{key} stands here a second time; the first is at character {first}")]
    Twice {
        /// The key.
        key: String,
        /// Where the first is, from 1.
        first: usize,
    },
    /// A key that is given twice, outside a text.
    #[error("{key} is given twice")]
    GivenTwice {
        /// The key.
        key: String,
    },
    /// A key that must be there.
    #[error("{key} is missing; expected {expected}")]
    Missing {
        /// The key.
        key: &'static str,
        /// What may stand behind it.
        expected: &'static str,
    },
    /// A value that the key cannot have.
    #[error("{key}: expected {expected}, found {found}")]
    NotAllowed {
        /// The key.
        key: &'static str,
        /// What may stand behind it.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// A value that is not kept as a secret and seems to hold one.
    #[error(
        "{key}: what looks like a password or a key stands in the value; part it from the value with ; or leave it out"
    )]
    HoldsSecret {
        /// The key.
        key: String,
    },
    /// A quote that is opened only.
    #[error("{key}: the value's double quote is not closed; a double quote in a value is written twice")]
    OpenQuote {
        /// The key.
        key: String,
    },
    /// More text behind the closing quote.
    #[error("{key}: expected ; after the closing quote; a double quote in a value is written twice")]
    AfterQuote {
        /// The key.
        key: String,
    },
    /// Both places of a certificate (F159).
    #[error("Certificate and Certificatefilename exclude each other; keep the one that says where the certificate is")]
    TwoCertificates,
    /// Both contact types are the same.
    #[error("Jtype and Ptype are both {0}; expected two contact types, for example J and V")]
    SameType(char),
    /// A secret where everybody can read it.
    #[error("{key} is a secret and is not kept here; give it with `kartotek secret set {name}`")]
    SecretHere {
        /// The key.
        key: String,
        /// Its name in the vault.
        name: String,
    },
}

/// Everything that is wrong, in the order of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

/// Something to know about parameters that are right. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// The character that it is about, from 1; `None` when it is about the whole.
    pub at: Option<usize>,
    /// What to know.
    pub text: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        located(f, self.at, &self.kind)
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str("; ")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        located(f, self.at, &self.text)
    }
}

fn located(f: &mut fmt::Formatter<'_>, at: Option<usize>, text: &dyn fmt::Display) -> fmt::Result {
    match at {
        Some(at) => write!(f, "character {at}: {text}"),
        None => write!(f, "{text}"),
    }
}

fn suggestion(near: Option<&'static str>) -> String {
    near.map(|near| format!("; did you mean {near}?")).unwrap_or_default()
}
