use proptest::prelude::*;

use super::*;
use crate::ports::OrderAction;

const NOW: &str = "2026-01-20T02:00:00Z";
/// Seven days before, to the second.
const EXACTLY_SEVEN_DAYS: &str = "2026-01-13T02:00:00Z";
const A_SECOND_MORE: &str = "2026-01-13T01:59:59Z";
const THREE_DAYS: &str = "2026-01-17T02:00:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn person() -> SubscriptionFacts {
    SubscriptionFacts {
        source_key: "0707614285".into(),
        contact: 1,
        src_subscribed: false,
        wish: None,
        updated_at: Some(THREE_DAYS.to_owned()),
        open_cases: Vec::new(),
        replaced_by: None,
        blocked: None,
        pending: None,
    }
}

fn wish(facts: &SubscriptionFacts) -> WishChange {
    decide(facts, &RuleSet::default(), now()).wish
}

fn reason(facts: &SubscriptionFacts) -> String {
    decide(facts, &RuleSet::default(), now()).reason.to_string()
}

/// Every row of the table, with each wish that may be pending: none, `J`, `N`.
#[test]
fn the_table_holds_in_every_row_and_with_every_wish() {
    use WishChange::{Clear, Keep, Set};
    let none: &[&str] = &[];
    let one = &["byg"][..];
    for (src_subscribed, cases, updated_at, expected) in [
        // N, open case: J.
        (false, one, Some(A_SECOND_MORE), [Set(true), Keep, Set(true)]),
        (false, one, Some(THREE_DAYS), [Set(true), Keep, Set(true)]),
        (false, one, None, [Set(true), Keep, Set(true)]),
        // N, no open case: unchanged, a pending J is cleared.
        (false, none, Some(A_SECOND_MORE), [Keep, Clear, Keep]),
        (false, none, Some(THREE_DAYS), [Keep, Clear, Keep]),
        (false, none, None, [Keep, Clear, Keep]),
        // J, open case: unchanged, a pending N is cleared.
        (true, one, Some(A_SECOND_MORE), [Keep, Keep, Clear]),
        (true, one, Some(THREE_DAYS), [Keep, Keep, Clear]),
        (true, one, None, [Keep, Keep, Clear]),
        // J, no open case, not older: unchanged.
        (true, none, Some(THREE_DAYS), [Keep, Keep, Keep]),
        (true, none, Some(EXACTLY_SEVEN_DAYS), [Keep, Keep, Keep]),
        // J, no open case, older: N.
        (true, none, Some(A_SECOND_MORE), [Set(false), Set(false), Keep]),
        (true, none, None, [Set(false), Set(false), Keep]),
    ] {
        for (pending, expected) in [None, Some(true), Some(false)].into_iter().zip(expected) {
            let facts = SubscriptionFacts {
                src_subscribed,
                wish: pending,
                updated_at: updated_at.map(str::to_owned),
                open_cases: cases.iter().map(CompactString::new).collect(),
                ..person()
            };
            let case = format!("{src_subscribed} {} cases, {updated_at:?}, wish {pending:?}", cases.len());
            assert_eq!(wish(&facts), expected, "{case}");
        }
    }
}

/// A blocked person is never wished, and a subscribed one is cancelled whatever the delay and the cases say.
#[test]
fn a_blocked_person_is_cancelled_at_once_and_never_subscribed() {
    use WishChange::{Clear, Keep, Set};
    for cases in [&[][..], &["byg"]] {
        for updated_at in [None, Some(THREE_DAYS), Some(A_SECOND_MORE)] {
            for (src_subscribed, expected) in [(false, [Keep, Clear, Keep]), (true, [Set(false), Set(false), Keep])] {
                for (pending, expected) in [None, Some(true), Some(false)].into_iter().zip(expected) {
                    let facts = SubscriptionFacts {
                        src_subscribed,
                        wish: pending,
                        updated_at: updated_at.map(str::to_owned),
                        open_cases: cases.iter().map(CompactString::new).collect(),
                        blocked: Some("closed file".to_owned()),
                        ..person()
                    };
                    assert_eq!(wish(&facts), expected);
                    assert_eq!(reason(&facts), "blocked: closed file");
                }
            }
        }
    }
}

#[test]
fn a_person_with_an_order_on_its_way_is_not_ordered_again() {
    let open = SubscriptionFacts { open_cases: vec!["byg".into()], ..person() };
    for (facts, action) in [
        (open.clone(), OrderAction::Subscribe),
        (open, OrderAction::Unsubscribe),
        (SubscriptionFacts { src_subscribed: true, updated_at: None, ..person() }, OrderAction::Unsubscribe),
        (SubscriptionFacts { src_subscribed: true, updated_at: None, ..person() }, OrderAction::Subscribe),
    ] {
        let facts = SubscriptionFacts { pending: Some(action), ..facts };
        assert_eq!(wish(&facts), WishChange::Keep);
        assert!(reason(&facts).contains("on its way"), "{}", reason(&facts));
        // The block list still takes a wish back that has not been sent.
        let wished = SubscriptionFacts { wish: Some(true), blocked: Some("x".to_owned()), ..facts };
        assert_eq!(wish(&wished), WishChange::Clear);
    }
}

