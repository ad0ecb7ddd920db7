//! Persons of the CPR Office's test extract, field by field. What is expected here was read off the records by hand,
//! with contact-model.md beside them.

use crate::support::register::Register;
use crate::support::sample::SAMPLE;

/// Everything that the register says about a person, a line each, in a fixed order.
fn lines(register: &Register, number: &str) -> Vec<String> {
    let card = register.person(number);
    let mut lines = vec![format!("{} / {}", card.name1, card.name2)];
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            lines.push(format!("{name}: {value}"));
        }
    };
    line("text", &card.text);
    line("position", &card.position);
    line("end", card.end_date.as_deref().unwrap_or_default());
    for info in &card.infos {
        line(&info.custom_label, &info.info);
    }
    for date in &card.dates {
        line(&date.custom_label, &format!("{}{}", date.date, if date.uncertain { " uncertain" } else { "" }));
    }
    for address in &card.addresses {
        let start = address.start_date.as_deref().unwrap_or_default();
        let protection = address.protection.as_ref().map(|date| format!(", protected {date}")).unwrap_or_default();
        line(&address.address_type, &format!("{} from {start}{protection}", address.lines.join("|")));
    }
    for part in &card.parts {
        let who = match part.reference.name_type.as_char() {
            'P' => format!("{} / {}", part.name1, part.name2),
            _ => part.reference.name_code.to_string(),
        };
        line(&part.role, &format!("{who} from {}", part.start_date.as_deref().unwrap_or_default()));
    }
    for protection in &card.protections {
        let [start, deletion] = [&protection.start_date, &protection.deletion_date].map(|d| d.as_deref().unwrap());
        line("Beskyttelse", &format!("{} {start} to {deletion}", protection.protection_type));
    }
    lines
}

#[track_caller]
fn assert_says(number: &str, expected: &[&str]) {
    let mut register = Register::default();
    register.take_bytes(SAMPLE);
    assert_eq!(lines(&register, number), expected);
}

#[test]
fn a_resident_who_lives_with_somebody_and_is_divorced() {
    assert_says(
        "0707614285",
        &[
            "Jens / Mortensen",
            "text: Jens Mortensen",
            "position: Socialrådg.",
            "Civilstand: F",
            "Fødregkode: 8126",
            "GældendePNR: 0707614285",
            "Køn: M",
            "Postdist: Aalborg",
            "Status: 01",
            "Civst.fra: 1980-10-01",
            "Fødselsdag: 1961-07-07",
            "HA: Industrivænget 95,1 mf||c/o Christiansen|9000|0851|DK from 1997-09-09",
            "Ægtefælle: 0706614184 from 1980-10-01",
        ],
    );
}

#[test]
fn somebody_with_a_guardian_by_name() {
    assert_says(
        "0909610028",
        &[
            "Hilda / Sachariasen",
            "text: Hilda Sachariasen",
            "position: Servitrice",
            "Bynavn: Vodskov",
            "Civilstand: U",
            "Fødregkode: 8893",
            "GældendePNR: 0909610028",
            "Køn: K",
            "Postdist: Aalborg",
            "Status: 01",
            "Fødselsdag: 1961-09-09",
            "Umyndig: 2001-06-30",
            "HA: Søgade 16|||9000|0851|DK from 1996-08-08",
            "Værge: Dieter Planckhardt / Værge til 0909610028 from 2001-06-30",
        ],
    );
}

#[test]
fn somebody_who_emigrated_with_protections_that_have_no_address_to_stand_on() {
    assert_says(
        "0708614335",
        &[
            "Harald / Mikkelsen",
            "text: Harald Mikkelsen",
            "position: Skibsbygger",
            "Civilstand: G",
            "Fødregkode: 8318",
            "GældendePNR: 0708614335",
            "Køn: M",
            "Status: 80",
            "Civst.fra: 1981-03-13",
            "Fødselsdag: 1961-08-07",
            "Statusfra: 1999-02-01",
            "Ægtefælle: 0707614234 from 1981-03-13",
            "Beskyttelse: 0001 2001-11-12 to 2003-11-12",
            "Beskyttelse: 0002 2001-11-12 to 2101-11-12",
            "Beskyttelse: 0003 2001-11-12 to 2101-11-12",
            "Beskyttelse: 0004 2001-11-12 to 2101-11-12",
        ],
    );
}

#[test]
fn a_number_that_was_deleted_as_a_duplicate() {
    assert_says(
        "0101520013",
        &[
            "Arne Efraim Udtzon / Jensen",
            "text: Arne Efraim Udtzon Jensen",
            "position: Translatør",
            "Civilstand: U",
            "Fødregkode: 8333",
            "GældendePNR: 0107529039",
            "Køn: M",
            "Status: 50",
            "Fødselsdag: 1952-01-01",
            "Statusfra: 2001-11-07",
            "GældendePNR: 0107529039 from 2001-11-07",
        ],
    );
}

