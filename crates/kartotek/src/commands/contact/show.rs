use std::io::{self, Write};

use clap::Args;
use kartotek_formats::codes::{CivilStatus, ProtectionType, Status};
use kartotek_formats::identifiers::CprNumber;
use kartotek_register::contact::NameType;
use kartotek_register::ports::{AddressCard, ContactCard, Reader};
use serde_json::{Value, json};

use crate::cli::Global;
use crate::exit::{Exit, Failure};
use crate::output;

use super::{ContactArg, full_name, shown_id};

#[derive(Args)]
pub(super) struct Show {
    /// For example C:0707614285.
    #[arg(value_name = "CONTACT")]
    contact: ContactArg,
}

impl Show {
    pub fn run(&self, global: &Global, reader: &mut dyn Reader) -> Result<Exit, Failure> {
        let Some(card) = reader.contact(self.contact.id())? else {
            if global.json {
                output::json(&Value::Null)?;
            }
            eprintln!("no such contact in the register");
            return Ok(Exit::Rejected);
        };
        if global.json {
            output::json(&document(&card))?;
        } else {
            print(&card)?;
        }
        Ok(Exit::Done)
    }
}

/// Prints a contact for people.
pub fn print(card: &ContactCard) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let state = match (card.placeholder, &card.end_date) {
        (true, _) => "  (placeholder: somebody refers to this person, CPR has not delivered the data)".to_owned(),
        (false, Some(date)) => format!("  (closed {date})"),
        (false, None) => String::new(),
    };
    writeln!(out, "{}  {}{state}", shown_id(&card.id), full_name(&card.name1, &card.name2))?;
    if let Some(protection) = name_protection(card) {
        writeln!(out, "  NAME AND ADDRESS ARE PROTECTED since {protection}")?;
    }
    if let Some(note) = number_note(card) {
        writeln!(out, "  note         {note}")?;
    }
    let line = |out: &mut io::StdoutLock<'_>, name: &str, value: &str| match value {
        "" => Ok(()),
        value => writeln!(out, "  {name:<12} {value}"),
    };
    line(&mut out, "text", &card.text)?;
    line(&mut out, "position", &card.position)?;
    line(&mut out, "start", card.start_date.as_deref().unwrap_or_default())?;

    section(&mut out, "contact_info", &card.infos)?;
    for info in &card.infos {
        let by = by_hand(&info.source);
        writeln!(out, "  {:<20} {}{}{by}", info.custom_label, info.info, meaning(&info.custom_label, &info.info))?;
    }
    section(&mut out, "contact_date", &card.dates)?;
    for date in &card.dates {
        let mark = if date.uncertain { " (uncertain)" } else { "" };
        writeln!(out, "  {:<20} {}{mark}{}", date.custom_label, date.date, by_hand(&date.source))?;
    }
    section(&mut out, "address", &card.addresses)?;
    for address in &card.addresses {
        print_address(&mut out, address)?;
    }
    section(&mut out, "part", &card.parts)?;
    for part in &card.parts {
        let period = period(part.start_date.as_deref(), part.end_date.as_deref());
        let name = full_name(&part.name1, &part.name2);
        writeln!(out, "  {:<12} {}  {name}{period}{}", part.role, shown_id(&part.reference), by_hand(&part.source))?;
    }
    section(&mut out, "protection", &card.protections)?;
    for protection in &card.protections {
        let kind = ProtectionType::from_bytes(protection.protection_type.as_bytes()).map_or("", protection_name);
        let start = protection.start_date.as_deref().unwrap_or("unknown start");
        let deletion = protection.deletion_date.as_ref().map(|d| format!(", to be deleted {d}")).unwrap_or_default();
        let end = protection.end_date.as_ref().map(|d| format!(", ended {d}")).unwrap_or_default();
        writeln!(out, "  {} {kind:<18} from {start}{deletion}{end}", protection.protection_type)?;
    }
    section(&mut out, "source_record", &card.sources)?;
    for source in &card.sources {
        write!(out, "  {}  subscribed {}", source.source, source.src_subscribed)?;
        if let Some(wish) = &source.subscribed {
            write!(out, ", wanted {wish}")?;
        }
        match (&source.source_stamp, &source.source_updated_at) {
            (Some(stamp), Some(updated_at)) => writeln!(out, ", data of {stamp}, taken in {updated_at}")?,
            _ => writeln!(out, ", no data yet")?,
        }
    }
    Ok(())
}

fn section<T>(out: &mut impl Write, name: &str, rows: &[T]) -> io::Result<()> {
    if rows.is_empty() { Ok(()) } else { writeln!(out, "{name}") }
}

fn print_address(out: &mut impl Write, address: &AddressCard) -> io::Result<()> {
    let [street, locality, care_of, postcode, municipality, country] = &address.lines;
    let place = [street, locality, care_of, postcode].map(String::as_str);
    let place = place.iter().filter(|line| !line.is_empty()).copied().collect::<Vec<_>>().join(", ");
    let protection = address.protection.as_ref().map(|date| format!("  PROTECTED since {date}")).unwrap_or_default();
    let period = period(address.start_date.as_deref(), address.end_date.as_deref());
    writeln!(out, "  {:<6} {place}{period}{protection}{}", address.address_type, by_hand(&address.source))?;
    for (name, value) in [
        ("municipality", municipality),
        ("country", country),
        ("phone", &address.phone_no),
        ("fax", &address.fax),
        ("e-mail", &address.email),
    ] {
        if !value.is_empty() {
            writeln!(out, "         {name} {value}")?;
        }
    }
    Ok(())
}

