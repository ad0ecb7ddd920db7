//! `kartotek subscription plan|apply|list|reconcile|block|unblock`

mod apply;
mod block;
pub mod direkte;
mod list;
mod plan;
mod reconcile;

use clap::{Args, Subcommand};
use kartotek_formats::identifiers::CprNumber;
use kartotek_service::subscriptions::SubscriptionError;

use crate::cli::Global;
use crate::exit::{Exit, Failure};

/// Who is subscribed at CPR: plan by rule, apply, list, reconcile with CPR's list, block.
#[derive(Args)]
pub struct Subscription {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// What the rules say about each person, and why. Writes nothing.
    Plan(plan::Plan),
    /// Settle what CPR has answered, wish what the rules say, and bring it to CPR.
    Apply(apply::Apply),
    /// Who is subscribed, wished, on the way to CPR or blocked.
    List(list::List),
    /// Compare with CPR's own list of subscribed numbers.
    Reconcile(reconcile::Reconcile),
    /// Keep a person from being subscribed; who is subscribed is cancelled at the next apply.
    Block(block::Block),
    /// Take a person off the block list.
    Unblock(block::Unblock),
}

impl Subscription {
    /// Runs the command.
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        match &self.command {
            Command::Plan(command) => command.run(global),
            Command::Apply(command) => command.run(global),
            Command::List(command) => command.run(global),
            Command::Reconcile(command) => command.run(global),
            Command::Block(command) => command.run(global),
            Command::Unblock(command) => command.run(global),
        }
    }
}

/// How persons are shown: masked, unless the operator asks for numbers on the standard output.
#[derive(Args, Clone, Copy)]
struct Shown {
    /// Print whole person numbers instead of masked ones.
    #[arg(long)]
    numbers: bool,
}

impl Shown {
    /// A key at CPR, which is a person number.
    fn key(self, key: &str) -> String {
        match CprNumber::parse(key) {
            Ok(number) => self.number(number),
            Err(_) if self.numbers => key.to_owned(),
            Err(_) => "******-****".to_owned(),
        }
    }

    fn number(self, number: CprNumber) -> String {
        if self.numbers { number.reveal() } else { number.masked() }
    }
}

/// A wish as the tables have it.
fn wish_code(wish: bool) -> &'static str {
    if wish { "J" } else { "N" }
}

impl From<SubscriptionError> for Failure {
    fn from(error: SubscriptionError) -> Self {
        match error {
            SubscriptionError::Store(error) => error.into(),
            error if error.is_refusal() => Self::refused(error),
            error => Self::unreachable(error),
        }
    }
}
