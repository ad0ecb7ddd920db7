use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use kartotek_clients::file_transfer::{LogOn, Protocol, Settings, TransferType};
use kartotek_clients::tls::Roots;
use kartotek_formats::listing::Pattern;
use kartotek_register::contact::SourceId;
use zeroize::Zeroizing;

use super::BatchError;
use super::interim::reserved;

/// A setting: its name as the guide has it (F105-F119), or one of ours beyond the guide.
#[derive(Debug, PartialEq, Eq)]
pub struct Setting {
    /// The name.
    pub name: &'static str,
    /// What it says, its values and its default.
    pub meaning: &'static str,
    /// Whether it is a file or a folder of this machine.
    is_path: bool,
}

const fn setting(name: &'static str, meaning: &'static str) -> Setting {
    Setting { name, meaning, is_path: false }
}

const fn path(name: &'static str, meaning: &'static str) -> Setting {
    Setting { name, meaning, is_path: true }
}

impl Setting {
    /// A value as it is kept. A path is kept absolute: a scheduler calls from another folder than the operator who set it.
    pub(super) fn kept(&self, value: &str) -> Result<String, BatchError> {
        let value = value.trim();
        if !self.is_path || value.is_empty() {
            return Ok(value.to_owned());
        }
        let path = std::path::absolute(value).map_err(|error| {
            let operation = "find the folder that this was called in, from which this path goes on:";
            BatchError::Folder { operation, path: value.into(), error }
        })?;
        let not_text = |_| SettingError::Value { setting: self.name, expected: "a path that is text in UTF-8" };
        Ok(path.into_os_string().into_string().map_err(not_text)?)
    }

    /// Whether two values that are kept mean the same.
    pub(super) fn are_same(&self, one: Option<&str>, other: Option<&str>) -> bool {
        // Of an earlier version there may be one that is not absolute.
        let absolute = |value: &str| std::path::absolute(value).ok();
        match (one, other) {
            (Some(one), Some(other)) if self.is_path => one == other || absolute(one) == absolute(other),
            (one, other) => one == other,
        }
    }
}

/// All settings, in the order of the guide and then ours. The password is kept sealed, and the database is the register that
/// holds the settings, so neither has a value here.
pub const SETTINGS: &[Setting] = &[
    setting("Site", "the file server: HOST, HOST:PORT, or sftp://HOST:PORT"),
    setting("SSL", "explicit (default; J means the same), implicit, or N: without, only with --insecure-plain-ftp"),
    setting("User name", "the user at the file server"),
    setting("Directory", "where CPR puts its files, as the server writes it; where the user is put, when empty"),
    setting("MVS", "J: the server is a mainframe, whatever it says itself; N (default)"),
    setting("Pattern", "which files are fetched and imported; ? is one character, * any number [d??????.l??????]"),
    setting("Rename prefix", "put before the names of files that are done; empty (default): they keep their names"),
    path("Local Directory", "the interim directory between the two steps, and for nothing else"),
    setting("CPR format", "P12170 (default): the records are built in"),
    setting("Source", "CPR (default)"),
    setting("Remote rename", "J (default): the prefix is put on at the server too, where it allows that; N"),
    setting("Upload Directory", "where CPR takes subscription files from; empty (default): none are sent"),
    setting("Transfer type", "binary (default), or text: the server converts from EBCDIC"),
    path(
        "Certificate file",
        "the authorities that sign the server's certificate, PEM; those of the platform, when empty",
    ),
    setting("Host key", "the server's SSH key, SHA256:...; needed for sftp"),
    path("Key file", "private SSH key to log on with, OpenSSH's form"),
    setting("Source address", "the address that connections come from"),
    setting("Recall minutes", "how long to wait for a migrated file [15]"),
    setting(
        "Keep days",
        "imported files are removed from the interim directory after so many days; empty (default): never",
    ),
];

/// The setting of a name; upper and lower case are alike, and so are a blank, `-`, `_` and nothing between words.
pub fn find_setting(name: &str) -> Option<&'static Setting> {
    let plain = |text: &str| -> String {
        text.chars().filter(|c| !matches!(c, ' ' | '-' | '_')).map(|c| c.to_ascii_lowercase()).collect()
    };
    let wanted = plain(name);
    SETTINGS.iter().find(|setting| plain(setting.name) == wanted)
}

/// A setting that is missing or cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// No such setting.
    #[error("there is no setting of that name; `kartotek cpr-batch settings` lists them")]
    Unknown,
    /// It has no value and needs one.
    #[error("{0} is not set; `kartotek cpr-batch set \"{0}=...\"`")]
    Missing(&'static str),
    /// Its value cannot be used.
    #[error("{setting}: expected {expected}")]
    Value {
        /// The setting.
        setting: &'static str,
        /// What it may be.
        expected: &'static str,
    },
    /// Plain FTP without the word that allows it.
    #[error("SSL is N: password and files would go unprotected; give --insecure-plain-ftp if that is meant")]
    PlainFtp,
}

