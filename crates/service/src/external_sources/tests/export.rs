//! Exports of the table External Sources.

use super::super::{RowsError, rows};

fn read(text: &str) -> Vec<(usize, String, String)> {
    let rows = rows(text.as_bytes()).unwrap();
    rows.into_iter().map(|row| (row.line, row.name.to_string(), row.parameters.to_string())).collect()
}

fn problems(text: &str) -> Vec<String> {
    let RowsError(problems) = rows(text.as_bytes()).unwrap_err();
    problems.iter().map(|(line, problem)| format!("{line}: {problem}")).collect()
}

#[test]
fn names_and_parameters_are_parted_by_a_tabulator_or_a_semicolon() {
    let expected =
        vec![(1, "CPR".to_owned(), "IP=1;DefFiles=x".to_owned()), (2, "CVR-J".to_owned(), "Level=1".to_owned())];
    assert_eq!(read("CPR\tIP=1;DefFiles=x\nCVR-J\tLevel=1\n"), expected);
    assert_eq!(read("CPR;IP=1;DefFiles=x\r\nCVR-J;Level=1\r\n"), expected);
    assert_eq!(read("\u{FEFF}CPR;IP=1;DefFiles=x\ncvr-j;Level=1"), expected);
}

#[test]
fn parameters_go_on_over_lines() {
    let text =
        "Name\tParameters\n# comment\nCPR\tIP=1;\nDefFiles=P12170;ForceUpdate=\nJ;Subscription=1\nCVR-J\tLevel=1\n";
    let expected = [
        (3, "CPR".to_owned(), "IP=1;\nDefFiles=P12170;ForceUpdate=\nJ;Subscription=1".to_owned()),
        (6, "CVR-J".to_owned(), "Level=1".to_owned()),
    ];
    assert_eq!(read(text), expected);
    let quoted = "\"CPR\";\"IP=1;\nClass=\"\"x\"\"\"\nCVR-J;Level=1";
    let expected =
        [(1, "CPR".to_owned(), "IP=1;\nClass=\"x\"".to_owned()), (3, "CVR-J".to_owned(), "Level=1".to_owned())];
    assert_eq!(read(quoted), expected);
}

#[test]
fn other_character_sets_are_read() {
    let latin = rows(b"X\tNavn=\xE6\xF8\xE5").unwrap();
    assert_eq!(*latin[0].parameters, "Navn=æøå");
    let utf16: Vec<u8> = "\u{FEFF}X\tNavn=æøå".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(*rows(&utf16).unwrap()[0].parameters, "Navn=æøå");
}

#[test]
fn what_is_wrong_is_told_by_line() {
    assert_eq!(problems(""), ["1: the file has no row"]);
    assert_eq!(
        problems("junk\nmore"),
        [
            "1: expected NAME, a tabulator or ; and the parameters",
            "2: expected NAME, a tabulator or ; and the parameters",
        ]
    );
    assert_eq!(problems("CPR\ta=1\ncpr\tb=2"), ["2: source CPR stands here a second time; the first is on line 1"]);
    assert_eq!(problems("CPR\t\"a=1\nb=2"), ["1: the double quote in front of the parameters is not closed"]);
}

#[test]
fn debug_hides_the_parameters() {
    assert_eq!(format!("{:?}", rows(b"X\tPassword=abc").unwrap()), "[LegacyRow(X on line 1)]");
}
