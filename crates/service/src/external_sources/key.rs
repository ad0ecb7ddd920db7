use super::lookalike;

/// A key that a source knows.
#[derive(Debug, PartialEq, Eq)]
pub struct Key {
    /// As it is written in the canonical form.
    pub name: &'static str,
    /// Whether its value is a secret.
    pub secret: bool,
    /// Whether its value may hold `,` and a word with a sign, as `CN=KMD A/S, O=KMD A/S` does.
    pub commas: bool,
}

impl Key {
    pub const fn plain(name: &'static str) -> Self {
        Self { name, secret: false, commas: false }
    }

    pub const fn secret(name: &'static str) -> Self {
        Self { name, secret: true, commas: false }
    }

    pub const fn with_commas(name: &'static str) -> Self {
        Self { name, secret: false, commas: true }
    }
}

/// The key that a word is, whatever its case, and with Cyrillic letters for Latin ones.
pub fn find(keys: &'static [Key], word: &str) -> Option<&'static Key> {
    let is = |key: &&Key| {
        word.chars().count() == key.name.len()
            && word.chars().zip(key.name.chars()).all(|(c, letter)| lookalike::stands_for(c, letter))
    };
    keys.iter().find(is)
}

/// The key that a word was likely meant to be.
pub fn near(keys: &'static [Key], word: &str) -> Option<&'static Key> {
    let close = keys.iter().filter_map(|key| Some((distance(word, key.name)?, key)));
    close.min_by_key(|(distance, _)| *distance).map(|(_, key)| key)
}

/// In how many letters a word is not a name; `None` when it was hardly meant to be.
pub fn distance(word: &str, name: &str) -> Option<usize> {
    let letters = |text: &str| lookalike::latin_text(text).to_lowercase().chars().collect::<Vec<_>>();
    let name = letters(name);
    let edits = edits(&letters(word), &name);
    let allowed = if name.len() >= 8 { 2 } else { usize::from(name.len() >= 4) };
    (edits <= allowed).then_some(edits)
}

/// How many letters have to be changed, added, left out or swapped with their neighbour.
fn edits(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let mut previous = None;
    for (row, &x) in a.iter().enumerate() {
        let mut now = vec![row + 1];
        let mut left = None;
        for (column, &y) in b.iter().enumerate() {
            let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX - 1);
            let mut best = (at(&last, column) + usize::from(x != y)).min(at(&last, column + 1) + 1);
            best = best.min(at(&now, column) + 1);
            if previous == Some(y) && left == Some(x) && column > 0 {
                best = best.min(at(&before, column - 1).saturating_add(1));
            }
            now.push(best);
            left = Some(y);
        }
        before = std::mem::replace(&mut last, now);
        previous = Some(x);
    }
    last.last().copied().unwrap_or(a.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: &[Key] = &[Key::plain("IP"), Key::plain("Level"), Key::plain("ForceUpdate"), Key::secret("Password")];

    #[test]
    fn keys_are_found_in_any_case_and_with_letters_that_look_alike() {
        for (word, name) in [("ip", "IP"), ("IР", "IP"), ("FORCEUPDATE", "ForceUpdate"), ("Рassword", "Password")] {
            assert_eq!(find(KEYS, word).map(|key| key.name), Some(name), "{word}");
        }
        assert_eq!(find(KEYS, "Pass"), None);
    }

    #[test]
    fn a_misspelt_key_is_near_the_one_that_was_meant() {
        for (word, name) in
            [("Pasword", "Password"), ("Passwrod", "Password"), ("Lvel", "Level"), ("Force_Updates", "ForceUpdate")]
        {
            assert_eq!(near(KEYS, word).map(|key| key.name), Some(name), "{word}");
        }
        for word in ["I", "IQ", "Host", "Update", "Lev"] {
            assert_eq!(near(KEYS, word), None, "{word}");
        }
    }
}
