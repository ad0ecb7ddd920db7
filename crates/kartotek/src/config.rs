//! The configuration file. Every setting has a default, so none is needed.

use std::net::{IpAddr, SocketAddr};
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use kartotek_formats::cpr_direkte::CustomerNumber;
use kartotek_formats::dates::PartialDate;
use kartotek_formats::subscription_file::{LineEnd, TaskNumber, TimeOfDay, WorkingDays};
use kartotek_register::import::{ForceUpdate, ImportOptions};
use kartotek_register::mapping::cpr::{MappingOptions, RecordSet};
use kartotek_register::subscription::RuleSet;
use kartotek_service::cpr_online::Connection;
use kartotek_service::subscriptions::{FileSettings, Limits, parse_rules};
use kartotek_service::toml_error::TomlError;
use serde::Deserialize;

use crate::exit::Failure;

/// The configuration file, in TOML. Described in docs/OPERATIONS.md.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where the register is.
    pub database: Option<String>,
    /// How records become contacts.
    pub mapping: Mapping,
    /// How CPR extracts are taken in.
    pub cpr: Cpr,
    /// Where the key of the secrets is.
    pub secrets: Secrets,
    /// Who is subscribed at CPR, and how CPR is told.
    pub subscription: Subscription,
    /// Log files.
    pub log: Log,
}

/// `[mapping]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mapping {
    /// Map also what the guide leaves unmapped.
    pub extended: bool,
    /// Close the contact of a dead person.
    pub deceased_end_date: bool,
}

impl Default for Mapping {
    fn default() -> Self {
        Self { extended: false, deceased_end_date: true }
    }
}

/// `[cpr]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cpr {
    /// Whether addresses changed by hand give way: `J` (default) or `N`.
    pub force_update: Option<YesNo>,
    /// Record types that the task delivers; all when not given.
    pub delivers: Option<Vec<String>>,
    /// Tasks whose files are expected; any when empty.
    pub tasks: Vec<String>,
    /// CPR Direkte.
    pub direkte: Direkte,
    /// The local proxy.
    pub klient: Klient,
}

/// `[cpr.direkte]`: the contract with CPR (F8), and how its service is reached.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Direkte {
    /// CPR IP, or the host's name.
    pub host: Option<String>,
    /// CPR port.
    pub port: Option<u16>,
    /// CPR Trans. kode.
    pub transaction: Option<String>,
    /// Customer number.
    pub customer: Option<String>,
    /// User id.
    pub user: Option<String>,
    /// Authorities that sign the server's certificate, in PEM.
    pub ca_file: Option<PathBuf>,
    /// The address that connections come from.
    pub from: Option<IpAddr>,
    /// Connections at a time.
    pub connections: Option<NonZeroUsize>,
    /// Requests a second at most.
    pub per_second: Option<NonZeroU32>,
    /// Seconds until a connection stands.
    pub connect_seconds: Option<NonZeroU32>,
    /// Seconds from a request to the end of its answer.
    pub answer_seconds: Option<NonZeroU32>,
    /// Tries of a request that may be repeated.
    pub tries: Option<NonZeroU32>,
    /// Record types that the answers have; those of `[cpr]` when not given.
    pub delivers: Option<Vec<String>>,
    /// Days after which the password is due to be changed.
    pub password_days: Option<NonZeroU32>,
}

impl Direkte {
    /// What is configured, with defaults for the rest.
    pub fn connection(&self) -> Connection {
        let default = Connection::default();
        Connection {
            host: self.host.clone().unwrap_or(default.host),
            port: self.port.unwrap_or(default.port),
            transaction: self.transaction.clone().unwrap_or(default.transaction),
            customer: self.customer.clone(),
            user: self.user.clone(),
            ca_file: self.ca_file.clone(),
            from: self.from,
            connections: self.connections.unwrap_or(default.connections),
            per_second: self.per_second,
            connect_seconds: self.connect_seconds.unwrap_or(default.connect_seconds),
            answer_seconds: self.answer_seconds.unwrap_or(default.answer_seconds),
            tries: self.tries.unwrap_or(default.tries),
        }
    }
}

