//! Cases as the authority lists them.

use kartotek_service::cases::{CaseImportError, CasesImported, import_cases};

use crate::support::{World, number};

const LISE: &str = "2103724010";
const OLE: &str = "1204713011";
const HEADER: &str = "case_no,case_type,state,start_date,end_date,contact,role,party_start,party_end\n";

fn import(world: &mut World, bytes: &[u8]) -> Result<CasesImported, CaseImportError> {
    let clock = world.clock;
    import_cases(world.store.as_mut(), &clock, bytes)
}

fn errors(world: &mut World, rows: &str) -> Vec<String> {
    match import(world, format!("{HEADER}{rows}").as_bytes()) {
        Err(CaseImportError::Rows(errors)) => errors.iter().map(ToString::to_string).collect(),
        other => panic!("expected errors in rows, found {other:?}"),
    }
}

const TWO_CASES: &str = "S-1,byg,open,2025-11-01,,C:2103724010,ansøger,2025-11-01,\n\
                         S-1,byg,open,2025-11-01,,120471-3011,nabo,2025-11-02,2025-12-01\n\
                         S-2,,closed,2025-01-01,2025-06-30,2103724010,,,\n\
                         S-3,arkiv,,,,,,,\n";

#[test]
fn a_list_is_taken_in_and_changes_nothing_the_second_time() {
    let mut world = World::new();
    let file = format!("{HEADER}{TWO_CASES}");
    let first = import(&mut world, file.as_bytes()).unwrap();
    let concerned = vec![number(LISE)];
    let expected = CasesImported { cases_new: 3, parties_new: 3, placeholders: 2, concerned, ..Default::default() };
    assert_eq!(first, expected);
    assert_eq!(world.facts(number(LISE)).unwrap().open_cases, ["byg"]);
    assert!(world.facts(number(OLE)).is_none(), "a party of the past");

    world.pass_days(1);
    let again = import(&mut world, file.as_bytes()).unwrap();
    let expected = CasesImported { cases_unchanged: 3, parties_unchanged: 3, ..CasesImported::default() };
    assert_eq!(again, expected);
}

#[test]
fn what_changed_in_the_list_changes_in_the_register() {
    let mut world = World::new();
    import(&mut world, format!("{HEADER}{TWO_CASES}").as_bytes()).unwrap();
    let changed = TWO_CASES
        .replace("S-2,,closed,2025-01-01,2025-06-30", "S-2,vej,open,,")
        .replace("2025-11-02,2025-12-01", "2025-11-02,");
    let report = import(&mut world, format!("{HEADER}{changed}").as_bytes()).unwrap();
    assert_eq!((report.cases_changed, report.cases_unchanged), (1, 2));
    assert_eq!((report.parties_changed, report.parties_unchanged), (1, 2));
    assert_eq!(report.concerned, [number(OLE), number(LISE)], "a party again, and one of a case that is open again");
    let mut cases = world.facts(number(LISE)).unwrap().open_cases;
    cases.sort();
    assert_eq!(cases, ["byg", "vej"]);
    assert_eq!(world.facts(number(OLE)).unwrap().open_cases, ["byg"]);
}

