//! Exports of the table External Sources.

use super::super::{LegacyRow, RowsError, rows};
use super::name;

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

/// How the parameters of a row may end, and another row must not be taken for more of them.
const ENDS: &[&str] = &["=", ":", "\\", ".", "-", ",", ";", "", "a", "b=", " Key:", "YWJj=", "\"x\""];

#[track_caller]
fn begin(text: &str, expected: &[&str]) {
    let names: Vec<_> = read(text).into_iter().map(|(_, name, _)| name).collect();
    assert_eq!(names, expected, "{text}");
}

#[test]
fn a_name_and_a_tabulator_begin_a_row_however_the_line_before_ends() {
    for end in ENDS {
        begin(&format!("CVR-J\tLevel:2;Password=YWJj{end}\nSOR\tUrl=https://x.test/a"), &["CVR-J", "SOR"]);
    }
    begin("CVR-J\t\"Level=1;\nPassword=a=\"\nSOR\tUrl=a", &["CVR-J", "SOR"]);
    begin("CVR-J\t\"Password=\na\"\nSOR\tUrl=a", &["CVR-J", "SOR"]);
    begin("CPR\tIP=1;\nDefFiles\t=P12170\n\tForceUpdate\t:J", &["CPR"]);
}

#[test]
fn a_known_name_and_a_semicolon_begin_a_row_however_the_line_before_ends() {
    for end in ENDS {
        begin(&format!("SOR;Url=a{end}\nCVR-J;Level=1"), &["SOR", "CVR-J"]);
        begin(&format!("CVR-J\tPassword=a{end}\ncpr;IP=1"), &["CVR-J", "CPR"]);
    }
}

#[test]
fn another_word_and_a_semicolon_begin_a_row_only_where_nothing_can_go_on() {
    begin("CPR;IP=1;\nSOR;Url=a", &["CPR", "SOR"]);
    begin("CPR;\"IP=1\" ; \nSOR;Url=a", &["CPR", "SOR"]);
    let text = "CPR;IP=1;ForceUpdate=\nJ;Subscription=1";
    assert_eq!(*rows(text.as_bytes()).unwrap()[0].parameters, text[4..]);
    for end in ["", "a", ",", ".", "-", "\\", "=", "\n", ": YWJj="] {
        let expected = "either a row or the rest of the line before: end that one with ; if this is a row, and join the two if \
                        it is not";
        let problems = problems(&format!("CVR-J;Password=YWJj{end}\nmelig;Certificatefilename=x"));
        assert!(problems.len() == 1 && problems[0].ends_with(expected), "{end}: {problems:?}");
    }
    // Where rows have tabulators, it is the rest of the line before.
    let text = "CPR\tIP=1;Class=Scanjour.ImportManager.CPR\nDriver;ForceUpdate=N;\nx;Subscription=1";
    assert_eq!(*rows(text.as_bytes()).unwrap()[0].parameters, text[4..]);
}

#[test]
fn a_comment_is_left_out_only_where_nothing_can_go_on() {
    let text = "# a\nCPR;IP=1;\n # b\nForceUpdate=\n#c;Subscription=1;\n\n#d\n";
    assert_eq!(read(text), [(2, "CPR".to_owned(), "IP=1;\nForceUpdate=\n#c;Subscription=1;\n".to_owned())]);
    let expected = "2: either a comment or the rest of the line before: end that one with ; if this is a comment, and join the \
                    two if it is not";
    assert_eq!(problems("CVR-J\tPassword:hem\n#melig;Level=1"), [expected]);
}

#[test]
fn the_parameters_of_one_source_may_be_quoted_as_a_whole() {
    for (text, expected) in [
        ("\"IP=1;Class=\"\"x\"\"\"\n", "IP=1;Class=\"x\""),
        (" 'IP=1;DefFiles=x'", "IP=1;DefFiles=x"),
        ("IP=\"1\"", "IP=\"1\""),
        ("\"IP=\"1\";\"", "\"IP=\"1\";\""),
        ("\"", "\""),
    ] {
        let row = LegacyRow::of_one(name("CPR"), text);
        assert_eq!((row.line, row.parameters.as_str()), (1, expected));
    }
}

#[test]
fn other_character_sets_are_read() {
    let latin = rows(b"X\tNavn=\xE6\xF8\xE5").unwrap();
    assert_eq!(*latin[0].parameters, "Navn=æøå");
    assert_eq!(*rows(b"X\tPris=10 \x80").unwrap()[0].parameters, "Pris=10 €");
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
    let expected = "1: expected the end of the line after the closing quote; a double quote among the parameters is written \
                    twice";
    assert_eq!(problems("CPR\t\"a=\"1\";b=2"), [expected]);
    let expected = "2: expected NAME, a tabulator or ; and the parameters";
    assert_eq!(problems("CPR\t\"a=1\"\n b=2\n"), [expected]);
    let expected = "2: expected a name of at most 32 letters A-Z, digits, - and _ that begins with a letter, for example \
                    CPR or CVR-J";
    assert_eq!(problems("CPR\ta=1\nMy source\tb=2\n c=3"), [expected]);
    let expected = "1: expected text in UTF-8, in UTF-16 with its byte order mark, in ISO-8859-1 or in Windows-1252";
    assert_eq!(problems("C\0P\0R\0"), [expected]);
}

#[test]
fn debug_hides_the_parameters() {
    assert_eq!(format!("{:?}", rows(b"X\tPassword=abc").unwrap()), "[LegacyRow(X on line 1)]");
}
