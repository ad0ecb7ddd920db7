use kartotek_formats::codes::Status;
use kartotek_formats::dates::{PartialDate, Timestamp};
use kartotek_formats::records::Record;
use kartotek_formats::records::u12170::{
    R000Start, R001Person, R002CurrentAddress, R004Protection, R008CurrentName, R010Citizenship, R011Church,
    R012CivilStatus, R022HistoricalNumber, R023HistoricalAddress, R024HistoricalEmigration,
    R025HistoricalDisappearance, R026HistoricalName, R027HistoricalCitizenship, R028HistoricalChurch,
    R029HistoricalCivilStatus, R030HistoricalSeparation,
};

use crate::file::{lines, of_type, only, persons, population, status};

/// Every period ends after it began, the current state began when the last period ended at the earliest, and nothing
/// but planned deletions lies after the production date.
#[test]
fn histories_run_forward_up_to_today() {
    for (size, seed) in [(300, 1), (10_000, 2)] {
        let file = status(&mut population(size, seed), 20);
        let today = R000Start::decode(lines(&file)[0]).unwrap().proddto.0.unwrap();
        for records in persons(&file).values() {
            check_periods(records);
            check_now(records, today);
        }
    }
}

fn check_periods(records: &[&[u8]]) {
    for row in of_type::<R023HistoricalAddress>(records) {
        forward(row.tilflydto, row.fraflydto, "023");
    }
    for row in of_type::<R024HistoricalEmigration>(records) {
        forward(row.udrdto, row.indrdto, "024");
    }
    for row in of_type::<R025HistoricalDisappearance>(records) {
        forward(row.forsvinddto, row.genfinddto, "025");
    }
    for row in of_type::<R026HistoricalName>(records) {
        forward(row.nvnhaenstart, row.nvnhaenslut, "026");
    }
    for row in of_type::<R027HistoricalCitizenship>(records) {
        forward(row.haenstart_statsborgerskab, row.haenslut_statsborgerskab, "027");
    }
    for row in of_type::<R029HistoricalCivilStatus>(records) {
        forward(row.haenstart_civilstand, row.haenslut_civilstand, "029");
    }
    for row in of_type::<R028HistoricalChurch>(records) {
        in_order(row.start_dt_folkekirke, row.slut_dt_folkekirke, "028");
    }
    for row in of_type::<R030HistoricalSeparation>(records) {
        in_order(row.start_dt_separation, row.slut_dt_separation, "030");
    }
}

fn check_now(records: &[&[u8]], today: PartialDate) {
    let person: R001Person = only(records);
    let birth = person.foed_dt.unwrap();
    let past = |date: Option<PartialDate>| date.is_none_or(|date| date <= today);
    let stamp = |stamp: Option<Timestamp>| past(stamp.map(Timestamp::date));
    assert!(past(person.foed_dt) && stamp(person.statushaenstart), "001");
    let name: R008CurrentName = only(records);
    let civil: R012CivilStatus = only(records);
    assert!(stamp(name.nvnhaenstart) && stamp(only::<R010Citizenship>(records).haenstart_statsborgerskab), "008, 010");
    assert!(past(only::<R011Church>(records).start_dt_folkekirke) && stamp(civil.haenstart_civilstand), "011, 012");
    for row in of_type::<R026HistoricalName>(records).iter().filter(|row| row.annkor.is_valid_history()) {
        forward(row.nvnhaenslut, name.nvnhaenstart, "026 to 008");
    }
    for row in of_type::<R029HistoricalCivilStatus>(records).iter().filter(|row| row.annkor.is_valid_history()) {
        forward(row.haenslut_civilstand, civil.haenstart_civilstand, "029 to 012");
    }
    for protection in of_type::<R004Protection>(records) {
        assert!(past(protection.start_dt_beskyttelse), "004");
    }
    for address in of_type::<R002CurrentAddress>(records) {
        assert!(stamp(address.tilflydto), "002");
        forward(address.tilflykomdto, address.tilflydto, "002");
        // Numbers for tax purposes have no move, and a changed number may come with a later date of birth.
        let moved_in = person.status != Status::Administrative && of_type::<R022HistoricalNumber>(records).is_empty();
        assert!(!moved_in || address.tilflydto.unwrap().date() >= birth.earliest(), "002");
        for row in of_type::<R023HistoricalAddress>(records) {
            forward(row.fraflydto, address.tilflydto, "023 to 002");
        }
    }
}

fn forward(from: Option<Timestamp>, to: Option<Timestamp>, record: &str) {
    in_order(from.map(Timestamp::date), to.map(Timestamp::date), record);
}

fn in_order(from: Option<PartialDate>, to: Option<PartialDate>, record: &str) {
    if let (Some(from), Some(to)) = (from, to) {
        // Of a date whose month or day is unknown, the year alone can be compared.
        let known = from.is_complete() && to.is_complete();
        assert!(if known { from <= to } else { from.year() <= to.year() }, "{record}: ends before it began");
    }
}
