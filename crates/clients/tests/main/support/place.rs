use std::io::Write;
use std::sync::Arc;

use kartotek_clients::cpr_direkte::{Client, Endpoint, Error, FixedPassword, Passwords, Reply, Settings};
use kartotek_clients::tls::{Roots, client_config};
use kartotek_formats::cpr_direkte::{DataType, SubscriptionType};
use kartotek_formats::identifiers::CprNumber;
use kartotek_simulators::cpr_direkte::{Control, Fault, Scope, Simulator, SimulatorOptions, Times};
use kartotek_simulators::population::{Population, PopulationOptions, SharedPopulation};

/// A strict simulator, its persons, and settings for it. Asserts at its end that every request was as documented.
pub struct Place {
    pub simulator: Simulator,
    pub settings: Settings,
    persons: SharedPopulation,
}

impl Place {
    /// CPR Direkte over TLS.
    pub fn new() -> Self {
        Self::with(|_| ())
    }

    /// CPR Direkte, otherwise than usual.
    pub fn with(change: impl FnOnce(&mut SimulatorOptions)) -> Self {
        let defaults = super::settings(Endpoint::Klient { host: String::new(), port: 0 });
        let mut options = SimulatorOptions::new(defaults.customer, defaults.user, super::password());
        options.strict = true;
        change(&mut options);
        let plain = options.plain;
        let persons: SharedPopulation = Population::new(PopulationOptions::new(400, 1)).unwrap().into();
        let simulator = Simulator::start(options, persons.clone()).unwrap();
        let (host, port) = (simulator.addr().ip().to_string(), simulator.addr().port());
        let endpoint = if plain {
            Endpoint::Klient { host, port }
        } else {
            let mut ca_file = tempfile::NamedTempFile::new().unwrap();
            ca_file.write_all(simulator.ca_pem().as_bytes()).unwrap();
            let tls = client_config(&Roots::File(ca_file.path().to_owned())).unwrap();
            Endpoint::Direkte { host, port, tls }
        };
        Self { simulator, settings: Settings { endpoint, ..defaults }, persons }
    }

    pub fn control(&self) -> &Control {
        self.simulator.control()
    }

    /// A client with the right password.
    pub fn client(&self) -> Client {
        self.client_with(Arc::new(FixedPassword(super::password())))
    }

    pub fn client_with(&self, passwords: Arc<dyn Passwords>) -> Client {
        Client::new(self.settings.clone(), passwords)
    }

    pub fn person(&self, index: u32) -> CprNumber {
        self.persons.read().person(index, 0).unwrap().number()
    }

    /// Asks for the first person, without changing its subscription.
    pub async fn look_up(&self, client: &Client) -> Result<Reply, Error> {
        client.lookup(self.person(0), SubscriptionType::Unchanged, DataType::Task).await
    }

    pub fn always(&self, fault: Fault, scope: Scope) {
        self.control().fault(fault, scope, Times::UntilCleared);
    }

    pub fn next(&self, fault: Fault, scope: Scope) {
        self.control().fault(fault, scope, Times::Next(1));
    }

    /// Sign-ons and look-ups that were answered.
    pub fn asked(&self) -> (u64, u64) {
        let counts = self.control().counts();
        (counts.logons, counts.lookups)
    }

    pub fn connections(&self) -> u64 {
        self.control().counts().connections
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.control().violations(), []);
        }
    }
}