#[test]
fn a_delay_of_no_days_cancels_after_the_first_second() {
    let rules = RuleSet { delay_days: 0, ..RuleSet::default() };
    let at = |updated: &str| {
        let facts = SubscriptionFacts { src_subscribed: true, updated_at: Some(updated.to_owned()), ..person() };
        decide(&facts, &rules, now()).wish
    };
    assert_eq!(at(NOW), WishChange::Keep);
    assert_eq!(at("2026-01-20T01:59:59Z"), WishChange::Set(false));
    assert_eq!(at("2026-01-20T02:00:01Z"), WishChange::Keep, "a clock that went back");
}

#[test]
fn the_delay_does_not_see_the_change_to_summer_time() {
    let at = |updated: &str, now: &str| {
        let facts = SubscriptionFacts { src_subscribed: true, updated_at: Some(updated.to_owned()), ..person() };
        decide(&facts, &RuleSet::default(), now.parse().unwrap()).wish
    };
    // 02:00 Danish time before the change, and a week of 167 and of 168 hours later.
    assert_eq!(at("2026-03-25T01:00:00Z", "2026-04-01T00:00:00Z"), WishChange::Keep);
    assert_eq!(at("2026-03-25T01:00:00Z", "2026-04-01T01:00:00Z"), WishChange::Keep);
    assert_eq!(at("2026-03-25T01:00:00Z", "2026-04-01T01:00:01Z"), WishChange::Set(false));
}

#[test]
fn reasons_are_words_for_the_operator() {
    let open =
        |cases: &[&str]| SubscriptionFacts { open_cases: cases.iter().map(CompactString::new).collect(), ..person() };
    assert_eq!(reason(&open(&["a"])), "party to 1 open case");
    assert_eq!(reason(&open(&["a", ""])), "party to 2 open cases");
    assert_eq!(reason(&person()), "no open case");
    let subscribed = |updated: Option<&str>| SubscriptionFacts {
        src_subscribed: true,
        updated_at: updated.map(str::to_owned),
        ..person()
    };
    assert_eq!(
        reason(&subscribed(Some("2026-01-02T08:00:00Z"))),
        "no open case, last updated 2026-01-02, more than 7 days ago"
    );
    assert_eq!(
        reason(&subscribed(Some(THREE_DAYS))),
        "no open case, last updated 2026-01-17, not more than 7 days ago"
    );
    assert_eq!(reason(&subscribed(None)), "no open case, never updated");

    let without =
        RuleSet { case_types_without_subscription: vec!["arkiv".into()], delay_days: 1, ..RuleSet::default() };
    let said = |facts: &SubscriptionFacts| decide(facts, &without, now()).reason.to_string();
    assert_eq!(said(&open(&["arkiv"])), "only cases of types without subscription");
    assert_eq!(said(&open(&["arkiv", "byg"])), "party to 1 open case");
    let archived = SubscriptionFacts { open_cases: vec!["arkiv".into()], ..subscribed(Some(THREE_DAYS)) };
    assert_eq!(
        said(&archived),
        "only cases of types without subscription, last updated 2026-01-17, more than 1 day ago"
    );
}

/// In SQLite anybody can write any text, for example with its own functions.
#[test]
fn a_time_without_an_offset_is_utc_and_a_date_alone_its_midnight() {
    for (text, expected) in [
        ("2026-01-13 01:59:59", WishChange::Set(false)),
        ("2026-01-13T01:59:59", WishChange::Set(false)),
        ("2026-01-13 02:00:00", WishChange::Keep),
        ("2026-01-13 02:00", WishChange::Keep),
        ("2026-01-13 01:59:59.999", WishChange::Set(false)),
        ("2026-01-13 02:59:59+01:00", WishChange::Set(false)),
        ("2026-01-13", WishChange::Set(false)),
        ("2026-01-14", WishChange::Keep),
    ] {
        let facts = SubscriptionFacts { src_subscribed: true, updated_at: Some(text.to_owned()), ..person() };
        assert_eq!(wish(&facts), expected, "{text}");
        assert!(reason(&facts).contains(&format!("last updated {}, ", &text[..10])), "{text}: {}", reason(&facts));
    }
}

