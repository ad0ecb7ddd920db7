//! Parameters in words, for those who look whether they mean what they should.

use kartotek_formats::cpr_direkte::TransactionCode;
use kartotek_register::import::ForceUpdate;

use super::values::{self, Driver};
use super::{Certificate, CprSource, CvrSource, OtherSource, Source};

/// A parameter in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its key.
    pub key: String,
    /// Its value; `None` when it has none.
    pub value: Option<String>,
    /// What that means.
    pub meaning: String,
    /// Whether Kartotek acts by it.
    pub used: bool,
}

impl Source {
    /// Each parameter with its meaning, also those that are not given. Secrets are left out: they are in the vault.
    pub fn describe(&self) -> Vec<Line> {
        match self {
            Self::Cpr(source) => source.describe(),
            Self::Cvr(source) => source.describe(),
            Self::Other(source) => source.describe(),
        }
    }

    /// The keys whose values are in the vault.
    pub fn secret_keys(&self) -> &'static [&'static str] {
        match self {
            Self::Cvr(_) => &["Password"],
            Self::Cpr(_) | Self::Other(_) => &[],
        }
    }
}

impl CprSource {
    fn describe(&self) -> Vec<Line> {
        let klient = match &self.klient {
            None => "CPR Direkte itself is asked".to_owned(),
            Some(klient) => {
                format!(
                    "CPR Klient on {}, port {}, is asked, and signs on to CPR Direkte itself",
                    klient.host, klient.port
                )
            }
        };
        let product = match self.product {
            TransactionCode::Off4 => "records of U12170-P, for authorities (OFF4); they are built in, no file is read",
            TransactionCode::Priv => {
                "records of U09480-P, for private companies (PRIV); they are built in, no file is read"
            }
        };
        let (number, subscription) = if self.subscription {
            ("1", "a subscription is added for each person that is fetched")
        } else {
            ("0", "no subscription is added for persons that are fetched")
        };
        let mut lines = vec![
            line("IP", self.klient.as_ref().map(ToString::to_string), klient),
            line("DefFiles", Some(self.def_files().to_owned()), product),
            line("Subscription", Some(number.to_owned()), subscription),
            force_update(self.force_update),
        ];
        lines.extend(driver(&self.driver));
        lines
    }
}

impl CvrSource {
    fn describe(&self) -> Vec<Line> {
        let certificate = |key, value: Option<&String>, meaning| line(key, value.cloned(), meaning);
        let (store, file) = match &self.certificate {
            None => (None, None),
            Some(Certificate::Store(name)) => (Some(name), None),
            Some(Certificate::File(path)) => (None, Some(path)),
        };
        let mut lines = vec![
            line("Level", self.level.map(|level| level.to_string()), "access level under the CVR agreement"),
            line("UserID", self.user_id.clone(), "user at CVR"),
            certificate("Certificate", store, "certificate by its name in a certificate store"),
            certificate("Certificatefilename", file, "certificate by its file"),
            line("Jtype", Some(self.jtype.as_char().to_string()), "contact type of legal units"),
            line("Ptype", Some(self.ptype.as_char().to_string()), "contact type of production units"),
            force_update(self.force_update),
        ];
        lines.extend(driver(&self.driver));
        for line in &mut lines {
            line.used = false;
        }
        lines
    }
}

impl OtherSource {
    fn describe(&self) -> Vec<Line> {
        let parameters = self.parameters.iter();
        parameters
            .map(|(key, value)| unused(key, value, "kept and not used: Kartotek does not know this source"))
            .collect()
    }
}

fn force_update(force_update: ForceUpdate) -> Line {
    let meaning = match force_update {
        ForceUpdate::Yes => "an address changed by hand gives way to the delivered one",
        ForceUpdate::No => "an address changed by hand stays; everything else is updated",
    };
    line("ForceUpdate", Some(values::letter(force_update).to_owned()), meaning)
}

fn driver(driver: &Driver) -> impl Iterator<Item = Line> {
    driver.pairs().map(|(key, value)| unused(&key, &value, "kept and not used: Kartotek has a driver of its own"))
}

fn line(key: &str, value: Option<String>, meaning: impl Into<String>) -> Line {
    Line { key: key.to_owned(), value, meaning: meaning.into(), used: true }
}

fn unused(key: &str, value: &str, meaning: &str) -> Line {
    Line { used: false, ..line(key, Some(value.to_owned()), meaning) }
}
