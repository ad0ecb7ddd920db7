/// A directory of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Directory {
    /// The one above the other two; it holds no files.
    Root,
    /// `ud`: what CPR delivers, to be fetched.
    Ud,
    /// `ind`: what customers send in.
    Ind,
}

impl Directory {
    /// The two that hold files.
    pub(super) const BELOW: [Self; 2] = [Self::Ind, Self::Ud];

    /// Its name in lower case; empty for the one above.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Root => "",
            Self::Ud => "ud",
            Self::Ind => "ind",
        }
    }
}
