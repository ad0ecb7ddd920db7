use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use kartotek_formats::cpr_direkte::{DataType, ErrorNumber, Request, SubscriptionType, TransactionCode};
use kartotek_formats::identifiers::CprNumber;

use super::accounts::Accounts;
use super::answer::{self, Outcome};
use super::body::Body;
use super::counts::Counters;
use super::fault::{Fault, Faults, Stage};
use super::options::{Exchange, ExchangeEvent, SimulatorOptions};
use super::request::{Asked, RequestKind, Violation, violation};
use crate::population::{Counts, Shape, SharedPopulation};
use crate::subscriptions::Subscriptions;

/// What answers, without the connections.
pub(super) struct Service {
    options: SimulatorOptions,
    population: SharedPopulation,
    day: AtomicU32,
    accounts: Mutex<Accounts>,
    subscriptions: Mutex<Subscriptions>,
    violations: Mutex<Vec<Violation>>,
    pub(super) faults: Faults,
    pub(super) counters: Counters,
}

/// An answer, and the fault that sends it.
pub(super) struct Reply {
    pub(super) bytes: Vec<u8>,
    pub(super) sending: Option<Fault>,
}

impl Service {
    pub(super) fn new(options: SimulatorOptions, population: SharedPopulation) -> Self {
        let accounts = Accounts::new(options.password.clone(), options.password_expired, options.token_lifetime);
        population.write().advance_to(options.day);
        Self {
            population,
            day: options.day.into(),
            accounts: Mutex::new(accounts),
            subscriptions: Mutex::new(Subscriptions::since(options.day)),
            options,
            violations: Mutex::default(),
            faults: Faults::default(),
            counters: Counters::default(),
        }
    }

