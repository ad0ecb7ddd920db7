//! A simulator of CPR Direkte, and a client of it.

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::sync::Arc;

use kartotek_clients::cpr_direkte::{FixedPassword, Passwords};
use kartotek_formats::cpr_direkte::{CustomerNumber, Password, UserId};
use kartotek_register::ports::SystemClock;
use kartotek_service::cpr_online::{Connection, Online};
use kartotek_service::external_sources::HostPort;
use kartotek_simulators::cpr_direkte::{Simulator, SimulatorOptions};
use kartotek_simulators::population::{Population, PopulationOptions};
use tempfile::TempDir;

pub const PASSWORD: &str = "aB34-xyz";

/// A simulator in strict mode.
pub struct Direkte {
    pub simulator: Simulator,
    folder: TempDir,
}

impl Direkte {
    pub fn start(population: Population) -> Self {
        Self::start_with(population, |_| {})
    }

    pub fn start_with(population: Population, change: impl FnOnce(&mut SimulatorOptions)) -> Self {
        let mut options = SimulatorOptions::new(
            CustomerNumber::new(b"0132").unwrap(),
            UserId::parse("WUADIR34").unwrap(),
            Password::parse(PASSWORD).unwrap(),
        );
        options.strict = true;
        change(&mut options);
        let simulator = Simulator::start(options, population).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), simulator.ca_pem()).unwrap();
        Self { simulator, folder }
    }

    pub fn connection(&self) -> Connection {
        Connection {
            host: "127.0.0.1".to_owned(),
            port: self.simulator.addr().port(),
            customer: Some("0132".to_owned()),
            user: Some("WUADIR34".to_owned()),
            ca_file: Some(self.ca_file()),
            connections: NonZeroUsize::new(16).unwrap(),
            tries: NonZeroU32::new(2).unwrap(),
            ..Connection::default()
        }
    }

    pub fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// A client with the right password.
    pub fn online(&self) -> Online {
        self.online_with(Arc::new(FixedPassword(Password::parse(PASSWORD).unwrap())), None)
    }

    pub fn online_with(&self, passwords: Arc<dyn Passwords>, klient: Option<&HostPort>) -> Online {
        let client = self.connection().client(klient, passwords).unwrap();
        Online::new(client, Arc::new(SystemClock)).unwrap()
    }
}

impl Drop for Direkte {
    /// Whatever a test is about, the client keeps to the documented layout.
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.simulator.control().violations(), []);
        }
    }
}

/// A client with the right password, by other settings.
pub fn online_of(connection: &Connection) -> Online {
    let password = FixedPassword(Password::parse(PASSWORD).unwrap());
    let client = connection.client(None, Arc::new(password)).unwrap();
    Online::new(client, Arc::new(SystemClock)).unwrap()
}

pub fn population(persons: u32) -> Population {
    Population::new(PopulationOptions { changes_per_mille: 100, ..PopulationOptions::new(persons, 7) }).unwrap()
}
