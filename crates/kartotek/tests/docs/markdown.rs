//! As much of Markdown as the documents use.

use std::path::Path;

/// A document of the folder `docs`.
pub struct Document {
    name: &'static str,
    text: String,
}

/// A block of code.
pub struct Block {
    /// What stands behind the three backticks.
    pub info: String,
    /// Where it is, for a failure.
    pub place: String,
    pub text: String,
}

/// A table; backticks around a cell are left out.
pub struct Table {
    /// The heading above it.
    pub heading: String,
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Document {
    pub fn read(name: &'static str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("docs/{name}: {error}"));
        Self { name, text }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn blocks(&self) -> Vec<Block> {
        let mut blocks: Vec<Block> = Vec::new();
        let mut heading = "";
        let mut open = false;
        for (line, at) in self.text.lines().zip(1..) {
            match (line.strip_prefix("```"), open) {
                (Some(info), false) => {
                    let place = format!("docs/{}, line {at}, {heading}", self.name);
                    blocks.push(Block { info: info.to_owned(), place, text: String::new() });
                    open = true;
                }
                (Some(_), true) => open = false,
                (None, true) => {
                    let text = &mut blocks.last_mut().unwrap().text;
                    text.push_str(line);
                    text.push('\n');
                }
                (None, false) => heading = heading_of(line).unwrap_or(heading),
            }
        }
        assert!(!open, "docs/{}: a block of code is not closed", self.name);
        blocks
    }

    pub fn tables(&self) -> Vec<Table> {
        let mut tables: Vec<Table> = Vec::new();
        let mut heading = "";
        let (mut code, mut inside) = (false, false);
        for line in self.text.lines() {
            code ^= line.starts_with("```");
            if code || !line.starts_with('|') {
                inside = false;
                heading = heading_of(line).filter(|_| !code).unwrap_or(heading);
                continue;
            }
            let cells = cells(line);
            match tables.last_mut().filter(|_| inside) {
                None => {
                    tables.push(Table { heading: heading.to_owned(), header: cells, rows: Vec::new() });
                    inside = true;
                }
                Some(_) if cells.iter().all(|cell| cell.chars().all(|c| matches!(c, '-' | ':'))) => {}
                Some(table) => {
                    assert_eq!(cells.len(), table.header.len(), "docs/{}: cells of a row: {line}", self.name);
                    table.rows.push(cells);
                }
            }
        }
        tables
    }
}

impl Document {
    /// The names under which a link can lead to a heading.
    pub fn anchors(&self) -> Vec<String> {
        let headings = self.text.lines().filter_map(heading_of);
        headings
            .map(|heading| {
                let kept = heading.to_lowercase().replace(' ', "-");
                kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
            })
            .collect()
    }

    /// Where links lead: file and heading.
    pub fn links(&self) -> Vec<(String, String)> {
        let targets = self.text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
        targets
            .map(|(target, _)| {
                let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
                (file.to_owned(), anchor.to_owned())
            })
            .collect()
    }
}

impl Table {
    /// The cells of a column, from the top.
    pub fn column(&self, name: &str) -> Vec<&str> {
        let at = self.header.iter().position(|header| header == name);
        let at = at.unwrap_or_else(|| panic!("the table under {:?} has no column {name:?}", self.heading));
        self.rows.iter().map(|row| row[at].as_str()).collect()
    }
}

/// The text of a heading without its signs and backticks.
fn heading_of(line: &str) -> Option<&str> {
    line.starts_with('#').then(|| line.trim_start_matches('#').trim().trim_matches('`'))
}

fn cells(line: &str) -> Vec<String> {
    let inner = line.trim().trim_start_matches('|').trim_end_matches('|').replace("\\|", "\u{0}");
    inner.split('|').map(|cell| plain(cell.replace('\u{0}', "|").trim()).to_owned()).collect()
}

/// A cell that is nothing but code, without the backticks.
fn plain(cell: &str) -> &str {
    match cell.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')) {
        Some(code) if !code.contains('`') => code,
        _ => cell,
    }
}