/// `Site`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Name or address.
    pub host: String,
    /// `None`: that of the protocol.
    pub port: Option<u16>,
    /// SFTP, and not FTP with TLS.
    pub sftp: bool,
}

/// `SSL`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ssl {
    /// TLS is asked for by `AUTH TLS`.
    #[default]
    Explicit,
    /// TLS from the first byte.
    Implicit,
    /// None.
    Without,
}

/// The settings, read.
#[derive(Debug, Clone)]
pub struct BatchSettings {
    /// `Site`
    pub site: Option<Site>,
    /// `SSL`
    pub ssl: Ssl,
    /// `User name`
    pub user_name: Option<String>,
    /// `Directory`
    pub directory: Option<String>,
    /// `MVS`
    pub mvs: bool,
    /// `Pattern`
    pub pattern: Pattern,
    /// `Rename prefix`
    pub rename_prefix: Option<String>,
    /// `Local Directory`
    pub local_directory: Option<PathBuf>,
    /// `Source`
    pub source: SourceId,
    /// `Remote rename`
    pub remote_rename: bool,
    /// `Upload Directory`
    pub upload_directory: Option<String>,
    /// `Transfer type`
    pub transfer_type: TransferType,
    /// `Certificate file`
    pub certificate_file: Option<PathBuf>,
    /// `Host key`
    pub host_key: Option<String>,
    /// `Key file`
    pub key_file: Option<PathBuf>,
    /// `Source address`
    pub source_address: Option<IpAddr>,
    /// `Recall minutes`
    pub recall_minutes: u32,
    /// `Keep days`
    pub keep_days: Option<u32>,
}

const DEFAULT_PATTERN: &str = "d??????.l??????";
const DEFAULT_RECALL_MINUTES: u32 = 15;

impl BatchSettings {
    /// Reads names and values as the register keeps them. What is not there has its default.
    pub fn parse(pairs: &[(String, String)]) -> Result<Self, SettingError> {
        for (name, value) in pairs {
            let setting = find_setting(name).ok_or(SettingError::Unknown)?;
            // A line end would be the end of a command to an FTP server. The value is not repeated: it would steer the terminal.
            if value.trim().chars().any(char::is_control) {
                return Err(SettingError::Value { setting: setting.name, expected: PLAIN_TEXT });
            }
        }
        let values = Values(pairs);
        values
            .one_of("CPR format", "P12170, the public change extract", |text| text.contains("12170").then_some(()))?;
        Ok(Self {
            site: values.one_of("Site", "HOST, HOST:PORT or sftp://HOST:PORT", site)?,
            ssl: values.one_of("SSL", "explicit, implicit or N", ssl)?.unwrap_or_default(),
            user_name: values.text("User name"),
            directory: values.text("Directory"),
            mvs: values.letter("MVS")?.unwrap_or(false),
            pattern: values
                .one_of("Pattern", PATTERN, |text| Pattern::new(text).ok())?
                .map_or_else(|| Pattern::new(DEFAULT_PATTERN), Ok)
                .map_err(|_| SettingError::Value { setting: "Pattern", expected: PATTERN })?,
            rename_prefix: values.one_of("Rename prefix", PREFIX, prefix)?,
            local_directory: values.text("Local Directory").map(PathBuf::from),
            source: values.one_of("Source", "CPR", source)?.unwrap_or(SourceId::CPR),
            remote_rename: values.letter("Remote rename")?.unwrap_or(true),
            upload_directory: values.text("Upload Directory"),
            transfer_type: values.one_of("Transfer type", "binary or text", transfer_type)?.unwrap_or_default(),
            certificate_file: values.text("Certificate file").map(PathBuf::from),
            host_key: values.one_of("Host key", "SHA256: and 43 characters", host_key)?,
            key_file: values.text("Key file").map(PathBuf::from),
            source_address: values.one_of("Source address", "an IPv4 or IPv6 address", |text| text.parse().ok())?,
            recall_minutes: values
                .one_of("Recall minutes", "a number from 1 to 1440", |text| number(text, 1..=1440))?
                .unwrap_or(DEFAULT_RECALL_MINUTES),
            keep_days: values.one_of("Keep days", "a number of days, 1 at least", |text| number(text, 1..=36_500))?,
        })
    }

