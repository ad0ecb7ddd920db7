//! Persons of an extract, put together record by record.

use kartotek_formats::codes::{CivilStatus, Digits, GuardianRelation, GuardianshipType, ProtectionType, Sex, Status};
use kartotek_formats::dates::{PartialDate, Timestamp};
use kartotek_formats::identifiers::CprNumber;
use kartotek_formats::latin1::{self, Text};
use kartotek_formats::records::u12170::{
    R001Person, R002CurrentAddress, R003AddressingName, R004Protection, R008CurrentName, R009BirthRegistration,
    R012CivilStatus, R015Parents, R017Guardianship, R052GuardianshipWithType, R099Event,
};
use kartotek_formats::records::{PersonRef, Record, StampOrBlank};

/// A record of which everything but the person is blank.
pub fn blank<R: Record<'static>>(number: &str) -> R {
    let head = format!("{:03}{number}", R::TYPE);
    R::decode(head.leak().as_bytes()).unwrap()
}

/// Text of a field. A test may leak what its extract is made of.
pub fn text(text: &str) -> Text<'static> {
    Text::new(latin1::encode(text).expect("a text of ISO-8859-1").leak())
}

/// `2001-05-03`, or a partial date with `00`.
#[expect(clippy::unnecessary_wraps, reason = "the fields of records hold optional dates")]
pub fn date(iso: &str) -> Option<PartialDate> {
    Some(PartialDate::from_iso(iso.as_bytes()).expect("an ISO date"))
}

/// Noon of a date.
pub fn noon(iso: &str) -> Option<Timestamp> {
    Timestamp::at(date(iso)?, 12, 0)
}

/// A reference to a person by number.
pub fn by_number(number: &str) -> PersonRef {
    PersonRef::Number(CprNumber::parse(number).unwrap())
}

pub fn code<const N: usize>(digits: &str) -> Digits<N> {
    Digits::new(digits.as_bytes()).expect("a code of the field's length")
}

/// A person and its records, each at full length. What is set twice stands as it was set last.
#[derive(Clone)]
pub struct Person {
    pub number: &'static str,
    pub records: Vec<Vec<u8>>,
}

/// Somebody alive and resident, with a 001 and nothing else.
pub fn person(number: &'static str) -> Person {
    let cpr = CprNumber::parse(number).unwrap();
    let person = Person { number, records: Vec::new() };
    person.put(R001Person {
        status: Status::Resident,
        koen: if cpr.is_female() { Sex::Female } else { Sex::Male },
        foed_dt: cpr.birth_date(),
        ..blank(number)
    })
}

/// An address as 002 and 003 have it.
#[derive(Clone, Copy)]
pub struct Home {
    pub street: &'static str,
    pub locality: &'static str,
    pub care_of: &'static str,
    pub town: &'static str,
    pub postcode: &'static str,
    pub district: &'static str,
    pub municipality: &'static str,
    /// TILFLYDTO, at noon; empty for none.
    pub moved_in: &'static str,
}

/// Somewhere to live.
pub const AAVEJ: Home = Home {
    street: "Åvej 17,2 tv",
    locality: "",
    care_of: "",
    town: "",
    postcode: "8000",
    district: "Århus C",
    municipality: "0751",
    moved_in: "1999-02-01",
};

/// Somewhere else.
pub const SKOVVEJ: Home = Home {
    street: "Skovvej 4",
    locality: "Nordgården",
    care_of: "c/o Udesen",
    town: "Ørsted",
    postcode: "8950",
    district: "Ørsted",
    municipality: "0747",
    moved_in: "2021-05-01",
};

