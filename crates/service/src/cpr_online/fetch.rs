//! Asking, from code that does not wait on futures.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kartotek_clients::cpr_direkte::{Client, Error, Reply};
use kartotek_formats::cpr_direkte::{DataType, SubscriptionType};
use kartotek_formats::identifiers::CprNumber;
use kartotek_register::ports::Clock;
use tokio::runtime::Runtime;

use crate::danish_time;

use super::{FetchError, Fetched};

/// What to ask about a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// `06`: the data; the subscription stays as it is (F21).
    Fetch,
    /// `16`: the data, and a subscription from now on (F22).
    FetchAndSubscribe,
    /// `30`: no data, and no subscription from now on.
    Unsubscribe,
}

impl Ask {
    fn types(self) -> (SubscriptionType, DataType) {
        match self {
            Self::Fetch => (SubscriptionType::Unchanged, DataType::Task),
            Self::FetchAndSubscribe => (SubscriptionType::Set, DataType::Task),
            Self::Unsubscribe => (SubscriptionType::Delete, DataType::None),
        }
    }
}

/// Why nothing can be asked.
#[derive(Debug, thiserror::Error)]
pub enum OnlineError {
    /// The threads for asking cannot be started.
    #[error("cannot start the threads for CPR Direkte: {0}")]
    Runtime(std::io::Error),
}

/// A client of CPR Direkte with threads of its own. Never made or dropped within a runtime.
pub struct Online {
    runtime: Runtime,
    client: Client,
    clock: Arc<dyn Clock>,
}

impl Online {
    /// Starts the threads; nothing is connected yet.
    pub fn new(client: Client, clock: Arc<dyn Clock>) -> Result<Self, OnlineError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("cpr-direkte")
            .enable_all()
            .build()
            .map_err(OnlineError::Runtime)?;
        Ok(Self { runtime, client, clock })
    }

    /// The client.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Whether CPR has said that the password has expired, so that nothing can be asked before it is changed.
    pub fn has_expired_password(&self) -> bool {
        self.wait(self.client.has_expired_password())
    }

    /// Waits for something on the client's threads.
    pub fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Does something beside on the client's threads.
    pub fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        drop(self.runtime.spawn(work));
    }

    /// Asks about one person. `None` when the question was not for data.
    pub fn fetch(&self, number: CprNumber, ask: Ask) -> Result<Option<Fetched>, FetchError> {
        self.wait(one(&self.client, self.clock.as_ref(), number, ask))
    }

    /// Asks about many, as many at a time as the client has connections, and hands each answer over as it comes, in any
    /// order. After `Break`, or once asking was in vain for every connection twice over, nobody else is asked about; what
    /// has been asked is still waited for and handed over, since CPR has acted on it. Returns how many were not asked about.
    pub fn fetch_all(
        &self,
        numbers: impl IntoIterator<Item = CprNumber, IntoIter: Send + 'static>,
        ask: Ask,
        mut take: impl FnMut(CprNumber, Result<Option<Fetched>, FetchError>) -> ControlFlow<()>,
    ) -> usize {
        let workers = self.client.settings().connections.get();
        let (to, mut from) = tokio::sync::mpsc::channel(workers);
        let numbers = Arc::new(Queue::new(numbers.into_iter()));
        for _ in 0..workers {
            let (client, clock, numbers, to) =
                (self.client.clone(), Arc::clone(&self.clock), Arc::clone(&numbers), to.clone());
            self.runtime.spawn(async move {
                while let Some(number) = numbers.next() {
                    let answer = one(&client, clock.as_ref(), number, ask).await;
                    if to.send((number, answer)).await.is_err() {
                        break;
                    }
                }
            });
        }
        drop(to);
        let mut in_vain = InVain { in_a_row: 0, enough: workers.saturating_mul(2) };
        let mut left = 0;
        while let Some((number, answer)) = from.blocking_recv() {
            let is_enough = in_vain.is_enough(&answer);
            if take(number, answer).is_break() || is_enough {
                left += numbers.end();
            }
        }
        left
    }
}

/// Persons in a row about whom CPR could not be asked, after all tries. When that is so for every connection twice over, it
/// will be so for those who follow, however many they are.
struct InVain {
    in_a_row: usize,
    enough: usize,
}

impl InVain {
    fn is_enough<T>(&mut self, answer: &Result<T, FetchError>) -> bool {
        let is_in_vain = matches!(answer, Err(error) if error.may_be_retried());
        self.in_a_row = if is_in_vain { self.in_a_row + 1 } else { 0 };
        self.in_a_row >= self.enough
    }
}

/// Numbers that are still to be asked about.
struct Queue<I>(Mutex<Option<I>>);

impl<I: Iterator<Item = CprNumber>> Queue<I> {
    fn new(numbers: I) -> Self {
        Self(Mutex::new(Some(numbers)))
    }

    fn next(&self) -> Option<CprNumber> {
        self.locked().as_mut()?.next()
    }

    /// Lets nobody have another one, and counts those that are left.
    fn end(&self) -> usize {
        self.locked().take().map_or(0, Iterator::count)
    }

    fn locked(&self) -> MutexGuard<'_, Option<I>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn one(client: &Client, clock: &dyn Clock, number: CprNumber, ask: Ask) -> Result<Option<Fetched>, FetchError> {
    let (subscription, data) = ask.types();
    let reply: Result<Reply, Error> = client.lookup(number, subscription, data).await;
    let reply = reply?;
    if data == DataType::None {
        return Ok(None);
    }
    let fetched = Fetched::new(number, client.settings().transaction, reply, danish_time::minute(clock))?;
    Ok(Some(fetched))
}
