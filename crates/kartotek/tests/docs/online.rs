//! docs/ONLINE.md, and what docs/OPERATIONS.md says of settings and alarms.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use kartotek_formats::cpr_direkte::{Advice, CustomerNumber, ErrorNumber, Password, UserId};
use kartotek_service::cpr_klient::OnlyOne;
use kartotek_service::cpr_online::Connection;
use kartotek_service::subscriptions::Limits;
use kartotek_simulators::cpr_direkte::{Fault, Scope, Simulator, SimulatorOptions, Times};
use kartotek_simulators::population::{Population, PopulationOptions};
use tempfile::TempDir;

use crate::markdown::{Document, Table};
use crate::operations::{documented_settings, kartotek, settings, stderr};

const NAME: &str = "ONLINE.md";
const PASSWORD: &str = "Simu-123";

fn table(header: &str, heading: &str) -> Table {
    let tables = Document::read(NAME).tables();
    let found = tables.into_iter().find(|table| table.header[0] == header && table.heading == heading);
    found.unwrap_or_else(|| panic!("docs/{NAME}: a table of {header} under {heading:?}"))
}

/// What a block of the terminal shows below a command.
fn shown_below(command: &str) -> Vec<String> {
    let blocks = Document::read(NAME).blocks();
    let lines: Vec<_> = blocks.iter().flat_map(|block| block.text.lines().chain(["$ "])).collect();
    let at = lines.iter().position(|line| line.strip_prefix("$ ") == Some(command));
    let at = at.unwrap_or_else(|| panic!("docs/{NAME}: $ {command}"));
    lines[at + 1..].iter().take_while(|line| !line.starts_with("$ ")).map(|line| (*line).to_owned()).collect()
}

fn stdout(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let output = kartotek(folder, arguments);
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// A simulator, and a folder whose configuration leads to it, with the password kept.
struct Direkte {
    simulator: Simulator,
    /// Somebody of its population.
    person: String,
    folder: TempDir,
}

impl Direkte {
    /// As the contract of the examples has it.
    fn start() -> Self {
        let user = UserId::parse("WUADIR34").unwrap();
        let customer = CustomerNumber::new(b"0132").unwrap();
        let options = SimulatorOptions::new(customer, user, Password::parse(PASSWORD).unwrap());
        let population = Population::new(PopulationOptions::new(200, 1)).unwrap();
        let person = population.person(0, 0).unwrap().number().reveal();
        let simulator = Simulator::start(options, population).unwrap();
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("ca.pem"), simulator.ca_pem()).unwrap();
        let settings = format!(
            "[cpr.direkte]\nhost = \"127.0.0.1\"\nport = {}\ncustomer = \"0132\"\nuser = \"WUADIR34\"\n\
             ca_file = \"ca.pem\"\ntries = 1\n",
            simulator.addr().port()
        );
        fs::write(folder.path().join("kartotek.toml"), settings).unwrap();
        keep_password(folder.path());
        Self { simulator, person, folder }
    }

    /// What the program says of a look-up that goes wrong, on both outputs.
    fn says_of(&self, fault: Fault) -> String {
        let control = self.simulator.control();
        control.fault(fault, Scope::Lookups, Times::Next(1));
        stderr(&kartotek(self.folder.path(), &["--config", "kartotek.toml", "cpr", "lookup", &self.person]))
    }
}

/// Keeps the password that the simulator knows.
fn keep_password(folder: &Path) {
    fs::write(folder.join("password"), PASSWORD).unwrap();
    let password = fs::File::open(folder.join("password")).unwrap();
    let status = Command::new(env!("CARGO_BIN_EXE_kartotek"))
        .current_dir(folder)
        .args(["--config", "kartotek.toml", "--database", "sqlite:kartotek.db", "cpr", "password", "--set"])
        .stdin(password)
        .stdout(Stdio::null())
        .status();
    assert!(status.unwrap().success());
}

/// `kartotek simulate cpr-direkte` as a process, and what it says before it serves.
struct Simulated {
    child: Child,
    said: String,
}

impl Simulated {
    fn start(folder: &Path) -> Self {
        let arguments = ["simulate", "cpr-direkte", "--port", "0", "--ca-out", "ca.pem"];
        let mut command = Command::new(env!("CARGO_BIN_EXE_kartotek"));
        command.current_dir(folder).args(arguments).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut said = String::new();
        let mut lines = BufReader::new(child.stdout.as_mut().unwrap());
        while !said.contains("Ctrl-C") {
            assert_ne!(lines.read_line(&mut said).unwrap(), 0, "it ended: {said}");
        }
        Self { child, said }
    }
}

