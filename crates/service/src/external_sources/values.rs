//! Values that more than one source has.

use kartotek_register::import::ForceUpdate;

use super::reading::Reading;

/// Which program of the system before drove the source (F20, F165). Kartotek has its own for each source, so both are
/// remembered and not used.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Driver {
    /// `Assembly`.
    pub assembly: Option<String>,
    /// `Class`.
    pub class: Option<String>,
}

impl Driver {
    /// Reads both keys. `expected` is the driver of the source, `other` part of the name of the other source's.
    pub(super) fn read(reading: &mut Reading, expected: [&'static str; 2], other: &str) -> Self {
        let [assembly, class] = [("Assembly", expected[0]), ("Class", expected[1])].map(|(key, expected)| {
            let found = reading.latin(key)?;
            if found.value.contains(other) {
                reading.not_allowed(key, expected, &found);
            } else {
                reading.remark(Some(found.at), format!("{key} is kept and not used: Kartotek has a driver of its own"));
            }
            Some(found.value)
        });
        Self { assembly, class }
    }

    pub(super) fn pairs(&self) -> impl Iterator<Item = (String, String)> {
        let pairs = [("Assembly", &self.assembly), ("Class", &self.class)];
        pairs.map(|(key, value)| Some((key.to_owned(), value.clone()?))).into_iter().flatten()
    }
}

/// `J` or `N`; `J` when nothing is said (F23, F167).
pub fn force_update(reading: &mut Reading) -> ForceUpdate {
    let Some(found) = reading.latin("ForceUpdate") else { return ForceUpdate::Yes };
    match found.value.as_str() {
        "J" | "j" => ForceUpdate::Yes,
        "N" | "n" => ForceUpdate::No,
        _ => {
            reading.not_allowed("ForceUpdate", "J or N", &found);
            ForceUpdate::Yes
        }
    }
}

/// The letter of a setting.
pub fn letter(force_update: ForceUpdate) -> &'static str {
    match force_update {
        ForceUpdate::Yes => "J",
        ForceUpdate::No => "N",
    }
}
