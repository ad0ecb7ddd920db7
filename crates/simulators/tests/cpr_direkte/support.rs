//! A simulator with what the tests agree on, and the messages by their positions.

use kartotek_formats::cpr_direkte::{CustomerNumber, Password, UserId};
use kartotek_formats::identifiers::CprNumber;
use kartotek_simulators::cpr_direkte::{Simulator, SimulatorOptions};
use kartotek_simulators::population::{Population, PopulationOptions, SharedPopulation};

use crate::client::Client;

pub const PASSWORD: &str = "aB34-xyz";
pub const PERSONS: u32 = 400;

pub fn options() -> SimulatorOptions {
    let customer = CustomerNumber::new(b"0132").unwrap();
    SimulatorOptions::new(customer, UserId::parse("WU34").unwrap(), Password::parse(PASSWORD).unwrap())
}

pub fn population() -> SharedPopulation {
    Population::new(PopulationOptions::new(PERSONS, 1)).unwrap().into()
}

/// A simulator, and the population that it serves.
pub struct Place {
    pub simulator: Simulator,
    pub population: SharedPopulation,
    pub client: Client,
}

impl Place {
    pub fn new(change: impl FnOnce(&mut SimulatorOptions)) -> Self {
        let mut options = options();
        change(&mut options);
        let population = population();
        let simulator = Simulator::start(options, population.clone()).unwrap();
        let client = Client::new(&simulator);
        Self { simulator, population, client }
    }

    pub fn number(&self, index: u32) -> CprNumber {
        self.population.read().person(index, 0).unwrap().number()
    }

    /// Signs on and returns the token.
    pub fn token(&self) -> Vec<u8> {
        let answer = self.client.ask(&logon(PASSWORD, "        "));
        assert_eq!(error(&answer), 0);
        answer[6..14].to_vec()
    }

    /// Signs on and looks a person up.
    pub fn look_up(&self, index: u32) -> Vec<u8> {
        self.client.ask(&lookup("06", &self.token(), self.number(index)))
    }
}

pub fn logon(password: &str, new_password: &str) -> Vec<u8> {
    format!("OFF4,013290WU34    {password}{new_password}").into_bytes()
}

/// `types` are ABON_TYPE and DATA_TYPE.
pub fn lookup(types: &str, token: &[u8], number: CprNumber) -> Vec<u8> {
    [b"OFF4,0132", types.as_bytes(), token, b"WU34    00", &number.to_digits()].concat()
}

pub fn error(answer: &[u8]) -> u8 {
    std::str::from_utf8(&answer[22..24]).unwrap().parse().unwrap()
}

pub fn length(answer: &[u8]) -> usize {
    std::str::from_utf8(&answer[24..28]).unwrap().parse().unwrap()
}

/// Waits until something is so.
pub fn until(condition: impl Fn() -> bool) {
    let begun = std::time::Instant::now();
    while !condition() {
        assert!(begun.elapsed().as_secs() < 20, "it does not become so");
        std::thread::yield_now();
    }
}