    /// How the server is reached, in a directory of it.
    pub fn server(
        &self,
        directory: Option<&str>,
        password: Option<Zeroizing<String>>,
        insecure_plain_ftp: bool,
    ) -> Result<Settings, SettingError> {
        let site = self.site.as_ref().ok_or(SettingError::Missing("Site"))?;
        let user = self.user_name.clone().ok_or(SettingError::Missing("User name"))?;
        let protocol = match (site.sftp, self.ssl) {
            (true, _) => Protocol::Sftp,
            (false, Ssl::Explicit) => Protocol::FtpsExplicit,
            (false, Ssl::Implicit) => Protocol::FtpsImplicit,
            (false, Ssl::Without) if insecure_plain_ftp => Protocol::PlainFtp,
            (false, Ssl::Without) => return Err(SettingError::PlainFtp),
        };
        let log_on = LogOn { user, password, key_file: self.key_file.clone() };
        Ok(Settings {
            port: site.port,
            directory: directory.map(str::to_owned),
            mvs: self.mvs,
            transfer_type: self.transfer_type,
            roots: self.certificate_file.clone().map_or(Roots::Platform, Roots::File),
            host_key: self.host_key.clone(),
            from: self.source_address,
            recall_within: Duration::from_secs(u64::from(self.recall_minutes) * 60),
            ..Settings::new(site.host.clone(), protocol, log_on)
        })
    }

    /// Whether a name is one of the files to take.
    pub(super) fn takes(&self, name: &str) -> bool {
        let is_reserved = reserved(name).is_some_and(|rest| self.pattern.matches(rest));
        self.pattern.matches(name) && !is_reserved && !self.is_done(name)
    }

    /// Whether a name is that of a file that is done, by its prefix.
    pub(super) fn is_done(&self, name: &str) -> bool {
        let rest = self.rename_prefix.as_deref().and_then(|prefix| {
            let start = name.get(..prefix.len())?;
            start.eq_ignore_ascii_case(prefix).then(|| name.get(prefix.len()..)).flatten()
        });
        rest.is_some_and(|rest| self.pattern.matches(rest))
    }
}

const PLAIN_TEXT: &str = "text in one line, without control characters";
const PATTERN: &str = "a mask of a file's name without a folder, for example d??????.l990001";
const PREFIX: &str = "letters, digits and . _ - # $ @, at most 20, beginning with a letter or digit; not err, refused, or d with \
                      digits, with which other names begin";

struct Values<'a>(&'a [(String, String)]);

impl Values<'_> {
    fn text(&self, name: &'static str) -> Option<String> {
        let is_it = |(found, _): &&(String, String)| find_setting(found).is_some_and(|setting| setting.name == name);
        self.0.iter().find(is_it).map(|(_, value)| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    fn one_of<T>(
        &self,
        name: &'static str,
        expected: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, SettingError> {
        let Some(text) = self.text(name) else { return Ok(None) };
        read(&text).map(Some).ok_or(SettingError::Value { setting: name, expected })
    }

    fn letter(&self, name: &'static str) -> Result<Option<bool>, SettingError> {
        self.one_of(name, "J or N", |text| match text {
            "J" | "j" => Some(true),
            "N" | "n" => Some(false),
            _ => None,
        })
    }
}

fn site(text: &str) -> Option<Site> {
    let (sftp, rest) = match text.split_once("://") {
        Some(("sftp", rest)) => (true, rest),
        Some(("ftps" | "ftp", rest)) => (false, rest),
        Some(_) => return None,
        None => (false, text),
    };
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let is_host = |host: &str| {
        !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':'))
    };
    // An IPv6 address stands in brackets before a port.
    let (host, port) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, "")) => (host, None),
        Some((host, port)) => (host, Some(port.strip_prefix(':')?)),
        None => match rest.split_once(':') {
            Some((_, port)) if port.contains(':') => (rest, None),
            Some((host, port)) => (host, Some(port)),
            None => (rest, None),
        },
    };
    let port =
        port.map(|port| port.parse::<u16>().ok().filter(|port| *port > 0)).map_or(Some(None), |port| port.map(Some))?;
    is_host(host).then(|| Site { host: host.to_owned(), port, sftp })
}

fn ssl(text: &str) -> Option<Ssl> {
    match text.to_ascii_lowercase().as_str() {
        "explicit" | "j" => Some(Ssl::Explicit),
        "implicit" => Some(Ssl::Implicit),
        "n" => Some(Ssl::Without),
        _ => None,
    }
}

/// Not one with which the names of error logs, refused files or CPR's own files begin: those would count as done.
fn prefix(text: &str) -> Option<String> {
    let small = text.to_ascii_lowercase();
    let begins_as_cprs = small.strip_prefix('d').is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
    if small.starts_with("err") || small.starts_with("refused") || begins_as_cprs {
        return None;
    }
    let is_fit = text.len() <= 20
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '#' | '$' | '@'));
    is_fit.then(|| text.to_owned())
}

fn source(text: &str) -> Option<SourceId> {
    text.eq_ignore_ascii_case(SourceId::CPR.name()).then_some(SourceId::CPR)
}

