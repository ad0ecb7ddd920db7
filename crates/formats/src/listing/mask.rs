use std::fmt;
use std::str::Chars;

/// A mask for names of files (F111): `*` stands for any characters or none, `?` for one, and all others for themselves,
/// letters of ASCII in either case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pattern(String);

/// Why a text is no mask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// Nothing in it.
    #[error("expected a mask for names of files such as d??????.l*, found nothing")]
    Empty,
    /// A slash or backslash.
    #[error("expected a mask for names of files without a directory, found a slash or backslash")]
    Directory,
    /// A control character.
    #[error("expected a mask for names of files, found a control character in it")]
    ControlCharacter,
}

impl Pattern {
    /// Takes a mask as it is written.
    pub fn new(text: &str) -> Result<Self, PatternError> {
        if text.is_empty() {
            Err(PatternError::Empty)
        } else if text.contains(['/', '\\']) {
            Err(PatternError::Directory)
        } else if text.contains(char::is_control) {
            Err(PatternError::ControlCharacter)
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    /// The mask as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the whole name fits. Takes time by the product of both lengths at most.
    pub fn matches(&self, name: &str) -> bool {
        let (mut mask, mut name) = (self.0.chars(), name.chars());
        // Behind the last `*`, and from where in the name the rest was last tried. Earlier ones need no second try: what
        // they can stand for, the last one can too.
        let mut again: Option<(Chars<'_>, Chars<'_>)> = None;
        loop {
            let (mut mask_behind, mut name_behind) = (mask.clone(), name.clone());
            match (mask_behind.next(), name_behind.next()) {
                (Some('*'), _) => {
                    again = Some((mask_behind.clone(), name.clone()));
                    mask = mask_behind;
                }
                (None, None) => return true,
                (Some(wanted), Some(found)) if wanted == '?' || wanted.eq_ignore_ascii_case(&found) => {
                    (mask, name) = (mask_behind, name_behind);
                }
                _ => {
                    let Some((behind_star, from)) = &mut again else { return false };
                    if from.next().is_none() {
                        return false;
                    }
                    (mask, name) = (behind_star.clone(), from.clone());
                }
            }
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matches(mask: &str, name: &str) -> bool {
        Pattern::new(mask).unwrap().matches(name)
    }

    #[test]
    fn stars_and_question_marks_stand_for_characters() {
        for (mask, name) in [
            ("*", ""),
            ("*", "d260105.l990001"),
            ("d??????.l990001", "d260105.l990001"),
            ("d*.l990001", "D260105.L990001"),
            ("D*.L99*", "d260105.l990001"),
            ("*.l*1", "d260105.l990001"),
            ("**1", "d260105.l990001"),
            ("*ab", "aab"),
            ("a*b*c", "a.b.b.c"),
            ("?", "å"),
            ("[a]", "[A]"),
        ] {
            assert!(matches(mask, name), "{mask} {name}");
        }
        for (mask, name) in [
            ("?", ""),
            ("d?????.l990001", "d260105.l990001"),
            ("d*.l990001", "d260105.l990002"),
            ("*.l", "d260105.l990001"),
            ("d*", "xd"),
            ("a*b*c", "a.c.b"),
            ("Å", "å"),
            ("a", "aa"),
            ("aa", "a"),
        ] {
            assert!(!matches(mask, name), "{mask} {name}");
        }
    }

    #[test]
    fn what_is_no_mask_is_refused() {
        assert_eq!(Pattern::new(""), Err(PatternError::Empty));
        assert_eq!(Pattern::new("ud/*"), Err(PatternError::Directory));
        assert_eq!(Pattern::new(r"ud\*"), Err(PatternError::Directory));
        assert_eq!(Pattern::new("a\tb"), Err(PatternError::ControlCharacter));
        assert_eq!(Pattern::new("d*.l990001").unwrap().to_string(), "d*.l990001");
    }

    #[test]
    fn many_stars_do_not_take_for_ever() {
        let mask = format!("{}b", "a*".repeat(1000));
        assert!(!matches(&mask, &"a".repeat(5000)));
    }

    /// The definition itself, which takes exponential time.
    fn by_definition(mask: &[char], name: &[char]) -> bool {
        match (mask, name) {
            ([], name) => name.is_empty(),
            (['*', mask @ ..], name) => (0..=name.len()).any(|skip| by_definition(mask, &name[skip..])),
            ([wanted, mask @ ..], [found, name @ ..]) => {
                (*wanted == '?' || wanted.eq_ignore_ascii_case(found)) && by_definition(mask, name)
            }
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn a_mask_matches_as_defined(mask in "[abA*?]{1,8}", name in "[abAB]{0,10}") {
            let characters = |text: &str| text.chars().collect::<Vec<_>>();
            prop_assert_eq!(matches(&mask, &name), by_definition(&characters(&mask), &characters(&name)));
        }
    }
}
