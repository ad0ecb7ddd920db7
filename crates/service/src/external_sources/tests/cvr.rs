//! The source `CVR-J`: F157-F168, A21.

use kartotek_register::contact::NameType;
use kartotek_register::import::ForceUpdate;

use super::super::{Certificate, CvrSource, Parsed, Source};
use super::{legacy, problems, remarks};

/// As the guide prints it (F168): `:` beside `=`, `,` beside `;`, and a path without its blank (A21).
const SEED: &str = "Level:2,\nUserID:wuadir34,\nPassword:hem:me,lig1,\n\
                    Certificatefilename=C:\\ProgramFiles (x86)\\KMD\\WorkZone\\Certificates\\foces, ny.p12;\n\
                    Assembly=Scanjour.CVRDriver;Class=Scanjour.ImportManager.CVRDriver,\nJtype=J;Ptype:V,ForceUpdate=J";

#[track_caller]
fn cvr(text: &str) -> (CvrSource, Parsed) {
    let parsed = legacy("CVR-J", text).unwrap();
    match &parsed.source {
        Source::Cvr(source) => (source.clone(), parsed),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn password(text: &str) -> String {
    let (_, parsed) = cvr(text);
    assert_eq!(parsed.secrets.len(), 1, "one secret in {text}");
    assert_eq!(parsed.secrets[0].key, "Password");
    parsed.secrets[0].value.to_string()
}

#[test]
fn the_string_of_the_guide_is_read() {
    let (source, parsed) = cvr(SEED);
    assert_eq!(source.level, Some(2));
    assert_eq!(source.user_id.as_deref(), Some("wuadir34"));
    let path = r"C:\Program Files (x86)\KMD\WorkZone\Certificates\foces, ny.p12";
    assert_eq!(source.certificate, Some(Certificate::File(path.into())));
    assert_eq!((source.jtype, source.ptype, source.force_update), (NameType(b'J'), NameType(b'V'), ForceUpdate::Yes));
    assert_eq!(password(SEED), "hem:me,lig1");
    assert!(remarks(&parsed).iter().any(|remark| remark.contains("was read as Program Files (x86)")));
}

#[test]
fn the_canonical_form_has_no_secret() {
    let (source, parsed) = cvr(SEED);
    let canonical = Source::Cvr(source).canonical();
    assert!(!canonical.contains("hem") && !canonical.contains("Password"), "{canonical}");
    assert!(!format!("{parsed:?}").contains("hem:me"));
    assert_eq!(
        canonical,
        "Level=2;UserID=wuadir34;Certificatefilename=\"C:\\Program Files (x86)\\KMD\\WorkZone\\Certificates\\foces, ny.p12\";\
         Jtype=J;Ptype=V;ForceUpdate=J;Assembly=Scanjour.CVRDriver;Class=Scanjour.ImportManager.CVRDriver;"
    );
}

#[test]
fn a_certificate_is_named_by_its_subject_with_separators_of_its_own() {
    let subject =
        "CN=KMD A/S - WorkZone (funktionscertifikat), O=KMD A/S // CVR:26911745, SERIALNUMBER=CVR:26911745-FID:1";
    for separator in [";", ",", "\n", " ;", ",\n"] {
        let text = format!("Level=1{separator}Certificate={subject}{separator}Jtype=J");
        assert_eq!(cvr(&text).0.certificate, Some(Certificate::Store(subject.into())), "{text}");
    }
}

#[test]
fn a_password_keeps_its_signs() {
    for (text, expected) in [
        ("Password=a:b=c,d;Level=1", "a:b=c,d"),
        ("Password:abc,;Level=1", "abc"),
        ("Password:abc,,Level=1", "abc,"),
        ("Password=\"a;b\"\"c,\";Level=1", "a;b\"c,"),
        ("Password='a;b';Level=1", "a;b"),
        ("Password='abc;Level=1", "'abc"),
        ("Password=<abc>;Level=1", "<abc>"),
        ("Password = abc \nLevel=1", "abc"),
        ("Рassword=рас;Level=1", "рас"),
        ("Password:C:\\x;Level=1", "C:\\x"),
        ("Password = hem:melig;Level=1", "hem:melig"),
        ("Password=\nhem:melig;Level=1", "hem:melig"),
        ("Password=\n\"a;b\";Level=1", "a;b"),
        ("Password:a,C:\\x;Level=1", "a,C:\\x"),
        ("Password:\"abc,Timeout:30\",Level:1", "abc,Timeout:30"),
        ("Password=hem\nmelig;Level=1", "hemmelig"),
    ] {
        assert_eq!(password(text), expected, "{text}");
    }
    assert_eq!(cvr("Password=;Level=1").1.secrets, []);
    for (text, expected) in [
        ("Password=<abc>", "character 10: Password: the < and > around the value were kept as part of it"),
        ("Password=hem\nmelig", "character 10: Password: the lines of the value were joined"),
        ("Password=", "character 1: Password: no value, so it counts as not given"),
    ] {
        assert_eq!(remarks(&cvr(text).1), [expected], "{text}");
    }
}

#[test]
fn what_may_be_the_rest_of_a_password_or_a_key_is_refused() {
    for text in [
        "Password:abc,Timeout:30,Level:1",
        "Password:abc, Kodeord = 30;Level:1",
        "Password=my geheim:abc,Timeout:30",
        "Password=abc\nTimeout:30",
    ] {
        let problems = problems("CVR-J", text);
        let expected = "not known as a key, or the rest of Password: correct the key, or put the whole value of Password into \
                        double quotes";
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].ends_with(expected), "{problems:?}");
    }
}

