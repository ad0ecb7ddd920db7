use compact_str::CompactString;

/// The rules by which persons are subscribed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSet {
    /// For how many days after the last update from CPR a person without a reason stays subscribed (F138, F142).
    pub delay_days: u16,
    /// A person is to be subscribed when any of them holds.
    pub rules: Vec<Rule>,
    /// Types of cases that never justify a subscription, whatever the rules say. An empty text stands for cases without a
    /// type.
    pub case_types_without_subscription: Vec<CompactString>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// What the operator calls it.
    pub name: String,
    /// When it holds.
    pub condition: Condition,
}

/// What makes a rule hold. The only kind is being a current party of an open case; which cases count may be narrowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// Any open case.
    OpenCase,
    /// An open case of one of these types; an empty text stands for cases without a type.
    OpenCaseOf(Vec<CompactString>),
    /// An open case of any type but these.
    OpenCaseExcept(Vec<CompactString>),
}

/// Why rules contradict themselves.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// Without a rule everybody would be unsubscribed.
    #[error("expected at least one rule; without one everybody would be unsubscribed")]
    NoRules,
    /// A rule cannot be told from another, or from none.
    #[error("expected a name that no other rule has, found {name:?}")]
    Name {
        /// The name.
        name: String,
    },
    /// A rule of no types can never hold.
    #[error("rule {name:?}: expected at least one type of case")]
    NoTypes {
        /// The rule's name.
        name: String,
    },
    /// A rule subscribes for a type for which nobody is to be subscribed.
    #[error(
        "rule {name:?}: the type {case_type:?} is also one without subscription; expected it in one of the two places"
    )]
    Contradiction {
        /// The rule's name.
        name: String,
        /// The type.
        case_type: CompactString,
    },
    /// A delay beyond all reason is a slip of the pen.
    #[error("expected at most {} days of delay, found {found}", RuleSet::MAX_DELAY_DAYS)]
    Delay {
        /// The days asked for.
        found: u16,
    },
}

impl RuleError {
    /// The position in [`RuleSet::rules`] of the rule at fault; `None` when it is no single one's.
    pub fn rule(&self, rules: &RuleSet) -> Option<usize> {
        match self {
            Self::NoRules | Self::Delay { .. } => None,
            Self::Name { name } | Self::NoTypes { name } | Self::Contradiction { name, .. } => {
                rules.rules.iter().rposition(|rule| rule.name == *name)
            }
        }
    }
}

impl Default for RuleSet {
    /// The rule of the job SET_SUBSCRIPTION (F137, F138): any open case, seven days.
    fn default() -> Self {
        Self {
            delay_days: 7,
            rules: vec![Rule { name: "open case".to_owned(), condition: Condition::OpenCase }],
            case_types_without_subscription: Vec::new(),
        }
    }
}

impl RuleSet {
    /// Ten years.
    pub const MAX_DELAY_DAYS: u16 = 3_653;

    /// Checks what a file cannot be trusted to get right.
    pub fn check(&self) -> Result<(), RuleError> {
        if self.delay_days > Self::MAX_DELAY_DAYS {
            return Err(RuleError::Delay { found: self.delay_days });
        }
        if self.rules.is_empty() {
            return Err(RuleError::NoRules);
        }
        for (at, rule) in self.rules.iter().enumerate() {
            let name = rule.name.clone();
            let is_taken = self.rules.iter().take(at).any(|other| other.name == name);
            if name.trim().is_empty() || is_taken {
                return Err(RuleError::Name { name });
            }
            match &rule.condition {
                Condition::OpenCaseOf(types) | Condition::OpenCaseExcept(types) if types.is_empty() => {
                    return Err(RuleError::NoTypes { name });
                }
                Condition::OpenCaseOf(types) => {
                    let without = &self.case_types_without_subscription;
                    if let Some(case_type) = types.iter().find(|case_type| without.contains(case_type)).cloned() {
                        return Err(RuleError::Contradiction { name, case_type });
                    }
                }
                Condition::OpenCase | Condition::OpenCaseExcept(_) => {}
            }
        }
        Ok(())
    }

    /// How many of these open cases, given by their types, justify a subscription.
    pub fn justifying(&self, open_cases: &[CompactString]) -> usize {
        open_cases.iter().filter(|case_type| self.justifies(case_type)).count()
    }

    fn justifies(&self, case_type: &CompactString) -> bool {
        !self.case_types_without_subscription.contains(case_type)
            && self.rules.iter().any(|rule| match &rule.condition {
                Condition::OpenCase => true,
                Condition::OpenCaseOf(types) => types.contains(case_type),
                Condition::OpenCaseExcept(types) => !types.contains(case_type),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn types(types: &[&str]) -> Vec<CompactString> {
        types.iter().map(CompactString::new).collect()
    }

    fn rule(name: &str, condition: Condition) -> Rule {
        Rule { name: name.to_owned(), condition }
    }

    #[test]
    fn every_open_case_justifies_by_default() {
        assert_eq!(RuleSet::default().justifying(&types(&["", "byg", "byg"])), 3);
        assert_eq!(RuleSet::default().justifying(&[]), 0);
        assert_eq!(RuleSet::default().check(), Ok(()));
    }

    #[test]
    fn a_case_counts_once_though_several_rules_hold() {
        let rules = RuleSet {
            rules: vec![
                rule("a", Condition::OpenCaseOf(types(&["byg", ""]))),
                rule("b", Condition::OpenCaseExcept(types(&["arkiv", "brev"]))),
            ],
            case_types_without_subscription: types(&["klage"]),
            ..RuleSet::default()
        };
        assert_eq!(rules.check(), Ok(()));
        assert_eq!(rules.justifying(&types(&["byg", "", "arkiv", "klage", "andet"])), 3);
    }

    #[test]
    fn types_without_subscription_win_over_every_rule() {
        let rules = RuleSet { case_types_without_subscription: types(&["arkiv"]), ..RuleSet::default() };
        assert_eq!(rules.justifying(&types(&["arkiv", "Arkiv"])), 1);
    }

    #[test]
    fn rules_that_contradict_themselves_are_refused() {
        let with = |rules| RuleSet { rules, ..RuleSet::default() };
        let two = |first, second| with(vec![rule(first, Condition::OpenCase), rule(second, Condition::OpenCase)]);
        assert_eq!(with(Vec::new()).check(), Err(RuleError::NoRules));
        assert!(matches!(two("a", "a").check(), Err(RuleError::Name { .. })));
        assert!(matches!(two("a", " ").check(), Err(RuleError::Name { .. })));
        assert!(matches!(
            with(vec![rule("a", Condition::OpenCaseOf(Vec::new()))]).check(),
            Err(RuleError::NoTypes { .. })
        ));
        let contradiction = RuleSet {
            case_types_without_subscription: types(&["byg"]),
            ..with(vec![rule("a", Condition::OpenCase), rule("b", Condition::OpenCaseOf(types(&["vej", "byg"])))])
        };
        let error = contradiction.check().unwrap_err();
        assert!(matches!(error, RuleError::Contradiction { .. }));
        assert_eq!(error.rule(&contradiction), Some(1));
        let late = RuleSet { delay_days: 4_000, ..RuleSet::default() };
        assert_eq!(late.check(), Err(RuleError::Delay { found: 4_000 }));
    }
}