impl Person {
    /// Adds a record, or takes the place of one of its type that a person has once.
    pub fn put<R: Record<'static>>(mut self, record: R) -> Self {
        self.records.retain(|other| other[..3] != *format!("{:03}", R::TYPE).as_bytes());
        self.and(record)
    }

    /// Adds a record beside others of its type.
    #[expect(clippy::needless_pass_by_value, reason = "a test makes the record where it adds it")]
    pub fn and<R: Record<'static>>(mut self, record: R) -> Self {
        let mut bytes = Vec::new();
        record.encode(&mut bytes).unwrap();
        self.records.push(bytes);
        self
    }

    /// Adds bytes as they are.
    pub fn raw(mut self, record: impl Into<Vec<u8>>) -> Self {
        self.records.push(record.into());
        self
    }

    /// The record of a type, to be changed in place.
    pub fn bytes_of(&mut self, record_type: &str) -> &mut Vec<u8> {
        self.records.iter_mut().find(|record| record.starts_with(record_type.as_bytes())).expect("a record of the type")
    }

    /// Leaves records of a type out.
    pub fn without(mut self, record_type: &str) -> Self {
        self.records.retain(|record| !record.starts_with(record_type.as_bytes()));
        self
    }

    /// Overwrites a field of a record that is there, whatever the field's type allows.
    pub fn spoil(mut self, record_type: &str, position: usize, with: &[u8]) -> Self {
        self.bytes_of(record_type)[position - 1..][..with.len()].copy_from_slice(with);
        self
    }

    fn change<R: Record<'static>>(self, change: impl FnOnce(R) -> R) -> Self {
        let head = format!("{:03}", R::TYPE);
        let record = match self.records.iter().find(|record| record.starts_with(head.as_bytes())) {
            Some(bytes) => R::decode(bytes.clone().leak()).unwrap(),
            None => blank(self.number),
        };
        self.put(change(record))
    }

    /// 001: status and its date.
    pub fn status(self, status: &str, from: &str) -> Self {
        let status = Status::from_bytes(status.as_bytes()).unwrap();
        self.change(|r: R001Person<'static>| R001Person { status, statushaenstart: noon(from), ..r })
    }

    /// 001: the number that counts instead.
    pub fn now_has(self, number: &str) -> Self {
        let pnrgaeld = by_number(number);
        self.change(|r: R001Person<'static>| R001Person { pnrgaeld, ..r })
    }

    /// 001: occupation.
    pub fn works_as(self, occupation: &str) -> Self {
        let stilling = text(occupation);
        self.change(|r: R001Person<'static>| R001Person { stilling, ..r })
    }

    /// 008 and the addressing name of 003.
    pub fn named(self, first: &str, middle: &str, last: &str) -> Self {
        let full = [first, middle, last].iter().filter(|n| !n.is_empty()).copied().collect::<Vec<_>>().join(" ");
        let adrnvn = text(&full);
        let named = self.change(|r: R008CurrentName<'static>| R008CurrentName {
            fornvn: text(first),
            melnvn: text(middle),
            efternvn: text(last),
            adrnvn,
            ..r
        });
        named.change(|r: R003AddressingName<'static>| R003AddressingName { adrnvn, ..r })
    }

    /// 002 and the address of 003.
    pub fn living(self, at: Home) -> Self {
        let moved = (!at.moved_in.is_empty()).then(|| noon(at.moved_in)).flatten();
        let housed = self.change(|r: R002CurrentAddress<'static>| R002CurrentAddress {
            komkod: code(at.municipality),
            tilflydto: moved,
            ..r
        });
        housed.change(|r: R003AddressingName<'static>| R003AddressingName {
            convn: text(at.care_of),
            lokalitet: text(at.locality),
            standardadr: text(at.street),
            bynvn: text(at.town),
            postnr: code(at.postcode),
            postdisttxt: text(at.district),
            komkod: code(at.municipality),
            ..r
        })
    }

    /// No 002, and a 003 with the addressing name only: emigrated, disappeared or dead.
    pub fn living_nowhere(self) -> Self {
        let adrnvn = self.addressing_name();
        let number = self.number;
        self.without("002").put(R003AddressingName { adrnvn, ..blank(number) })
    }

    fn addressing_name(&self) -> Text<'static> {
        let bytes = self.records.iter().find(|record| record.starts_with(b"003"));
        bytes.map(|bytes| R003AddressingName::decode(bytes.clone().leak()).unwrap().adrnvn).unwrap_or_default()
    }

    /// 004; an empty deletion date is none.
    pub fn protected(self, kind: &str, from: &str, deleted: &str) -> Self {
        let number = self.number;
        self.and(R004Protection {
            beskyttype: ProtectionType::from_bytes(kind.as_bytes()).unwrap(),
            start_dt_beskyttelse: (!from.is_empty()).then(|| date(from)).flatten(),
            slet_dt_beskyttelse: (!deleted.is_empty()).then(|| date(deleted)).flatten(),
            ..blank(number)
        })
    }

    /// 009.
    pub fn born_in(self, code: &str, place: &str) -> Self {
        let (start_mynkod_foedested, myntxt_foedested) = (text(code), text(place));
        self.change(|r: R009BirthRegistration<'static>| R009BirthRegistration {
            start_mynkod_foedested,
            myntxt_foedested,
            ..r
        })
    }

    /// 012 with a spouse by number; an empty number is none.
    pub fn civil(self, status: &str, spouse: &str, from: &str) -> Self {
        self.change(|r: R012CivilStatus<'static>| R012CivilStatus {
            civst: CivilStatus::from_bytes(status.as_bytes()).unwrap(),
            aegtepnr: if spouse.is_empty() { PersonRef::None } else { by_number(spouse) },
            haenstart_civilstand: (!from.is_empty()).then(|| noon(from)).flatten(),
            ..r
        })
    }

    /// 015: the father by number.
    pub fn father(self, number: &str) -> Self {
        let pnrfar = by_number(number);
        self.change(|r: R015Parents<'static>| R015Parents { pnrfar, ..r })
    }

    /// 015: the mother by number.
    pub fn mother(self, number: &str) -> Self {
        let pnrmor = by_number(number);
        self.change(|r: R015Parents<'static>| R015Parents { pnrmor, ..r })
    }

    /// 015: the father by name.
    pub fn father_named(self, name: &str) -> Self {
        let farnvn = text(name);
        self.change(|r: R015Parents<'static>| R015Parents { pnrfar: PersonRef::WithoutNumber, farnvn, ..r })
    }

    /// 015: the mother by name.
    pub fn mother_named(self, name: &str) -> Self {
        let mornvn = text(name);
        self.change(|r: R015Parents<'static>| R015Parents { pnrmor: PersonRef::WithoutNumber, mornvn, ..r })
    }

    /// 017: a guardian by number.
    pub fn guardian(self, number: &str, from: &str) -> Self {
        let (own, relpnr) = (self.number, by_number(number));
        self.put(R017Guardianship {
            start_dt_umyndig: (!from.is_empty()).then(|| date(from)).flatten(),
            umyn_reltyp: GuardianRelation::ByNumber,
            relpnr,
            ..blank(own)
        })
    }

    /// 017: a guardian by name.
    pub fn guardian_named(self, name: &str, from: &str) -> Self {
        let own = self.number;
        self.put(R017Guardianship {
            start_dt_umyndig: date(from),
            umyn_reltyp: GuardianRelation::ByName,
            reladrsat_relpnr_txt: text(name),
            ..blank(own)
        })
    }

    /// 052: a guardian by number; an empty start date is none.
    pub fn guardian_of_type(self, kind: GuardianshipType, number: &str, from: &str) -> Self {
        let (own, relpnr) = (self.number, by_number(number));
        self.put(R052GuardianshipWithType {
            start_dt_umyndig: (!from.is_empty()).then(|| date(from)).flatten(),
            umyn_reltyp: GuardianRelation::ByNumber,
            relpnr,
            vaergemaals_type: kind,
            ..blank(own)
        })
    }

    /// 099 at noon of a date.
    pub fn event(self, at: &str) -> Self {
        let number = self.number;
        self.and(R099Event { timestampu: StampOrBlank(noon(at)), ..blank(number) })
    }
}