fn period(start: Option<&str>, end: Option<&str>) -> String {
    match (start, end) {
        (None, None) => String::new(),
        (start, end) => format!("  {} – {}", start.unwrap_or("?"), end.unwrap_or_default()),
    }
}

fn by_hand(source: &str) -> &'static str {
    if source.is_empty() { "  (by hand)" } else { "" }
}

fn name_protection(card: &ContactCard) -> Option<&str> {
    let in_force = card.protections.iter().find(|p| p.protection_type == "0001" && p.end_date.is_none());
    in_force.map(|protection| protection.start_date.as_deref().unwrap_or("an unknown date"))
}

/// A number without modulus 11 is worth a note, no more: such numbers are issued since 2007.
fn number_note(card: &ContactCard) -> Option<&'static str> {
    if card.id.name_type != NameType::CPR_PERSON {
        return None;
    }
    match CprNumber::parse(&card.id.name_code) {
        Ok(number) if number.satisfies_modulus_11() => None,
        Ok(_) => Some("the CPR number does not satisfy modulus 11, as numbers issued since 2007 may not"),
        Err(_) => Some("the CPR number does not begin with a date"),
    }
}

/// What a code means, behind it.
fn meaning(label: &str, code: &str) -> String {
    match label {
        "Status" => Status::from_bytes(code.as_bytes())
            .and_then(|status| status.description())
            .map(|(english, danish)| format!("  {danish} ({english})"))
            .unwrap_or_default(),
        "Civilstand" => CivilStatus::from_bytes(code.as_bytes()).map(civil_status_name).unwrap_or_default(),
        _ => String::new(),
    }
}

fn civil_status_name(status: CivilStatus) -> String {
    let (danish, english) = match status {
        CivilStatus::Unmarried => ("ugift", "unmarried"),
        CivilStatus::Married => ("gift", "married"),
        CivilStatus::Divorced => ("fraskilt", "divorced"),
        CivilStatus::Widowed => ("enke/enkemand", "widowed"),
        CivilStatus::RegisteredPartner => ("registreret partner", "registered partner"),
        CivilStatus::DissolvedPartnership => ("ophævet partnerskab", "dissolved partnership"),
        CivilStatus::SurvivingPartner => ("længstlevende partner", "longest-living partner"),
        CivilStatus::Dead => ("død", "dead"),
        CivilStatus::Unknown(_) => return String::new(),
    };
    format!("  {danish} ({english})")
}

fn protection_name(kind: ProtectionType) -> &'static str {
    match kind {
        ProtectionType::NameAndAddress => "name and address",
        ProtectionType::LocalDirectory => "local directory",
        ProtectionType::Marketing => "marketing",
        ProtectionType::Research => "research",
        ProtectionType::CreditWarning => "credit warning",
        ProtectionType::Unknown(_) => "",
    }
}

/// A contact for machines.
pub fn document(card: &ContactCard) -> Value {
    json!({
        "contact_key": card.contact_key,
        "name_type": card.id.name_type.as_char().to_string(),
        "name_code": card.id.name_code.as_str(),
        "name1": card.name1,
        "name2": card.name2,
        "position": card.position,
        "text": card.text,
        "start_date": card.start_date,
        "end_date": card.end_date,
        "placeholder": if card.placeholder { "J" } else { "N" },
        "note": number_note(card),
        "contact_info": card.infos.iter().map(|info| json!({
            "custom_label": info.custom_label, "priority": info.priority, "info": info.info, "source": info.source,
        })).collect::<Vec<_>>(),
        "contact_date": card.dates.iter().map(|date| json!({
            "custom_label": date.custom_label, "date": date.date,
            "uncertain": if date.uncertain { "J" } else { "N" }, "source": date.source,
        })).collect::<Vec<_>>(),
        "address": card.addresses.iter().map(address_json).collect::<Vec<_>>(),
        "part": card.parts.iter().map(|part| json!({
            "role": part.role,
            "name_type": part.reference.name_type.as_char().to_string(),
            "name_code": part.reference.name_code.as_str(),
            "name1": part.name1, "name2": part.name2,
            "start_date": part.start_date, "end_date": part.end_date, "source": part.source,
        })).collect::<Vec<_>>(),
        "protection": card.protections.iter().map(|protection| json!({
            "protection_type": protection.protection_type, "start_date": protection.start_date,
            "deletion_date": protection.deletion_date, "end_date": protection.end_date, "source": protection.source,
        })).collect::<Vec<_>>(),
        "source_record": card.sources.iter().map(|source| json!({
            "source": source.source, "source_key": source.source_key, "src_subscribed": source.src_subscribed,
            "subscribed": source.subscribed, "source_stamp": source.source_stamp,
            "source_updated_at": source.source_updated_at,
        })).collect::<Vec<_>>(),
    })
}

fn address_json(address: &AddressCard) -> Value {
    let [address1, address2, address3, postcode, municipality, country_code] = &address.lines;
    json!({
        "address_type": address.address_type,
        "address1": address1, "address2": address2, "address3": address3,
        "postcode": postcode, "municipality": municipality, "country_code": country_code,
        "start_date": address.start_date, "end_date": address.end_date, "protection": address.protection,
        "phone_no": address.phone_no, "fax": address.fax, "email": address.email, "source": address.source,
    })
}
