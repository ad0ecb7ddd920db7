//! What CPR Direkte answered about one person.

use std::collections::BTreeSet;
use std::ops::Range;

use kartotek_clients::cpr_direkte::{Error, ErrorKind, Reply};
use kartotek_formats::cpr_direkte::{Advice, Body, BodyError, BodyRecord, ErrorNumber, TransactionCode};
use kartotek_formats::dates::{PartialDate, Timestamp};
use kartotek_formats::identifiers::CprNumber;
use kartotek_register::contact::ContactUpdate;
use kartotek_register::mapping::cpr::MappingOptions;
use kartotek_register::ports::{Fault, Message};

use crate::cpr_person::{Place, Records, Subject, map, marks};

use super::related::related;

/// Why there are no data about a person. Holds no number.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// CPR Direkte could not be asked, or refused.
    #[error(transparent)]
    Direkte(#[from] Error),
    /// The data are not whole, or not about the person.
    #[error("the answer was refused: {0}")]
    Body(#[from] BodyError),
}

impl FetchError {
    /// The error number, when CPR gave one.
    pub fn number(&self) -> Option<ErrorNumber> {
        match self {
            Self::Direkte(error) => error.number(),
            Self::Body(_) => None,
        }
    }

    /// Whose fault it is.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Direkte(error) => fault_of(error),
            Self::Body(_) => Fault::Data,
        }
    }

    /// Whether asking about others is of no use either: that was said before, the server is not to be trusted, or it was
    /// signing on that failed for good.
    pub fn stops_all(&self) -> bool {
        let Self::Direkte(error) = self else { return false };
        let is_said_of_all = matches!(
            error.kind,
            ErrorKind::Stopped(_)
                | ErrorKind::SignOnRests
                | ErrorKind::Passwords(_)
                | ErrorKind::Tls(_)
                | ErrorKind::HostName
        );
        is_said_of_all
            || error.number().is_some_and(|number| number.advice() == Advice::Stop)
            || (error.is_of_sign_on() && !error.may_be_retried())
    }

    /// Whether asking again may help, without anybody doing something about it.
    pub fn may_be_retried(&self) -> bool {
        matches!(self, Self::Direkte(error) if error.may_be_retried())
    }
}

/// Whose fault an error of CPR Direkte is.
pub(super) fn fault_of(error: &Error) -> Fault {
    match error.fault() {
        kartotek_clients::cpr_direkte::Fault::Peer => Fault::Peer,
        kartotek_clients::cpr_direkte::Fault::Configuration => Fault::Configuration,
        kartotek_clients::cpr_direkte::Fault::Data => Fault::Data,
        kartotek_clients::cpr_direkte::Fault::Kartotek => Fault::Kartotek,
    }
}

/// An answer with the data of one person, checked: whole, and about the person asked for.
pub struct Fetched {
    number: CprNumber,
    transaction: TransactionCode,
    reply: Reply,
    /// PRODDTO of record 000.
    production_date: PartialDate,
    /// Where the person's records stand in the data.
    records: Vec<Range<usize>>,
    /// The Danish minute in which the answer came.
    at: Option<Timestamp>,
}

/// A person mapped from an answer, or the reasons why not.
pub struct Answered {
    /// What CPR states; `None` when a record is bad.
    pub update: Option<ContactUpdate>,
    /// Errors and remarks.
    pub messages: Vec<Message>,
}

impl Fetched {
    pub(super) fn new(
        number: CprNumber,
        transaction: TransactionCode,
        reply: Reply,
        at: Option<Timestamp>,
    ) -> Result<Self, BodyError> {
        let body = Body::decode(reply.answer().data, transaction, number)?;
        let production_date = body.frame.production_date;
        let range = |record: &BodyRecord<'_>| record.offset..record.offset + record.bytes.len();
        let records = body.records.iter().map(range).collect();
        Ok(Self { number, transaction, reply, production_date, records, at })
    }

    /// The person asked for.
    pub fn number(&self) -> CprNumber {
        self.number
    }

    /// The day as of which CPR showed the person: PRODDTO of record 000.
    pub fn production_date(&self) -> PartialDate {
        self.production_date
    }

    /// Close relatives: spouse, children, parents, guardian and holders of custody, as far as the records tell their
    /// numbers.
    pub fn related(&self) -> Vec<CprNumber> {
        match self.transaction {
            TransactionCode::Off4 => related(self.number, self.records().map(|(bytes, _)| bytes)),
            // The private records tell nobody's number.
            TransactionCode::Priv => Vec::new(),
        }
    }

    /// Maps the records. The stamp is the day as of which CPR showed the person, then the time of the answer
    /// (contact-model.md 6.8).
    pub fn map(&self, mapping: &MappingOptions) -> Answered {
        let records = self.records().map(|(bytes, _)| bytes);
        let marks = marks(records, self.production_date, self.at, mapping.hash());
        let subject = Subject {
            number: self.number,
            records: match self.transaction {
                TransactionCode::Off4 => Records::Public,
                TransactionCode::Priv => Records::Private,
            },
            has_lines: false,
            remedy: "look the person up again, and report it to CPR's service desk if it stays",
        };
        let mut messages = Vec::new();
        let update = map(&subject, &self.records(), &marks, &BTreeSet::new(), mapping, &mut messages);
        // Whether there is a subscription is not in the records: it is what was asked for, and written apart from them.
        let update = update.map(|update| ContactUpdate { subscribed: false, ..update });
        Answered { update, messages }
    }

    fn records(&self) -> impl Iterator<Item = (&[u8], Place)> + Clone {
        let data = self.reply.answer().data;
        self.records.iter().map(move |range| {
            let place = Place { offset: range.start as u64, line: 0 };
            (data.get(range.clone()).unwrap_or_default(), place)
        })
    }
}