impl Drop for Simulated {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_first_look_up_shows_what_the_page_shows() {
    let folder = tempfile::tempdir().unwrap();
    let simulated = Simulated::start(folder.path());
    let expected = shown_below("kartotek simulate cpr-direkte --ca-out ca.pem");
    let (said, _) = simulated.said.split_once("\n\n").unwrap();
    // The port is any that is free.
    let without_port =
        |line: &str| line.split(':').filter(|part| !part.starts_with(char::is_numeric)).collect::<String>();
    let said: Vec<_> = said.lines().map(without_port).collect();
    assert_eq!(said[0], without_port(&expected[0]));
    assert_eq!(simulated.said.lines().nth(1), Some(expected[1].as_str()));

    let from = simulated.said.find("[cpr.direkte]").unwrap();
    let settings = &simulated.said[from..simulated.said.rfind("Ctrl-C").unwrap()];
    fs::write(folder.path().join("kartotek.toml"), settings).unwrap();
    keep_password(folder.path());
    let call = "--config kartotek.toml cpr lookup --import 1011211536";
    assert_eq!(
        stdout(folder.path(), &call.split(' ').collect::<Vec<_>>()),
        shown_below(&format!("kartotek {call}")),
        "docs/{NAME}: $ kartotek {call}"
    );
}

#[test]
fn the_test_of_the_connection_shows_what_the_page_shows() {
    let direkte = Direkte::start();
    let shown = stdout(direkte.folder.path(), &["--config", "kartotek.toml", "cpr", "test"]);
    let expected = shown_below("kartotek cpr test");
    assert_eq!(shown[1..], expected[1..]);
    let without_endpoint = |line: &str| line.split_once(", ").unwrap().1.to_owned();
    assert_eq!(without_endpoint(&shown[0]), without_endpoint(&expected[0]));
}

#[test]
fn the_explanation_of_an_error_is_the_programs() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(stdout(folder.path(), &["cpr", "errors", "16"]), shown_below("kartotek cpr errors 16"));
}

#[test]
fn every_option_of_the_commands_is_described() {
    let folder = tempfile::tempdir().unwrap();
    let text = Document::read(NAME).text().to_owned();
    for command in ["test", "lookup", "subscribe", "unsubscribe", "password", "klient"] {
        let help = stdout(folder.path(), &["cpr", command, "--help"]);
        let options = help.iter().filter_map(|line| line.trim_start().split(' ').find(|word| !word.is_empty()));
        let options = options.filter(|word| word.starts_with("--"));
        for option in options.filter(|option| !["--help", "--database", "--config", "--log"].contains(option)) {
            assert!(text.contains(option), "docs/{NAME}: {option} of cpr {command}");
        }
    }
}

/// The row of the table that is about an error number.
fn row_of(table: &Table, number: ErrorNumber) -> usize {
    let text = number.to_string();
    let numbers = table.column("Error");
    let named = numbers.iter().position(|cell| cell.split(", ").any(|word| word == text));
    named.unwrap_or_else(|| numbers.iter().position(|cell| cell.ends_with("all others")).unwrap())
}

#[test]
fn what_is_done_about_each_error_is_what_the_client_does() {
    let table = table("Error", "What Kartotek does about errors");
    let (does, alarm) = (table.column("It"), table.column("Alarm"));
    for number in (1..=99).filter_map(ErrorNumber::new) {
        let row = row_of(&table, number);
        let begins = match number.advice() {
            Advice::Success => unreachable!("00 is no error"),
            Advice::Stop => "asks nothing more",
            Advice::SignOn => "signs on once",
            Advice::BackOff => "waits",
            Advice::Final => "reports it",
        };
        let said = if does[row] == "the same" { does[row - 1] } else { does[row] };
        assert!(said.starts_with(begins), "docs/{NAME}: error {number}: {said}");
        assert_eq!(alarm[row], if number.is_alarm() { "yes" } else { "no" }, "docs/{NAME}: alarm of error {number}");
    }
}

#[test]
fn the_settings_that_are_named_are_settings() {
    let settings = documented_settings();
    let document = Document::read(NAME);
    let quoted = document.text().split('`').skip(1).step_by(2);
    let named: Vec<_> = quoted.filter(|word| word.starts_with("cpr.") && !word.contains(' ')).collect();
    assert!(named.len() > 10);
    for name in named {
        assert!(settings.contains(name), "docs/{NAME}: {name}");
    }
}

/// The default that docs/OPERATIONS.md states for a setting.
fn stated_default(setting: &str) -> String {
    let table = settings();
    let row = table.column("Setting").iter().position(|name| *name == setting);
    let row = row.unwrap_or_else(|| panic!("docs/OPERATIONS.md: {setting}"));
    table.column("Default")[row].trim_matches('"').to_owned()
}

