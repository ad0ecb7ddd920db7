//! What the engine needs from the outside: a store, a reader of it, and a clock.

/// `Debug` of types that hold personal data: their name and nothing else.
macro_rules! masked_debug {
    ($($name:ident)+) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(***)"))
            }
        }
    )+};
}

mod cases;
mod clock;
mod configured;
mod error;
mod lease;
mod ledger;
mod outcomes;
mod reader;
mod store;
mod subscriptions;
mod transfers;

pub use cases::{Case, CaseBook, CaseKey, NewCase, Party};
pub use clock::{Clock, FixedClock, SystemClock};
pub use configured::{ExternalSource, SealedSecret, SecretChange, SecretsWritten, SourceTable};
pub use error::{Fault, StoreError, StoreErrorKind};
pub use lease::{Lease, LeaseTaken};
pub use ledger::{
    Counts, Delivery, DeliveryKey, DeliveryState, Message, NewDelivery, NewRun, RunKey, RunState, Severity,
};
pub use outcomes::{PersonInRun, PersonOutcome, RunCard};
pub use reader::{
    AddressCard, Change, ContactCard, ContactSummary, DateCard, FindQuery, InfoCard, Known, PartCard, ProtectionCard,
    Reader, SourceCard,
};
pub use store::{KeyKind, Store, Transaction};
pub use subscriptions::{
    Block, NewOrder, Order, OrderAction, OrderKey, OrderState, Rewish, SubscriptionBook, SubscriptionFacts, Wish,
};
pub use transfers::{Direction, Transfer, TransferBook, TransferKey, TransferState};
