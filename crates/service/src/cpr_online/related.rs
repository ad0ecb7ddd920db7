//! Close relatives in the records of a person (F199, contact-model.md section 7: spouse, children, parents, guardians).

use kartotek_formats::identifiers::CprNumber;
use kartotek_formats::records::PersonRef;
use kartotek_formats::records::u12170::PublicRecord;

/// Their numbers, each once, in the order of the records. A record that cannot be read tells nobody.
pub(super) fn related<'r>(person: CprNumber, records: impl Iterator<Item = &'r [u8]>) -> Vec<CprNumber> {
    let mut numbers = Vec::new();
    for record in records {
        let Ok(Some(record)) = PublicRecord::decode(record) else { continue };
        for number in references(&record).into_iter().filter_map(PersonRef::number) {
            if number != person && !numbers.contains(&number) {
                numbers.push(number);
            }
        }
    }
    numbers
}

fn references(record: &PublicRecord<'_>) -> Vec<PersonRef> {
    match record {
        PublicRecord::R012CivilStatus(r) => vec![r.aegtepnr],
        PublicRecord::R014Child(r) => vec![r.pnr_barn],
        PublicRecord::R015Parents(r) => vec![r.pnrmor, r.pnrfar],
        PublicRecord::R016Custody(r) => vec![r.relpnr],
        PublicRecord::R017Guardianship(r) => vec![r.relpnr],
        PublicRecord::R052GuardianshipWithType(r) => vec![r.relpnr],
        _ => Vec::new(),
    }
}
