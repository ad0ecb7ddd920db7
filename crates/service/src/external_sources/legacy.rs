//! Parameter strings as they stand in the systems before: where each key begins, and what stands behind it.
//!
//! `;` and line ends part the pairs, `=` and `:` stand behind a key. After `;` and at the beginning of a line any word with
//! a sign is a key. After `,` it is, too, unless the value is one that has commas of its own, or a source takes any key. A
//! known key and a word that names a secret, also misspelt, begin a pair wherever a word may begin. Directly behind the sign
//! of a key, where a value is to come, they alone do, and in the place of a secret only a known key. So `C:\Program Files (x86)\x.p12` and `CN=KMD A/S, O=KMD A/S`
//! are values. What may be the rest of a secret as well as a key is refused.

use std::fmt;

use zeroize::Zeroizing;

use super::key::{self, Key};
use super::problem::{Problem, ProblemKind, Remark};
use super::{lookalike, secret_word};

/// What a text holds.
#[derive(Debug)]
pub struct Scanned {
    /// Keys and values, no key twice.
    pub pairs: Vec<Pair>,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// What was read otherwise than it is written.
    pub remarks: Vec<Remark>,
}

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
pub fn scan(text: &str, keys: Option<&'static [Key]>) -> Scanned {
    let mut scanner = Scanner {
        text: Zeroizing::new(text.trim_start_matches('\u{FEFF}').chars().collect()),
        keys,
        at: 0,
        scanned: Scanned { pairs: Vec::new(), problems: Vec::new(), remarks: Vec::new() },
        inside: None,
        after_secret: None,
    };
    scanner.run();
    scanner.scanned
}

struct Scanner {
    text: Zeroizing<Vec<char>>,
    keys: Option<&'static [Key]>,
    at: usize,
    scanned: Scanned,
    /// The value that `at` is in or that ended there, if nothing says that it is at its end.
    inside: Option<Inside>,
    /// The key of the pair before, when its value is a secret or one seems to be in it.
    after_secret: Option<String>,
}

/// A value that is being read.
#[derive(Clone, Copy)]
struct Inside {
    /// Where it begins.
    start: usize,
    secret: bool,
    commas: bool,
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
}

/// A key where a pair begins.
struct Begin {
    word: String,
    known: Option<&'static Key>,
    /// Behind the `=` or `:`.
    end: usize,
    /// Whether it may as well be the rest of the secret before.
    doubtful: bool,
}

/// A value, and how it stood there.
struct Value {
    text: Zeroizing<String>,
    at: usize,
    bracketed: bool,
    joined: bool,
}

