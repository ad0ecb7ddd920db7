//! Subscriptions at a source: which objects it reports changes of, which it should, and what is on its way there.

use compact_str::CompactString;
use kartotek_formats::dates::PartialDate;

use crate::contact::{ContactKey, SourceId};

use super::{RunKey, StoreError};

/// An object of a source as the subscription rules see it. `Debug` is masked.
#[derive(Clone, PartialEq, Eq)]
pub struct SubscriptionFacts {
    /// Its key at the source: the CPR number.
    pub source_key: CompactString,
    /// The contact.
    pub contact: ContactKey,
    /// `SRC_SUBSCRIBED` (F131): the state at the source. False also for a contact that the source was never asked about.
    pub src_subscribed: bool,
    /// `SUBSCRIBED` (F132): the wish; `None` when there is none.
    pub wish: Option<bool>,
    /// When the register last took data of the source in, UTC `2026-01-05T08:00:00Z`; `None`: never.
    pub updated_at: Option<String>,
    /// The types of the open cases to which the contact is a current party, or a contact whose number it has taken the
    /// place of, one entry a case; empty text where a case has none.
    pub open_cases: Vec<CompactString>,
    /// The number that has taken the place of this one: a person with a CPR number to whom the contact refers as
    /// `GældendePNR`, and who does not refer back; the lowest of several.
    pub replaced_by: Option<CompactString>,
    /// Why the person must not be subscribed; `None` when nothing stands against it.
    pub blocked: Option<String>,
    /// What the source was asked to do, and has not answered.
    pub pending: Option<OrderAction>,
}

/// What a source is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderAction {
    /// `OP`: subscribe.
    Subscribe,
    /// `SL`: unsubscribe.
    Unsubscribe,
}

impl OrderAction {
    /// The letters in subscription files and in the public tables.
    pub fn code(self) -> &'static str {
        match self {
            Self::Subscribe => "OP",
            Self::Unsubscribe => "SL",
        }
    }

    /// Reads the letters.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Subscribe, Self::Unsubscribe].into_iter().find(|action| action.code() == code)
    }
}

/// How an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderState {
    /// Its line is allotted; the file may not be written yet.
    Planned,
    /// It is in a written file, or CPR Direkte was asked and has not answered.
    Sent,
    /// The source did it.
    Done,
    /// The source refused it.
    Refused,
}

impl OrderState {
    /// The word in the public tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Sent => "sent",
            Self::Done => "done",
            Self::Refused => "refused",
        }
    }

    /// Reads the word of the public tables.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Planned, Self::Sent, Self::Done, Self::Refused].into_iter().find(|state| state.name() == name)
    }

    /// Whether the source may still act on it.
    pub fn is_pending(self) -> bool {
        matches!(self, Self::Planned | Self::Sent)
    }
}

/// Key of an order.
pub type OrderKey = i64;

/// One wish on its way to the source, or settled. `Debug` is masked.
#[derive(Clone, PartialEq, Eq)]
pub struct Order {
    /// Key.
    pub key: OrderKey,
    /// Whom it is about: the CPR number.
    pub source_key: CompactString,
    /// The contact.
    pub contact: ContactKey,
    /// What is asked for.
    pub action: OrderAction,
    /// Why, in words for the operator.
    pub reason: String,
    /// How it stands.
    pub state: OrderState,
    /// The run that sent it.
    pub run: RunKey,
    /// The subscription file that it is in; `None` when it went through CPR Direkte.
    pub file: Option<String>,
    /// Its line in that file, from 1.
    pub line: Option<u32>,
    /// The day on which the source acts on it: that of the file's name, or that on which CPR Direkte was first asked.
    pub process_date: Option<PartialDate>,
    /// Error number of the source when it refused, with its words of a line in a file; or `no data`.
    pub error: Option<String>,
    /// When it was entered, UTC.
    pub created_at: String,
}

