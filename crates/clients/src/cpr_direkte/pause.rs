use std::sync::Mutex;

use tokio::time::{Instant, sleep_until};

use super::{Backoff, locked, random};

/// Waiting that all requests share while CPR is closed or cannot be reached. Otherwise each of many would find that out for
/// itself, one after the other without a pause between them.
#[derive(Default)]
pub(super) struct Pause {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    failed: u32,
    until: Option<Instant>,
}

impl Pause {
    /// Makes all wait, longer each time. Requests that were under way together count once: `began` is when this one did.
    pub(super) fn failed(&self, began: Instant, backoff: Backoff) {
        let mut state = locked(&self.state);
        if state.until.is_some_and(|until| began < until) {
            return;
        }
        state.failed = state.failed.saturating_add(1);
        state.until = Some(Instant::now() + backoff.wait(state.failed, random()));
    }

    /// CPR has answered.
    pub(super) fn end(&self) {
        *locked(&self.state) = State::default();
    }

    /// How often in a row it was of no use.
    pub(super) fn failures(&self) -> u32 {
        locked(&self.state).failed
    }

    pub(super) fn is_on(&self) -> bool {
        self.until().is_some()
    }

    /// Waits until it is over, however often it is prolonged meanwhile.
    pub(super) async fn wait(&self) {
        while let Some(until) = self.until() {
            sleep_until(until).await;
        }
    }

    fn until(&self) -> Option<Instant> {
        locked(&self.state).until.filter(|until| *until > Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn those_who_fail_together_count_once() {
        let (pause, backoff) = (Pause::default(), Backoff::default());
        let began = Instant::now();
        for _ in 0..8 {
            pause.failed(began, backoff);
        }
        assert_eq!((pause.failures(), pause.is_on()), (1, true));
        pause.wait().await;
        assert!(began.elapsed() >= backoff.first / 2 && !pause.is_on());
        pause.failed(Instant::now(), backoff);
        assert_eq!(pause.failures(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_ends_it() {
        let pause = Pause::default();
        pause.failed(Instant::now(), Backoff::default());
        pause.end();
        assert_eq!((pause.failures(), pause.is_on()), (0, false));
    }
}
