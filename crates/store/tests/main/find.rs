//! Looking for contacts.

use kartotek_register::contact::{AddressType, ContactRow, Label};
use kartotek_register::import::Changes;
use kartotek_register::ports::FindQuery;

use crate::fixture::Register;
use crate::rows::*;

fn found(register: &Register, query: FindQuery) -> Vec<String> {
    let limit = if query.limit == 0 { 100 } else { query.limit };
    let summaries = register.reader().find(&FindQuery { limit, ..query }).unwrap();
    summaries.iter().map(|row| row.id.name_code.to_string()).collect()
}

fn by_name(register: &Register, name: &str) -> Vec<String> {
    found(register, FindQuery { name: Some(name.into()), ..FindQuery::default() })
}

fn with_names(names: &[(&str, &str)]) -> Changes {
    let mut changes = Changes::of(SOURCE);
    let rows = (1..).zip(names).map(|(key, (name1, name2))| contact(key, id('C', &format!("{key:02}")), name1, name2));
    changes.contacts_new = rows.collect();
    changes
}

for_each_store! {
    nothing_asked_finds_everybody_by_kind_and_number,
    a_number_is_found_whole_or_by_its_beginning,
    a_name_is_found_by_its_beginning_in_either_case,
    signs_of_pattern_languages_are_letters_like_any_other,
    a_postcode_is_that_of_a_main_address_in_force,
    a_status_is_found_whether_it_is_common_or_rare,
    placeholders_are_found_or_left_out,
    every_condition_must_hold,
    pages_follow_each_other_without_gap_or_repetition,
    a_line_tells_the_main_address_in_force_and_whether_it_is_protected,
}

fn nothing_asked_finds_everybody_by_kind_and_number(register: &mut Register) {
    let ids = [id('J', "1"), id('C', "2"), id('C', "10"), id('P', "3"), id('C', "1")];
    let mut changes = Changes::of(SOURCE);
    changes.contacts_new = (1..).zip(ids).map(|(key, id)| contact(key, id, "A", "B")).collect();
    register.apply(&changes);
    assert_eq!(found(register, FindQuery::default()), ["1", "10", "2", "1", "3"]);
}

fn a_number_is_found_whole_or_by_its_beginning(register: &mut Register) {
    let mut changes = Changes::of(SOURCE);
    let numbers = ["0101", "010", "01", "11", "%1"];
    changes.contacts_new = (1..).zip(numbers).map(|(key, number)| contact(key, id('C', number), "A", "B")).collect();
    register.apply(&changes);
    let by_number = |number: &str| found(register, FindQuery { number: Some(number.into()), ..FindQuery::default() });
    assert_eq!(by_number("01"), ["01", "010", "0101"]);
    assert_eq!(by_number("0101"), ["0101"]);
    assert_eq!(by_number("%"), ["%1"]);
    assert!(by_number("2").is_empty());
}

fn a_name_is_found_by_its_beginning_in_either_case(register: &mut Register) {
    let names = [
        ("Søren", "Ærø"),
        ("Åse Ægir", "Øster"),
        ("SØREN", "Ørsted"),
        ("Bo", "søndergård"),
        ("Sora", "Ärlig"),
        ("", "Ås"),
        ("Jørgen Ægir Øst", ""),
    ];
    register.apply(&with_names(&names));
    assert_eq!(by_name(register, "sø"), ["01", "03", "04"]);
    assert_eq!(by_name(register, "SØ"), ["01", "03", "04"]);
    assert_eq!(by_name(register, "søren"), ["01", "03"]);
    assert_eq!(by_name(register, "SøREN"), ["01", "03"]);
    assert_eq!(by_name(register, "æ"), ["01"]);
    assert_eq!(by_name(register, "ÆRØ"), ["01"]);
    assert_eq!(by_name(register, "åse æg"), ["02"]);
    assert_eq!(by_name(register, "ÅSE ÆGIR"), ["02"]);
    assert_eq!(by_name(register, "ø"), ["02", "03"]);
    assert_eq!(by_name(register, "ä"), ["05"]);
    assert_eq!(by_name(register, "å"), ["02", "06"]);
    assert_eq!(by_name(register, "jørgen æ"), ["07"]);
    assert_eq!(by_name(register, "JØRGEN ægir øst"), ["07"]);
    assert!(by_name(register, "øren").is_empty());
    assert!(by_name(register, "sørena").is_empty());
}

fn signs_of_pattern_languages_are_letters_like_any_other(register: &mut Register) {
    let names =
        [("100%", "a"), ("100", "b"), ("O'Neil", "c"), ("x_y", "d"), ("xzy", "e"), ("\"q\"", "f"), ("b\\s", "g")];
    register.apply(&with_names(&names));
    for (name, expected) in
        [("100%", "01"), ("o'", "03"), ("x_", "04"), ("\"", "06"), ("b\\", "07"), ("'; DROP TABLE contact; --", "")]
    {
        assert_eq!(by_name(register, name).concat(), expected, "{name}");
    }
    assert!(by_name(register, "%").is_empty());
}

