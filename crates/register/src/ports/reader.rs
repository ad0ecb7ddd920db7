use compact_str::CompactString;
use kartotek_formats::dates::PartialDate;

use crate::contact::{ContactId, ContactKey, SourceId, SourceStamp};

use super::{
    Block, DeliveryKey, Direction, ExternalSource, Message, Order, OrderState, PersonInRun, PersonOutcome, RunCard,
    RunKey, SealedSecret, StoreError, SubscriptionFacts, Transfer, TransferState, Wish,
};

/// What decides whether an item of a source is news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// How new the stored data are.
    pub stamp: SourceStamp,
    /// Hash over the records that they came from.
    pub content_hash: i64,
    /// Hash over the settings of the mapping.
    pub mapping_hash: i64,
    /// Whether stored values were changed by hand since.
    pub edited: bool,
}

/// Reads a register for people and for the import's fast path.
pub trait Reader: Send {
    /// What is known about some objects of a source, in the order asked for.
    fn known(&mut self, source: SourceId, keys: &[CompactString]) -> Result<Vec<Option<Known>>, StoreError>;

    /// The keys of contacts by their identity, in the order asked for.
    fn contact_keys(&mut self, ids: &[ContactId]) -> Result<Vec<Option<ContactKey>>, StoreError>;

    /// One contact with everything about it; `None` when there is no such contact.
    fn contact(&mut self, id: &ContactId) -> Result<Option<ContactCard>, StoreError>;

    /// Contacts that match, ordered by kind and number.
    fn find(&mut self, query: &FindQuery) -> Result<Vec<ContactSummary>, StoreError>;

    /// The journal of one contact, oldest first.
    fn history(&mut self, id: &ContactId) -> Result<Vec<Change>, StoreError>;

    /// The messages about a delivery, in the order in which they were entered.
    fn messages(&mut self, delivery: DeliveryKey) -> Result<Vec<Message>, StoreError>;

    /// The external sources, by name.
    fn external_sources(&mut self) -> Result<Vec<ExternalSource>, StoreError>;

    /// The secrets, sealed, by name.
    fn secrets(&mut self) -> Result<Vec<SealedSecret>, StoreError>;

