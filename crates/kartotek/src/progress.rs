//! Progress on a terminal.

use std::fmt::Write;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use kartotek_service::cpr_extract::Progress;

use crate::output::count;

/// Persons, rate and time left on a terminal; nothing in a pipe.
pub struct Bar(ProgressBar);

impl Bar {
    /// A bar that does not show yet; with `quiet` it never will.
    pub fn new(quiet: bool) -> Self {
        let bar = ProgressBar::with_draw_target(
            Some(0),
            if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() },
        );
        Self(bar)
    }

    /// Shows how far it is.
    pub fn show(&self, at: Progress) {
        let (template, done, all) = match at {
            Progress::Checked(done, all) => ("checking {bar:32} {bytes}/{total_bytes}", done, all),
            Progress::TakenIn(done, all) => {
                ("{bar:32} {human_pos}/{human_len} persons, {rate}/s, {eta} left", done, all)
            }
        };
        if self.0.length() != Some(all) {
            // A template of ours that does not parse would show in the first test of the command.
            if let Ok(style) = ProgressStyle::with_template(template) {
                self.0.set_style(style.with_key("rate", rate));
            }
            self.0.reset();
            self.0.set_length(all);
        }
        self.0.set_position(done);
    }

    /// Does something that prints, while the bar is out of the way.
    pub fn aside<T>(&self, print: impl FnOnce() -> T) -> T {
        self.0.suspend(print)
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}

/// Whole persons a second.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rate for people")]
fn rate(state: &ProgressState, out: &mut dyn Write) {
    // Drawing goes into a string, which cannot fail.
    let _ = write!(out, "{}", count(state.per_sec() as u64));
}