/// `[cpr.klient]`: the local proxy.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Klient {
    /// Where to listen.
    pub listen: Option<SocketAddr>,
    /// Addresses and networks that may call.
    pub callers: Option<Vec<String>>,
    /// Callers at a time.
    pub connections: Option<NonZeroUsize>,
    /// Folder of the file that keeps a second one from starting.
    pub lock_folder: Option<PathBuf>,
}

/// `[secrets]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Secrets {
    /// The key file; beside the register when not given.
    pub key_file: Option<PathBuf>,
}

/// `[subscription]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Subscription {
    /// File of rules; without one, the rule that every open case counts.
    pub rules: Option<PathBuf>,
    /// Folder that subscription files are put into.
    pub folder: Option<PathBuf>,
    /// Customer number of the lines; that of `[cpr.direkte]` when not given.
    pub customer: Option<String>,
    /// Task number of the files' names.
    pub task: Option<String>,
    /// From when a file is for the next working day, Danish time.
    pub deadline: Option<String>,
    /// Days on which CPR does not act on files, apart from weekends and public holidays, `YYYY-MM-DD`.
    pub closed_days: Option<Vec<String>>,
    /// What stands between the lines of a file.
    pub line_end: Option<LineEndName>,
    /// Percent of the subscribed persons that a run may change without confirmation.
    pub max_percent: Option<u8>,
    /// Persons that a run may change without confirmation, however few are subscribed.
    pub max_persons: Option<u64>,
}

/// What stands between lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LineEndName {
    /// CR LF.
    Crlf,
    /// LF.
    Lf,
}

/// `[log]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// File that gets a line for every file taken in or refused (`cprbatch.log`).
    pub cprbatch: Option<PathBuf>,
}

/// The register's yes and no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, clap::ValueEnum)]
pub enum YesNo {
    /// Yes.
    #[value(name = "J", alias = "j")]
    J,
    /// No.
    #[value(name = "N", alias = "n")]
    N,
}

impl From<YesNo> for ForceUpdate {
    fn from(value: YesNo) -> Self {
        match value {
            YesNo::J => Self::Yes,
            YesNo::N => Self::No,
        }
    }
}

impl Config {
    /// Reads the file; without one, the defaults.
    pub fn read(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path else { return Ok(Self::default()) };
        let read = || Ok::<_, anyhow::Error>(Self::parse(&std::fs::read_to_string(path)?)?);
        read().with_context(|| format!("configuration file {}", path.display())).map_err(Failure::refused)
    }

    fn parse(text: &str) -> Result<Self, TomlError> {
        toml::from_str(text).map_err(|error| TomlError::new(text, &error))
    }

    /// Settings of the CPR mapping for files.
    pub fn mapping(&self) -> Result<MappingOptions, Failure> {
        self.mapping_of("cpr.delivers", self.cpr.delivers.as_deref())
    }

    /// Settings of the CPR mapping for what CPR Direkte answers, which is a task of its own at CPR.
    pub fn direkte_mapping(&self) -> Result<MappingOptions, Failure> {
        match self.cpr.direkte.delivers.as_deref() {
            None => self.mapping(),
            types => self.mapping_of("cpr.direkte.delivers", types),
        }
    }

    fn mapping_of(&self, setting: &str, delivers: Option<&[String]>) -> Result<MappingOptions, Failure> {
        let Mapping { extended, deceased_end_date } = self.mapping;
        let delivers = delivers.map_or(Ok(RecordSet::ALL), |types| record_set(setting, types))?;
        Ok(MappingOptions { extended, delivers, deceased_end_date })
    }

    /// Settings of the engine.
    pub fn import(&self) -> ImportOptions {
        let force_update = self.cpr.force_update.map(ForceUpdate::from).unwrap_or_default();
        ImportOptions { force_update, ..ImportOptions::default() }
    }
}

impl Subscription {
    /// The rules.
    pub fn rules(&self) -> Result<RuleSet, Failure> {
        let Some(path) = &self.rules else { return Ok(RuleSet::default()) };
        let context = || format!("file of rules {}", path.display());
        let text = std::fs::read_to_string(path).with_context(context).map_err(Failure::refused)?;
        parse_rules(&text).with_context(context).map_err(Failure::refused)
    }

    /// How many persons a run may change.
    pub fn limits(&self) -> Result<Limits, Failure> {
        let default = Limits::default();
        let max_percent = self.max_percent.unwrap_or(default.max_percent);
        if max_percent > 100 {
            let error = anyhow::anyhow!("subscription.max_percent: expected 0 to 100, found {max_percent}");
            return Err(Failure::refused(error));
        }
        Ok(Limits { max_percent, max_persons: self.max_persons.unwrap_or(default.max_persons) })
    }

