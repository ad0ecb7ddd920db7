//! One case at a time.

use kartotek_formats::dates::PartialDate;
use kartotek_register::contact::{ContactId, NameType};
use kartotek_service::cases::{CaseError, NewParty, OpenCase};

use crate::support::{World, number, party};

const LISE: &str = "2103724010";
const OLE: &str = "1204713011";

#[test]
fn a_person_whom_the_register_does_not_know_gets_a_placeholder_with_a_journal_entry() {
    let mut world = World::new();
    world.open_case("S-1");
    let changed = world.add("S-1", number(LISE));
    assert!(changed.changed && changed.placeholder);
    assert_eq!(changed.concerned, [number(LISE)]);
    let mut reader = world.store.reader().unwrap();
    let id = ContactId::person(number(LISE));
    let card = reader.contact(&id).unwrap().unwrap();
    assert_eq!((card.name1.as_str(), card.name2.as_str()), ("Person med cprnr 2103724010", "- ikke importeret"));
    assert!(card.placeholder && card.sources.is_empty());
    let history = reader.history(&id).unwrap();
    assert_eq!((history.len(), history[0].what.as_str()), (1, "placeholder"));
    assert!(history[0].fields.contains("ikke importeret"));

    let again = world.add("S-1", number(LISE));
    assert!(!again.changed && !again.placeholder);
    assert_eq!(again.concerned, [number(LISE)]);
}

#[test]
fn a_dead_person_cannot_be_put_on_a_case() {
    let mut world = World::new();
    world.open_case("S-1");
    world.deliver("2026-01-02", &[number(LISE), number(OLE)], true);
    world.close_contact(number(LISE), "2026-01-05");
    let refused = world.desk().add_party("S-1", &party(number(LISE))).unwrap_err();
    assert!(refused.is_refusal());
    assert_eq!(
        refused.to_string(),
        "the contact is closed since 2026-01-05, so it cannot be put on a case; a contact is closed when the person has \
         died"
    );
    world.close_contact(number(OLE), "2026-01-06");
    assert!(world.add("S-1", number(OLE)).changed, "closed from tomorrow on");
}

#[test]
fn a_case_is_opened_closed_and_reopened_and_says_whom_that_concerns() {
    let mut world = World::new();
    world.open_case("S-1");
    world.add("S-1", number(LISE));
    world.add("S-1", number(OLE));
    assert_eq!(world.facts(number(LISE)).unwrap().open_cases.len(), 1);

    let closed = world.desk().close("S-1").unwrap();
    assert!(closed.changed && closed.concerned.is_empty());
    assert!(world.facts(number(LISE)).is_none(), "nothing stands for her any more");
    assert!(!world.desk().close("S-1").unwrap().changed);
    let refused = world.desk().add_party("S-1", &party(number(LISE))).unwrap_err();
    assert!(matches!(refused, CaseError::CaseClosed { .. }));

    world.pass_days(3);
    let reopened = world.desk().reopen("S-1").unwrap();
    assert!(reopened.changed);
    assert_eq!(reopened.concerned, [number(LISE), number(OLE)]);
    let again = world.desk().reopen("S-1").unwrap();
    assert!(!again.changed);
    assert_eq!(again.concerned.len(), 2);
}

#[test]
fn a_party_that_leaves_counts_to_the_end_of_the_day_and_is_not_concerned_by_a_reopening() {
    let mut world = World::new();
    world.open_case("S-1");
    world.add("S-1", number(LISE));
    world.add("S-1", number(OLE));
    world.remove("S-1", number(LISE));
    assert!(world.facts(number(LISE)).is_some(), "to the end of the day");
    assert!(!world.desk().remove_party("S-1", &ContactId::person(number(LISE)), None).unwrap().changed);
    world.pass_days(1);
    assert!(world.facts(number(LISE)).is_none());
    assert_eq!(world.desk().reopen("S-1").unwrap().concerned, [number(OLE)]);
    let gone = world.desk().remove_party("S-1", &ContactId::person(number(LISE)), None).unwrap_err();
    assert!(matches!(gone, CaseError::NotAParty { .. }));
    // Coming back begins anew.
    assert!(world.add("S-1", number(LISE)).changed);
    assert_eq!(world.facts(number(LISE)).unwrap().open_cases.len(), 1);
}