/// What `case add-party` and `case reopen` do at once, a list does too.
#[test]
fn whom_the_list_gives_a_reason_is_concerned() {
    let mut world = World::new();
    let concerned =
        |world: &mut World, rows: &str| import(world, format!("{HEADER}{rows}").as_bytes()).unwrap().concerned;
    let (lise, ole) = (number(LISE), number(OLE));
    // A case that is closed, a party of the past, and one of the future.
    let rows = "S-1,,closed,,2026-01-04,2103724010,,,\nS-2,,open,,,1204713011,,,2026-01-04\n                S-3,,open,,,1204713011,,2026-01-06,\nS-4,,open,,2026-01-04,2103724010,,,\n";
    assert_eq!(concerned(&mut world, rows), []);
    // The list need not name the parties of a case that it opens again.
    assert_eq!(concerned(&mut world, "S-1,,open,,,,,,\n"), [lise]);
    assert_eq!(concerned(&mut world, "S-1,,open,,,1204713011,nabo,,\nS-1,,open,,,2103724010,ejer,,\n"), [ole, lise]);
    // Nothing new: open already, and a party already, though with another end.
    assert_eq!(concerned(&mut world, "S-1,byg,open,,2026-12-31,1204713011,nabo,,2026-12-31\n"), []);
    assert_eq!(concerned(&mut world, "S-4,,open,,2026-01-05,,,,\n"), [lise], "open to the end of today");
    assert_eq!(concerned(&mut world, "S-3,,open,,,1204713011,,2026-01-05,\n"), [ole]);
}

#[test]
fn a_case_that_a_case_system_entered_without_a_start_gets_the_one_of_the_list() {
    let mut world = World::in_sqlite("2026-01-05T09:00:00Z");
    world.sql("INSERT INTO case_file (case_no) VALUES ('S-1')");
    let file = format!("{HEADER}S-1,,open,2025-11-01,,,,,\n");
    assert_eq!(import(&mut world, file.as_bytes()).unwrap().cases_changed, 1);
    assert_eq!(import(&mut world, file.as_bytes()).unwrap().cases_unchanged, 1);
    assert_eq!(
        errors(&mut world, "S-1,,open,2025-11-02,,,,,\n"),
        [
            "line 2, column start_date: expected 2025-11-01 or nothing, since the case is in the register and started then"
        ]
    );
}

#[test]
fn semicolons_latin1_byte_order_marks_and_any_order_of_columns_are_read() {
    let file = "contact;role;case_no;case_type;state;start_date;end_date;party_start;party_end\r\n\
                2103724010;ansøger;S-1;\"byg; stor\";open;;;;\r\n";
    for bytes in [
        file.as_bytes().to_vec(),
        [b"\xEF\xBB\xBF", file.as_bytes()].concat(),
        kartotek_formats::latin1::encode(file).unwrap(),
    ] {
        let mut world = World::new();
        assert_eq!(import(&mut world, &bytes).unwrap().parties_new, 1);
        assert_eq!(world.facts(number(LISE)).unwrap().open_cases, ["byg; stor"]);
        let gone =
            world.desk().remove_party("S-1", &kartotek_service::cases::parse_contact(LISE).unwrap(), Some("ansøger"));
        assert!(gone.unwrap().changed, "the role has its letters");
    }
}

#[test]
fn columns_may_be_left_out_and_others_are_refused_without_being_repeated() {
    let mut world = World::new();
    let short = import(&mut world, b"contact,case_no\n2103724010,S-1\n").unwrap();
    assert_eq!((short.cases_new, short.parties_new), (1, 1));
    assert_eq!(world.facts(number(LISE)).unwrap().open_cases, [""]);
    for (file, reason) in [
        ("contact\n2103724010\n", "expected the column case_no"),
        ("case_no,2103724010\n", "column 2 is none of them"),
        ("case_no,contact,case_no\n", "column 3 is there twice"),
        ("", "the file is empty"),
    ] {
        let error = import(&mut world, file.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(reason) && !error.contains("2103724010"), "{error}");
    }
}

