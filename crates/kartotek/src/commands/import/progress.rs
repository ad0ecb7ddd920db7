use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use kartotek_service::cpr_extract::Progress;

/// Persons, rate and time left on a terminal; nothing in a pipe.
pub(super) struct Bar(ProgressBar);

impl Bar {
    pub fn new(quiet: bool) -> Self {
        let bar = ProgressBar::with_draw_target(
            Some(0),
            if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() },
        );
        Self(bar)
    }

    pub fn show(&self, at: Progress) {
        let (template, done, all) = match at {
            Progress::Checked(done, all) => ("checking {bar:32} {bytes}/{total_bytes}", done, all),
            Progress::TakenIn(done, all) => {
                ("{bar:32} {human_pos}/{human_len} persons, {per_sec}, {eta} left", done, all)
            }
        };
        if self.0.length() != Some(all) {
            // A template of ours that does not parse would show in the first test of the command.
            if let Ok(style) = ProgressStyle::with_template(template) {
                self.0.set_style(style);
            }
            self.0.reset();
            self.0.set_length(all);
        }
        self.0.set_position(done);
    }

    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}