#[test]
fn a_party_that_was_removed_by_mistake_stays_when_it_is_added_on_the_same_day() {
    let mut world = World::new();
    world.open_case("S-1");
    world.add("S-1", number(LISE));
    world.pass_days(3);
    world.remove("S-1", number(LISE));
    assert!(world.add("S-1", number(LISE)).changed);
    assert!(!world.add("S-1", number(LISE)).changed);
    world.pass_days(1);
    assert_eq!(world.facts(number(LISE)).unwrap().open_cases.len(), 1);
    let parties = world.parties("S-1");
    assert_eq!(parties.len(), 1);
    assert_eq!((parties[0].start_date, parties[0].end_date), (PartialDate::from_iso(b"2026-01-05"), None));
}

#[test]
fn a_case_that_is_about_to_close_is_open_for_good_when_it_is_reopened() {
    for end in ["2026-01-05", "2026-01-31"] {
        let mut world = World::new();
        world.open_case("S-1");
        world.add("S-1", number(LISE));
        world.end_case("S-1", end);
        assert!(world.desk().reopen("S-1").unwrap().changed, "{end}");
        assert!(!world.desk().reopen("S-1").unwrap().changed, "{end}");
        world.pass_days(60);
        assert!(world.facts(number(LISE)).is_some(), "{end}");
    }
}

/// contact-model.md 6.11: the party stays where it was entered, and the valid number is followed from now on.
#[test]
fn when_a_number_is_replaced_the_valid_one_is_subscribed_and_the_old_one_cancelled() {
    let mut world = World::new();
    let (old, valid) = (number(LISE), number(OLE));
    world.deliver("2026-01-05", &[old], true);
    world.open_case("S-1");
    world.add("S-1", old);
    world.replace(old, valid);
    world.wish();
    assert_eq!((world.state(old), world.state(valid)), ((true, None), (false, Some(true))));
    world.deliver("2026-01-06", &[valid], true);
    world.pass_days(8);
    world.wish();
    assert_eq!((world.state(old), world.state(valid)), ((true, Some(false)), (true, Some(true))), "the case is open");
    world.desk().close("S-1").unwrap();
    world.pass_days(1);
    world.wish();
    assert_eq!(world.state(valid), (true, Some(false)));
}

#[test]
fn roles_are_parties_of_their_own() {
    let mut world = World::new();
    world.open_case("S-1");
    for role in ["ansøger", "ejer"] {
        let new = NewParty { role: role.into(), ..party(number(LISE)) };
        assert!(world.desk().add_party("S-1", &new).unwrap().changed);
    }
    assert_eq!(world.facts(number(LISE)).unwrap().open_cases.len(), 1, "one case, whatever the roles");
    let wrong = world.desk().remove_party("S-1", &ContactId::person(number(LISE)), Some("nabo")).unwrap_err();
    assert!(wrong.to_string().contains("in the role \"nabo\""), "{wrong}");
    world.desk().remove_party("S-1", &ContactId::person(number(LISE)), Some("ejer")).unwrap();
    world.pass_days(1);
    assert!(world.facts(number(LISE)).is_some());
    world.desk().remove_party("S-1", &ContactId::person(number(LISE)), None).unwrap();
    world.pass_days(1);
    assert!(world.facts(number(LISE)).is_none());
}

#[test]
fn what_cannot_be_done_is_refused_with_its_reason() {
    let mut world = World::new();
    world.open_case("S-1");
    let open = |case_no: &str| OpenCase { case_no: case_no.into(), case_type: None, start_date: None };
    assert!(matches!(world.desk().open(&open("S-1")), Err(CaseError::Exists { .. })));
    assert!(matches!(world.desk().open(&open(" ")), Err(CaseError::NotACaseNo)));
    assert!(matches!(world.desk().open(&open("a\nb")), Err(CaseError::NotACaseNo)));
    assert!(matches!(world.desk().close("S-2"), Err(CaseError::NoSuchCase { .. })));
    let company = ContactId { name_type: NameType::COMPANY, name_code: "12345678".into() };
    let party = NewParty { contact: company, role: String::new() };
    assert!(matches!(world.desk().add_party("S-1", &party), Err(CaseError::NoSuchContact)));
}
