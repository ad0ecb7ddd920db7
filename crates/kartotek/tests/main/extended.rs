//! The extended mapping: what the guide leaves out, on persons of the CPR Office's test extract. Read off the records.

use kartotek_register::mapping::cpr::MappingOptions;

use crate::support::extract::extract;
use crate::support::person::person;
use crate::support::register::{Look, Register, with_mapping};
use crate::support::sample::SAMPLE;

fn extended() -> kartotek_service::cpr_extract::ExtractImport {
    with_mapping(MappingOptions { extended: true, ..MappingOptions::default() })
}

fn sample() -> Register {
    let mut register = Register::default();
    let path = register.write(SAMPLE);
    register.import(&extended(), &path).unwrap();
    register
}

fn addresses(register: &Register, number: &str) -> Vec<String> {
    register.rows(&format!(
        "SELECT address_type, address1, address2, address3, country_code, a.start_date
         FROM address AS a JOIN contact USING (contact_key) WHERE name_code = '{number}' AND a.end_date IS NULL
         ORDER BY 1"
    ))
}

#[test]
fn emigration_and_contact_address() {
    let register = sample();
    assert_eq!(
        addresses(&register, "0709614738"),
        [
            "KON|Kontaktadresse Linje 1 1 1 1 1 1 1|Kontaktadresse Linje 222 222 22222|Kontaktadresse Linje 3 3 3 3 3 \
             3 3, Kontaktadresse Linje 4 4 44 44 44, Kontaktadresse Linje 5 5 5 5 55555||2001-06-30",
            "UDL|Grantoften 4|S 45678|Sverige, Udlandsadresse linje 4 4 4 4 4 4 4, Udlandsadresse linje 55 55 55 55 \
             5|SE|1997-09-09",
        ]
    );
    let winnie = register.person("0709614738");
    assert_eq!((winnie.info("Udrejseland"), winnie.date("Udrejst")), (Some("5120"), Some("1997-09-09")));
    assert_eq!(winnie.date("Kontaktadr.slettes"), Some("2005-07-15"));
}

#[test]
fn disappearance_with_its_uncertainty() {
    let register = sample();
    assert_eq!(
        register.rows("SELECT date, uncertain FROM contact_date WHERE custom_label = 'Forsvundet'"),
        ["1997-09-09|J"]
    );
}

#[test]
fn citizenship_children_and_former_values() {
    let register = sample();
    let jens = register.person("0707614285");
    assert_eq!((jens.info("Statsborgerskab"), jens.date("Statsb.fra")), (Some("5100"), Some("1991-03-20")));
    assert_eq!(jens.related("Barn"), ["C:1312814362"]);
    assert_eq!(jens.info("Tidligere civilstand"), Some("G (1980-01-15 – 1980-10-01)"), "annulled ones are left out");
    assert_eq!(jens.info("Tidligere separation"), Some("1980-08-01 – 1980-10-01"));
}

#[test]
fn custody_by_somebody_else_than_a_parent() {
    assert_eq!(sample().person("0101980014").related("Forældremyndighed"), ["C:0707614293", "C:0709614290"]);
}

#[test]
fn custody_by_the_parents_of_015_whatever_the_order_of_the_records() {
    let child = || {
        let child = person("0506014021").mother("2103724010").father_named("Niels Rønne");
        let number = child.number;
        child
            .raw(format!("016{number}00032001-06-05").into_bytes())
            .raw(format!("016{number}00042001-06-05").into_bytes())
    };
    let mut reversed = child();
    reversed.records.reverse();
    for child in [child(), reversed] {
        let mut register = Register::default();
        register.take_with(&extended(), &extract("2021-04-01", [child]));
        assert_eq!(
            register.person("0506014021").related("Forældremyndighed"),
            ["C:2103724010", "P:Niels Rønne/Far til 0506014021"]
        );
    }
}

#[test]
fn a_credit_warning_is_a_protection_that_leaves_the_address_open() {
    let warned = person("2103724010").living(crate::support::person::AAVEJ);
    let warned = warned.raw(b"05021037240100005202103011200".to_vec());
    let mut register = Register::default();
    register.take_with(&extended(), &extract("2021-04-01", [warned]));
    let lise = register.person("2103724010");
    assert_eq!(lise.protections[0].protection_type, "0005");
    assert_eq!(lise.protections[0].start_date.as_deref(), Some("2021-03-01"));
    assert_eq!(lise.home().protection, None);
}

#[test]
fn taking_the_extract_in_again_changes_nothing() {
    let mut register = sample();
    let (says, changes) = (register.says(), register.count("change"));
    // Other bytes of the same content, so that every person is looked at.
    let path = register.write(&[SAMPLE, b"\n"].concat());
    let report = register.import(&extended(), &path).unwrap();
    assert_eq!(report.counts.unchanged, 80);
    assert_eq!((register.says(), register.count("change")), (says, changes));
}

#[test]
fn switching_it_off_takes_back_what_it_stated_and_leaves_the_rest() {
    let mut register = Register::default();
    let path = register.write(SAMPLE);
    let again = |import: kartotek_service::cpr_extract::ExtractImport| kartotek_service::cpr_extract::ExtractImport {
        again: true,
        ..import
    };
    let plain = with_mapping(MappingOptions::default());
    register.import(&plain, &path).unwrap();
    let of_the_guide = register.rows("SELECT contact_key, custom_label, info FROM contact_info ORDER BY 1, 2, 3");
    register.import(&again(extended()), &path).unwrap();
    assert_ne!(
        register.rows("SELECT contact_key, custom_label, info FROM contact_info ORDER BY 1, 2, 3"),
        of_the_guide
    );
    register.import(&again(plain), &path).unwrap();
    assert_eq!(
        register.rows("SELECT contact_key, custom_label, info FROM contact_info ORDER BY 1, 2, 3"),
        of_the_guide
    );
    let left = "SELECT count(*) FROM address WHERE address_type IN ('UDL', 'KON') AND end_date IS NULL";
    assert_eq!(register.rows(left), ["0"]);
}