    /// Who we are in subscription files, where that is configured. `customer` is that of CPR Direkte.
    pub fn customer(&self, customer: Option<&str>) -> Result<Option<CustomerNumber>, Failure> {
        let Some(customer) = self.customer.as_deref().or(customer) else { return Ok(None) };
        let number = digits(customer, 4).and_then(CustomerNumber::from_number);
        let wrong = "subscription.customer: expected a customer number of up to four digits";
        number.map(Some).ok_or_else(|| Failure::refused(anyhow::anyhow!(wrong)))
    }

    /// The folder of subscription files, and how they are made. `customer` is that of CPR Direkte.
    pub fn files(&self, customer: Option<&str>) -> Result<(PathBuf, FileSettings), Failure> {
        let missing = |setting: &str| {
            Failure::refused(anyhow::anyhow!("no {setting} is configured, so there can be no subscription files"))
        };
        let wrong = |setting: &str, expected: &str| Failure::refused(anyhow::anyhow!("{setting}: expected {expected}"));
        let folder = self.folder.clone().ok_or_else(|| missing("subscription.folder"))?;
        let customer = self.customer(customer)?.ok_or_else(|| missing("subscription.customer"))?;
        let task = self.task.as_deref().ok_or_else(|| missing("subscription.task"))?;
        let task = TaskNumber::new(task.as_bytes())
            .ok_or_else(|| wrong("subscription.task", "a task number of six digits"))?;
        let deadline = match &self.deadline {
            None => TimeOfDay::PLANNING_DEADLINE,
            Some(text) => TimeOfDay::parse(text).context("subscription.deadline").map_err(Failure::refused)?,
        };
        let line_end = match self.line_end {
            None => LineEnd::default(),
            Some(LineEndName::Crlf) => LineEnd::CrLf,
            Some(LineEndName::Lf) => LineEnd::Lf,
        };
        let working_days = self.working_days()?;
        Ok((folder, FileSettings { customer, task, deadline, working_days, line_end }))
    }

    fn working_days(&self) -> Result<WorkingDays, Failure> {
        let day = |text: &String| {
            PartialDate::from_iso(text.as_bytes()).filter(|day| day.is_complete()).ok_or_else(|| {
                let expected = "expected days of the form YYYY-MM-DD";
                Failure::refused(anyhow::anyhow!("subscription.closed_days: {expected}, found {text:?}"))
            })
        };
        let days: Result<Vec<_>, _> = self.closed_days.iter().flatten().map(day).collect();
        Ok(WorkingDays::without(days?))
    }
}

/// A number of at most so many digits.
fn digits(text: &str, most: usize) -> Option<u64> {
    let are_digits = (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| are_digits)
}

