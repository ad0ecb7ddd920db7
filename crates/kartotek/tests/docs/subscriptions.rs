//! docs/SUBSCRIPTIONS.md.

use std::collections::BTreeSet;
use std::process::Command;

use kartotek_register::subscription::{RuleSet, WishChange, decide};
use kartotek_service::subscriptions::parse_rules;

use crate::markdown::Document;

const NAME: &str = "SUBSCRIPTIONS.md";

#[test]
fn the_examples_of_rules_are_accepted_and_the_first_is_the_built_in_one() {
    let blocks = Document::read(NAME).blocks();
    let rules: Vec<_> = blocks
        .iter()
        .filter(|block| block.info == "toml")
        .map(|block| parse_rules(&block.text).unwrap_or_else(|error| panic!("{}: {error}", block.place)))
        .collect();
    assert_eq!(rules.len(), 2);
    assert_eq!(rules[0], RuleSet::default());
}

#[test]
fn every_setting_of_the_rules_is_described() {
    let tables = Document::read(NAME).tables();
    let table = tables.iter().find(|table| table.header[0] == "Setting").expect("a table of the settings");
    let described: BTreeSet<_> = table.column("Setting").into_iter().map(str::to_owned).collect();
    let expected_of = |text: &str| -> Vec<String> {
        let said = parse_rules(text).unwrap_err().to_string();
        let (_, expected) = said.split_once("expected").expect("the settings that are expected");
        expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    };
    let top = expected_of("no_such_setting = 1").into_iter().filter(|name| name != "rule");
    let of_rule = expected_of("[[rule]]\nno_such_setting = 1").into_iter().map(|name| format!("rule.{name}"));
    assert_eq!(described, top.chain(of_rule).collect());
}

/// The table of the document, row by row, is what the program decides.
#[test]
fn the_table_of_the_rules_is_what_is_decided() {
    let tables = Document::read(NAME).tables();
    let table = tables.iter().find(|table| table.heading == "The rules").expect("the table of the rules");
    let columns = ["At CPR", "Reason?", "Last update older than the delay?", "Wish"].map(|name| table.column(name));
    assert_eq!(table.rows.len(), 5);
    let [at_cpr, reason, older, wish] = columns;
    for (((at_cpr, reason), older), wish) in at_cpr.into_iter().zip(reason).zip(older).zip(wish) {
        for is_older in [false, true] {
            if !older.is_empty() && (older == "yes") != is_older {
                continue;
            }
            let facts = kartotek_register::ports::SubscriptionFacts {
                source_key: "0707614285".into(),
                contact: 1,
                src_subscribed: at_cpr == "J",
                wish: None,
                updated_at: Some(if is_older { "2026-01-01T00:00:00Z" } else { "2026-01-19T00:00:00Z" }.to_owned()),
                open_cases: if reason == "yes" { vec!["byg".into()] } else { Vec::new() },
                replaced_by: None,
                blocked: None,
                pending: None,
            };
            let now = "2026-01-20T00:00:00Z".parse().unwrap();
            let decided = match decide(&facts, &RuleSet::default(), now).wish {
                WishChange::Set(true) => "J",
                WishChange::Set(false) => "N",
                WishChange::Keep => "stays",
                WishChange::Clear => "cleared",
            };
            assert!(wish.starts_with(decided), "{at_cpr}, {reason}, {older}: {wish}, but {decided} was decided");
        }
    }
}

#[test]
fn every_option_of_the_commands_is_described() {
    let document = Document::read(NAME);
    let commands = [
        &["case", "open"][..],
        &["case", "add-party"],
        &["case", "remove-party"],
        &["case", "import"],
        &["subscription", "plan"],
        &["subscription", "apply"],
        &["subscription", "reconcile"],
        &["subscription", "block"],
    ];
    for command in commands {
        let output = Command::new(env!("CARGO_BIN_EXE_kartotek")).args(command).arg("--help").output().unwrap();
        let help = String::from_utf8(output.stdout).unwrap();
        let options = help.lines().filter_map(|line| line.trim_start().split(' ').find(|word| word.starts_with("--")));
        let global = ["--help", "--database", "--config", "--json", "--log", "--key-file"];
        for option in options.filter(|option| !global.contains(option)) {
            assert!(document.text().contains(option), "docs/{NAME}: {option} of {command:?}");
        }
    }
}

#[test]
fn every_word_of_list_is_described() {
    let text = Document::read(NAME);
    for word in ["subscribed", "wished", "pending", "refused", "blocked"] {
        assert!(
            text.text().contains(&format!("`{word}`")) || text.text().contains(&format!("`list {word}`")),
            "{word}"
        );
    }
}