fn transfer_type(text: &str) -> Option<TransferType> {
    match text.to_ascii_lowercase().as_str() {
        "binary" => Some(TransferType::Binary),
        "text" => Some(TransferType::Text),
        _ => None,
    }
}

fn host_key(text: &str) -> Option<String> {
    let digest = text.strip_prefix("SHA256:")?;
    let is_digest = digest.len() == 43 && digest.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/'));
    is_digest.then(|| text.to_owned())
}

fn number(text: &str, allowed: std::ops::RangeInclusive<u32>) -> Option<u32> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| is_plain && allowed.contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(pairs: &[(&str, &str)]) -> Result<BatchSettings, SettingError> {
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        BatchSettings::parse(&pairs)
    }

    #[test]
    fn without_a_word_everything_has_its_default_but_what_nobody_can_guess() {
        let settings = parse(&[]).unwrap();
        assert_eq!(settings.pattern.as_str(), "d??????.l??????");
        assert_eq!((settings.site.clone(), settings.ssl, settings.rename_prefix.clone()), (None, Ssl::Explicit, None));
        assert_eq!(settings.keep_days, None);
        assert_eq!(settings.server(None, None, false).unwrap_err(), SettingError::Missing("Site"));
    }

    #[test]
    fn names_are_those_of_the_guide_however_they_are_written() {
        for name in ["User name", "user name", "USERNAME", "user_name", "User-Name"] {
            assert_eq!(parse(&[(name, "kartotek")]).unwrap().user_name.as_deref(), Some("kartotek"), "{name}");
        }
        assert_eq!(parse(&[("Usr name", "x")]).unwrap_err(), SettingError::Unknown);
    }

    #[test]
    fn a_site_is_a_host_with_or_without_port_and_protocol() {
        let site = |text| parse(&[("Site", text)]).map(|settings| settings.site.unwrap());
        let expected = |host: &str, port, sftp| Ok(Site { host: host.to_owned(), port, sftp });
        assert_eq!(site("ftp.example"), expected("ftp.example", None, false));
        assert_eq!(site("ftp.example:990"), expected("ftp.example", Some(990), false));
        assert_eq!(site("ftps://ftp.example/"), expected("ftp.example", None, false));
        assert_eq!(site("sftp://127.0.0.1:2222"), expected("127.0.0.1", Some(2222), true));
        assert_eq!(site("[::1]:21"), expected("::1", Some(21), false));
        assert_eq!(site("::1"), expected("::1", None, false));
        for wrong in ["http://ftp.example", "ftp.example:0", "ftp.example:x", "a b", "user@host", "[::1]21", "host:"] {
            assert!(matches!(site(wrong), Err(SettingError::Value { setting: "Site", .. })), "{wrong}");
        }
    }

    #[test]
    fn plain_ftp_needs_its_own_word() {
        let settings = parse(&[("Site", "ftp.example"), ("SSL", "N"), ("User name", "u")]).unwrap();
        assert_eq!(settings.server(None, None, false).unwrap_err(), SettingError::PlainFtp);
        assert_eq!(settings.server(None, None, true).unwrap().protocol, Protocol::PlainFtp);
        let implicit = parse(&[("Site", "ftp.example"), ("SSL", "implicit"), ("User name", "u")]).unwrap();
        assert_eq!(implicit.server(Some("ud"), None, true).unwrap().protocol, Protocol::FtpsImplicit);
    }

    #[test]
    fn what_is_done_is_not_taken_again_whatever_the_pattern() {
        let settings = parse(&[("Pattern", "*"), ("Rename prefix", "x")]).unwrap();
        assert!(settings.takes("d260105.l990001") && !settings.takes("xd260105.l990001"));
        assert!(!settings.takes("XD260105.L990001"));
        let without = parse(&[]).unwrap();
        assert!(without.takes("D260105.L990001") && !without.takes("xd260105.l990001"));
    }

    #[test]
    fn a_value_that_cannot_be_used_is_refused_with_what_it_may_be() {
        for (name, value) in [
            ("SSL", "yes"),
            ("MVS", "1"),
            ("Pattern", "ud/d*"),
            ("Rename prefix", "../x"),
            ("Rename prefix", "err"),
            ("Rename prefix", "Refused-"),
            ("Rename prefix", "d2"),
            ("CPR format", "P09480"),
            ("Source", "CVR"),
            ("Transfer type", "ebcdic"),
            ("Host key", "SHA256:short"),
            ("Source address", "eth0"),
            ("Recall minutes", "0"),
            ("Keep days", "-1"),
            ("User name", "kmd\n01234"),
            ("Directory", "ud\u{1b}[2J"),
            ("Local Directory", "/var/\u{0}cpr"),
        ] {
            let error = parse(&[(name, value)]).unwrap_err();
            assert!(matches!(error, SettingError::Value { setting, .. } if setting == name), "{name}: {error}");
        }
    }
}
