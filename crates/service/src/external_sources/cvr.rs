use kartotek_register::contact::NameType;
use kartotek_register::import::ForceUpdate;

use super::Origin;
use super::key::Key;
use super::problem::{ProblemKind, Problems};
use super::reading::{Found, Reading, Typed};
use super::values::{self, Driver};

pub(super) const KEYS: &[Key] = &[
    Key::plain("Level"),
    Key::plain("UserID"),
    Key::secret("Password"),
    Key::with_commas("Certificate"),
    Key::with_commas("Certificatefilename"),
    Key::plain("Assembly"),
    Key::plain("Class"),
    Key::plain("Jtype"),
    Key::plain("Ptype"),
    Key::plain("ForceUpdate"),
];

/// Where a certificate is (F157-F159).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Certificate {
    /// `Certificate`: its name in a certificate store.
    Store(String),
    /// `Certificatefilename`: a file.
    File(String),
}

/// The parameters of the source `CVR-J` (F161-F168), the older online module. Its password is in the vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CvrSource {
    /// `Level`: access level under the CVR agreement, 1-3.
    pub level: Option<u8>,
    /// `UserID`.
    pub user_id: Option<String>,
    /// `Certificate` or `Certificatefilename`.
    pub certificate: Option<Certificate>,
    /// `Jtype`: contact type for legal units.
    pub jtype: NameType,
    /// `Ptype`: contact type for production units.
    pub ptype: NameType,
    /// `ForceUpdate`: whether an address changed by hand gives way.
    pub force_update: ForceUpdate,
    /// `Assembly` and `Class`.
    pub driver: Driver,
}

impl Default for CvrSource {
    fn default() -> Self {
        Self {
            level: None,
            user_id: None,
            certificate: None,
            jtype: NameType(b'J'),
            ptype: NameType(b'V'),
            force_update: ForceUpdate::Yes,
            driver: Driver::default(),
        }
    }
}

impl CvrSource {
    /// Nothing is mandatory: the module that these parameters are for was closed, and what they say is kept.
    pub(super) fn parse(text: &str, _: Origin) -> Result<Typed<Self>, Problems> {
        let mut reading = Reading::new(text, Some(KEYS));
        let source = Self {
            level: level(&mut reading),
            user_id: user_id(&mut reading),
            certificate: certificate(&mut reading),
            jtype: contact_type(&mut reading, "Jtype", b'J'),
            ptype: contact_type(&mut reading, "Ptype", b'V'),
            force_update: values::force_update(&mut reading),
            driver: Driver::read(&mut reading, ["Scanjour.CVRDriver", "Scanjour.ImportManager.CVRDriver"], "CPRDriver"),
        };
        if source.jtype == source.ptype {
            let at = reading.text("Ptype").or_else(|| reading.text("Jtype")).map(|found| found.at);
            reading.problem(at, ProblemKind::SameType(source.jtype.as_char()));
        }
        reading.finish(source)
    }

    pub(super) fn pairs(&self) -> Vec<(String, String)> {
        let (store, file) = match &self.certificate {
            None => (None, None),
            Some(Certificate::Store(name)) => (Some(name.clone()), None),
            Some(Certificate::File(path)) => (None, Some(path.clone())),
        };
        let pairs = [
            ("Level", self.level.map(|level| level.to_string())),
            ("UserID", self.user_id.clone()),
            ("Certificate", store),
            ("Certificatefilename", file),
            ("Jtype", Some(self.jtype.as_char().to_string())),
            ("Ptype", Some(self.ptype.as_char().to_string())),
            ("ForceUpdate", Some(values::letter(self.force_update).to_owned())),
        ];
        let pairs = pairs.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
        pairs.chain(self.driver.pairs()).collect()
    }
}

fn level(reading: &mut Reading) -> Option<u8> {
    let found = reading.latin("Level")?;
    match found.value.as_str() {
        "1" => Some(1),
        "2" => Some(2),
        "3" => Some(3),
        _ => {
            reading.not_allowed("Level", "1, 2 or 3", &found);
            None
        }
    }
}

fn user_id(reading: &mut Reading) -> Option<String> {
    let found = reading.latin("UserID")?;
    // A blank or a separator in it tells of a pair that was not recognised, perhaps the password.
    if found.value.chars().any(|c| c.is_whitespace() || c.is_control() || ",;:=\"<>".contains(c)) {
        let hidden = Found { value: format!("{} characters", found.value.chars().count()), ..found };
        reading.not_allowed("UserID", "a user id without blanks, , ; : = < > and quotes", &hidden);
        return None;
    }
    Some(found.value)
}

fn certificate(reading: &mut Reading) -> Option<Certificate> {
    let store = reading.text("Certificate");
    let file = reading.text("Certificatefilename");
    if let (Some(store), Some(file)) = (&store, &file) {
        reading.problem(Some(store.at.max(file.at)), ProblemKind::TwoCertificates);
    }
    let file = file.map(|found| {
        // A guide prints the default folder without its blank (A21).
        let path = found.value.replace(r":\ProgramFiles (x86)\", r":\Program Files (x86)\");
        if path != found.value {
            reading.remark(Some(found.at), r"Certificatefilename: ProgramFiles (x86) was read as Program Files (x86)");
        }
        Certificate::File(path)
    });
    file.or_else(|| store.map(|found| Certificate::Store(found.value)))
}

fn contact_type(reading: &mut Reading, key: &'static str, default: u8) -> NameType {
    let Some(found) = reading.latin(key) else { return NameType(default) };
    match found.value.as_bytes() {
        [letter] if letter.is_ascii_alphabetic() => NameType(letter.to_ascii_uppercase()),
        _ => {
            reading.not_allowed(key, "one letter A-Z, the contact type", &found);
            NameType(default)
        }
    }
}
