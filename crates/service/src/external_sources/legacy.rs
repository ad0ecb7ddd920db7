//! Parameter strings as they stand in the systems before: where each key begins, and what stands behind it.
//!
//! `;` and line ends part the pairs, `,` does so in front of a known key, `=` and `:` stand behind a key. A known key in
//! front of `=` or `:` begins a pair wherever a word may begin; any other word begins one after `;` and at the beginning of
//! a line. So `C:\Program Files (x86)\x.p12` and `CN=KMD A/S, O=KMD A/S` are values.

use std::fmt;

use zeroize::Zeroizing;

use super::key::{self, Key};
use super::problem::{Problem, ProblemKind};

/// A key and its value. `Debug` shows the key alone.
pub struct Pair {
    /// The key, as the source writes it when it knows it.
    pub key: String,
    /// Whether the value is a secret.
    pub secret: bool,
    /// Without quotes and blanks around it.
    pub value: Zeroizing<String>,
    /// Where the key begins, from 1.
    pub at: usize,
    /// Where the value begins, from 1.
    pub value_at: usize,
}

impl fmt::Debug for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pair({} at {})", self.key, self.at)
    }
}

/// Takes a text apart. `keys`: those that the source knows; `None` when it takes any.
pub fn scan(text: &str, keys: Option<&'static [Key]>) -> (Vec<Pair>, Vec<Problem>) {
    let mut scanner = Scanner {
        text: Zeroizing::new(text.chars().collect()),
        keys,
        at: 0,
        pairs: Vec::new(),
        problems: Vec::new(),
        after_secret: None,
    };
    scanner.run();
    (scanner.pairs, scanner.problems)
}

struct Scanner {
    text: Zeroizing<Vec<char>>,
    keys: Option<&'static [Key]>,
    at: usize,
    pairs: Vec<Pair>,
    problems: Vec<Problem>,
    /// The key of the pair before, when its value is a secret.
    after_secret: Option<String>,
}

/// What stands in front of a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Boundary {
    /// The beginning, `;`, or a line end.
    Hard,
    /// `,`.
    Comma,
    /// Blanks.
    Blank,
    /// A character that no word begins after.
    None,
}

/// A key where a pair begins.
struct Begin {
    word: String,
    known: Option<&'static Key>,
    /// Behind the `=` or `:`.
    end: usize,
}

impl Scanner {
    fn run(&mut self) {
        loop {
            self.skip(|c| c.is_whitespace() || is_separator(c));
            if self.at >= self.text.len() {
                return;
            }
            match self.begin(self.at) {
                Some(begin) => self.pair(&begin),
                None => self.no_key(),
            }
        }
    }

    fn pair(&mut self, begin: &Begin) {
        let at = self.at + 1;
        let known_or_free = begin.known.is_some() || self.keys.is_none();
        let key = begin.known.map_or_else(|| begin.word.clone(), |key| key.name.to_owned());
        let secret = begin.known.map_or_else(|| key::is_secret_word(&begin.word), |key| key.secret);
        self.at = begin.end;
        let (value, value_at) = self.value(&key, secret);
        if !known_or_free {
            let kind = match &self.after_secret {
                Some(after) => ProblemKind::UnknownAfterSecret { after: after.clone() },
                None => ProblemKind::UnknownKey {
                    near: self.keys.and_then(|keys| key::near(keys, &begin.word)).map(|key| key.name),
                    found: cut(&begin.word),
                },
            };
            self.problem(at, kind);
        } else if let Some(first) = self.pairs.iter().find(|pair| pair.key.eq_ignore_ascii_case(&key)) {
            let kind = ProblemKind::Twice { key: key.clone(), first: first.at };
            self.problem(at, kind);
        } else {
            self.pairs.push(Pair { key: key.clone(), secret, value, at, value_at });
        }
        // What stands behind an unknown key behind a secret may be the secret's rest, too.
        if known_or_free || self.after_secret.is_none() {
            self.after_secret = secret.then_some(key);
        }
    }

    /// A text without a key, to the next `;` or key.
    fn no_key(&mut self) {
        let at = self.at;
        self.at += 1;
        let end = self.end_of_value();
        self.at = end;
        self.problem(at + 1, ProblemKind::NoKey { length: end - at });
    }

