//! A register whose subscription files go to a simulated file server, and CPR's nights there, around today's date.

use std::cell::{Cell, RefCell};
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use kartotek_formats::cpr_direkte::CustomerNumber;
use kartotek_formats::dates::PartialDate;
use kartotek_formats::subscription_file::SubscriptionFileName;
use kartotek_register::ports::SystemClock;
use kartotek_service::danish_time;
use kartotek_simulators::authority::Authority;
use kartotek_simulators::cpr_ftp::{Delivered, Face, Fault, Nightly, NightlyOptions, Options, Server, Times};
use kartotek_simulators::population::{Population, PopulationOptions, SharedPopulation};
use tempfile::TempDir;

use super::cli::{Ended, kartotek, run};

const TASK: u32 = 990_001;

/// The register, in which case S-1 is open, the server, and CPR.
pub struct Nights {
    // Before the folder that it serves.
    pub server: Server,
    nightly: Nightly,
    population: SharedPopulation,
    folder: TempDir,
    face: Face,
    /// The next day that CPR has not done.
    next: Cell<u32>,
    /// What all calls said.
    said: RefCell<String>,
}

impl Nights {
    pub fn new(face: Face) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["interim", "out"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let at_cpr = folder.path().join("server");
        let authority = Authority::new().unwrap();
        fs::write(folder.path().join("ca.pem"), authority.pem()).unwrap();
        fs::write(folder.path().join("password"), "Aa1-night").unwrap();
        let server = Server::start(Options::new(face, "kartotek", "Aa1-night", &at_cpr), &authority).unwrap();
        let start = Some(a_working_day_before_today());
        let options = PopulationOptions { start, ..PopulationOptions::new(300, 5) };
        let population = SharedPopulation::from(Population::new(options).unwrap());
        let customer = CustomerNumber::new(b"1234").unwrap();
        let nightly = Nightly::new(NightlyOptions::new(customer, TASK), population.clone(), at_cpr).unwrap();
        let (next, said) = (Cell::new(1), RefCell::default());
        let nights = Self { server, nightly, population, folder, face, next, said };
        nights.configure();
        nights.call(&["case", "open", "S-1"]).ends_with(0);
        nights
    }

