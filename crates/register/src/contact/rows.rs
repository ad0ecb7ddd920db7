use std::fmt;

use compact_str::CompactString;
use kartotek_formats::dates::PartialDate;

use super::{AddressType, ContactId, ContactKey, Label, NameType, Role, SourceId, SourceStamp};

/// Hides the values of a row that holds personal data.
macro_rules! masked_debug {
    ($($name:ident)+) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(***)"))
            }
        }
    )+};
}

/// A row of `contact`. Empty text stands for NULL.
#[derive(Clone, PartialEq, Eq)]
pub struct ContactRow {
    /// Its key.
    pub key: ContactKey,
    /// Its public identity.
    pub id: ContactId,
    /// First and middle names, or the organisation's name.
    pub name1: CompactString,
    /// Surname.
    pub name2: CompactString,
    /// Occupation.
    pub position: CompactString,
    /// Free text; for persons from CPR the addressing name.
    pub text: CompactString,
    /// Valid from.
    pub start_date: Option<PartialDate>,
    /// Valid to.
    pub end_date: Option<PartialDate>,
    /// True while the contact is only known because another one refers to it.
    pub placeholder: bool,
}

/// A row of `contact_info`.
#[derive(Clone, PartialEq, Eq)]
pub struct InfoRow {
    /// The contact.
    pub contact: ContactKey,
    /// The label.
    pub label: Label,
    /// Order among the rows of one label, from 1.
    pub priority: i16,
    /// The value.
    pub info: CompactString,
}

/// A row of `contact_date`.
#[derive(Clone, PartialEq, Eq)]
pub struct DateRow {
    /// The contact.
    pub contact: ContactKey,
    /// The label.
    pub label: Label,
    /// Order among the rows of one label, from 1.
    pub priority: i16,
    /// The value.
    pub date: PartialDate,
    /// Whether the source marks it as uncertain.
    pub uncertain: bool,
}

/// The part of an address that says where it is.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct AddressLines {
    /// Street, house number, floor, door.
    pub address1: CompactString,
    /// Locality.
    pub address2: CompactString,
    /// Care-of name.
    pub address3: CompactString,
    /// Postcode, four digits in Denmark.
    pub postcode: CompactString,
    /// Municipality code, four digits.
    pub municipality: CompactString,
    /// ISO alpha-2.
    pub country_code: CompactString,
}

impl AddressLines {
    /// Hash of an address as it is stored, lines and start; differs from [`AddressRow::imported_hash`] once somebody has
    /// edited either.
    pub fn hash(&self, start_date: Option<PartialDate>) -> i64 {
        let mut bytes = Vec::with_capacity(112);
        for line in self.all() {
            bytes.extend_from_slice(line.as_bytes());
            bytes.push(0);
        }
        bytes.extend_from_slice(&start_date.map_or(0, PartialDate::as_number).to_le_bytes());
        twox_hash::XxHash3_64::oneshot(&bytes).cast_signed()
    }

    /// Whether both name the same place: case and white space do not count, nor does the country (contact-model.md
    /// 6.2).
    pub fn same_place(&self, other: &Self) -> bool {
        same_text(&self.address1, &other.address1)
            && same_text(&self.address2, &other.address2)
            && same_text(&self.address3, &other.address3)
            && same_text(&self.postcode, &other.postcode)
            && same_text(&self.municipality, &other.municipality)
    }

    /// The six values, in the order of their columns.
    pub fn all(&self) -> [&CompactString; 6] {
        [&self.address1, &self.address2, &self.address3, &self.postcode, &self.municipality, &self.country_code]
    }
}

fn same_text(a: &str, b: &str) -> bool {
    fn folded(text: &str) -> impl Iterator<Item = char> + '_ {
        text.split_whitespace().enumerate().flat_map(|(nth, word)| {
            (nth > 0).then_some(' ').into_iter().chain(word.chars().flat_map(char::to_lowercase))
        })
    }
    a == b || folded(a).eq(folded(b))
}

/// A row of `address`.
#[derive(Clone, PartialEq, Eq)]
pub struct AddressRow {
    /// Its key.
    pub key: i64,
    /// The contact.
    pub contact: ContactKey,
    /// The kind.
    pub address_type: AddressType,
    /// Where it is.
    pub lines: AddressLines,
    /// From.
    pub start_date: Option<PartialDate>,
    /// To.
    pub end_date: Option<PartialDate>,
    /// Protected from; `None` when not protected.
    pub protection: Option<PartialDate>,
    /// Telephone.
    pub phone_no: CompactString,
    /// Fax.
    pub fax: CompactString,
    /// E-mail.
    pub email: CompactString,
    /// Whose row it is.
    pub source: SourceId,
    /// [`AddressLines::hash`] of what the source last wrote here; 0 when a person typed the row.
    pub imported_hash: i64,
}

impl AddressRow {
    /// True when lines and start are not what the source last wrote: a person typed or changed them.
    pub fn is_by_hand(&self) -> bool {
        self.source == SourceId::HAND || self.imported_hash != self.lines.hash(self.start_date)
    }
}