#[test]
fn the_defaults_are_the_programs() {
    let Connection { host, port, connections, connect_seconds, answer_seconds, tries, .. } = Connection::default();
    let Limits { max_percent, max_persons } = Limits::default();
    for (setting, default) in [
        ("cpr.direkte.host", host.clone()),
        ("cpr.direkte.port", port.to_string()),
        ("cpr.direkte.connections", connections.to_string()),
        ("cpr.direkte.connect_seconds", connect_seconds.to_string()),
        ("cpr.direkte.answer_seconds", answer_seconds.to_string()),
        ("cpr.direkte.tries", tries.to_string()),
        ("subscription.max_percent", max_percent.to_string()),
        ("subscription.max_persons", max_persons.to_string()),
    ] {
        assert_eq!(stated_default(setting), default, "docs/OPERATIONS.md: {setting}");
    }
    let text = Document::read(NAME).text().to_owned();
    assert!(text.contains(&format!("`{host}`, {port};")), "docs/{NAME}: host and port");

    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("kartotek.toml"), "").unwrap();
    keep_password(folder.path());
    let days = stated_default("cpr.direkte.password_days");
    let said = stdout(folder.path(), &["cpr", "password", "--if-due"]).concat();
    assert!(said.contains(&format!("less than {days} days old")), "{said}");
    assert!(text.contains(&format!("({days} unless set)")), "docs/{NAME}");

    let help = stdout(folder.path(), &["cpr", "klient", "--help"]).concat();
    let listen = stated_default("cpr.klient.listen");
    assert!(help.contains(&format!("[default: {listen}]")), "{help}");
    let klient = table("Setting", "CPR Klient");
    assert_eq!(klient.column("Default")[0], listen, "docs/{NAME}");
    assert!(klient.column("Default")[2].starts_with(&stated_default("cpr.klient.connections")), "docs/{NAME}");
}

/// Lines of what the program says that stand in blocks of their own.
fn quoted(contains: &str) -> String {
    let blocks = Document::read(NAME).blocks();
    let block = blocks.iter().find(|block| block.info == "text" && block.text.contains(contains));
    block.unwrap_or_else(|| panic!("docs/{NAME}: {contains}")).text.trim_end().to_owned()
}

#[test]
fn the_quoted_refusals_are_what_the_program_says() {
    let direkte = Direkte::start();
    let said = direkte.says_of(Fault::RecordType(777));
    let quoted_answer = quoted("record type 777");
    let (_, expected) = quoted_answer.split_once(": ").unwrap();
    assert!(said.contains(expected), "docs/{NAME}: {said}");

    let (customer, user) = (CustomerNumber::new(b"0132").unwrap(), UserId::parse("WUADIR34").unwrap());
    let mut first = OnlyOne::take(direkte.folder.path(), customer, user).unwrap();
    first.tell("127.0.0.1:5001".parse().unwrap()).unwrap();
    let said = OnlyOne::take(direkte.folder.path(), customer, user).unwrap_err().to_string();
    let expected = quoted("is running already").replace("process 20596", &format!("process {}", std::process::id()));
    assert_eq!(format!("error: {said}"), expected, "docs/{NAME}");
}

#[test]
fn the_alarms_are_logged_as_they_are_quoted() {
    let tables = Document::read("OPERATIONS.md").tables();
    let table = tables.iter().find(|table| table.header[0] == "Alarm").expect("a table of the alarms");
    let (alarms, when) = (table.column("Alarm"), table.column("When"));
    for number in (1..=99).filter_map(ErrorNumber::new).filter(|number| number.is_alarm()) {
        let direkte = Direkte::start();
        let said = direkte.says_of(Fault::error(number));
        let line = said.lines().find(|line| line.contains("alarm=true")).unwrap_or_else(|| panic!("{number}: {said}"));
        let row = alarms.iter().position(|alarm| line.contains(alarm));
        let row = row.unwrap_or_else(|| panic!("docs/OPERATIONS.md does not quote: {line}"));
        assert!(when[row].contains(&number.to_string()), "docs/OPERATIONS.md: alarm of {number}: {}", when[row]);
    }
}

/// The levels that `--log` takes, in the order of the table.
#[test]
fn every_level_of_the_log_is_described() {
    let tables = Document::read("OPERATIONS.md").tables();
    let table = tables.iter().find(|table| table.heading == "Logging").expect("a table of the levels");
    let folder = tempfile::tempdir().unwrap();
    let said = stderr(&kartotek(folder.path(), &["--log", "no-such-level", "cpr", "errors"]));
    let (_, values) = said.split_once("[possible values: ").unwrap();
    let (values, _) = values.split_once(']').unwrap();
    assert_eq!(table.column("Level").join(", "), values);
    let default = table.column("Logs").iter().position(|cell| cell.contains("This is the default")).unwrap();
    let help = stdout(folder.path(), &["cpr", "test", "--help"]).concat();
    assert!(help.contains(&format!("[default: {}]", table.column("Level")[default])), "{help}");
}
