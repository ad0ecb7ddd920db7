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
    assert!(edit(&source, "X", &[("ClientSecret", "hemmelig")]).unwrap_err()[0].contains("x.clientsecret"));
}

#[test]
fn a_value_cannot_bring_another_key_along() {
    let source = Source::default_of(&name("CVR-J"));
    let edited = edit(&source, "CVR-J", &[("Certificate", "a;Level=3;\"Jtype=X")]).unwrap();
    assert_eq!(edited, "Certificate=\"a;Level=3;\"\"Jtype=X\";Jtype=J;Ptype=V;ForceUpdate=J;");
}