/// An order to be entered. `Debug` is masked.
#[derive(Clone, PartialEq, Eq)]
pub struct NewOrder {
    /// Whom it is about.
    pub source_key: CompactString,
    /// The contact.
    pub contact: ContactKey,
    /// What is asked for.
    pub action: OrderAction,
    /// Why.
    pub reason: String,
    /// How it stands.
    pub state: OrderState,
    /// The file that it is in.
    pub file: Option<String>,
    /// Its line in that file.
    pub line: Option<u32>,
    /// The day on which the source acts on it.
    pub process_date: Option<PartialDate>,
    /// Error number of the source, when it refused.
    pub error: Option<String>,
}

/// A wish of `source_record`. `Debug` is masked.
#[derive(Clone, PartialEq, Eq)]
pub struct Wish {
    /// Whom it is about: the CPR number.
    pub source_key: CompactString,
    /// The contact.
    pub contact: ContactKey,
    /// `SRC_SUBSCRIBED`.
    pub src_subscribed: bool,
    /// `SUBSCRIBED`.
    pub wish: bool,
}

/// A wish that becomes another, unless it is no longer what it was. `Debug` is masked.
#[derive(Clone, PartialEq, Eq)]
pub struct Rewish {
    /// Whom it is about: the CPR number.
    pub source_key: CompactString,
    /// `SUBSCRIBED` as it was; `None`: there was no wish.
    pub was: Option<bool>,
    /// What it becomes.
    pub becomes: Option<bool>,
}

/// A person who must not be subscribed. `Debug` is masked.
#[derive(Clone, PartialEq, Eq)]
pub struct Block {
    /// The CPR number.
    pub source_key: CompactString,
    /// Why.
    pub reason: String,
    /// Since when, UTC.
    pub created_at: String,
}

/// Writing subscriptions, as part of a transaction. Rows that [`SubscriptionBook`] makes for contacts which were never
/// imported have no stamp and no time of update; an import fills them like any other row.
pub trait SubscriptionBook {
    /// Sets or clears (`None`) `SUBSCRIBED`, and makes the row where there is none.
    fn set_wishes(
        &mut self,
        source: SourceId,
        wishes: &[(CompactString, ContactKey, Option<bool>)],
    ) -> Result<(), StoreError>;

    /// Changes wishes that still are what they were: others may write wishes at any time.
    fn rewish(&mut self, source: SourceId, wishes: &[Rewish]) -> Result<(), StoreError>;

    /// Sets `SRC_SUBSCRIBED`, clears the `SUBSCRIBED` that it fulfils, and makes the row where there is none. Deliveries of
    /// days before `deliveries_from` do not change it any more.
    fn set_src_subscribed(
        &mut self,
        source: SourceId,
        states: &[(CompactString, ContactKey, bool)],
        deliveries_from: Option<PartialDate>,
    ) -> Result<(), StoreError>;

    /// Deliveries of days before `deliveries_from` do not change `SRC_SUBSCRIBED` any more.
    fn set_deliveries_from(
        &mut self,
        source: SourceId,
        keys: &[CompactString],
        deliveries_from: PartialDate,
    ) -> Result<(), StoreError>;

    /// Enters orders and returns their keys, in the order given.
    fn insert_orders(
        &mut self,
        source: SourceId,
        run: RunKey,
        orders: &[NewOrder],
        now: &str,
    ) -> Result<Vec<OrderKey>, StoreError>;

    /// Gives orders another file, and its day; their lines stay.
    fn move_to_file(&mut self, orders: &[OrderKey], file: &str, process_date: PartialDate) -> Result<(), StoreError>;

    /// Moves orders on.
    fn move_orders(&mut self, orders: &[OrderKey], state: OrderState, error: Option<&str>) -> Result<(), StoreError>;

    /// Orders that the source may still act on, by key.
    fn pending_orders(&mut self, source: SourceId) -> Result<Vec<Order>, StoreError>;

    /// Puts a person on the block list, or changes the reason.
    fn put_block(&mut self, source: SourceId, key: &str, reason: &str, now: &str) -> Result<(), StoreError>;

    /// Takes a person off the block list; false when it was not on it.
    fn remove_block(&mut self, source: SourceId, key: &str) -> Result<bool, StoreError>;
}

masked_debug! { SubscriptionFacts Order NewOrder Wish Rewish Block }