    fn value(&mut self, key: &str, secret: bool) -> (Zeroizing<String>, usize) {
        self.skip(|c| matches!(c, ' ' | '\t'));
        let at = self.at;
        let quote = self.char(at).filter(|c| matches!(c, '"' | '\''));
        if let Some(quote) = quote {
            if let Some((value, end)) = self.quoted(at + 1, quote) {
                self.at = end;
                self.after_quote(key);
                return (value, at + 1);
            }
            // An apostrophe may begin a value; a double quote is meant as one.
            if quote == '"' {
                self.problem(at + 1, ProblemKind::OpenQuote { key: key.to_owned() });
            }
        }
        let end = self.end_of_value();
        let raw = Zeroizing::new(self.text.get(at..end).unwrap_or_default().iter().collect::<String>());
        self.at = end;
        let value = Zeroizing::new(unwrapped(&raw, secret));
        let bare = value.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).map(str::trim);
        let begins = raw.chars().take_while(|c| c.is_whitespace()).count();
        (bare.map(|bare| Zeroizing::new(bare.to_owned())).unwrap_or(value), at + 1 + begins)
    }

    /// The value in quotes and where the text goes on; a doubled quote stands for itself.
    fn quoted(&self, from: usize, quote: char) -> Option<(Zeroizing<String>, usize)> {
        let mut value = Zeroizing::new(String::with_capacity(self.text.len()));
        let mut at = from;
        loop {
            let c = self.char(at)?;
            if c != quote {
                value.push(c);
                at += 1;
            } else if self.char(at + 1) == Some(quote) {
                value.push(c);
                at += 2;
            } else {
                return Some((value, at + 1));
            }
        }
    }

    fn after_quote(&mut self, key: &str) {
        self.skip(char::is_whitespace);
        let goes_on = self.char(self.at).is_some_and(|c| !is_separator(c)) && self.begin(self.at).is_none();
        if goes_on {
            self.problem(self.at + 1, ProblemKind::AfterQuote { key: key.to_owned() });
            self.at = self.end_of_value();
        }
    }

    /// Where the value that `at` is in ends: at `;`, at the next key, or with the text.
    fn end_of_value(&self) -> usize {
        let mut at = self.at;
        while let Some(c) = self.char(at) {
            if c == ';' || self.begin(at).is_some() {
                break;
            }
            at += 1;
        }
        at
    }

    /// The key that begins at a place, if a pair begins there.
    fn begin(&self, at: usize) -> Option<Begin> {
        let rest = self.text.get(at..).unwrap_or_default();
        if !rest.first().is_some_and(|c| c.is_alphabetic()) {
            return None;
        }
        let boundary = self.boundary(at);
        if boundary == Boundary::None {
            return None;
        }
        let word: String = rest.iter().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '-')).collect();
        let length = word.chars().count();
        let blanks = rest.iter().skip(length).take_while(|c| matches!(c, ' ' | '\t')).count();
        let sign = *rest.get(length + blanks)?;
        if !matches!(sign, '=' | ':') || (boundary == Boundary::Blank && blanks > 0) {
            return None;
        }
        let behind = rest.get(length + blanks + 1);
        let is_path = sign == ':' && matches!(behind, Some('\\' | '/'));
        let known = self.keys.and_then(|keys| key::find(keys, &word));
        let is_meant = match boundary {
            Boundary::Hard => !is_path,
            Boundary::Comma | Boundary::Blank => {
                key::is_secret_word(&word) || self.keys.is_some_and(|keys| key::near(keys, &word).is_some())
            }
            Boundary::None => false,
        };
        (known.is_some() || is_meant).then_some(Begin { word, known, end: at + length + blanks + 1 })
    }

    fn boundary(&self, at: usize) -> Boundary {
        let mut line_end = false;
        let mut before = at;
        while let Some(c) = before.checked_sub(1).and_then(|before| self.char(before)) {
            match c {
                ';' => return Boundary::Hard,
                ',' => return Boundary::Comma,
                '\n' | '\r' => line_end = true,
                c if c.is_whitespace() => {}
                _ if line_end => return Boundary::Hard,
                _ if before < at => return Boundary::Blank,
                // A closing quote parts as well as a blank does.
                '"' => return Boundary::Blank,
                _ => return Boundary::None,
            }
            before -= 1;
        }
        Boundary::Hard
    }

    fn skip(&mut self, is: impl Fn(char) -> bool) {
        while self.char(self.at).is_some_and(&is) {
            self.at += 1;
        }
    }

    fn char(&self, at: usize) -> Option<char> {
        self.text.get(at).copied()
    }

    fn problem(&mut self, at: usize, kind: ProblemKind) {
        self.problems.push(Problem { at: Some(at), kind });
    }
}

fn is_separator(c: char) -> bool {
    matches!(c, ';' | ',')
}

/// A value without the blanks and separators around it, and with its lines joined: after a letter or digit with a blank,
/// after a sign, as in `Scanjour.`, without.
fn unwrapped(raw: &str, secret: bool) -> String {
    let text = raw.trim();
    // A password may end with a comma; then another one parts it from the next key.
    let text = if secret { text.strip_suffix(',').unwrap_or(text) } else { text.trim_end_matches([',', ' ']) };
    let mut value = String::with_capacity(text.len());
    for line in text.trim().split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty()) {
        if value.ends_with(|c: char| c.is_alphanumeric()) && !secret {
            value.push(' ');
        }
        value.push_str(line);
    }
    value
}

/// A word, not longer than a message can bear.
fn cut(word: &str) -> String {
    word.chars().take(40).collect()
}