    /// Persons (contacts of type `C`) as the subscription rules see them on a day, by number: those after `after`, at most
    /// `limit`. Only persons that CPR was asked about, that have a wish, that are current parties to open cases, or whose
    /// number has taken the place of another.
    fn subscription_facts(
        &mut self,
        source: SourceId,
        today: PartialDate,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<SubscriptionFacts>, StoreError>;

    /// Wishes by key: those after `after`, at most `limit`.
    fn wishes(&mut self, source: SourceId, after: Option<&str>, limit: u32) -> Result<Vec<Wish>, StoreError>;

    /// Orders by key, the latest first, at most `limit`; of one state or of all.
    fn orders(&mut self, source: SourceId, state: Option<OrderState>, limit: u32) -> Result<Vec<Order>, StoreError>;

    /// The block list, by key.
    fn blocks(&mut self, source: SourceId) -> Result<Vec<Block>, StoreError>;

    /// The transfers of a source in one direction, by key; of one state or of all.
    fn transfers(
        &mut self,
        source: SourceId,
        direction: Direction,
        state: Option<TransferState>,
    ) -> Result<Vec<Transfer>, StoreError>;

    /// The settings of the transfer, by name.
    fn transfer_settings(&mut self, source: SourceId) -> Result<Vec<(String, String)>, StoreError>;

    /// The runs about a source, the latest first, at most `limit`.
    fn runs(&mut self, source: SourceId, limit: u32) -> Result<Vec<RunCard>, StoreError>;

    /// One run; `None` when there is no such run.
    fn run(&mut self, run: RunKey) -> Result<Option<RunCard>, StoreError>;

    /// The runs that took a delivery in, the first one first: more than one when an import was cut off.
    fn runs_of_delivery(&mut self, delivery: DeliveryKey) -> Result<Vec<RunCard>, StoreError>;

    /// What became of the persons of some runs, of one outcome or of all: `limit` of them after the first `skip`. One run comes
    /// after the other, in the order given. Of each, those in the journal come first, in its order; then the unchanged and
    /// the older, by contact key; then the rejected, as their first messages were entered. Persons who were erased since are
    /// left out, apart from the messages about them. Each person comes with the messages of all these runs, since a run that
    /// goes on with a file does not repeat what the one before it has said.
    ///
    /// The unchanged and the older are there only for runs that entered them
    /// ([`super::Transaction::insert_run_persons`]).
    fn persons_in_runs(
        &mut self,
        runs: &[RunKey],
        outcome: Option<PersonOutcome>,
        skip: u64,
        limit: u32,
    ) -> Result<Vec<PersonInRun>, StoreError>;

    /// What runs did with one contact, the latest run first, at most `limit`; nothing when there is no such contact.
    fn runs_of_person(&mut self, id: &ContactId, limit: u32) -> Result<Vec<PersonInRun>, StoreError>;
}

/// What to look for; every condition that is given must hold.
#[derive(Debug, Clone, Default)]
pub struct FindQuery {
    /// Number, whole or its beginning.
    pub number: Option<String>,
    /// The beginning of `name1` or `name2`, upper and lower case alike.
    pub name: Option<String>,
    /// Postcode of a main address in force.
    pub postcode: Option<String>,
    /// `Status` of a person.
    pub status: Option<String>,
    /// Placeholders only, or none of them.
    pub placeholder: Option<bool>,
    /// At most so many.
    pub limit: u32,
    /// Only contacts after this one, to go on where a page ended.
    pub after: Option<ContactId>,
}

/// One line about a contact.
#[derive(Clone, PartialEq, Eq)]
pub struct ContactSummary {
    /// Its identity.
    pub id: ContactId,
    /// `name1`.
    pub name1: String,
    /// `name2`.
    pub name2: String,
    /// Whether it is a placeholder.
    pub placeholder: bool,
    /// Valid to.
    pub end_date: Option<String>,
    /// `address1` of the main address in force.
    pub address1: Option<String>,
    /// Its postcode.
    pub postcode: Option<String>,
    /// Whether name and address are protected.
    pub protected: bool,
}

/// One contact with everything about it, as the public tables have it. Dates are ISO text, partial ones with `00`.
#[derive(Clone, PartialEq, Eq)]
pub struct ContactCard {
    /// Key.
    pub contact_key: i64,
    /// Identity.
    pub id: ContactId,
    /// `name1`.
    pub name1: String,
    /// `name2`.
    pub name2: String,
    /// Occupation.
    pub position: String,
    /// Free text.
    pub text: String,
    /// Valid from.
    pub start_date: Option<String>,
    /// Valid to.
    pub end_date: Option<String>,
    /// Whether it is a placeholder.
    pub placeholder: bool,
    /// Texts, by label and priority.
    pub infos: Vec<InfoCard>,
    /// Dates, by label.
    pub dates: Vec<DateCard>,
    /// Addresses, those in force first.
    pub addresses: Vec<AddressCard>,
    /// References to others, those in force first.
    pub parts: Vec<PartCard>,
    /// Protections, those in force first.
    pub protections: Vec<ProtectionCard>,
    /// What is known about it at the sources.
    pub sources: Vec<SourceCard>,
}

/// A row of `contact_info`.
#[derive(Clone, PartialEq, Eq)]
pub struct InfoCard {
    /// Label.
    pub custom_label: String,
    /// Order among the rows of one label.
    pub priority: i16,
    /// Value.
    pub info: String,
    /// Whose it is; empty when a person typed it.
    pub source: String,
}

/// A row of `contact_date`.
#[derive(Clone, PartialEq, Eq)]
pub struct DateCard {
    /// Label.
    pub custom_label: String,
    /// Value, partial with `00`.
    pub date: String,
    /// Whether it is uncertain.
    pub uncertain: bool,
    /// Whose it is; empty when a person typed it.
    pub source: String,
}

/// A row of `address`.
#[derive(Clone, PartialEq, Eq)]
pub struct AddressCard {
    /// Kind.
    pub address_type: String,
    /// `address1`, `address2`, `address3`, `postcode`, `municipality`, `country_code`.
    pub lines: [String; 6],
    /// From.
    pub start_date: Option<String>,
    /// To.
    pub end_date: Option<String>,
    /// Protected from.
    pub protection: Option<String>,
    /// Telephone.
    pub phone_no: String,
    /// Fax.
    pub fax: String,
    /// E-mail.
    pub email: String,
    /// Whose it is; empty when a person typed it.
    pub source: String,
}

/// A row of `part`.
#[derive(Clone, PartialEq, Eq)]
pub struct PartCard {
    /// What the other contact is to this one.
    pub role: String,
    /// The other contact.
    pub reference: ContactId,
    /// Its `name1`.
    pub name1: String,
    /// Its `name2`.
    pub name2: String,
    /// From.
    pub start_date: Option<String>,
    /// To.
    pub end_date: Option<String>,
    /// Whose it is; empty when a person typed it.
    pub source: String,
}

/// A row of `protection`.
#[derive(Clone, PartialEq, Eq)]
pub struct ProtectionCard {
    /// Four digits.
    pub protection_type: String,
    /// From.
    pub start_date: Option<String>,
    /// Planned deletion.
    pub deletion_date: Option<String>,
    /// No longer delivered since.
    pub end_date: Option<String>,
    /// Whose it is; empty when a person typed it.
    pub source: String,
}

/// A row of `source_record`.
#[derive(Clone, PartialEq, Eq)]
pub struct SourceCard {
    /// Source.
    pub source: String,
    /// The object's key at the source.
    pub source_key: String,
    /// `J` or `N`.
    pub src_subscribed: String,
    /// `J`, `N` or nothing.
    pub subscribed: Option<String>,
    /// How new the stored data are; `None` when the source has delivered nothing yet.
    pub source_stamp: Option<String>,
    /// When the register last took them in, UTC.
    pub source_updated_at: Option<String>,
}

/// An entry of the journal.
#[derive(Clone, PartialEq, Eq)]
pub struct Change {
    /// Its number, without gaps.
    pub change_seq: i64,
    /// The run that made it.
    pub run: i64,
    /// When that run began, UTC.
    pub started_at: String,
    /// The delivery that it came from, by its file's name.
    pub delivery: Option<String>,
    /// `created`, `updated` ...
    pub what: String,
    /// Source.
    pub source: String,
    /// How new the item was.
    pub source_stamp: String,
    /// The fields, as [`crate::import::JournalFields`] describes them.
    pub fields: String,
}

masked_debug! {
    ContactSummary ContactCard InfoCard DateCard AddressCard PartCard ProtectionCard SourceCard Change
}