#[test]
fn a_password_never_stays_within_another_value() {
    for text in [
        "Certificate=CN=KMD A/S Password = hemmelig;Level=1",
        "Assembly=Scanjour.CVRDriver Password = hemmelig",
        "Certificate=CN=KMD A/S, O=x,Password : hemmelig",
        "UserID=\nPassword\n=hemmelig",
    ] {
        assert_eq!(password(text), "hemmelig", "{text}");
    }
    for text in [
        "Certificatefilename=C:\\x.p12|Password=hemmelig",
        "Certificate=\"CN=KMD A/S Password = hemmelig\"",
        "Class=x/Рassword:hemmelig",
        "Certificate=https://user:hemmelig@host/x",
    ] {
        let problems = problems("CVR-J", text);
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].contains("what looks like a password or a key stands in the value"), "{problems:?}");
    }
    for text in ["Certificate=CN=KMD A/S Kodeord = hemmelig", "Class=a AccessKey : hemmelig", "Certificate=\nPasword=x"]
    {
        assert!(problems("CVR-J", text)[0].contains("unknown key"), "{text}");
    }
}

#[test]
fn a_certificate_may_begin_on_the_line_behind_its_key() {
    let (source, _) = cvr("Certificate=\nCN=KMD A/S, OU=x;Level=1");
    assert_eq!(source.certificate, Some(Certificate::Store("CN=KMD A/S, OU=x".into())));
}

#[test]
fn a_password_with_a_semicolon_is_refused_without_being_repeated() {
    for text in [
        "Password=hem;melig;Level=1",
        "Password=hem;melig=x;Level=1",
        "Password=\"hem;melig;Level=1",
        "Pasword=hem;melig=x",
        "Kodeord=hem;melig=x",
        "Password hem;melig=x",
        "Level=1,\nPassword hem;melig=x",
    ] {
        let problems = problems("CVR-J", text);
        assert!(!problems.is_empty());
        assert!(problems.iter().all(|problem| !problem.contains("melig")), "{problems:?}");
        assert!(problems.concat().contains("double quote"), "{problems:?}");
    }
}

#[test]
fn a_misspelt_password_never_becomes_part_of_another_value() {
    for text in [
        "UserID:abc,Pasword:hemmelig",
        "UserID=abc Password1=hemmelig",
        "UserID=abc,pwd:hemmelig",
        "UserID=abc Pwd hemmelig",
    ] {
        let problems = problems("CVR-J", text);
        assert!(problems.iter().all(|problem| !problem.contains("hemmelig")), "{problems:?}");
    }
}

#[test]
fn pairs_parted_by_blanks_alone_are_parted() {
    let (source, _) = cvr("Level=1 UserID=abc Password=xyz Jtype=J");
    assert_eq!((source.level, source.user_id.as_deref()), (Some(1), Some("abc")));
    assert_eq!(password("Level=1 UserID=abc Password=xyz Jtype=J"), "xyz");
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let text = "Level:<0>,User:abc,Certificate=x;Certificatefilename=y;Jtype=V;Ptype=V;ForceUpdate=x;Jtyp=J";
    assert_eq!(
        problems("CVR-J", text),
        [
            "character 7: Level: expected 1, 2 or 3, found 0",
            "character 11: unknown key User",
            "character 54: Certificate and Certificatefilename exclude each other; keep the one that says where the \
             certificate is",
            "character 70: Jtype and Ptype are both V; expected two contact types, for example J and V",
            "character 84: ForceUpdate: expected J or N, found x",
            "character 86: unknown key Jtyp; did you mean Jtype?",
        ]
    );
    for level in ["0", "4", "12", "x"] {
        assert_eq!(
            problems("CVR-J", &format!("Level={level}")),
            [format!("character 7: Level: expected 1, 2 or 3, found {level}")]
        );
    }
}
