use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use kartotek_formats::cpr_direkte::{ErrorNumber, Explanation, Who};
use tokio::time::Instant;
use tracing::error;

use super::locked;

/// How long an alarm that goes on is not repeated.
const QUIET: Duration = Duration::from_mins(15);

/// Tells operators of error numbers that somebody must act on. A thousand look-ups that fail alike make one alarm.
#[derive(Default)]
pub(super) struct Alarms {
    last: Mutex<BTreeMap<ErrorNumber, Instant>>,
}

impl Alarms {
    /// Logs an alarm, unless the same was logged a short while ago.
    pub(super) fn raise(&self, number: ErrorNumber, endpoint: &str) {
        let now = Instant::now();
        let mut last = locked(&self.last);
        if last.get(&number).is_some_and(|last| now.duration_since(*last) < QUIET) {
            return;
        }
        last.insert(number, now);
        drop(last);
        log(number, endpoint, "CPR Direkte answers with an error that somebody must act on");
    }

    /// Logs that nobody signs on for a while.
    pub(super) fn sign_on_rests(endpoint: &str) {
        let cause = "sign-ons were sent, and no answer came that could be understood";
        let next_step = "see what `kartotek cpr test` says, and ask CPR's service desk whether the user is locked";
        let who = Who::Operator.en();
        error!(alarm = true, cause, who, next_step, endpoint, "CPR Direkte is not signed on to for a while");
    }

    /// Logs that all requests are stopped.
    pub(super) fn stopped(number: ErrorNumber, endpoint: &str) {
        log(number, endpoint, "CPR Direkte is not asked any more");
    }
}

fn log(number: ErrorNumber, endpoint: &str, message: &'static str) {
    let Explanation { cause_en, next_step_en, who, .. } = number.explain();
    error!(alarm = true, %number, cause = cause_en, who = who.en(), next_step = next_step_en, endpoint, "{message}");
}
