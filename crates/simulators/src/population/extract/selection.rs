use std::collections::{BTreeMap, BTreeSet};
use std::io;

use kartotek_formats::codes::{Alpha, DerivedMarker};
use kartotek_formats::dates::Timestamp;
use kartotek_formats::identifiers::CprNumber;
use kartotek_formats::latin1::Text;
use kartotek_formats::records::StampOrBlank;
use kartotek_formats::records::u12170::R997SubscriptionReceipt;

use super::records::{Event, KEY_CONSTANT};
use super::sink::Sink;

/// HAENDELSE of a subscription that was set. The code of one that was deleted is not public; this one stands in for it.
const SUBSCRIPTION: &[u8] = b"A45";

/// Whom a customer's change extract of a day is about (cpr-batch-transfer.md section 5).
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Persons whose changes the customer gets, by index.
    pub subscribed: BTreeSet<u32>,
    /// Persons who are subscribed since the extract before, by index, and since when: all of their records come, changed
    /// or not, with an event `A45` of that time.
    pub added: BTreeMap<u32, Option<Timestamp>>,
    /// Numbers whose subscription was deleted since then, and when: a receipt 997 comes for each.
    pub deleted: Vec<(CprNumber, Option<Timestamp>)>,
}

impl Selection {
    /// Who is in the extract, of those to whom something happened.
    pub(crate) fn indices(&self, changed: &[u32]) -> impl Iterator<Item = u32> {
        let subscribed = changed.iter().copied().filter(|index| self.subscribed.contains(index));
        let all: BTreeSet<u32> = subscribed.chain(self.added.keys().copied()).collect();
        all.into_iter()
    }

    /// The event of a person's subscription.
    pub(crate) fn event(&self, index: u32) -> Option<Event> {
        self.added.get(&index).map(|at| Event { at: *at, code: SUBSCRIPTION, marker: DerivedMarker::default() })
    }

    /// Writes the receipts, by number.
    pub(crate) fn write_receipts<W: io::Write>(&self, sink: &mut Sink<'_, W>) -> io::Result<()> {
        let constant = if sink.has_key_constant() { KEY_CONSTANT } else { b"" };
        let mut deleted = self.deleted.clone();
        deleted.sort_unstable();
        for (pnr, at) in deleted {
            sink.record(&R997SubscriptionReceipt {
                pnr,
                timestampu: StampOrBlank(at),
                haendelse: Alpha::new(SUBSCRIPTION).unwrap_or_default(),
                nglkonst: Text::new(constant),
                extra: Text::default(),
            })?;
        }
        Ok(())
    }
}
