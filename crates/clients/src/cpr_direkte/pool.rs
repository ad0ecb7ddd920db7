use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

use tokio::sync::{Mutex, Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep_until};

/// How many requests run at a time, and how quickly they follow each other. First come, first served.
pub(super) struct Pool {
    permits: Semaphore,
    pace: Option<Pace>,
}

/// Leave to make one connection; given back when dropped.
pub(super) struct Pass<'a>(#[expect(dead_code, reason = "held for its drop")] SemaphorePermit<'a>);

impl Pool {
    pub(super) fn new(connections: NonZeroUsize, per_second: Option<NonZeroU32>) -> Self {
        Self { permits: Semaphore::new(connections.get().min(Semaphore::MAX_PERMITS)), pace: per_second.map(Pace::new) }
    }

    /// Waits for its turn. `None` never comes: the semaphore is not closed.
    pub(super) async fn enter(&self) -> Option<Pass<'_>> {
        let permit = self.permits.acquire().await.ok()?;
        if let Some(pace) = &self.pace {
            pace.wait().await;
        }
        Some(Pass(permit))
    }
}

/// Slots of equal length, one request in each.
struct Pace {
    slot: Duration,
    next: Mutex<Instant>,
}

impl Pace {
    /// What a timer is late by is made up for; more is not, so that nothing is saved up for a burst.
    const LATE: Duration = Duration::from_millis(5);

    fn new(per_second: NonZeroU32) -> Self {
        Self { slot: Duration::from_secs(1) / per_second.get(), next: Mutex::new(Instant::now()) }
    }

    /// The lock is held while waiting: it is the queue. Whoever gives up leaves the slot to the next one.
    async fn wait(&self) {
        let mut next = self.next.lock().await;
        let now = Instant::now();
        if *next > now {
            sleep_until(*next).await;
        }
        let earliest = Instant::now().checked_sub(Self::LATE).unwrap_or(*next);
        *next = earliest.max(*next) + self.slot;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn requests_are_spaced_evenly_even_after_a_pause() {
        let pool = Pool::new(NonZeroUsize::new(4).unwrap(), NonZeroU32::new(10));
        let start = Instant::now();
        for _ in 0..11 {
            pool.enter().await.unwrap();
        }
        let took = start.elapsed();
        assert!((Duration::from_millis(990)..Duration::from_millis(1_020)).contains(&took), "{took:?}");

        tokio::time::advance(Duration::from_mins(1)).await;
        let start = Instant::now();
        for _ in 0..11 {
            pool.enter().await.unwrap();
        }
        let took = start.elapsed();
        assert!((Duration::from_millis(990)..Duration::from_millis(1_020)).contains(&took), "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_gives_up_takes_neither_connection_nor_slot() {
        let pool = Arc::new(Pool::new(NonZeroUsize::MIN, NonZeroU32::new(1)));
        pool.enter().await.unwrap();
        for _ in 0..100 {
            let given_up = tokio::time::timeout(Duration::from_millis(1), pool.enter()).await;
            assert!(given_up.is_err());
        }
        let start = Instant::now();
        pool.enter().await.unwrap();
        assert!(start.elapsed() <= Duration::from_secs(1), "{:?}", start.elapsed());
    }

    #[tokio::test]
    async fn there_are_as_many_passes_as_connections() {
        let pool = Pool::new(NonZeroUsize::new(2).unwrap(), None);
        let held = (pool.enter().await, pool.enter().await);
        let third = tokio::time::timeout(Duration::from_millis(5), pool.enter()).await;
        assert!(third.is_err());
        drop(held);
        assert!(pool.enter().await.is_some());
    }
}
