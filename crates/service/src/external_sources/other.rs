use super::problem::Problems;
use super::reading::{Reading, Typed};

/// The parameters of a source that Kartotek has no use for: kept as they are, apart from secrets.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OtherSource {
    /// Keys and values in the order in which they were given; no key twice, whatever its case.
    pub parameters: Vec<(String, String)>,
}

impl OtherSource {
    pub(super) fn parse(text: &str) -> Result<Typed<Self>, Problems> {
        let mut reading = Reading::new(text, None);
        let given = reading.plain_pairs().filter(|pair| !pair.value.is_empty());
        let source = Self { parameters: given.map(|pair| (pair.key.clone(), pair.value.to_string())).collect() };
        reading.remark(None, "not a source that Kartotek knows: its parameters are kept and not used");
        reading.finish(source)
    }

    pub(super) fn pairs(&self) -> Vec<(String, String)> {
        self.parameters.clone()
    }
}
