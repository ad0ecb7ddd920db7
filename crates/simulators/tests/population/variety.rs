use std::collections::BTreeSet;

use kartotek_formats::records::u12170::PublicRecord;
use kartotek_formats::records::{PersonRef, Record, read_type};

use crate::file::{decode, establishing, lines, population};

/// The record types that the population does not have: relatives with address (another product), errors, receipts.
const NOT_IN_EXTRACTS: [u16; 5] = [31, 32, 33, 910, 997];

#[test]
fn two_thousand_persons_have_every_record_and_code() {
    for seed in 1..=3 {
        let file = establishing(&population(2_000, seed));
        let seen = Seen::in_file(&file);
        let types: BTreeSet<u16> = lines(&file).iter().filter_map(|line| read_type(line)).collect();
        let expected = PublicRecord::TYPES.iter().filter(|own| !NOT_IN_EXTRACTS.contains(own) && **own != 99);
        assert!(types.iter().eq(expected), "seed {seed}: {types:?}");
        seen.has("status", &["01", "03", "05", "07", "20", "30", "50", "60", "70", "80", "90"]);
        seen.has("civil status", &["U", "G", "F", "E", "P", "O", "L", "D"]);
        seen.has("former civil status", &["G", "F", "P"]);
        seen.has("church", &["A", "F", "M", "S", "U"]);
        seen.has("protection", &["0001", "0002", "0003", "0004"]);
        seen.has("custody", &["0003", "0004", "0005", "0006"]);
        seen.has("guardian", &["0000", "0001", "0002"]);
        seen.has("guardian kind", &["FULD", "DELVIS"]);
        seen.has("name marker", &["+", "*", "="]);
        seen.has("birth century", &["1900", "2000"]);
        seen.has("spouse", &["nobody", "without number", "by number"]);
        seen.has("parent", &["unknown", "by name", "by number"]);
        seen.has("stamp", &["certain 2000", "certain 1200", "uncertain 1299", "partial"]);
        seen.has("wording", &["old", "new"]);
        seen.has("letters", &["Æ", "Ø", "Å", "æ", "ø", "å", "é", "ü", "ö"]);
        seen.has("address", &["c/o", "locality", "town", "building", "letter", "floor", "door"]);
    }
}

#[test]
fn a_large_population_reaches_into_the_19th_century() {
    let file = establishing(&population(20_000, 1));
    Seen::in_file(&file).has("birth century", &["1800", "1900", "2000"]);
}

#[derive(Default)]
struct Seen(BTreeSet<(&'static str, String)>);

impl Seen {
    fn in_file(file: &[u8]) -> Self {
        let mut seen = Self::default();
        for line in lines(file) {
            seen.record(&decode(line));
        }
        seen
    }

    fn has(&self, what: &'static str, values: &[&str]) {
        for value in values {
            assert!(self.0.contains(&(what, (*value).to_owned())), "no {what} {value:?}");
        }
    }

    fn see(&mut self, what: &'static str, value: impl Into<String>) {
        self.0.insert((what, value.into()));
    }

    fn record(&mut self, record: &PublicRecord<'_>) {
        match record {
            PublicRecord::R001Person(person) => {
                self.see("status", person.status.as_str());
                let century = person.foed_dt.unwrap().year() / 100 * 100;
                self.see("birth century", century.to_string());
            }
            PublicRecord::R003AddressingName(address) => self.address(address),
            PublicRecord::R004Protection(protection) => self.see("protection", protection.beskyttype.as_str()),
            PublicRecord::R008CurrentName(name) => {
                self.see("name marker", name.fornvn_mrk.as_str());
                self.see("name marker", name.efternvn_mrk.as_str());
                for letter in name.adrnvn.to_str().chars().filter(|letter| !letter.is_ascii()) {
                    self.see("letters", letter);
                }
                if let Some(stamp) = name.nvnhaenstart {
                    let time = format!("{:04}", stamp.as_number() % 10_000);
                    let certain = if name.haenstart_umrk_navne.is_uncertain() { "uncertain" } else { "certain" };
                    self.see("stamp", format!("{certain} {time}"));
                    if !stamp.date().is_complete() {
                        self.see("stamp", "partial");
                    }
                }
            }
            PublicRecord::R011Church(church) => self.see("church", church.fkirk.as_str()),
            PublicRecord::R012CivilStatus(civil) => {
                self.see("civil status", civil.civst.as_str());
                let spouse = match civil.aegtepnr {
                    PersonRef::None => "nobody",
                    PersonRef::WithoutNumber => "without number",
                    PersonRef::Number(_) => "by number",
                };
                self.see("spouse", spouse);
            }
            PublicRecord::R015Parents(parents) => {
                if !parents.farnvn.is_blank() && parents.far_foed_dt.is_some() {
                    self.see("parent", "by name");
                }
                if parents.pnrmor.number().is_some() {
                    self.see("parent", "by number");
                }
                if parents.pnrmor.number().is_none() && parents.mornvn.is_blank() {
                    self.see("parent", "unknown");
                }
            }
            PublicRecord::R016Custody(custody) => self.see("custody", custody.reltyp_foraeldremyn.as_str()),
            PublicRecord::R017Guardianship(guardianship) => self.see("guardian", guardianship.umyn_reltyp.as_str()),
            PublicRecord::R052GuardianshipWithType(guardianship) => {
                self.see("guardian", guardianship.umyn_reltyp.as_str());
                self.see("guardian kind", guardianship.vaergemaals_type.as_str());
            }
            PublicRecord::R029HistoricalCivilStatus(civil) => self.see("former civil status", civil.civst.as_str()),
            _ => {}
        }
    }

    fn address(&mut self, address: &kartotek_formats::records::u12170::R003AddressingName<'_>) {
        let line = address.standardadr.to_str();
        if !address.etage.is_blank() {
            self.see("wording", if line.contains(", ") { "new" } else { "old" });
        }
        let parts = [
            ("c/o", &address.convn),
            ("locality", &address.lokalitet),
            ("town", &address.bynvn),
            ("building", &address.bnr),
            ("floor", &address.etage),
            ("door", &address.sidedoer),
        ];
        for (part, _) in parts.into_iter().filter(|(_, text)| !text.is_blank()) {
            self.see("address", part);
        }
        if address.husnr.as_bytes().len() == 4 {
            self.see("address", "letter");
        }
    }
}

#[test]
fn no_line_is_longer_than_its_record() {
    let file = establishing(&population(2_000, 9));
    for line in lines(&file) {
        assert!(line.len() <= PublicRecord::length(read_type(line).unwrap()).unwrap());
    }
    assert_eq!(kartotek_formats::records::u12170::R003AddressingName::LENGTH, 249);
}
