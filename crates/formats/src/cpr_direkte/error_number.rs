use std::fmt;

/// FEJLNR, the error number of an answer, 00-99.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ErrorNumber(u8);

/// Who can do something about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Nobody needs to.
    Nobody,
    /// The authority's own operations people: settings, password, network.
    Operator,
    /// The CPR Office or its provider, asked by the authority.
    CprOffice,
    /// The case worker who gave the number.
    CaseWorker,
    /// The makers of Kartotek.
    Makers,
}

/// What a client does about an error (cpr-direkte.md section 5, "Retry advice").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    /// Goes on.
    Success,
    /// Stops asking altogether and raises an alarm: going on would lock the user out, or cannot help.
    Stop,
    /// Signs on again and repeats the request, once.
    SignOn,
    /// Waits longer each time, and asks again.
    BackOff,
    /// Reports that this request failed; others may go on.
    Final,
}

/// What an error number means, in Danish and English.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explanation {
    /// The cause in Danish.
    pub cause_da: &'static str,
    /// The cause in English.
    pub cause_en: &'static str,
    /// Who must act.
    pub who: Who,
    /// What to do, in Danish.
    pub next_step_da: &'static str,
    /// What to do, in English.
    pub next_step_en: &'static str,
}

impl Who {
    /// In Danish.
    pub fn da(self) -> &'static str {
        match self {
            Self::Nobody => "ingen",
            Self::Operator => "driften",
            Self::CprOffice => "CPR-kontoret",
            Self::CaseWorker => "sagsbehandleren",
            Self::Makers => "udviklerne af Kartotek",
        }
    }

    /// In English.
    pub fn en(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Operator => "operations",
            Self::CprOffice => "the CPR Office",
            Self::CaseWorker => "the case worker",
            Self::Makers => "the makers of Kartotek",
        }
    }
}

impl ErrorNumber {
    /// 00.
    pub const SUCCESS: Self = Self(0);
    /// 01, wrong user id or password.
    pub const WRONG_PASSWORD: Self = Self(1);
    /// 02, the password has expired.
    pub const PASSWORD_EXPIRED: Self = Self(2);
    /// 03, the new password is not accepted.
    pub const NEW_PASSWORD_REFUSED: Self = Self(3);
    /// 05, the person number is not known.
    pub const UNKNOWN_NUMBER: Self = Self(5);
    /// 06, the customer number is not known.
    pub const UNKNOWN_CUSTOMER: Self = Self(6);
    /// 07, the token has expired.
    pub const SIGN_ON_AGAIN: Self = Self(7);
    /// 08, the person is locked for the moment.
    pub const DEADLOCK: Self = Self(8);
    /// 09, no connection to CPR.
    pub const NO_CONNECTION: Self = Self(9);
    /// 10, no such ABON_TYPE.
    pub const UNKNOWN_SUBSCRIPTION_TYPE: Self = Self(10);
    /// 11, no such DATA_TYPE.
    pub const UNKNOWN_DATA_TYPE: Self = Self(11);
    /// 16, the address is not approved.
    pub const ADDRESS_NOT_APPROVED: Self = Self(16);
    /// 17, no person number.
    pub const NO_NUMBER: Self = Self(17);
    /// 99, no access to the transaction.
    pub const NO_ACCESS: Self = Self(99);

    /// Takes a number up to 99.
    pub fn new(number: u8) -> Option<Self> {
        (number <= 99).then_some(Self(number))
    }