fn a_postcode_is_that_of_a_main_address_in_force(register: &mut Register) {
    let mut changes = with_names(&[("A", "A"), ("B", "B"), ("C", "C"), ("D", "D")]);
    let mut ended = address(2, 2, AddressType::Main, "Vej 2");
    ended.end_date = some("2025-01-01");
    let mut elsewhere = address(4, 4, AddressType::Main, "Vej 4");
    elsewhere.lines.postcode = "80001".into();
    changes.addresses_new =
        vec![address(1, 1, AddressType::Main, "Vej 1"), ended, address(3, 3, AddressType::Contact, "Vej 3"), elsewhere];
    register.apply(&changes);
    let query = FindQuery { postcode: Some("8000".into()), ..FindQuery::default() };
    assert_eq!(found(register, query), ["01"]);
}

fn a_status_is_found_whether_it_is_common_or_rare(register: &mut Register) {
    let mut changes = with_names(&[("A", "A"), ("B", "B"), ("C", "C")]);
    changes.infos_new =
        vec![info(1, Label::Status, 1, "01"), info(2, Label::Status, 1, "90"), info(3, Label::Koen, 1, "90")];
    register.apply(&changes);
    for (status, expected) in [("01", "01"), ("90", "02"), ("9", "")] {
        let query = FindQuery { status: Some(status.into()), ..FindQuery::default() };
        assert_eq!(found(register, query).concat(), expected);
    }
}

fn placeholders_are_found_or_left_out(register: &mut Register) {
    let mut changes = with_names(&[("A", "A"), ("B", "B")]);
    changes.contacts_new[1].placeholder = true;
    register.apply(&changes);
    for (placeholder, expected) in [(true, "02"), (false, "01")] {
        let query = FindQuery { placeholder: Some(placeholder), ..FindQuery::default() };
        assert_eq!(found(register, query).concat(), expected);
    }
}

fn every_condition_must_hold(register: &mut Register) {
    let mut changes = with_names(&[("Anna", "A"), ("Anna", "B"), ("Bo", "Anna")]);
    changes.addresses_new = (1..=3).map(|key| address(key, key, AddressType::Main, "Vej 1")).collect();
    changes.addresses_new[0].lines.postcode = "9000".into();
    changes.infos_new = (1..=3).map(|key| info(key, Label::Status, 1, "01")).collect();
    register.apply(&changes);
    let query = FindQuery {
        number: Some("0".into()),
        name: Some("anna".into()),
        postcode: Some("8000".into()),
        status: Some("01".into()),
        placeholder: Some(false),
        limit: 0,
        after: Some(id('C', "01")),
    };
    assert_eq!(found(register, query.clone()), ["02", "03"]);
    assert_eq!(found(register, FindQuery { after: Some(id('C', "02")), ..query }), ["03"]);
}

fn pages_follow_each_other_without_gap_or_repetition(register: &mut Register) {
    let mut changes = Changes::of(SOURCE);
    let ids = ["C1", "C10", "C2", "J1", "J2", "P0", "Px"];
    changes.contacts_new = (1..)
        .zip(ids)
        .map(|(key, text)| contact(key, id(text.chars().next().unwrap(), &text[1..]), "A", "B"))
        .collect();
    register.apply(&changes);
    let mut reader = register.reader();
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = reader.find(&FindQuery { limit: 2, after, name: Some("a".into()), ..FindQuery::default() }).unwrap();
        assert!(page.len() <= 2);
        let Some(last) = page.last() else { break };
        after = Some(last.id.clone());
        seen.extend(page.iter().map(|row| format!("{}{}", row.id.name_type.as_char(), row.id.name_code)));
    }
    assert_eq!(seen, ids);
}

fn a_line_tells_the_main_address_in_force_and_whether_it_is_protected(register: &mut Register) {
    let (id, mut changes) = full_person();
    let mut older = address(9, 1, AddressType::Main, "Ældre 1");
    older.lines.postcode = "1000".into();
    changes.addresses_new.push(older);
    register.apply(&changes);
    let all = register.reader().find(&FindQuery { limit: 10, ..FindQuery::default() }).unwrap();
    let [row, other, _] = all.as_slice() else { panic!("expected three contacts") };
    assert_eq!(row.id, id);
    assert_eq!((row.name1.as_str(), row.name2.as_str()), ("Åse \"Søs\"", "Ægidius Ø'Hara"));
    assert_eq!((row.address1.as_deref(), row.postcode.as_deref()), (Some("Nygade 2, 5. tv"), Some("8000")));
    assert_eq!(row.end_date.as_deref(), Some("2025-12-24"));
    assert!(row.protected && !row.placeholder);
    assert_eq!((other.address1.as_deref(), other.postcode.as_deref()), (None, None));
    assert!(!other.protected && other.placeholder);

    let mut changes = Changes::of(SOURCE);
    let mut lifted = protection(1, "0001", 2);
    lifted.end_date = some("2026-01-05");
    changes.protections_changed = vec![lifted];
    changes.contacts_changed = vec![ContactRow { end_date: some("2025-12-00"), ..contact(1, id.clone(), "Å", "Ø") }];
    register.apply(&changes);
    let all = register.reader().find(&FindQuery { limit: 1, ..FindQuery::default() }).unwrap();
    let row = all.first().unwrap();
    assert!(!row.protected);
    assert_eq!(row.end_date.as_deref(), Some("2025-12-00"));
}