impl Scanner {
    fn run(&mut self) {
        loop {
            while let Some(c) = self.char(self.at).filter(|&c| c.is_whitespace() || is_separator(c)) {
                if c == ';' {
                    self.inside = None;
                }
                self.at += 1;
            }
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
        let secret = begin.known.map_or_else(|| secret_word::is_secret_word(&begin.word), |key| key.secret);
        let key = match begin.known {
            Some(key) => key.name.to_owned(),
            None if secret => secret_word::spelled(&begin.word),
            None => begin.word.clone(),
        };
        self.at = begin.end;
        self.skip(char::is_whitespace);
        self.inside = Some(Inside { start: self.at, secret, commas: begin.known.is_some_and(|key| key.commas) });
        let value = self.value(&key, secret);
        let names_secret = secret_word::names_secret(&value.text);
        let is_key = !begin.doubtful && (begin.known.is_some() || self.keys.is_none());
        if !is_key {
            let kind = match &self.after_secret {
                Some(after) => ProblemKind::UnknownAfterSecret { after: after.clone() },
                None => ProblemKind::UnknownKey {
                    near: self.keys.and_then(|keys| key::near(keys, &begin.word)).map(|key| key.name),
                    found: cut(&begin.word),
                },
            };
            self.problem(at, kind);
        } else if let Some(first) = self.scanned.pairs.iter().find(|pair| pair.key.eq_ignore_ascii_case(&key)) {
            let kind = ProblemKind::Twice { key: key.clone(), first: first.at };
            self.problem(at, kind);
        } else {
            self.remarks(begin, &key, secret, at, &value);
            self.scanned.pairs.push(Pair { key: key.clone(), secret, value: value.text, at, value_at: value.at });
        }
        // What stands behind an unknown key behind a secret may be the secret's rest, too.
        if is_key || self.after_secret.is_none() {
            self.after_secret = if secret { Some(key) } else { names_secret.then(a_secret) };
        }
    }

    /// Says what was read otherwise than it is written.
    fn remarks(&mut self, begin: &Begin, key: &str, secret: bool, at: usize, value: &Value) {
        let is_latin = lookalike::latin_text(&begin.word) == begin.word;
        let said = [
            (!is_latin && (begin.known.is_some() || secret))
                .then_some((at, "Cyrillic letters in the key were read as the Latin ones that they look like")),
            value.text.is_empty().then_some((at, "no value, so it counts as not given")),
            value.joined.then_some((value.at, "the lines of the value were joined")),
            value.bracketed.then_some((
                value.at,
                if secret {
                    "the < and > around the value were kept as part of it"
                } else {
                    "the < and > around the value were left out; they may tell of a template that was not filled in"
                },
            )),
        ];
        let said = said.into_iter().flatten().map(|(at, text)| Remark { at: Some(at), text: format!("{key}: {text}") });
        self.scanned.remarks.extend(said);
    }

    /// A text without a key, to the next `;` or key.
    fn no_key(&mut self) {
        let at = self.at;
        self.at += 1;
        let end = self.end_of_value();
        self.at = end;
        let text = self.text(at, end);
        let sign = text.contains(['=', ':']);
        self.problem(at + 1, ProblemKind::NoKey { length: end - at, sign });
        if self.after_secret.is_none() && secret_word::names_secret(&text) {
            self.after_secret = Some(a_secret());
        }
    }

    fn value(&mut self, key: &str, secret: bool) -> Value {
        let at = self.at;
        let quote = self.char(at).filter(|c| matches!(c, '"' | '\''));
        if let Some(quote) = quote {
            if let Some((text, end)) = self.quoted(at + 1, quote) {
                self.at = end;
                self.inside = None;
                self.after_quote(key);
                return Value { text, at: at + 1, bracketed: false, joined: false };
            }
            // An apostrophe may begin a value; a double quote is meant as one.
            if quote == '"' {
                self.problem(at + 1, ProblemKind::OpenQuote { key: key.to_owned() });
            }
        }
        let end = self.end_of_value();
        let raw = self.text(at, end);
        self.at = end;
        let (mut text, joined) = unwrapped(&raw, secret);
        let bare = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).map(str::trim);
        let bare = bare.map(|bare| Zeroizing::new(bare.to_owned()));
        let bracketed = bare.is_some();
        if let Some(bare) = bare.filter(|_| !secret) {
            text = bare;
        }
        Value { text, at: at + 1, bracketed, joined }
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
        let boundary = self.boundary(at)?;
        let word: String = rest.iter().take_while(|&&c| secret_word::is_in_word(c)).collect();
        let length = word.chars().count();
        let blanks = rest.iter().skip(length).take_while(|c| c.is_whitespace()).count();
        let sign = *rest.get(length + blanks)?;
        if !matches!(sign, '=' | ':') {
            return None;
        }
        let is_path = sign == ':' && matches!(rest.get(length + blanks + 1), Some('\\' | '/'));
        let known = self.keys.and_then(|keys| key::find(keys, &word));
        let is_secret = secret_word::is_secret_word(&word);
        let is_near = || self.keys.is_some_and(|keys| key::near(keys, &word).is_some());
        let is_meant = match (boundary, self.inside) {
            (_, Some(inside)) if at == inside.start => !inside.secret && (is_secret || is_near()),
            (Boundary::Hard, _) | (Boundary::Comma, None) => !is_path,
            (Boundary::Comma, Some(inside)) if !inside.commas && (inside.secret || self.keys.is_some()) => !is_path,
            (Boundary::Comma | Boundary::Blank, _) => is_secret || is_near(),
        };
        let doubtful = boundary != Boundary::Hard && self.inside.is_some_and(|inside| inside.secret) && known.is_none();
        (known.is_some() || is_meant).then_some(Begin { word, known, end: at + length + blanks + 1, doubtful })
    }

    /// What stands in front of a place; `None`: a character that no word begins after.
    fn boundary(&self, at: usize) -> Option<Boundary> {
        let mut line_end = false;
        let mut before = at;
        while let Some(c) = before.checked_sub(1).and_then(|before| self.char(before)) {
            match c {
                ';' => return Some(Boundary::Hard),
                ',' => return Some(Boundary::Comma),
                '\n' | '\r' => line_end = true,
                c if c.is_whitespace() => {}
                _ if line_end => return Some(Boundary::Hard),
                _ if before < at => return Some(Boundary::Blank),
                // A closing quote parts as well as a blank does.
                '"' => return Some(Boundary::Blank),
                _ => return None,
            }
            before -= 1;
        }
        Some(Boundary::Hard)
    }

    fn skip(&mut self, is: impl Fn(char) -> bool) {
        while self.char(self.at).is_some_and(&is) {
            self.at += 1;
        }
    }

    fn char(&self, at: usize) -> Option<char> {
        self.text.get(at).copied()
    }

    fn text(&self, from: usize, to: usize) -> Zeroizing<String> {
        Zeroizing::new(self.text.get(from..to).unwrap_or_default().iter().collect())
    }

    fn problem(&mut self, at: usize, kind: ProblemKind) {
        self.scanned.problems.push(Problem { at: Some(at), kind });
    }
}

fn is_separator(c: char) -> bool {
    matches!(c, ';' | ',')
}

/// A value without the blanks and separators around it, and whether its lines were joined: after a letter or digit with a
/// blank, after a sign, as in `Scanjour.`, without.
fn unwrapped(raw: &str, secret: bool) -> (Zeroizing<String>, bool) {
    let text = raw.trim();
    // A password may end with a comma; then another one parts it from the next key.
    let text = if secret { text.strip_suffix(',').unwrap_or(text) } else { text.trim_end_matches([',', ' ']) };
    let mut value = Zeroizing::new(String::with_capacity(text.len()));
    let mut lines = 0;
    for line in text.trim().split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty()) {
        if value.ends_with(|c: char| c.is_alphanumeric()) && !secret {
            value.push(' ');
        }
        value.push_str(line);
        lines += 1;
    }
    (value, lines > 1)
}

/// In the place of a key, for a secret whose key is not one.
fn a_secret() -> String {
    "a secret".to_owned()
}

/// A word, not longer than a message can bear.
fn cut(word: &str) -> String {
    word.chars().take(40).collect()
}
