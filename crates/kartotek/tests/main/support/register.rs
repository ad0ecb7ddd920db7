//! A register in a folder of its own.

use std::path::{Path, PathBuf};

use kartotek_register::contact::{ContactId, NameType};
use kartotek_register::import::{ForceUpdate, ImportOptions};
use kartotek_register::mapping::cpr::{MappingOptions, RecordSet};
use kartotek_register::ports::{AddressCard, ContactCard, Counts, Reader, Store, SystemClock};
use kartotek_service::cpr_extract::{ExtractImport, FileReport, ImportError, Planned};
use kartotek_store::sqlite::SqliteStore;
use rusqlite::types::ValueRef;
use tempfile::TempDir;

use super::extract::Extract;

pub struct Register {
    pub folder: TempDir,
    pub store: Box<dyn Store>,
    /// Looks at and edits the public tables, as an authority's own tools do.
    pub tables: rusqlite::Connection,
    files: u32,
}

impl Default for Register {
    fn default() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("register.db");
        let store = Box::new(SqliteStore::open(&path).unwrap());
        let tables = rusqlite::Connection::open(&path).unwrap();
        Self { folder, store, tables, files: 0 }
    }
}

impl Register {
    /// A register that took these extracts in, one after the other.
    pub fn with(extracts: impl IntoIterator<Item = Extract>) -> Self {
        let mut register = Self::default();
        for extract in extracts {
            register.take(&extract);
        }
        register
    }

    /// A file of the folder, which need not exist.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&mut self, bytes: &[u8]) -> PathBuf {
        self.files += 1;
        let path = self.file(&format!("extract-{}", self.files));
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Takes an extract in with the settings as they come.
    pub fn take(&mut self, extract: &Extract) -> FileReport {
        self.take_with(&ExtractImport::default(), extract)
    }

    pub fn take_with(&mut self, import: &ExtractImport, extract: &Extract) -> FileReport {
        let path = self.write(&extract.bytes(super::extract::LF));
        self.import(import, &path).unwrap()
    }

    pub fn take_bytes(&mut self, bytes: &[u8]) -> FileReport {
        self.try_bytes(bytes).unwrap()
    }

    pub fn try_bytes(&mut self, bytes: &[u8]) -> Result<FileReport, ImportError> {
        let path = self.write(bytes);
        self.import(&ExtractImport::default(), &path)
    }

    pub fn import(&mut self, import: &ExtractImport, path: &Path) -> Result<FileReport, ImportError> {
        import.file(self.store.as_mut(), path, &SystemClock, &mut |_| {}, &mut |_| {})
    }

    /// The field-level plan of an extract that is not taken in.
    pub fn plan(&mut self, extract: &Extract) -> (FileReport, Vec<Planned>) {
        let path = self.write(&extract.bytes(super::extract::LF));
        let import = ExtractImport { dry_run: true, ..ExtractImport::default() };
        let mut planned = Vec::new();
        let report = import
            .file(self.store.as_mut(), &path, &SystemClock, &mut |_| {}, &mut |entry| planned.push(entry))
            .unwrap();
        (report, planned)
    }

    pub fn reader(&self) -> Box<dyn Reader> {
        self.store.reader().unwrap()
    }

    /// A person with a number, who must be there.
    pub fn person(&self, number: &str) -> ContactCard {
        self.find(number).expect("the person in the register")
    }

    pub fn find(&self, number: &str) -> Option<ContactCard> {
        let id = ContactId { name_type: NameType::CPR_PERSON, name_code: number.into() };
        self.reader().contact(&id).unwrap()
    }

    /// Runs a statement that edits the public tables by hand.
    pub fn by_hand(&self, statement: &str) {
        // Unlike the statement's own count, this one counts rows behind a view.
        let changes = || self.tables.query_row("SELECT total_changes()", [], |row| row.get::<_, i64>(0)).unwrap();
        let before = changes();
        self.tables.execute(statement, []).unwrap();
        assert!(changes() > before, "the statement touches a row");
    }