/// Record types as they are written, `["001", "003"]`, in a setting or option. 001 always comes.
pub fn record_set(setting: &str, types: &[String]) -> Result<RecordSet, Failure> {
    let mut set = RecordSet::EMPTY.with(1);
    for text in types {
        let is_type = text.len() == 3 && text.bytes().all(|b| b.is_ascii_digit());
        match text.parse::<u16>() {
            Ok(number) if is_type && (1..=63).contains(&number) => set = set.with(number),
            _ => {
                return Err(Failure::refused(anyhow::anyhow!(
                    "{setting}: expected record types of three digits, 001 to 063, found {text:?}"
                )));
            }
        }
    }
    Ok(set)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_setting_is_refused() {
        let error = toml::from_str::<Config>("[mapping]\nextendet = true").unwrap_err().to_string();
        assert!(error.contains("extendet") && error.contains("extended"), "{error}");
    }

    #[test]
    fn delivers_is_read_by_record_type() {
        let config: Config = toml::from_str("[cpr]\ndelivers = [\"003\", \"052\"]\nforce_update = \"N\"").unwrap();
        let set = config.mapping().unwrap().delivers;
        assert!(set.contains(1) && set.contains(3) && set.contains(52) && !set.contains(4));
        assert_eq!(config.import().force_update, ForceUpdate::No);
        assert!(record_set("cpr.delivers", &["3".into()]).is_err());
    }

    #[test]
    fn answers_may_have_other_records_than_files() {
        let delivers = |text: &str| {
            let config: Config = toml::from_str(text).unwrap();
            let [files, answers] =
                [config.mapping(), config.direkte_mapping()].map(|mapping| mapping.unwrap().delivers);
            [files.contains(4), files.contains(8), answers.contains(4), answers.contains(8)]
        };
        assert_eq!(delivers(""), [true; 4]);
        assert_eq!(delivers("[cpr]\ndelivers = [\"004\"]"), [true, false, true, false]);
        assert_eq!(delivers("[cpr.direkte]\ndelivers = [\"008\"]"), [true, true, false, true]);
        assert_eq!(
            delivers("[cpr]\ndelivers = [\"004\"]\n[cpr.direkte]\ndelivers = [\"008\"]"),
            [true, false, false, true]
        );
        let wrong: Config = toml::from_str("[cpr.direkte]\ndelivers = [\"8\"]").unwrap();
        assert!(wrong.mapping().is_ok());
        let error = wrong.direkte_mapping().unwrap_err().error.to_string();
        assert!(error.starts_with("cpr.direkte.delivers: expected"), "{error}");
    }

    #[test]
    fn what_is_wrong_is_told_without_the_text_of_the_file() {
        for (text, line, says) in [
            ("[cpr.direkte]\ncustomer = \"0132\"\npassword = \"aB34-xyz\"", 3, "unknown field `password`"),
            ("\ndatabase = \"postgres://u:aB34-xyz@host/db", 2, "invalid"),
            ("[cpr.direkte]\nuser = aB34-xyz", 2, "must be quoted"),
            ("[cpr.direkte]\ntries = \"aB34-xyz\"", 2, "expected a nonzero u32"),
            ("[cpr.direkte]\nport = \"a\\\"aB34-xyz\"", 2, "expected u16"),
            ("cpr = \"aB34-xyz\"", 1, "expected struct Cpr"),
            ("[cpr]\nforce_update = \"aB34-xyz\"", 2, "expected `J` or `N`"),
        ] {
            let error = Config::parse(text).unwrap_err().to_string();
            assert!(error.starts_with(&format!("line {line}: ")) && error.contains(says), "{error}");
            assert!(!error.contains("xyz"), "{error}");
        }
    }

    #[test]
    fn the_customer_of_subscription_files_is_that_of_cpr_direkte_unless_it_has_its_own() {
        let read = |text: &str| toml::from_str::<Config>(text).unwrap().subscription;
        let settings = read("[subscription]\nfolder = \"out\"\ntask = \"990001\"");
        let (folder, files) = settings.files(Some("132")).unwrap();
        assert_eq!((folder, files.customer.as_str()), (PathBuf::from("out"), "0132"));
        assert_eq!(files.deadline, TimeOfDay::PLANNING_DEADLINE);
        assert!(settings.files(None).is_err());
        let own =
            read("[subscription]\nfolder = \"out\"\ntask = \"990001\"\ncustomer = \"1234\"\ndeadline = \"15:00\"");
        let (_, files) = own.files(Some("132")).unwrap();
        assert_eq!((files.customer.as_str(), files.deadline.to_string()), ("1234", "15:00".to_owned()));
        let wrong = ["customer = \"12345\"", "customer = \"x\"", "task = \"1\"", "deadline = \"noon\""];
        for wrong in wrong.into_iter().chain(["closed_days = [\"24-12-2026\"]", "closed_days = [\"2026-12-00\"]"]) {
            let key = wrong.split(' ').next().unwrap();
            let lines = ["folder = \"out\"", "task = \"990001\"", "customer = \"1\""];
            let others = lines.iter().filter(|line| !line.starts_with(key)).copied().collect::<Vec<_>>().join("\n");
            assert!(read(&format!("[subscription]\n{others}\n{wrong}")).files(None).is_err(), "{wrong}");
        }
        assert!(read("[subscription]\nmax_percent = 101").limits().is_err());
        let closed = read("[subscription]\nclosed_days = [\"2026-12-24\"]").working_days().unwrap();
        let day = |text: &str| PartialDate::from_iso(text.as_bytes()).unwrap();
        assert_eq!(closed.next_after(day("2026-12-23")), Some(day("2026-12-28")), "and Christmas is known");
    }
}
