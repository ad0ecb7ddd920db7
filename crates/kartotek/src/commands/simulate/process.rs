//! What simulators that run as a process have in common.

use std::fmt;
use std::future::pending;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::pin::pin;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::exit::Failure;
use crate::stop::Stop;

/// The signals that a simulator waits for; the connections are served elsewhere.
pub(super) struct Nights {
    stop: Stop,
    signals: Option<Signal>,
}

impl Nights {
    /// Waits for them from now on; within a runtime. A night passes at SIGUSR1, if nights are wanted.
    pub(super) fn new(wanted: bool) -> io::Result<Self> {
        let signals = wanted.then(|| signal(SignalKind::user_defined1())).transpose()?;
        Ok(Self { stop: Stop::new()?, signals })
    }

    /// Lets nights pass until the process is stopped.
    pub(super) async fn until_stopped(self, mut night: impl FnMut() -> Result<(), Failure>) -> Result<(), Failure> {
        let Self { stop, mut signals } = self;
        let mut stopped = pin!(stop.asked());
        loop {
            let signalled = async {
                match &mut signals {
                    Some(signals) => signals.recv().await,
                    None => pending().await,
                }
            };
            tokio::select! {
                () = &mut stopped => return Ok(()),
                _ = signalled => night()?,
            }
        }
    }
}

/// Says a line to whoever watches.
pub(super) fn say(line: fmt::Arguments<'_>) {
    // Nobody may be reading any more, and the simulator goes on.
    let _unread = writeln!(io::stderr(), "{line}");
}

pub(super) fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}
