//! Keeps a Danish authority's contact register in step with the base registers.

mod cli;
mod commands;
mod config;
mod exit;
mod output;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
