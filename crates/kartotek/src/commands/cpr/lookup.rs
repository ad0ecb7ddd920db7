use clap::{Args, ValueEnum};

use crate::cli::Global;
use crate::exit::{Exit, Failure};

use super::intake::{Persons, Subscribing, take_in};
use super::numbers::Numbers;
use super::options::Options;
use super::session::Session;
use super::show::show;

#[derive(Args)]
pub(super) struct Lookup {
    #[command(flatten)]
    numbers: Numbers,
    #[command(flatten)]
    options: Options,
    /// Take the persons into the register; otherwise they are only shown.
    #[arg(long)]
    import: bool,
    /// With --import: print what would change, field by field, and write nothing.
    #[arg(long, requires = "import")]
    dry_run: bool,
    /// 1: have CPR report the persons' changes from now on, apart from those on the block list; 0: leave that as it is. As
    /// the source CPR says when not given.
    #[arg(long, value_name = "0|1", requires = "import", conflicts_with = "dry_run")]
    subscription: Option<Subscription>,
}

/// The parameter `Subscription` of the guide (F21, F22).
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Subscription {
    #[value(name = "0")]
    No,
    #[value(name = "1")]
    Yes,
}

impl Lookup {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let numbers = self.numbers.read()?;
        if !self.import {
            return show(global, Session::looking(global)?, &self.options, numbers);
        }
        let session = if self.dry_run { Session::looking(global)? } else { Session::open(global)? };
        let by_source = session.source.subscription && !self.dry_run;
        let subscribe = self.subscription.map_or(by_source, |subscription| subscription == Subscription::Yes);
        let subscribing = if subscribe { Subscribing::UnlessBlocked } else { Subscribing::Nobody };
        take_in(global, session, &self.options, Persons { numbers, subscribing, dry_run: self.dry_run })
    }
}
