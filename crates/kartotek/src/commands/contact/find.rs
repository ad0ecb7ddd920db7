use std::io::Write as _;

use clap::Args;
use comfy_table::Table;
use comfy_table::presets::NOTHING;
use kartotek_register::ports::{ContactSummary, FindQuery, Reader};
use serde_json::{Value, json};

use crate::cli::Global;
use crate::config::YesNo;
use crate::exit::{Exit, Failure};
use crate::output;

use super::{ContactArg, full_name, shown_id};

#[derive(Args)]
pub(super) struct Find {
    /// Number, whole or its beginning.
    #[arg(long, value_name = "DIGITS")]
    number: Option<String>,
    /// The beginning of the first or last name.
    #[arg(long, value_name = "PREFIX")]
    name: Option<String>,
    /// Postcode of the main address.
    #[arg(long, value_name = "NNNN")]
    postcode: Option<String>,
    /// CPR status, two digits: 01 resident, 80 emigrated, 90 dead ...
    #[arg(long, value_name = "NN")]
    status: Option<String>,
    /// J: placeholders only; N: none of them.
    #[arg(long, value_name = "J|N", num_args = 0..=1, default_missing_value = "J")]
    placeholder: Option<YesNo>,
    /// At most so many.
    #[arg(long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// Go on after this contact, the last one of the page before.
    #[arg(long, value_name = "CONTACT")]
    after: Option<ContactArg>,
}

impl Find {
    pub fn run(&self, global: &Global, reader: &mut dyn Reader) -> Result<Exit, Failure> {
        let found = reader.find(&FindQuery {
            number: self.number.as_ref().map(|number| number.replace('-', "")),
            name: self.name.clone(),
            postcode: self.postcode.clone(),
            status: self.status.clone(),
            placeholder: self.placeholder.map(|value| value == YesNo::J),
            limit: self.limit,
            after: self.after.as_ref().map(|contact| contact.id().clone()),
        })?;
        if global.json {
            output::json(&Value::Array(found.iter().map(document).collect()))?;
        } else {
            self.print(&found)?;
        }
        Ok(if found.is_empty() { Exit::Rejected } else { Exit::Done })
    }

    fn print(&self, found: &[ContactSummary]) -> Result<(), Failure> {
        let mut table = Table::new();
        table.load_style(NOTHING);
        for contact in found {
            let marks = [
                contact.placeholder.then(|| "placeholder".to_owned()),
                contact.end_date.as_ref().map(|date| format!("closed {date}")),
                contact.protected.then(|| "PROTECTED".to_owned()),
            ];
            table.add_row([
                shown_id(&contact.id),
                full_name(&contact.name1, &contact.name2),
                contact.address1.clone().unwrap_or_default(),
                contact.postcode.clone().unwrap_or_default(),
                marks.into_iter().flatten().collect::<Vec<_>>().join(", "),
            ]);
        }
        let mut out = std::io::stdout().lock();
        for line in table.to_string().lines().filter(|_| !found.is_empty()) {
            writeln!(out, "{}", line.trim())?;
        }
        match found.last() {
            None => eprintln!("no contact matches"),
            Some(last) if found.len() == usize::try_from(self.limit).unwrap_or(usize::MAX) => {
                eprintln!("the first {}; go on with --after {}", self.limit, shown_id(&last.id));
            }
            Some(_) => {}
        }
        Ok(())
    }
}

fn document(contact: &ContactSummary) -> Value {
    json!({
        "name_type": contact.id.name_type.as_char().to_string(),
        "name_code": contact.id.name_code.as_str(),
        "name1": contact.name1,
        "name2": contact.name2,
        "placeholder": if contact.placeholder { "J" } else { "N" },
        "end_date": contact.end_date,
        "address1": contact.address1,
        "postcode": contact.postcode,
        "protected": if contact.protected { "J" } else { "N" },
    })
}
