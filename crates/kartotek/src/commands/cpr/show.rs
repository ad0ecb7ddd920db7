//! Persons as the register would have them, without a register.

use kartotek_register::contact::ContactId;
use kartotek_register::memory::MemoryStore;
use kartotek_register::ports::{ContactCard, Store, SystemClock};
use kartotek_service::cpr_online::{Fetched, OnlineImport, Taken};

use crate::exit::Failure;

/// What is shown of a person, and the messages about the records. `None`: the records could not be taken in.
pub(super) fn card(fetched: &Fetched, import: &OnlineImport) -> Result<(Option<ContactCard>, Taken), Failure> {
    let mut store = MemoryStore::new();
    let clock = SystemClock;
    let mut run = import.begin(&mut store, &clock, "cpr lookup")?;
    let taken = run.take_in(&mut store, std::slice::from_ref(fetched), false)?;
    let taken = taken.into_iter().next().ok_or_else(|| Failure::unreachable(anyhow::anyhow!("nobody was taken in")))?;
    let mut card = store.reader()?.contact(&ContactId::person(fetched.number()))?;
    // What would be noted about the source is not a fact about the person.
    if let Some(card) = &mut card {
        card.sources.clear();
    }
    Ok((card, taken))
}
