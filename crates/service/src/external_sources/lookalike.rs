//! Cyrillic letters that stand in for Latin ones in old configurations (A6): a guide prints `Værge` with Cyrillic er and ghe.

/// A Cyrillic letter, the Latin one that looks like it, and the Latin one that sounds like it where that is another.
const LETTERS: &[(char, char, Option<char>)] = &[
    ('а', 'a', None),
    ('в', 'b', Some('v')),
    ('г', 'r', Some('g')),
    ('д', 'd', None),
    ('е', 'e', None),
    ('к', 'k', None),
    ('м', 'm', None),
    ('н', 'h', Some('n')),
    ('о', 'o', None),
    ('р', 'p', Some('r')),
    ('с', 'c', Some('s')),
    ('т', 't', None),
    ('у', 'y', Some('u')),
    ('х', 'x', None),
    ('ѕ', 's', None),
    ('і', 'i', None),
    ('ј', 'j', None),
    ('ӏ', 'l', None),
    ('ѵ', 'v', None),
    ('ԁ', 'd', None),
    ('һ', 'h', None),
    ('ү', 'y', None),
    ('ԛ', 'q', None),
    ('ԝ', 'w', None),
];

/// The Latin letter that a Cyrillic one looks like, in the same case; `None` for all other characters.
pub fn latin(c: char) -> Option<char> {
    let (look, _) = both(c)?;
    Some(if c.is_uppercase() { look.to_ascii_uppercase() } else { look })
}

/// A text with Latin letters for all that only look so.
pub fn latin_text(text: &str) -> String {
    text.chars().map(|c| latin(c).unwrap_or(c)).collect()
}

/// Whether a character is a Latin letter in either case, or a Cyrillic one that looks or sounds like it.
pub fn stands_for(c: char, letter: char) -> bool {
    c.eq_ignore_ascii_case(&letter)
        || both(c).is_some_and(|(look, sound)| {
            let letter = letter.to_ascii_lowercase();
            look == letter || sound == Some(letter)
        })
}

fn both(c: char) -> Option<(char, Option<char>)> {
    let lower = c.to_lowercase().next()?;
    LETTERS.iter().find(|(letter, ..)| *letter == lower).map(|(_, look, sound)| (*look, *sound))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_that_look_alike_are_read_as_latin_in_their_case() {
        assert_eq!(latin('Р'), Some('P'));
        assert_eq!(latin('р'), Some('p'));
        assert_eq!(latin('p'), None);
        assert_eq!(latin('æ'), None);
        assert_eq!(latin_text("ѵӏԁһү ԝԛ ѴԀҺҮ"), "vldhy wq VDHY");
    }

    #[test]
    fn a_letter_may_stand_for_what_it_looks_and_for_what_it_sounds_like() {
        assert!(stands_for('р', 'p') && stands_for('р', 'r') && stands_for('г', 'g') && stands_for('P', 'p'));
        assert!(!stands_for('р', 'q') && !stands_for('q', 'p'));
    }
}
