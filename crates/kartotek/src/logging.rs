//! What the program tells about its own doings, on the standard error.

use tracing::Level;

/// How much to log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogLevel {
    /// Alarms only.
    Error,
    /// And what an operator should look at.
    Warn,
    /// And each call of the local proxy.
    Info,
    /// And each request.
    Debug,
    /// The same; there is no more.
    Trace,
}

impl From<LogLevel> for Level {
    fn from(level: LogLevel) -> Self {
        match level {
            LogLevel::Error => Self::ERROR,
            LogLevel::Warn => Self::WARN,
            LogLevel::Info => Self::INFO,
            LogLevel::Debug => Self::DEBUG,
            LogLevel::Trace => Self::TRACE,
        }
    }
}

/// Begins to log. A second call changes nothing.
pub fn start(level: LogLevel) {
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(Level::from(level))
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_target(false)
        .finish();
    // Somebody logs already: the caller's tests.
    let _ = tracing::subscriber::set_global_default(subscriber);
}
