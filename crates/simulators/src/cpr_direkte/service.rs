use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use kartotek_formats::cpr_direkte::{
    AnswerHeader, CustomerNumber, DataType, ErrorNumber, Request, SubscriptionType, Token, TransactionCode, UserId,
};
use kartotek_formats::dates::Timestamp;
use kartotek_formats::identifiers::CprNumber;
use kartotek_formats::latin1;

use super::accounts::Accounts;
use super::body::Body;
use super::counts::Counters;
use super::fault::{Fault, Faults, Stage};
use super::options::{Exchange, SimulatorOptions};
use super::request::{Asked, RequestKind, Violation, violation};
use super::subscriptions::Subscriptions;
use crate::population::SharedPopulation;

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

/// What a request comes to, before it is written.
enum Outcome {
    SignedOn(Token),
    /// A look-up or change of a subscription that succeeded; a body if data were asked for.
    Found(Option<Body>),
    Refused(ErrorNumber),
    Violated(Violation),
}

impl Service {
    pub(super) fn new(options: SimulatorOptions, population: SharedPopulation) -> Self {
        let accounts = Accounts::new(options.password.clone(), options.password_expired, options.token_lifetime);
        Self {
            options,
            population,
            day: AtomicU32::default(),
            accounts: Mutex::new(accounts),
            subscriptions: Mutex::default(),
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
    pub(super) fn more_followed(&self, request: &[u8]) {
        if self.options.strict {
            let position = Request::length(request).unwrap_or_default() + 1;
            self.remember(Violation { position, expected: "nothing after the request" });
        }
    }

    fn remember(&self, violation: Violation) {
        self.violations.lock().unwrap_or_else(PoisonError::into_inner).push(violation);
    }

    /// Answers a request.
    pub(super) fn reply(&self, request: &[u8], peer: SocketAddr) -> Reply {
        let asked = Asked::read(request);
        let fault = self.faults.strike(Stage::Answering, Some(asked.kind));
        let sending = self.faults.strike(Stage::Sending, Some(asked.kind));
        let violation = self.options.strict.then(|| violation(request, self.options.plain)).flatten();
        let (bytes, error) = match (violation, &fault) {
            (Some(violation), _) => {
                self.remember(violation);
                self.write(&asked, Outcome::Violated(violation), None)
            }
            (None, Some(Fault::Bytes(bytes))) => (bytes.clone(), ErrorNumber::SUCCESS),
            (None, Some(Fault::Error { number, .. })) => self.write(&asked, Outcome::Refused(*number), fault.as_ref()),
            (None, _) => {
                let outcome = self.answer(&asked, peer.ip(), fault.as_ref());
                self.write(&asked, outcome.unwrap_or_else(Outcome::Refused), fault.as_ref())
            }
        };
        match asked.kind {
            RequestKind::Logon => self.counters.logons.add(),
            RequestKind::Lookup => self.counters.lookups.add(),
        }
        if !error.is_success() {
            self.counters.refused.add();
        }
        if let Some(observer) = &self.options.observer {
            let faulty = fault.is_some() || sending.is_some();
            (observer.0)(&Exchange { peer, kind: asked.kind, error, bytes: bytes.len(), faulty });
        }
        Reply { bytes, sending }
    }

    fn answer(&self, asked: &Asked, address: IpAddr, fault: Option<&Fault>) -> Result<Outcome, ErrorNumber> {
        let number = |number| ErrorNumber::new(number).unwrap_or(ErrorNumber::NO_CONNECTION);
        let transaction = asked.transaction.ok_or(number(99))?;
        if !self.options.transactions.contains(&transaction) {
            return Err(number(if transaction == TransactionCode::Off4 { 18 } else { 99 }));
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
        let records = {
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
            match fault {
                Some(Fault::AnotherPerson) if index == 0 => records(1).unwrap_or_default(),
                Some(Fault::AnotherPerson) => records(index - 1).unwrap_or_default(),
                _ => own,
            }
        };
        match subscription {
            SubscriptionType::Unchanged => {}
            SubscriptionType::Set => self.subscribe(number, true, day),
            SubscriptionType::Delete => self.subscribe(number, false, day),
        }
        Ok((data == DataType::Task).then(|| Body::new(transaction, &records)))
    }

    /// Sets or deletes a subscription; the minutes of a day follow the order of what happens on it, from noon on.
    fn subscribe(&self, number: CprNumber, set: bool, day: u32) {
        let date = self.population.read().calendar().production_date(day);
        let mut subscriptions = self.subscriptions();
        let minutes = u8::try_from(subscriptions.log().len() % (7 * 60) / 60).unwrap_or_default();
        let minute = u8::try_from(subscriptions.log().len() % 60).unwrap_or_default();
        let at = date.and_then(|date| Timestamp::at(date, 12 + minutes, minute));
        subscriptions.change(number, set, day, at);
    }

    /// Writes an answer; its error number is returned with it.
    fn write(&self, asked: &Asked, outcome: Outcome, fault: Option<&Fault>) -> (Vec<u8>, ErrorNumber) {
        let mut token = match asked.kind {
            RequestKind::Logon => Token::new([b' '; 8]),
            RequestKind::Lookup => Token::new(asked.token),
        };
        let mut error = ErrorNumber::SUCCESS;
        let mut data = Vec::new();
        let customer = match fault {
            Some(Fault::AnotherCustomer(other)) => *other,
            _ => CustomerNumber::new(&asked.customer).unwrap_or(self.options.customer),
        };
        match outcome {
            Outcome::SignedOn(issued) => token = issued,
            Outcome::Found(body) => {
                if let Some(mut body) = body {
                    match fault {
                        Some(Fault::WrongCount) => body.miscount(),
                        Some(Fault::RecordType(record_type)) => body.insert(*record_type),
                        _ => {}
                    }
                    let today = self.population.read().calendar().production_date(self.day());
                    if body.write(customer, today, &mut data).is_err() {
                        data.clear();
                        error = ErrorNumber::NO_CONNECTION;
                    }
                }
            }
            Outcome::Refused(number) => {
                error = number;
                let text = match fault {
                    Some(Fault::Error { text, .. }) => text,
                    _ => number.explain().cause_da,
                };
                data = latin1::encode(text).unwrap_or_default();
            }
            Outcome::Violated(violation) => {
                error = ErrorNumber::new(99).unwrap_or(ErrorNumber::NO_CONNECTION);
                data = violation.to_string().into_bytes();
            }
        }
        if let Some(Fault::ErrorWithData(number)) = fault {
            error = *number;
        }
        let short = asked.kind == RequestKind::Logon && fault == Some(&Fault::ShortLogon);
        let length = u16::try_from(AnswerHeader::LENGTH + data.len()).unwrap_or_default();
        let header = AnswerHeader {
            customer,
            subscription: asked.subscription,
            data: asked.data,
            token,
            user: str::from_utf8(&asked.user).ok().and_then(|user| UserId::parse(user).ok()),
            error,
            length: (!short).then_some(length),
        };
        let mut bytes = Vec::with_capacity(usize::from(length));
        header.encode(&mut bytes);
        if !short {
            bytes.extend_from_slice(&data);
        }
        (bytes, error)
    }
}
