use super::super::{Origin, Problems, Source};
use super::name;

fn cpr(text: &str) -> Source {
    Source::parse(&name("CPR"), text, Origin::Register).unwrap().source
}

fn edit(source: &Source, name: &str, changes: &[(&str, &str)]) -> Result<String, Vec<String>> {
    let changes: Vec<_> = changes.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    match source.edit(&self::name(name), &changes) {
        Ok(parsed) => Ok(parsed.source.canonical()),
        Err(Problems(problems)) => Err(problems.iter().map(ToString::to_string).collect()),
    }
}

#[test]
fn single_parameters_change_and_go_back_to_their_default() {
    let source = cpr("IP=klient:7000;Subscription=1;ForceUpdate=N");
    let edited = edit(&source, "CPR", &[("forceupdate", "j"), ("ip", "")]);
    assert_eq!(edited.unwrap(), "DefFiles=P12170;Subscription=1;ForceUpdate=J;");
    assert_eq!(edit(&source, "CPR", &[]).unwrap(), source.canonical());
}

#[test]
fn all_that_is_wrong_is_said_and_nothing_is_changed() {
    let changes = [("IP", "x:0"), ("Subscribtion", "1"), ("ip", "y"), ("ForceUpdate", "nej")];
    assert_eq!(
        edit(&cpr(""), "CPR", &changes).unwrap_err(),
        [
            "unknown key Subscribtion; did you mean Subscription?",
            "IP is given twice",
            "ForceUpdate: expected J or N, found nej",
            "IP: expected a port from 1 to 65535, found x:0",
        ]
    );
}

#[test]
fn a_secret_has_no_place_in_a_call() {
    let source = Source::default_of(&name("CVR-J"));
    let expected = "Password is a secret and is not kept here; give it with `kartotek secret set cvr-j.password`";
    assert_eq!(edit(&source, "CVR-J", &[("password", "hemmelig")]).unwrap_err(), [expected]);
    let source = Source::default_of(&name("X"));
    for (key, name) in [
        ("ClientSecret", "x.clientsecret"),
        ("Рassword", "x.password"),
        ("Nøgle", "x.noegle"),
        ("Pasword", "x.pasword"),
    ] {
        let expected = format!("`kartotek secret set {name}`");
        assert!(edit(&source, "X", &[(key, "hemmelig")]).unwrap_err()[0].contains(&expected), "{key}");
    }
    for value in ["https://user:hemmelig@host", "x Password = hemmelig"] {
        let problems = edit(&source, "X", &[("Url", value)]).unwrap_err();
        assert!(problems[0].starts_with("Url: what looks like a password"), "{problems:?}");
        assert!(!problems.concat().contains("hemmelig"), "{problems:?}");
    }
}

#[test]
fn a_value_cannot_bring_another_key_along() {
    let source = Source::default_of(&name("CVR-J"));
    let edited = edit(&source, "CVR-J", &[("Certificate", "a;Level=3;\"Jtype=X")]).unwrap();
    assert_eq!(edited, "Certificate=\"a;Level=3;\"\"Jtype=X\";Jtype=J;Ptype=V;ForceUpdate=J;");
}

#[test]
fn what_cannot_be_a_key_is_not_repeated() {
    for name in ["CPR", "X"] {
        let source = Source::default_of(&self::name(name));
        let expected = "expected KEY=VALUE with a key of letters, digits, - and _";
        assert_eq!(edit(&source, name, &[("Level:2,Password:geheim", "1")]).unwrap_err(), [expected]);
    }
}
