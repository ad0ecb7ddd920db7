//! Sources that Kartotek does not know.

use super::super::Source;
use super::{legacy, name, problems, remarks};

#[test]
fn an_unknown_source_is_kept_and_said_to_be_of_no_use() {
    let parsed = legacy("SOR", "Url=https://example.test/a?b=c;Driver=x;Token=abc;empty=").unwrap();
    let Source::Other(source) = &parsed.source else { panic!("{parsed:?}") };
    assert_eq!(
        source.parameters,
        [("Url".into(), "https://example.test/a?b=c".into()), ("Driver".into(), "x".to_owned())]
    );
    assert_eq!(parsed.secrets[0].key, "Token");
    assert_eq!(
        remarks(&parsed),
        [
            "character 51: empty: no value, so it counts as not given",
            "not a source that Kartotek knows: its parameters are kept and not used",
        ]
    );
    assert_eq!(Source::default_of(&name("SOR")).canonical(), "");
}

#[test]
fn the_same_key_in_another_case_is_a_second_time() {
    assert_eq!(problems("X", "a=1;A=2"), ["character 5: A stands here a second time; the first is at character 1"]);
}

#[test]
fn a_secret_of_an_unknown_source_is_kept_as_one() {
    for (text, key) in [
        ("User=a Password = geheim", "Password"),
        ("User=a,Kodeord:geheim", "Kodeord"),
        ("User=\nPwd=geheim", "Pwd"),
        ("User=a;Рassword=geheim", "Password"),
        ("User=a;Pasword=geheim", "Pasword"),
        ("User=a;AccessKey=geheim", "AccessKey"),
        ("User=a;Nøgle=geheim", "Noegle"),
    ] {
        let parsed = legacy("X", text).unwrap();
        assert_eq!(parsed.secrets.len(), 1, "{text}: {parsed:?}");
        assert_eq!((parsed.secrets[0].key.as_str(), parsed.secrets[0].value.as_str()), (key, "geheim"), "{text}");
        assert!(!parsed.source.canonical().contains("geheim"), "{text}");
    }
}

#[test]
fn a_value_that_holds_a_secret_is_refused() {
    for text in ["Url=https://user:geheim@host", "Url=https://x.test/?a=1&ApiKey=geheim", "A=\"x Password : geheim\""] {
        let problems = problems("X", text);
        assert!(problems[0].contains("what looks like a password or a key stands in the value"), "{problems:?}");
        assert!(!problems.concat().contains("geheim"), "{problems:?}");
    }
}

#[test]
fn a_comma_parts_what_an_unknown_source_holds_only_where_a_secret_is_concerned() {
    let parsed = legacy("X", "Server=a,Port=1;Token=b").unwrap();
    assert_eq!(parsed.source.canonical(), "Server=\"a,Port=1\";");
    let problems = problems("X", "Token=b,Port=1;Server=a");
    assert!(problems.len() == 1 && problems[0].starts_with("character 9: not known as a key, or the rest of Token"));
}
