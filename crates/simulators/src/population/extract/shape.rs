/// How the records stand in a file; the default is as CPR delivers extracts (cpr-records.md section 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// What ends a record.
    pub line_end: LineEnd,
    /// Blanks at the end of a record are left out. Without effect where no line end tells records apart.
    pub trimmed: bool,
    /// Where the records 003 stand.
    pub address_block: AddressBlock,
    /// Echo a key constant: 15 extra characters on record 001 (length 121), and NGLKONST on 099.
    pub key_constant: bool,
}

impl Default for Shape {
    fn default() -> Self {
        Self { line_end: LineEnd::Lf, trimmed: true, address_block: AddressBlock::AtEnd, key_constant: false }
    }
}

impl Shape {
    /// As in an online answer: records of full length back to back, 003 after 002.
    pub const ONLINE: Self =
        Self { line_end: LineEnd::None, trimmed: false, address_block: AddressBlock::Inline, key_constant: false };
}

/// What ends a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEnd {
    /// A line feed, as in files.
    Lf,
    /// Carriage return and line feed, as some transports make of it.
    CrLf,
    /// Nothing: records of full length back to back, as in an online answer.
    None,
}

/// Where the records 003 stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressBlock {
    /// As a block of their own after all persons, as in extracts.
    AtEnd,
    /// With the person, after 002, as in an online answer.
    Inline,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Persons, that is records 001.
    pub persons: u64,
    /// Records between 000 and 999, the number that 999 states.
    pub records: u64,
    /// Bytes, start and end record and line ends included.
    pub bytes: u64,
}