#[test]
fn every_error_is_told_with_line_and_column_and_nothing_is_written() {
    let mut world = World::new();
    let found = errors(
        &mut world,
        "S-1,byg,open,2025-11-01,,2103724010,,,\n\
         ,byg,odd,2025-13-01,x,21037240,,2026-01-02,2026-01-01\n\
         S-2,byg,closed,,,,role,,\n\
         S-1,vej,open,2025-11-01,,2103724010,,,\n\
         S-3,a,open\n\
         S-1,byg,open,2025-11-01,,C:2103724010,,,\n\
         S-4,a\u{7}b,open,,,,,,\n",
    );
    let expected = [
        "line 3, column case_no: expected a case number of 1 to 100 characters",
        "line 3, column state: expected open or closed, or nothing for open",
        "line 3, column start_date: expected a date of the form YYYY-MM-DD, or nothing",
        "line 3, column end_date: expected a date of the form YYYY-MM-DD, or nothing",
        "line 3, column party_end: expected a date that is not before the start",
        "line 3, column contact: expected a CPR number behind type C: expected ten digits, with or without a hyphen after \
         the sixth",
        "line 4, column end_date: expected a date, since the case is closed",
        "line 4, column role: expected nothing, since the row has no contact",
        "line 6, column case_no: expected 9 columns, found 3",
        "line 8, column case_type: expected text without control characters; is the file in UTF-8 or ISO-8859-1?",
    ];
    assert_eq!(found, expected);
    assert!(world.facts(number(LISE)).is_none(), "nothing was written");

    let between_rows = errors(
        &mut world,
        "S-1,byg,open,2025-11-01,,2103724010,,,\n\
         S-1,vej,closed,2025-11-02,2026-01-01,2103724010,,,\n",
    );
    let expected = [
        "line 3, column case_type: expected the same as in line 2, since it is the same case",
        "line 3, column state: expected the same as in line 2, since it is the same case",
        "line 3, column start_date: expected the same as in line 2, since it is the same case",
        "line 3, column end_date: expected the same as in line 2, since it is the same case",
        "line 3, column contact: the party stands in line 2 already",
    ];
    assert_eq!(between_rows, expected);
}

#[test]
fn lines_are_counted_as_an_editor_counts_them() {
    let rows = "S-1,,odd,,,,,,\n\nS-2,\"two\nlines\",odd,,,,,,\nS-3,,odd,,,,,,\n";
    for end in ["\n", "\r\n"] {
        let mut world = World::new();
        let found = errors(&mut world, &rows.replace('\n', end));
        let lines: Vec<_> = found.iter().filter(|error| error.contains("state")).map(|error| &error[..6]).collect();
        assert_eq!(lines, ["line 2", "line 4", "line 6"]);
    }
}

#[test]
fn what_the_register_knows_better_is_told_too() {
    let mut world = World::new();
    world.deliver("2026-01-02", &[number(LISE)], true);
    import(&mut world, format!("{HEADER}S-1,,open,2025-11-01,,2103724010,,,\n").as_bytes()).unwrap();
    world.close_contact(number(LISE), "2025-12-24");
    let found = errors(
        &mut world,
        "S-1,,open,2025-11-02,,2103724010,,,\n\
         S-2,,open,,,2103724010,,,\n\
         S-3,,open,,,J:12345678,,,\n",
    );
    let expected = [
        "line 2, column start_date: expected 2025-11-01 or nothing, since the case is in the register and started then",
        "line 3, column contact: the contact is closed since 2025-12-24, so it cannot be put on a case; a contact is closed \
         when the person has died",
        "line 4, column contact: there is no such contact; only a person with a CPR number may be put on a case before the \
         register knows them",
    ];
    assert_eq!(found, expected);
    // What was entered while she lived stays as it is, and what is over may be entered.
    let rows = "S-1,,open,2025-11-01,,2103724010,,,\nS-2,,open,,,2103724010,,2025-01-01,2025-02-01\n\
                S-4,,closed,,2025-03-01,2103724010,,,\n";
    let report = import(&mut world, format!("{HEADER}{rows}").as_bytes()).unwrap();
    assert_eq!((report.parties_unchanged, report.parties_new), (1, 2));
}

#[test]
fn a_file_without_our_header_is_refused() {
    let mut world = World::new();
    for text in ["", "x\n", &HEADER.replace("role", "case_no")] {
        assert!(matches!(import(&mut world, text.as_bytes()), Err(CaseImportError::Header(_))), "{text:?}");
    }
}