/// Whom a reference points at.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// A contact with a number of its own.
    Contact(ContactId),
    /// A person known by name only, told apart by whose relative it is (contact-model.md 6.6).
    Named {
        /// `name1`.
        name1: CompactString,
        /// `name2`, for example `Far til <CPR>`.
        name2: CompactString,
    },
}

impl Target {
    /// The identity when the target is a contact with a number.
    pub fn id(&self) -> Option<&ContactId> {
        match self {
            Self::Contact(id) => Some(id),
            Self::Named { .. } => None,
        }
    }

    /// What a stored contact is as a target.
    pub fn of(name_type: NameType, name_code: &str, name1: &str, name2: &str) -> Self {
        if name_type == NameType::PERSON {
            Self::Named { name1: name1.into(), name2: name2.into() }
        } else {
            Self::Contact(ContactId { name_type, name_code: name_code.into() })
        }
    }
}

/// A row of `part`: a reference from one contact to another.
#[derive(Clone, PartialEq, Eq)]
pub struct PartRow {
    /// The contact that the reference is about.
    pub contact: ContactKey,
    /// The other contact.
    pub reference: ContactKey,
    /// What the other contact is to this one.
    pub role: Role,
    /// Counts repeated references of the same kind to the same contact, from 1.
    pub seq: i16,
    /// From.
    pub start_date: Option<PartialDate>,
    /// To; `None` while in force.
    pub end_date: Option<PartialDate>,
}

/// A row of `protection`.
#[derive(Clone, PartialEq, Eq)]
pub struct ProtectionRow {
    /// The contact.
    pub contact: ContactKey,
    /// Four digits, CPR's code list BESKYTTYPE.
    pub protection_type: CompactString,
    /// Counts protections of one type over time, from 1.
    pub seq: i16,
    /// From.
    pub start_date: Option<PartialDate>,
    /// When CPR plans to delete it. It counts as in force until CPR stops delivering it.
    pub deletion_date: Option<PartialDate>,
    /// When it was no longer delivered; `None` while in force.
    pub end_date: Option<PartialDate>,
}

/// A row of `source_record`: what is known about a contact's object at a source.
#[derive(Clone, PartialEq, Eq)]
pub struct SourceRow {
    /// The contact.
    pub contact: ContactKey,
    /// The object's key at the source.
    pub source_key: CompactString,
    /// `SRC_SUBSCRIBED`: whether the source reports changes.
    pub src_subscribed: bool,
    /// Deliveries of days before this one say nothing about `src_subscribed`, which is known from a later day; `None`: all
    /// do.
    pub deliveries_from: Option<PartialDate>,
    /// How new the stored data are; [`SourceStamp::NEVER`] for a row that holds a wish and no data yet.
    pub stamp: SourceStamp,
    /// Hash over the records that the stored data came from.
    pub content_hash: i64,
    /// Hash over the settings that turned them into the stored data.
    pub mapping_hash: i64,
    /// The contact fields that this source has set, as bits of `ContactField`.
    pub stated: i32,
    /// True when somebody changed stored values by hand since the last import, so that an unchanged delivery must be
    /// planned all the same.
    pub edited: bool,
}

impl SourceRow {
    /// Whether the source has delivered the object; a row can also be there for the sake of a wish.
    pub fn was_delivered(&self) -> bool {
        self.stamp != SourceStamp::NEVER
    }

    /// Whether the source reports changes (F131), once it has delivered the object as of a stamp: a delivery says so, unless
    /// it is from before a cancellation. `is_subscribed` is what the delivery says; a look-up says nothing.
    pub fn is_subscribed_after(&self, is_subscribed: bool, stamp: SourceStamp) -> bool {
        self.src_subscribed || (is_subscribed && stamp.production_date() >= self.deliveries_from)
    }
}

/// What the register holds about one contact, as one source sees it: rows of other sources are left out, apart from
/// main addresses, which a person may have typed.
#[derive(Clone)]
pub struct ContactState {
    /// The contact itself.
    pub contact: ContactRow,
    /// The source's row; `None` when the source has not delivered the contact yet.
    pub source: Option<SourceRow>,
    /// Texts of this source.
    pub infos: Vec<InfoRow>,
    /// Dates of this source.
    pub dates: Vec<DateRow>,
    /// Addresses of this source, and main addresses that a person typed.
    pub addresses: Vec<AddressRow>,
    /// References of this source, ended ones too.
    pub parts: Vec<(PartRow, Target)>,
    /// Protections of this source, ended ones too.
    pub protections: Vec<ProtectionRow>,
}

masked_debug! {
    ContactRow InfoRow DateRow AddressLines AddressRow Target PartRow ProtectionRow SourceRow ContactState
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_white_space_do_not_make_another_place() {
        let a = AddressLines { address1: "Toregårdsvej 9,  5. tv".into(), ..Default::default() };
        let b = AddressLines { address1: " TOREGÅRDSVEJ 9, 5. tv".into(), ..Default::default() };
        let c = AddressLines { address1: "Toregårdsvej 95. tv".into(), ..Default::default() };
        assert!(a.same_place(&b));
        assert!(!a.same_place(&c));
        assert_ne!(a.hash(None), b.hash(None));
    }
}