    /// Reads two digits.
    pub fn from_digits(digits: &[u8]) -> Option<Self> {
        match digits {
            [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => Some(Self((tens - b'0') * 10 + ones - b'0')),
            _ => None,
        }
    }

    /// The two digits.
    pub fn to_digits(self) -> [u8; 2] {
        [b'0' + self.0 / 10, b'0' + self.0 % 10]
    }

    /// The number.
    pub fn as_number(self) -> u8 {
        self.0
    }

    /// Whether it is 00.
    pub fn is_success(self) -> bool {
        self == Self::SUCCESS
    }

    /// Whether the list gives it no meaning.
    pub fn is_reserved(self) -> bool {
        !matches!(self.0, 0..=11 | 14 | 16..=18 | 24 | 28 | 99)
    }

    /// What a client does about it.
    pub fn advice(self) -> Advice {
        match self.0 {
            0 => Advice::Success,
            1 | 2 | 16 => Advice::Stop,
            4 | 8 | 9 | 14 | 24 => Advice::BackOff,
            7 => Advice::SignOn,
            _ => Advice::Final,
        }
    }

    /// Whether an operator should hear of it at once.
    pub fn is_alarm(self) -> bool {
        matches!(self.0, 1 | 2 | 6 | 9 | 16 | 18 | 28 | 99)
    }

    /// What it means, who must act and how. Every number has an explanation.
    #[expect(clippy::too_many_lines, reason = "the table of the error numbers")]
    pub fn explain(self) -> Explanation {
        let of = |who, cause_da, cause_en, next_step_da, next_step_en| Explanation {
            cause_da,
            cause_en,
            who,
            next_step_da,
            next_step_en,
        };
        match self.0 {
            0 => of(Who::Nobody, "forespørgslen lykkedes", "the request succeeded", "intet", "nothing"),
            1 => of(
                Who::Operator,
                "forkert bruger-id eller adgangskode",
                "wrong user id or password",
                "kontrollér bruger-id, og angiv adgangskoden igen med `kartotek cpr password --set`; Kartotek prøver ikke \
                 selv igen, for at brugeren ikke bliver spærret",
                "check the user id, and give the password again with `kartotek cpr password --set`; Kartotek does not try \
                 again by itself, so that the user is not locked out",
            ),
            2 => of(
                Who::Operator,
                "adgangskoden er udløbet",
                "the password has expired",
                "skift adgangskode med `kartotek cpr password`",
                "change the password with `kartotek cpr password`",
            ),
            3 => of(
                Who::Operator,
                "den nye adgangskode overholder ikke reglerne eller har været brugt før; den gamle gælder stadig",
                "the new password breaks the rules or was used before; the old one is still valid",
                "prøv igen: `kartotek cpr password` laver en anden",
                "try again: `kartotek cpr password` makes another one",
            ),
            4 => of(
                Who::Nobody,
                "CPR er midlertidigt lukket",
                "CPR is closed for the time being",
                "vent; forespørgslen gentages. Varer det mere end en time, så se driftsmeddelelserne på cpr.dk",
                "wait; the request is repeated. If it lasts longer than an hour, see the service messages on cpr.dk",
            ),
            5 => of(
                Who::CaseWorker,
                "personnummeret findes ikke i CPR",
                "the person number is not known in CPR",
                "kontrollér personnummeret",
                "check the person number",
            ),
            6 => of(
                Who::Operator,
                "kundenummeret findes ikke",
                "the customer number is not known",
                "ret kundenummeret (cpr.direkte.customer) efter aftalen med CPR-kontoret",
                "correct the customer number (cpr.direkte.customer) from the agreement with the CPR Office",
            ),
            7 => of(
                Who::Nobody,
                "logon er udløbet",
                "the sign-on has expired",
                "intet; Kartotek logger på igen og gentager forespørgslen",
                "nothing; Kartotek signs on again and repeats the request",
            ),
            8 => of(
                Who::Nobody,
                "CPR kunne ikke læse personen, fordi den var låst",
                "CPR could not read the person because it was locked",
                "intet; forespørgslen gentages",
                "nothing; the request is repeated",
            ),
            9 => of(
                Who::CprOffice,
                "alvorlig fejl: CPR Direkte har ingen forbindelse til CPR",
                "serious: CPR Direkte has no connection to CPR",
                "vent; forespørgslen gentages. Varer det ved, så meld det til CPR's servicedesk",
                "wait; the request is repeated. If it goes on, report it to CPR's service desk",
            ),
            10 => of(
                Who::Makers,
                "abonnementstypen er ukendt",
                "the subscription type is not known",
                "meld fejlen med denne besked",
                "report the fault with this message",
            ),
            11 => of(
                Who::Makers,
                "datatypen er ukendt",
                "the data type is not known",
                "meld fejlen med denne besked",
                "report the fault with this message",
            ),
            14 => of(
                Who::CprOffice,
                "brugerens profil er midlertidigt lukket for transaktionen",
                "the user's profile is closed for this transaction for the time being",
                "vent; forespørgslen gentages. Varer det ved, så bed CPR-kontoret om at åbne profilen",
                "wait; the request is repeated. If it goes on, ask the CPR Office to open the profile",
            ),
            16 => of(
                Who::Operator,
                "IP-adressen er ikke godkendt",
                "the IP address is not approved",
                "bed CPR-kontoret om at godkende den adresse, som forbindelsen kommer fra; en adresse, der ikke bruges i 3 \
                 måneder, fjernes igen",
                "ask the CPR Office to approve the address that the connection comes from; one that is not used for 3 months \
                 is removed again",
            ),
            17 => of(
                Who::Makers,
                "der er ikke angivet noget personnummer",
                "no person number was given",
                "meld fejlen med denne besked",
                "report the fault with this message",
            ),
            18 => of(
                Who::CprOffice,
                "brugeren har ikke adgang: profilen er ikke aktiv",
                "the user has no access: the profile is not active",
                "bed CPR-kontoret om at aktivere brugerens profil",
                "ask the CPR Office to activate the user's profile",
            ),
            24 => of(
                Who::CprOffice,
                "brugeren har ikke adgang: personkodens profil er midlertidigt lukket",
                "the user has no access: the profile of the person code is closed for the time being",
                "vent; forespørgslen gentages. Varer det ved, så bed CPR-kontoret om at åbne profilen",
                "wait; the request is repeated. If it goes on, ask the CPR Office to open the profile",
            ),
            28 => of(
                Who::CprOffice,
                "brugeren har ikke adgang: personkodens profil er ikke aktiv",
                "the user has no access: the profile of the person code is not active",
                "bed CPR-kontoret om at aktivere personkodens profil",
                "ask the CPR Office to activate the profile of the person code",
            ),
            99 => of(
                Who::Operator,
                "brugeren har ikke adgang til transaktionen",
                "the user has no access to the transaction",
                "kontrollér transaktionskoden (cpr.direkte.transaction), eller bed CPR-kontoret om adgang til den",
                "check the transaction code (cpr.direkte.transaction), or ask the CPR Office for access to it",
            ),
            _ => of(
                Who::CprOffice,
                "fejlnummeret er reserveret og har ingen kendt betydning",
                "the error number is reserved and has no known meaning",
                "spørg CPR's servicedesk om fejlnummeret",
                "ask CPR's service desk about the error number",
            ),
        }
    }
}

impl fmt::Display for ErrorNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_a_cause_somebody_who_acts_and_a_next_step_in_both_languages() {
        for number in 0..=99 {
            let error = ErrorNumber::new(number).unwrap();
            let Explanation { cause_da, cause_en, who, next_step_da, next_step_en } = error.explain();
            for text in [cause_da, cause_en, who.da(), who.en(), next_step_da, next_step_en] {
                assert!(!text.is_empty() && !text.contains("  "), "{error}: {text}");
            }
            assert_ne!(cause_da, cause_en, "{error}");
            assert_eq!(ErrorNumber::from_digits(&error.to_digits()), Some(error));
        }
        assert_eq!(ErrorNumber::new(100), None);
    }

    #[test]
    fn what_could_lock_the_user_out_is_not_repeated() {
        for number in [1, 2, 16] {
            assert_eq!(ErrorNumber::new(number).unwrap().advice(), Advice::Stop);
        }
        for number in [4, 8, 9, 14, 24] {
            assert_eq!(ErrorNumber::new(number).unwrap().advice(), Advice::BackOff);
        }
        assert_eq!(ErrorNumber::SIGN_ON_AGAIN.advice(), Advice::SignOn);
        let others = (0..=99).filter(|n| ![0, 1, 2, 4, 7, 8, 9, 14, 16, 24].contains(n));
        for number in others {
            assert_eq!(ErrorNumber::new(number).unwrap().advice(), Advice::Final, "{number}");
        }
    }
}