    /// The rows of a query, values joined by `|`.
    pub fn rows(&self, query: &str) -> Vec<String> {
        let mut statement = self.tables.prepare(query).unwrap();
        let columns = statement.column_count();
        let row = |row: &rusqlite::Row<'_>| {
            let values = (0..columns).map(|at| Ok(shown(row.get_ref(at)?))).collect::<rusqlite::Result<Vec<_>>>()?;
            Ok(values.join("|"))
        };
        statement.query_map([], row).unwrap().map(Result::unwrap).collect()
    }

    pub fn count(&self, table: &str) -> i64 {
        self.tables.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    }

    /// What the register says, in public names and without keys: two registers that say the same give the same text.
    pub fn says(&self) -> Vec<String> {
        const NAMED: &str = "CASE name_type WHEN 'P' THEN name1 || '/' || name2 ELSE name_code END";
        let mut all = Vec::new();
        for query in [
            format!(
                "SELECT 'contact', name_type, {NAMED}, name1, name2, position, text, start_date, start_date_text,
                        end_date, end_date_text, placeholder FROM contact"
            ),
            format!(
                "SELECT 'info', {NAMED}, custom_label, priority, info, source
                 FROM contact_info JOIN contact USING (contact_key)"
            ),
            format!(
                "SELECT 'date', {NAMED}, custom_label, date, date_text, uncertain, source
                 FROM contact_date JOIN contact USING (contact_key)"
            ),
            format!(
                "SELECT 'address', {NAMED}, address_type, address1, address2, address3, postcode, municipality,
                        country_code, a.start_date, a.start_date_text, a.end_date, protection, phone_no, source_id
                 FROM address AS a JOIN contact USING (contact_key)"
            ),
            format!(
                "SELECT 'part', {}, role, {}, p.start_date, p.start_date_text, p.end_date, source
                 FROM part AS p JOIN contact AS c USING (contact_key) JOIN contact AS r
                   ON r.contact_key = p.name_ref_key",
                NAMED.replace("name", "c.name"),
                NAMED.replace("name", "r.name"),
            ),
            format!(
                "SELECT 'protection', {NAMED}, protection_type, p.start_date, deletion_date, p.end_date
                 FROM protection AS p JOIN contact USING (contact_key)"
            ),
            "SELECT 'source', source_key, src_subscribed, subscribed, source_stamp, edited FROM source_record"
                .to_owned(),
        ] {
            all.extend(self.rows(&query));
        }
        all.sort_unstable();
        all
    }
}

fn shown(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => String::new(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8(text.to_vec()).unwrap(),
        ValueRef::Real(_) | ValueRef::Blob(_) => panic!("no public column holds such a value"),
    }
}

/// An import with addresses edited by hand kept (`N`) or not (`J`).
pub fn force_update(force_update: ForceUpdate) -> ExtractImport {
    let options = ImportOptions { force_update, ..ImportOptions::default() };
    ExtractImport { options, ..ExtractImport::default() }
}

/// An import of a task that delivers these record types besides 001.
pub fn delivering(types: &[u16]) -> ExtractImport {
    let delivers = types.iter().copied().chain([1]).collect::<RecordSet>();
    with_mapping(MappingOptions { delivers, ..MappingOptions::default() })
}

pub fn with_mapping(mapping: MappingOptions) -> ExtractImport {
    ExtractImport { mapping, ..ExtractImport::default() }
}

/// Looks into a contact.
pub trait Look {
    /// The one text under a label.
    fn info(&self, label: &str) -> Option<&str>;
    /// The one date under a label.
    fn date(&self, label: &str) -> Option<&str>;
    /// The main addresses in force.
    fn main_addresses(&self) -> Vec<&AddressCard>;
    /// The only main address in force.
    fn home(&self) -> &AddressCard;
    /// Former addresses, `address1|start|end` each, by their start.
    fn former_addresses(&self) -> Vec<String>;
    /// References in force of a role, `TYPE:CODE` or `P:name1/name2` each, sorted.
    fn related(&self, role: &str) -> Vec<String>;
}

impl Look for ContactCard {
    fn info(&self, label: &str) -> Option<&str> {
        let mut found = self.infos.iter().filter(|info| info.custom_label == label);
        let first = found.next().map(|info| info.info.as_str());
        assert!(found.next().is_none(), "one text under {label}");
        first
    }

    fn date(&self, label: &str) -> Option<&str> {
        let mut found = self.dates.iter().filter(|date| date.custom_label == label);
        let first = found.next().map(|date| date.date.as_str());
        assert!(found.next().is_none(), "one date under {label}");
        first
    }

    fn main_addresses(&self) -> Vec<&AddressCard> {
        self.addresses.iter().filter(|row| row.address_type == "HA" && row.end_date.is_none()).collect()
    }

    fn home(&self) -> &AddressCard {
        let homes = self.main_addresses();
        assert_eq!(homes.len(), 1, "one main address in force");
        homes[0]
    }

    fn former_addresses(&self) -> Vec<String> {
        let former = self.addresses.iter().filter(|row| row.address_type == "CPRADR");
        let mut former: Vec<_> = former
            .map(|row| {
                let [start, end] = [&row.start_date, &row.end_date].map(|d| d.as_deref().unwrap_or_default());
                format!("{}|{start}|{end}", row.lines[0])
            })
            .collect();
        former.sort();
        former
    }

    fn related(&self, role: &str) -> Vec<String> {
        let in_force = self.parts.iter().filter(|part| part.role == role && part.end_date.is_none());
        let mut related: Vec<_> = in_force
            .map(|part| match part.reference.name_type {
                NameType::PERSON => format!("P:{}/{}", part.name1, part.name2),
                other => format!("{}:{}", other.as_char(), part.reference.name_code),
            })
            .collect();
        related.sort();
        related
    }
}

/// What became of the persons: new, changed, unchanged, older, rejected.
pub fn outcome(counts: &Counts) -> [u64; 5] {
    [counts.created, counts.updated, counts.unchanged, counts.older, counts.rejected]
}