#[test]
fn protections_past_their_planned_deletion_and_a_father_by_number() {
    assert_says(
        "0708614866",
        &[
            "Kate / Nivarson",
            "text: Kate Nivarson",
            "Bynavn: Lindholm",
            "Civilstand: U",
            "GældendePNR: 0708614866",
            "Køn: K",
            "Postdist: Aalborg",
            "Status: 01",
            "Fødselsdag: 1961-08-07",
            "HA: Svinget 52|||9000|0851|DK from 1997-12-31, protected 1997-12-31",
            "Forældre: 0708614815 from 1961-08-07",
            "Beskyttelse: 0001 1997-12-31 to 2001-11-01",
            "Beskyttelse: 0002 1997-12-31 to 2001-11-01",
            "Beskyttelse: 0003 1997-12-31 to 2000-12-31",
            "Beskyttelse: 0004 1997-12-31 to 2000-06-01",
        ],
    );
}

#[test]
fn a_locality_a_town_and_both_parents_by_name() {
    assert_says(
        "2802363039",
        &[
            "Uri / Ullermann",
            "text: Uri Ullermann",
            "position: Tryllekunstner",
            "Bynavn: Hasseris",
            "Civilstand: U",
            "Fødregkode: 5160",
            "GældendePNR: 2802363039",
            "Køn: M",
            "Postdist: Aalborg",
            "Status: 01",
            "Fødselsdag: 1936-02-28",
            "HA: Industrivænget 2,2 th|Solhavehjemmet||9000|0851|DK from 1997-09-09, protected 1997-09-09",
            "Forældre: Ullerini,Ugo / Far til 2802363039 from 1936-02-28",
            "Forældre: Ullerini,Udolfina / Mor til 2802363039 from 1936-02-28",
            "Beskyttelse: 0001 1997-09-09 to 2001-02-20",
            "Beskyttelse: 0002 1997-09-09 to 2001-02-20",
            "Beskyttelse: 0003 1998-04-04 to 2000-09-01",
            "Beskyttelse: 0004 1998-06-04 to 2000-11-01",
        ],
    );
}

#[test]
fn somebody_who_died_married() {
    assert_says(
        "0901414084",
        &[
            "Lise / Roland",
            "text: Lise Roland",
            "position: Ekspedient",
            "end: 1961-03-13",
            "Civilstand: D",
            "Fødregkode: 8875",
            "GældendePNR: 0901414084",
            "Køn: K",
            "Status: 90",
            "Civst.fra: 1961-03-13",
            "Fødselsdag: 1941-01-09",
            "Statusfra: 1961-03-13",
            "Ægtefælle: 0905414143 from 1961-03-13",
        ],
    );
}

#[test]
fn a_child_who_died_with_an_addressing_name_that_is_shorter_than_the_name() {
    assert_says(
        "0101980014",
        &[
            "Ulrikke Veronika / Villadsen",
            "text: Ulrikke V Villadsen",
            "end: 2000-06-30",
            "Civilstand: D",
            "Fødregkode: 8333",
            "GældendePNR: 0101980014",
            "Køn: K",
            "Status: 90",
            "Civst.fra: 2000-06-30",
            "Fødselsdag: 1998-01-01",
            "Statusfra: 2000-06-30",
            "Forældre: 0709614282 from 1998-01-01",
        ],
    );
}

#[test]
fn somebody_with_a_supplementary_and_no_contact_address() {
    assert_says(
        "0706614818",
        &[
            "Lise / Kofoed-Svendsen",
            "text: Lise Kofoed-Svendsen",
            "Bynavn: Hasseris",
            "Civilstand: U",
            "GældendePNR: 0706614818",
            "Køn: K",
            "Postdist: Aalborg",
            "Status: 01",
            "Fødselsdag: 1961-06-07",
            "HA: Industrivænget 4,2 th|||9000|0851|DK from 1997-09-09",
            "Forældre: 0909414385 from 1961-06-07",
        ],
    );
}

#[test]
fn somebody_who_disappeared_on_an_uncertain_day() {
    assert_says(
        "1312814362",
        &[
            "Janne / Mortensen",
            "text: Janne Mortensen",
            "Civilstand: U",
            "Fødregkode: 8126",
            "GældendePNR: 1312814362",
            "Køn: K",
            "Status: 70",
            "Fødselsdag: 1981-12-13",
            "Statusfra: 1997-09-09 uncertain",
            "Forældre: 0701614038 from 1981-12-13",
            "Forældre: 0707614285 from 1982-01-02",
        ],
    );
}

#[test]
fn somebody_with_a_guardian_by_number() {
    assert_says(
        "0709614126",
        &[
            "Annette / Ingdahl",
            "text: Annette Ingdahl",
            "Bynavn: Vodskov",
            "Civilstand: U",
            "Fødregkode: 8318",
            "GældendePNR: 0709614126",
            "Køn: K",
            "Postdist: Aalborg",
            "Status: 01",
            "Fødselsdag: 1961-09-07",
            "Umyndig: 2000-02-28",
            "HA: Søgade 16|||9000|0851|DK from 1980-01-01",
            "Værge: 0904414131 from 2000-02-28",
        ],
    );
}
