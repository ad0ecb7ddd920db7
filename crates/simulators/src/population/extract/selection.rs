use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io;

use kartotek_formats::codes::{Alpha, DerivedMarker, Digits};
use kartotek_formats::dates::Timestamp;
use kartotek_formats::identifiers::CprNumber;
use kartotek_formats::latin1::Text;
use kartotek_formats::records::StampOrBlank;
use kartotek_formats::records::u12170::{R910Error, R997SubscriptionReceipt};
use kartotek_formats::subscription_file::KeyConstant;

use super::records::{Event, KEY_CONSTANT, echoed};
use super::sink::Sink;

/// HAENDELSE of a subscription that was set. The code of one that was deleted is not public; this one stands in for it.
const SUBSCRIPTION: &[u8] = b"A45";

/// Characters of a refused line that are echoed.
const ECHOED: usize = 75;

/// Where the person number stands in a line of a subscription file, from 0.
const NUMBER: std::ops::Range<usize> = 10..20;

/// Whom a customer's change extract of a day is about (cpr-batch-transfer.md section 5).
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Persons whose changes the customer gets, by index.
    pub subscribed: BTreeSet<u32>,
    /// Persons who are subscribed since the extract before, by index: all of their records come, changed or not, with an
    /// event `A45`.
    pub added: BTreeMap<u32, Ordered>,
    /// Numbers whose subscription was deleted since then: a receipt 997 comes for each.
    pub deleted: Vec<(CprNumber, Ordered)>,
    /// Lines that the customer sent in and CPR refuses: a record 910 comes for each.
    pub refused: Vec<Refusal>,
}

/// When a subscription was set or deleted, and what the customer wants to see with it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ordered {
    /// When.
    pub at: Option<Timestamp>,
    /// NGLKONST of 099 and 997; where it is empty, that of the shape.
    pub key_constant: KeyConstant,
}

/// A line of a subscription file that is refused. `Debug` does not show the line.
#[derive(Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The line without its end, as it came.
    pub line: Vec<u8>,
    /// FEJLNR.
    pub number: u16,
    /// FEJLTXT, ISO-8859-1.
    pub text: String,
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
        self.added.get(&index).map(|Ordered { at, key_constant }| Event {
            at: *at,
            code: SUBSCRIPTION,
            marker: DerivedMarker::default(),
            key_constant: *key_constant,
        })
    }

    /// Writes what was refused, in the order of the lines.
    pub(crate) fn write_refusals<W: io::Write>(&self, sink: &mut Sink<'_, W>) -> io::Result<()> {
        for Refusal { line, number, text } in &self.refused {
            let concerned = line.get(NUMBER).filter(|digits| digits.iter().all(u8::is_ascii_digit));
            let text: Vec<u8> = text.chars().map(|character| u8::try_from(character).unwrap_or(b'?')).collect();
            sink.record(&R910Error {
                sortfelt_10: Text::new(concerned.unwrap_or(b"PNR")),
                inddata: Text::new(line.get(..ECHOED).unwrap_or(line)),
                fejlnr: Digits::from_number(u64::from(*number)).unwrap_or_default(),
                fejltxt_udtraek: Text::new(&text),
                extra: Text::default(),
            })?;
        }
        Ok(())
    }

    /// Writes the receipts, by number.
    pub(crate) fn write_receipts<W: io::Write>(&self, sink: &mut Sink<'_, W>) -> io::Result<()> {
        let constant = if sink.has_key_constant() { KEY_CONSTANT } else { b"" };
        let mut deleted = self.deleted.clone();
        deleted.sort_by_key(|(number, ordered)| (*number, ordered.at));
        for (pnr, Ordered { at, key_constant }) in deleted {
            sink.record(&R997SubscriptionReceipt {
                pnr,
                timestampu: StampOrBlank(at),
                haendelse: Alpha::new(SUBSCRIPTION).unwrap_or_default(),
                nglkonst: Text::new(echoed(&key_constant, constant)),
                extra: Text::default(),
            })?;
        }
        Ok(())
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Refusal({:04} {})", self.number, self.text)
    }
}