    fn configure(&self) {
        // Hours from now, so that no file gets late while a test runs.
        let deadline = (danish_time::now(&SystemClock).hour() + 6) % 24;
        let config = format!(
            "[subscription]\nfolder = \"out\"\ntask = \"{TASK}\"\ncustomer = \"1234\"\ndeadline = \"{deadline:02}:00\"\n"
        );
        fs::write(self.path("kartotek.toml"), config).unwrap();
        let [download, upload] = match self.face {
            Face::Posix => ["ud", "ind"],
            Face::Zos => ["'CPR.UD.'", "'CPR.IND.'"],
        };
        let settings = [
            &format!("Site={}", self.server.address()),
            "User name=kartotek",
            &format!("Directory={download}"),
            &format!("Upload Directory={upload}"),
            "Local Directory=interim",
            "Rename prefix=x",
            "Certificate file=ca.pem",
            "Password",
            "--password-file",
            "password",
        ];
        self.call(&[&["cpr-batch", "set"], &settings[..]].concat()).ends_with(0);
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs the program, and keeps what it says.
    pub fn call(&self, arguments: &[&str]) -> Ended {
        let ended = run(kartotek(self.folder.path()).args(["--config", "kartotek.toml"]).args(arguments));
        let mut said = self.said.borrow_mut();
        said.push_str(&ended.stdout);
        said.push_str(&ended.stderr);
        ended
    }

    /// Starts the program, to be killed.
    pub fn start(&self, arguments: &[&str]) -> Child {
        let mut command: Command = kartotek(self.folder.path());
        command.args(["--config", "kartotek.toml"]).args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// The number of a person whom CPR knows.
    pub fn number(&self, index: u32) -> String {
        self.population.read().person(index, 0).unwrap().number().reveal()
    }

    /// A party of the case, and the subscription file with it; returns the file's name.
    pub fn ordered(&self, number: &str) -> String {
        // The number is an argument here, which is what an operator types; it is not told back.
        self.call(&["case", "add-party", "S-1", number]).ends_with(0);
        self.applied()
    }

    /// The name of the file that `subscription apply` makes now.
    pub fn applied(&self) -> String {
        let before = self.files("out");
        self.call(&["subscription", "apply", "--channel", "files", "--confirm"]).ends_with(0);
        let new: Vec<_> = self.files("out").into_iter().filter(|name| !before.contains(name)).collect();
        let [name] = &new[..] else { panic!("expected one new file, found {new:?}") };
        name.clone()
    }

    /// Lets CPR do its nights up to that of a subscription file; returns the last of them.
    pub fn night_of(&self, name: &str) -> Delivered {
        let day = SubscriptionFileName::parse(name).unwrap().process_date();
        loop {
            let night = self.next.replace(self.next.get() + 1);
            let delivered = self.nightly.produce(night).unwrap();
            let produced = self.population.read().calendar().production_date(night).unwrap();
            assert!(produced <= day, "CPR has no night on {day}");
            if produced == day {
                return delivered;
            }
            assert_eq!(delivered.read, [""; 0], "files of another day");
        }
    }

    /// The names in a folder.
    pub fn files(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(folder)).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// A subscription file as it is at the server.
    pub fn at_server(&self, name: &str) -> PathBuf {
        let there = self.files("server/ind").into_iter().find(|there| there.eq_ignore_ascii_case(name));
        self.path("server/ind").join(there.unwrap_or_else(|| name.to_owned()))
    }

    /// Whether the server has exactly these files, whole, each stored once and none over another.
    #[track_caller]
    pub fn has_exactly(&self, names: &[&str]) {
        let mut at_server = self.files("server/ind");
        for name in &mut at_server {
            name.make_ascii_lowercase();
        }
        let mut names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        names.sort();
        assert_eq!(at_server, names);
        for name in &names {
            let sent = fs::read(self.path("out").join(name)).unwrap();
            assert_eq!(fs::read(self.at_server(name)).unwrap(), sent, "{name} is not what was written");
        }
        let happened = self.server.control().happened();
        let mut stored: Vec<_> = happened.stored.iter().map(|path| path[4..].to_lowercase()).collect();
        stored.sort();
        assert_eq!((stored, happened.overwritten), (names, Vec::new()));
    }

    pub fn order(&self, fault: Fault) {
        self.server.control().order(fault, Times::Next(1));
    }

    pub fn tables(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.path("kartotek.db")).unwrap()
    }

    /// One value out of the public tables.
    pub fn value(&self, query: &str) -> String {
        self.tables().query_row(query, [], |row| row.get(0)).unwrap()
    }

    /// `SRC_SUBSCRIBED` and `SUBSCRIBED`.
    pub fn state(&self, number: &str) -> String {
        self.value(&format!(
            "SELECT src_subscribed || coalesce(subscribed, '-') FROM source_record WHERE source_key = '{number}'"
        ))
    }

    /// Nothing that was said and nothing in the logs tells who the persons of the register are.
    pub fn tells_nobody(&self) {
        let mut said = self.said.borrow().clone();
        said.push_str(&fs::read_to_string(self.path("cprbatch.log")).unwrap());
        let logs = self.files("interim").into_iter().filter(|name| name.starts_with("err"));
        for name in logs {
            said.push_str(&fs::read_to_string(self.path("interim").join(name)).unwrap());
        }
        let tables = self.tables();
        let column = |query: &str| -> Vec<String> {
            let mut rows = tables.prepare(query).unwrap();
            rows.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
        };
        let numbers = column("SELECT source_key FROM source_record WHERE length(source_key) = 10");
        assert!(!numbers.is_empty(), "persons to look for");
        for number in numbers {
            assert!(!said.contains(&number), "a number was told: {said}");
            assert!(!said.contains(&format!("{}-{}", &number[..6], &number[6..])), "a number was told: {said}");
        }
        for name in column("SELECT name1 FROM contact WHERE name_type = 'C' AND name1 NOT LIKE 'Person med%'") {
            assert!(!said.contains(&name), "a name was told: {said}");
        }
    }
}

fn a_working_day_before_today() -> PartialDate {
    // Three days back is before today also when it is a weekend and the Monday after it counts.
    let date = (0..3).fold(danish_time::now(&SystemClock).date(), |date, _| date.yesterday().unwrap());
    let part = |part: i8| u8::try_from(part).unwrap();
    PartialDate::new(u16::try_from(date.year()).unwrap(), part(date.month()), part(date.day())).unwrap()
}
