//! The rules as an operator writes them, in TOML. Described in docs/SUBSCRIPTIONS.md.

use compact_str::CompactString;
use kartotek_register::subscription::{Condition, Rule, RuleError, RuleSet};
use serde::Deserialize;
use toml::Spanned;

use crate::toml_error::line_of;

/// The rules that hold when no file is given, as a file.
pub const DEFAULT_RULES: &str = include_str!("default_rules.toml");

/// Why a file of rules cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RulesFileError {
    /// Not TOML, or not the settings of rules.
    #[error("line {line}: {message}")]
    Toml {
        /// The line, from 1.
        line: usize,
        /// What was expected.
        message: String,
    },
    /// The rules contradict themselves.
    #[error("line {line}: {error}")]
    Rules {
        /// The line, from 1.
        line: usize,
        /// How.
        error: RuleError,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    delay_days: Option<Spanned<u16>>,
    #[serde(default)]
    case_types_without_subscription: Vec<String>,
    #[serde(default, rename = "rule")]
    rules: Vec<Spanned<FileRule>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileRule {
    name: String,
    #[expect(dead_code, reason = "there is one kind of condition, and the file says which")]
    subscribe_when: SubscribeWhen,
    case_types: Option<Vec<String>>,
    except_case_types: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum SubscribeWhen {
    OpenCase,
}

/// Reads rules.
pub fn parse_rules(text: &str) -> Result<RuleSet, RulesFileError> {
    let file: File = toml::from_str(text).map_err(|error| RulesFileError::Toml {
        line: line_of(text, error.span().map_or(0, |span| span.start)),
        message: error.message().to_owned(),
    })?;
    let places: Vec<usize> = file.rules.iter().map(|rule| line_of(text, rule.span().start)).collect();
    let delay_line = file.delay_days.as_ref().map_or(1, |days| line_of(text, days.span().start));
    let mut rules = Vec::with_capacity(file.rules.len());
    for (rule, line) in file.rules.into_iter().zip(&places) {
        let FileRule { name, case_types, except_case_types, .. } = rule.into_inner();
        let condition = match (case_types, except_case_types) {
            (None, None) => Condition::OpenCase,
            (Some(types), None) => Condition::OpenCaseOf(compact(types)),
            (None, Some(types)) => Condition::OpenCaseExcept(compact(types)),
            (Some(_), Some(_)) => {
                let message = "expected case_types or except_case_types in a rule, found both".to_owned();
                return Err(RulesFileError::Toml { line: *line, message });
            }
        };
        rules.push(Rule { name, condition });
    }
    let rules = RuleSet {
        delay_days: file.delay_days.map_or(RuleSet::default().delay_days, Spanned::into_inner),
        rules,
        case_types_without_subscription: compact(file.case_types_without_subscription),
    };
    rules.check().map_err(|error| {
        let line = match (&error, error.rule(&rules)) {
            (RuleError::Delay { .. }, _) => delay_line,
            (_, at) => at.and_then(|at| places.get(at)).copied().unwrap_or(1),
        };
        RulesFileError::Rules { line, error }
    })?;
    Ok(rules)
}

fn compact(types: Vec<String>) -> Vec<CompactString> {
    types.into_iter().map(CompactString::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_file_is_the_default() {
        assert_eq!(parse_rules(DEFAULT_RULES), Ok(RuleSet::default()));
    }

    #[test]
    fn every_setting_is_read() {
        let rules = parse_rules(
            "delay_days = 14\ncase_types_without_subscription = [\"arkiv\"]\n\
             [[rule]]\nname = \"byg\"\nsubscribe_when = \"open-case\"\ncase_types = [\"byg\", \"\"]\n\
             [[rule]]\nname = \"rest\"\nsubscribe_when = \"open-case\"\nexcept_case_types = [\"brev\"]\n",
        );
        let expected = RuleSet {
            delay_days: 14,
            rules: vec![
                Rule { name: "byg".into(), condition: Condition::OpenCaseOf(vec!["byg".into(), "".into()]) },
                Rule { name: "rest".into(), condition: Condition::OpenCaseExcept(vec!["brev".into()]) },
            ],
            case_types_without_subscription: vec!["arkiv".into()],
        };
        assert_eq!(rules, Ok(expected));
    }

    #[test]
    fn an_error_tells_its_line_and_what_was_expected() {
        let rule = "[[rule]]\nname = \"a\"\nsubscribe_when = \"open-case\"\n";
        for (text, line, expected) in [
            ("delay_days = 7\n".to_owned(), 1, "at least one rule"),
            (format!("delay_day = 7\n{rule}"), 1, "unknown field `delay_day`, expected one of `delay_days`"),
            (format!("\ndelay_days = -1\n{rule}"), 2, "expected u16"),
            (format!("\ndelay_days = 4000\n{rule}"), 2, "expected at most 3653 days"),
            (format!("{rule}case_typ = [\"byg\"]\n"), 4, "unknown field `case_typ`"),
            (format!("{rule}case_types = [\"b\"]\nexcept_case_types = [\"c\"]\n"), 1, "found both"),
            (format!("{rule}case_types = []\n"), 1, "at least one type of case"),
            (format!("{rule}\n{rule}"), 5, "a name that no other rule has"),
            ("[[rule]]\nname = \"a\"\nsubscribe_when = \"closed-case\"\n".to_owned(), 3, "open-case"),
            ("[[rule]]\nsubscribe_when = \"open-case\"\n".to_owned(), 1, "missing field `name`"),
            ("delay_days = \n".to_owned(), 1, ""),
            (
                format!("case_types_without_subscription = [\"byg\"]\n\n{rule}case_types = [\"byg\"]\n"),
                3,
                "expected it in one of the two places",
            ),
        ] {
            let said = parse_rules(&text).unwrap_err().to_string();
            assert!(said.starts_with(&format!("line {line}: ")) && said.contains(expected), "{text}\n{said}");
        }
    }
}
