use kartotek_formats::cpr_direkte::TransactionCode;
use kartotek_register::import::ForceUpdate;

use super::Origin;
use super::host_port::{self, HostPort};
use super::key::Key;
use super::problem::Problems;
use super::reading::{Reading, Typed};
use super::values::{self, Driver};

pub(super) const KEYS: &[Key] = &[
    Key::plain("IP"),
    Key::plain("DefFiles"),
    Key::plain("Assembly"),
    Key::plain("Class"),
    Key::plain("Subscription"),
    Key::plain("ForceUpdate"),
];

/// The parameters of the source `CPR` (F17-F25).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CprSource {
    /// `IP`: where CPR Klient listens (F18, A16); `None`: CPR Direkte itself is asked.
    pub klient: Option<HostPort>,
    /// `DefFiles`: the records that come back (F19). `P12170`: OFF4; `P09480`: PRIV. The description files are built in.
    pub product: TransactionCode,
    /// `Subscription`: whether a subscription is added for each person that is fetched (F21, F22).
    pub subscription: bool,
    /// `ForceUpdate`: whether an address changed by hand gives way (F23, F24).
    pub force_update: ForceUpdate,
    /// `Assembly` and `Class`.
    pub driver: Driver,
}

impl Default for CprSource {
    fn default() -> Self {
        Self {
            klient: None,
            product: TransactionCode::Off4,
            subscription: false,
            force_update: ForceUpdate::Yes,
            driver: Driver::default(),
        }
    }
}

impl CprSource {
    pub(super) fn parse(text: &str, origin: Origin) -> Result<Typed<Self>, Problems> {
        let mut reading = Reading::new(text, Some(KEYS));
        if origin == Origin::Legacy {
            reading.demand("IP", "the address of CPR Klient: a host, host:port, or a port");
            reading.demand("DefFiles", r"the pattern of the description files, for example .\CPRkilde\P12170.*");
        }
        let source = Self {
            klient: host_port::read(&mut reading, "IP"),
            product: product(&mut reading),
            subscription: subscription(&mut reading),
            force_update: values::force_update(&mut reading),
            driver: Driver::read(&mut reading, ["Scanjour.CPRDriver", "Scanjour.ImportManager.CPRDriver"], "CVRDriver"),
        };
        reading.finish(source)
    }

    pub(super) fn pairs(&self) -> Vec<(String, String)> {
        let klient = self.klient.as_ref().map(|klient| ("IP".to_owned(), klient.to_string()));
        let subscription = if self.subscription { "1" } else { "0" };
        let rest = [
            ("DefFiles", self.def_files()),
            ("Subscription", subscription),
            ("ForceUpdate", values::letter(self.force_update)),
        ];
        let rest = rest.map(|(key, value)| (key.to_owned(), value.to_owned()));
        klient.into_iter().chain(rest).chain(self.driver.pairs()).collect()
    }

    /// The name of the description files.
    pub(super) fn def_files(&self) -> &'static str {
        def_files(self.product)
    }
}

fn def_files(product: TransactionCode) -> &'static str {
    match product {
        TransactionCode::Off4 => "P12170",
        TransactionCode::Priv => "P09480",
    }
}

fn product(reading: &mut Reading) -> TransactionCode {
    let Some(found) = reading.latin("DefFiles") else { return TransactionCode::Off4 };
    let product = match (found.value.contains("12170"), found.value.contains("09480")) {
        (true, false) => TransactionCode::Off4,
        (false, true) => TransactionCode::Priv,
        _ => {
            reading.not_allowed(
                "DefFiles",
                r"a pattern with P12170 or P09480, for example .\CPRkilde\P12170.*",
                &found,
            );
            return TransactionCode::Off4;
        }
    };
    let name = def_files(product);
    if found.value != name {
        let text = format!("DefFiles: {name} is kept of it; the records are built in, and no file is read");
        reading.remark(Some(found.at), text);
    }
    product
}

fn subscription(reading: &mut Reading) -> bool {
    let Some(found) = reading.latin("Subscription") else { return false };
    match found.value.as_str() {
        "0" => false,
        "1" => true,
        _ => {
            reading.not_allowed("Subscription", "0 or 1", &found);
            false
        }
    }
}