#[test]
fn the_cases_of_a_number_that_was_replaced_count_for_the_other() {
    use WishChange::{Clear, Keep, Set};
    for (src_subscribed, updated_at, expected) in [
        (false, Some(A_SECOND_MORE), [Keep, Clear, Keep]),
        (true, Some(THREE_DAYS), [Keep, Keep, Keep]),
        (true, Some(A_SECOND_MORE), [Set(false), Set(false), Keep]),
    ] {
        for (pending, expected) in [None, Some(true), Some(false)].into_iter().zip(expected) {
            let facts = SubscriptionFacts {
                src_subscribed,
                wish: pending,
                updated_at: updated_at.map(str::to_owned),
                open_cases: vec!["byg".into()],
                replaced_by: Some("2103724010".into()),
                ..person()
            };
            assert_eq!(wish(&facts), expected, "{src_subscribed}, {updated_at:?}, wish {pending:?}");
            let reason = reason(&facts);
            assert!(reason.starts_with("another number has taken the place of this one"), "{reason}");
            assert!(!reason.contains("2103724010"));
        }
    }
}

#[test]
fn a_time_that_cannot_be_read_keeps_the_subscription() {
    for text in ["long ago", "", "2026", "13-01-2026"] {
        let facts = SubscriptionFacts { src_subscribed: true, updated_at: Some(text.to_owned()), ..person() };
        assert_eq!(wish(&facts), WishChange::Keep, "{text}");
        assert!(reason(&facts).contains("cannot be read"), "{text}");
    }
}

fn any_facts() -> impl Strategy<Value = SubscriptionFacts> {
    let wish = prop_oneof![Just(None), Just(Some(true)), Just(Some(false))];
    let action = prop_oneof![Just(None), Just(Some(OrderAction::Subscribe)), Just(Some(OrderAction::Unsubscribe))];
    let case = prop_oneof![Just(""), Just("byg"), Just("arkiv")].prop_map(CompactString::new);
    let updated = proptest::option::of(0_i64..2_000_000);
    let cases = (proptest::collection::vec(case, 0..3), any::<bool>());
    (any::<bool>(), wish, updated, cases, any::<bool>(), action).prop_map(
        |(src_subscribed, wish, updated, (open_cases, is_replaced), is_blocked, pending)| SubscriptionFacts {
            src_subscribed,
            wish,
            updated_at: updated.map(|ago| (now() - SignedDuration::from_secs(ago)).to_string()),
            open_cases,
            replaced_by: is_replaced.then(|| "2103724010".into()),
            blocked: is_blocked.then(|| "x".to_owned()),
            pending,
            ..person()
        },
    )
}

fn any_rules() -> impl Strategy<Value = RuleSet> {
    (0_u16..30, any::<bool>()).prop_map(|(delay_days, excepts)| RuleSet {
        delay_days,
        case_types_without_subscription: if excepts { vec!["arkiv".into()] } else { Vec::new() },
        ..RuleSet::default()
    })
}

proptest! {
    #[test]
    fn deciding_again_after_the_decision_changes_nothing(facts in any_facts(), rules in any_rules()) {
        let first = decide(&facts, &rules, now());
        let after = SubscriptionFacts { wish: first.wish.apply(facts.wish), ..facts };
        let second = decide(&after, &rules, now());
        prop_assert_eq!(second.wish.apply(after.wish), after.wish);
        prop_assert!(!matches!(second.wish, WishChange::Set(_)), "a wish that is there is not set again");
        prop_assert_eq!(first.reason, second.reason);
    }

    #[test]
    fn what_was_done_at_cpr_ends_in_rest(facts in any_facts(), rules in any_rules()) {
        let first = decide(&facts, &rules, now());
        let Some(wish) = first.wish.apply(facts.wish) else { return Ok(()) };
        // CPR did it: SRC_SUBSCRIBED follows, the wish is cleared, the data are fresh.
        let done = SubscriptionFacts {
            src_subscribed: wish,
            wish: None,
            pending: None,
            updated_at: if wish { Some(NOW.to_owned()) } else { facts.updated_at.clone() },
            ..facts.clone()
        };
        let counts = facts.blocked.is_none() && facts.replaced_by.is_none();
        let justified = counts && rules.justifying(&facts.open_cases) > 0;
        if matches!(first.wish, WishChange::Set(_)) {
            prop_assert_eq!(wish, justified);
            prop_assert_eq!(decide(&done, &rules, now()).wish, WishChange::Keep);
        }
    }

    #[test]
    fn nobody_is_subscribed_who_is_blocked_or_has_no_reason(facts in any_facts(), rules in any_rules()) {
        let decision = decide(&facts, &rules, now());
        if decision.wish == WishChange::Set(true) {
            prop_assert!(facts.blocked.is_none() && facts.pending.is_none() && facts.replaced_by.is_none());
            prop_assert!(rules.justifying(&facts.open_cases) > 0 && !facts.src_subscribed);
        }
        if decision.wish == WishChange::Set(false) {
            prop_assert!(facts.src_subscribed && facts.pending.is_none());
        }
    }
}
