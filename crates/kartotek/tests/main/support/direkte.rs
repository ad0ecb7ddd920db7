//! A simulator of CPR Direkte, and a folder in which the program is set up to ask it.

use std::path::Path;
use std::process::Command;

use kartotek_formats::cpr_direkte::{CustomerNumber, Password, UserId};
use kartotek_formats::identifiers::CprNumber;
use kartotek_simulators::cpr_direkte::{Simulator, SimulatorOptions};
use kartotek_simulators::population::{Population, PopulationOptions, SharedPopulation};
use tempfile::TempDir;

use super::cli::{Ended, feed, kartotek, run};

pub const PASSWORD: &str = "aB34-xyz";
pub const PERSONS: u32 = 300;

/// The program's folder, and the service that it asks.
pub struct Direkte {
    pub simulator: Simulator,
    pub population: SharedPopulation,
    folder: TempDir,
}

impl Direkte {
    /// Set up, with the password stored.
    pub fn new() -> Self {
        let this = Self::without_password();
        feed(this.folder(), &["cpr", "password", "--set", "--config", "kartotek.toml"], PASSWORD).ends_with(0);
        this
    }

    pub fn without_password() -> Self {
        Self::with(|_| {})
    }

    /// As a local proxy (CPR Klient), which signs on itself.
    pub fn local_proxy() -> Self {
        Self::with(|options| options.plain = true)
    }

    fn with(change: impl FnOnce(&mut SimulatorOptions)) -> Self {
        let population =
            Population::new(PopulationOptions { changes_per_mille: 50, ..PopulationOptions::new(PERSONS, 11) });
        let population: SharedPopulation = population.unwrap().into();
        let customer = CustomerNumber::new(b"0132").unwrap();
        let user = UserId::parse("WUADIR34").unwrap();
        let mut options = SimulatorOptions::new(customer, user, Password::parse(PASSWORD).unwrap());
        options.strict = true;
        change(&mut options);
        let simulator = Simulator::start(options, population.clone()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let this = Self { simulator, population, folder };
        std::fs::write(this.folder().join("ca.pem"), this.simulator.ca_pem()).unwrap();
        this.configure("");
        this
    }

    /// Writes the configuration, with more settings of `[cpr.direkte]`, or other sections, at its end.
    pub fn configure(&self, more: &str) {
        let port = self.simulator.addr().port();
        let text = format!(
            "database = \"sqlite:kartotek.db\"\n[cpr.klient]\nlisten = \"127.0.0.1:0\"\nlock_folder = \".\"\n\
             [cpr.direkte]\nhost = \"127.0.0.1\"\nport = {port}\ncustomer = \"132\"\nuser = \"WUADIR34\"\n\
             ca_file = \"ca.pem\"\ntries = 2\n{more}\n"
        );
        std::fs::write(self.folder().join("kartotek.toml"), text).unwrap();
    }

    /// Writes more settings of `[cpr.klient]`.
    pub fn configure_klient(&self, more: &str) {
        let path = self.folder().join("kartotek.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, text.replace("[cpr.klient]\n", &format!("[cpr.klient]\n{more}\n"))).unwrap();
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The program with the configuration, logging everything that it ever logs.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = kartotek(self.folder());
        command.args(["--config", "kartotek.toml", "--log", "trace"]).args(arguments);
        command
    }

    /// Calls the program. No line that it logs, and no error, may hold the number of anybody in the population, or the
    /// password: that holds for every call of every test.
    pub fn call(&self, arguments: &[&str]) -> Ended {
        let ended = run(&mut self.command(arguments));
        self.names_nobody(&ended.stderr);
        assert!(!ended.stdout.contains(PASSWORD), "the password was told");
        ended
    }

    /// What was logged holds no number, in any spelling, and no password.
    #[track_caller]
    pub fn names_nobody(&self, log: &str) {
        for index in 0..PERSONS {
            let digits = self.number(index).reveal();
            let (date, serial) = digits.split_at(6);
            for spelling in [digits.clone(), format!("{date}-{serial}")] {
                assert!(!log.contains(&spelling), "a number is in the log:\n{log}");
            }
        }
        assert!(!log.contains(PASSWORD), "the password is in the log");
    }

    pub fn number(&self, index: u32) -> CprNumber {
        self.population.read().person(index, self.simulator.control().day()).unwrap().number()
    }
}

impl Drop for Direkte {
    /// Whatever a test is about, the program keeps to the documented layout.
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.simulator.control().violations(), []);
        }
    }
}
