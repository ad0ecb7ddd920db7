//! Keeps a Danish authority's contact register in step with the base registers.

mod batch_log;
mod cli;
mod commands;
mod config;
mod exit;
mod logging;
mod output;
mod plan;
mod progress;
mod register;
mod secrets;
mod stop;
mod usage;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
