//! Commands that any of the documents quotes are commands of the program.

use crate::markdown::Document;
use crate::operations::{kartotek, stderr};

const NAMES: [&str; 9] = [
    "../README.md",
    "../CHANGELOG.md",
    "BATCH.md",
    "DATABASE.md",
    "MAPPING.md",
    "ONLINE.md",
    "OPERATIONS.md",
    "SUBSCRIPTIONS.md",
    "SYNTHETIC.md",
];

/// Lines of blocks that call the program, and what stands between backticks and does.
fn quoted(document: &Document) -> Vec<String> {
    let blocks = document.blocks();
    let lines = blocks.iter().flat_map(|block| block.text.lines()).filter_map(|line| {
        let by_path = line.find("/bin/kartotek ").map(|at| at + "/bin/".len());
        let is_call = line.starts_with("$ ") || line.starts_with("kartotek ");
        line.get(by_path.or_else(|| line.find("kartotek ").filter(|_| is_call))?..)
    });
    let text = document.text().split("```").step_by(2).collect::<String>();
    let inline = text.split('`').skip(1).step_by(2).filter(|code| code.starts_with("kartotek "));
    // `help` takes nothing behind it, and is clap's.
    lines.chain(inline).filter(|call| *call != "kartotek help").map(str::to_owned).collect()
}

/// Arguments as a shell would give them, with something in the place of what the reader has to fill in.
fn arguments(call: &str) -> Vec<String> {
    let mut arguments = Vec::new();
    let mut open = None;
    for word in call.split_whitespace().skip(1) {
        if matches!(word, "|" | ">" | "<" | "..." | "…") {
            break;
        }
        match &mut open {
            Some(argument) => {
                let argument: &mut String = argument;
                argument.push(' ');
                argument.push_str(word);
            }
            None => open = Some(word.to_owned()),
        }
        // Words between quotes are one.
        if open.as_ref().is_some_and(|argument| argument.matches(['"', '\'']).count().is_multiple_of(2)) {
            arguments.extend(open.take());
        }
    }
    let filled = |word: String| {
        let word = word.trim_matches(['[', ']']).trim_end_matches("...").replace(['"', '\''], "");
        match word.as_str() {
            "J|N" | "J\\|N" => "J".to_owned(),
            "0|1" | "0\\|1" => "1".to_owned(),
            "N" => "7".to_owned(),
            "DATE" => "2026-01-05".to_owned(),
            _ => word,
        }
    };
    arguments.into_iter().map(filled).filter(|word| !word.is_empty()).collect()
}

#[test]
fn every_command_that_is_quoted_is_understood() {
    let folder = tempfile::tempdir().unwrap();
    let mut seen = 0;
    for name in NAMES {
        let document = Document::read(name);
        for call in quoted(&document) {
            let arguments = arguments(&call);
            // Whether it is understood is told before the help is.
            let arguments: Vec<_> = arguments.iter().map(String::as_str).chain(["--help"]).collect();
            let output = kartotek(folder.path(), &arguments);
            assert_eq!(output.status.code(), Some(0), "docs/{name}: {call}\n{}", stderr(&output));
            seen += 1;
        }
    }
    assert!(seen > 60, "{seen} commands");
}

/// The names of the commands under one, `help` left out.
pub fn commands_of(command: &[&str]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let help = kartotek(folder.path(), &[command, &["--help"]].concat()).stdout;
    let help = String::from_utf8(help).unwrap();
    let (_, commands) = help.split_once("Commands:\n").unwrap();
    let lines = commands.lines().take_while(|line| !line.is_empty());
    let names = lines.filter(|line| line.starts_with("  ") && &line[2..3] != " ");
    let names = names.map(|line| line.split_whitespace().next().unwrap().to_owned());
    names.filter(|name| name != "help").collect()
}

#[test]
fn every_command_of_the_program_is_described_somewhere() {
    let texts = NAMES.map(|name| Document::read(name).text().to_owned()).concat();
    for command in commands_of(&[]) {
        assert!(texts.contains(&format!("kartotek {command}")), "kartotek {command} is in no document");
    }
    let online = Document::read("ONLINE.md");
    for command in commands_of(&["cpr"]) {
        let is_there = online.text().contains(&format!("kartotek cpr {command}"));
        assert!(is_there, "docs/ONLINE.md: kartotek cpr {command}");
    }
}