    pub(super) fn accounts(&self) -> MutexGuard<'_, Accounts> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn subscriptions(&self) -> MutexGuard<'_, Subscriptions> {
        self.subscriptions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn violations(&self) -> Vec<Violation> {
        self.violations.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn day(&self) -> u32 {
        self.day.load(Ordering::SeqCst)
    }

    pub(super) fn set_day(&self, day: u32) {
        self.population.write().advance_to(day);
        self.day.store(day, Ordering::SeqCst);
    }

    /// Bytes came after a request that had been answered already.
    pub(super) fn more_followed(&self, request: &[u8], peer: SocketAddr) {
        if self.options.strict {
            let position = Request::length(request).unwrap_or_default() + 1;
            let violation = Violation { position, expected: "nothing after the request" };
            self.remember(violation);
            self.tell(peer, Asked::read(request).kind, ExchangeEvent::MoreFollowed(violation));
        }
    }

    fn tell(&self, peer: SocketAddr, kind: RequestKind, event: ExchangeEvent) {
        if let Some(observer) = &self.options.observer {
            (observer.0)(&Exchange { peer, kind, event });
        }
    }

    /// As on a dual-stack socket, IPv4 addresses may come in the clothes of IPv6.
    fn is_approved(&self, peer: SocketAddr) -> bool {
        self.options.approved.as_ref().is_none_or(|approved| approved.contains(&peer.ip().to_canonical()))
    }

    fn remember(&self, violation: Violation) {
        self.violations.lock().unwrap_or_else(PoisonError::into_inner).push(violation);
    }

    /// Answers a request.
    pub(super) fn reply(&self, request: &[u8], peer: SocketAddr) -> Reply {
        let asked = Asked::read(request);
        let is_approved = self.is_approved(peer);
        // Who may not ask uses no fault up, and is told nothing about the request.
        let strike = |stage| if is_approved { self.faults.strike(stage, Some(asked.kind)) } else { None };
        let (fault, sending) = (strike(Stage::Answering), strike(Stage::Sending));
        let is_checked = self.options.strict && is_approved;
        let violation = is_checked.then(|| violation(request, self.options.plain)).flatten();
        let write = |outcome, fault| answer::write(&asked, outcome, fault, self.options.customer);
        let (bytes, error) = match (violation, &fault) {
            _ if !is_approved => write(Outcome::Refused(ErrorNumber::ADDRESS_NOT_APPROVED), None),
            (Some(violation), _) => {
                self.remember(violation);
                write(Outcome::Violated(violation), None)
            }
            (None, Some(Fault::Bytes(bytes))) => (bytes.clone(), ErrorNumber::SUCCESS),
            (None, Some(Fault::Error { number, .. })) => write(Outcome::Refused(*number), fault.as_ref()),
            (None, _) => {
                let outcome = self.answer(&asked, peer.ip(), fault.as_ref());
                write(outcome.unwrap_or_else(Outcome::Refused), fault.as_ref())
            }
        };
        match asked.kind {
            RequestKind::Logon => self.counters.logons.add(),
            RequestKind::Lookup => self.counters.lookups.add(),
        }
        if !error.is_success() {
            self.counters.refused.add();
        }
        let faulty = fault.is_some() || sending.is_some();
        self.tell(peer, asked.kind, ExchangeEvent::Answered { error, bytes: bytes.len(), faulty, violation });
        Reply { bytes, sending }
    }

    fn answer(&self, asked: &Asked, address: IpAddr, fault: Option<&Fault>) -> Result<Outcome, ErrorNumber> {
        let number = |number| ErrorNumber::new(number).unwrap_or(ErrorNumber::NO_CONNECTION);
        let transaction = asked.transaction.ok_or(answer::no_access())?;
        if !self.options.transactions.contains(&transaction) {
            return Err(if transaction == TransactionCode::Off4 { number(18) } else { answer::no_access() });
        }
        if asked.customer != *self.options.customer.as_bytes() {
            return Err(ErrorNumber::UNKNOWN_CUSTOMER);
        }
        let right_user = asked.user == *self.options.user.as_bytes();
        if asked.kind == RequestKind::Logon {
            let token = self.accounts().sign_on(right_user, asked.password, asked.new_password, address)?;
            return Ok(Outcome::SignedOn(token));
        }
        if !(self.options.plain || self.accounts().is_signed_on(asked.token, address) && right_user) {
            return Err(ErrorNumber::SIGN_ON_AGAIN);
        }
        let subscription = SubscriptionType::from_digit(asked.subscription).ok_or(number(10))?;
        let data = DataType::from_digit(asked.data).ok_or(number(11))?;
        if asked.number == [b' '; 10] {
            return Err(number(17));
        }
        let asked_for = CprNumber::from_digits(&asked.number).map_err(|_| ErrorNumber::UNKNOWN_NUMBER)?;
        self.look_up(transaction, subscription, data, asked_for, fault).map(Outcome::Found)
    }

    fn look_up(
        &self,
        transaction: TransactionCode,
        subscription: SubscriptionType,
        data: DataType,
        number: CprNumber,
        fault: Option<&Fault>,
    ) -> Result<Option<Body>, ErrorNumber> {
        let day = self.day();
        let (today, records) = {
            let population = self.population.read();
            let index = population.index_of(number).ok_or(ErrorNumber::UNKNOWN_NUMBER)?;
            let records = |index| match transaction {
                TransactionCode::Off4 => population.person_records(index, day),
                TransactionCode::Priv => population.private_person_records(index, day),
            };
            let own = records(index).unwrap_or_default();
            if own.is_empty() {
                return Err(ErrorNumber::UNKNOWN_NUMBER);
            }
            let told = match fault {
                Some(Fault::AnotherPerson) => records(index.checked_sub(1).unwrap_or(1)).unwrap_or_default(),
                _ => own,
            };
            (population.calendar().production_date(day), told)
        };
        match subscription {
            SubscriptionType::Unchanged => {}
            SubscriptionType::Set => self.subscriptions().change(number, true, day, today),
            SubscriptionType::Delete => self.subscriptions().change(number, false, day, today),
        }
        Ok((data == DataType::Task).then(|| Body::new(transaction, today, &records)))
    }

    pub(super) fn write_batch<W: io::Write>(
        &self,
        day: u32,
        shape: Shape,
        task: u32,
        to: &mut W,
    ) -> io::Result<Counts> {
        self.population.write().advance_to(day);
        let population = self.population.read();
        let selection = self.subscriptions().told_on(day, |number| population.index_of(number));
        population.write_selected(day, &selection, shape, task, to)
    }
}
