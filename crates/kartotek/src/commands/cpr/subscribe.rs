use clap::Args;

use crate::cli::Global;
use crate::exit::{Exit, Failure};

use super::intake::{Persons, Subscribing, take_in};
use super::numbers::Numbers;
use super::options::Options;
use super::session::Session;

#[derive(Args)]
pub(super) struct Subscribe {
    #[command(flatten)]
    numbers: Numbers,
    #[command(flatten)]
    options: Options,
}

impl Subscribe {
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let numbers = self.numbers.read()?;
        let persons = Persons { numbers, subscribing: Subscribing::OrNothing, dry_run: false };
        take_in(global, Session::open(global)?, &self.options, persons)
    }
}
