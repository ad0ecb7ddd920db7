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
    assert_eq!(remarks(&parsed), ["not a source that Kartotek knows: its parameters are kept and not used"]);
    assert_eq!(Source::default_of(&name("SOR")).canonical(), "");
}

#[test]
fn the_same_key_in_another_case_is_a_second_time() {
    assert_eq!(problems("X", "a=1;A=2"), ["character 5: A stands here a second time; the first is at character 1"]);
}
