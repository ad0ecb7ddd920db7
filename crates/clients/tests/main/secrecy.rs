//! Nothing that is logged, and no error, holds a person number, a token or a password.

use std::time::Duration;

use kartotek_formats::cpr_direkte::{CustomerNumber, DataType, Password, SubscriptionType};
use kartotek_simulators::cpr_direkte::{CertificateKind, Fault, Scope};

use crate::support::{Log, PASSWORD, Place, TwoPasswords, number};

const NEW: &str = "cD56.uvw";

/// What a run must not tell.
struct Secrets(Vec<String>);

impl Secrets {
    fn of(place: &Place) -> Self {
        let mut secrets = vec![PASSWORD.to_owned(), NEW.to_owned(), "kender ikke".to_owned()];
        for index in 0..3 {
            let digits = String::from_utf8(place.person(index).to_digits().to_vec()).unwrap();
            secrets.push(format!("{}-{}", &digits[..6], &digits[6..]));
            secrets.push(digits);
        }
        Self(secrets)
    }

    fn check(&self, text: &str) {
        for secret in &self.0 {
            assert!(!text.contains(secret.as_str()), "{secret} in: {text}");
        }
    }
}

#[tokio::test]
async fn nothing_is_told_whatever_happens() {
    let log = Log::capture();
    let mut texts = Vec::new();
    let mut place = Place::new();
    place.settings.answer_timeout = Duration::from_millis(50);
    let mut secrets = Secrets::of(&place);
    let text = format!("kender ikke {} {PASSWORD}", secrets.0.last().unwrap());

    let mut faults: Vec<_> = (1..=99).map(|error| Fault::Error { number: number(error), text: text.clone() }).collect();
    faults.extend([
        Fault::CloseAtAccept,
        Fault::CloseInHandshake,
        Fault::ErrorWithData(number(5)),
        Fault::ShortLogon,
        Fault::AnotherCustomer(CustomerNumber::new(b"9999").unwrap()),
        Fault::AnotherPerson,
        Fault::RecordType(777),
        Fault::WrongCount,
        Fault::Bytes(text.clone().into_bytes()),
        Fault::bytewise(),
        Fault::NoClose,
        Fault::NoCloseNotify,
        Fault::CutOff(200),
        Fault::Reset(200),
        Fault::TooLong(10),
        Fault::Alert,
        Fault::Silence,
    ]);
    for fault in faults {
        for scope in [Scope::Logons, Scope::Lookups] {
            place.always(fault.clone(), scope);
            let client = place.client_with(TwoPasswords::new(PASSWORD, Some(NEW)));
            for index in 0..3 {
                let result = client.lookup(place.person(index), SubscriptionType::Set, DataType::Task).await;
                texts.push(format!("{result:?}"));
                texts.extend(result.err().map(|error| error.to_string()));
            }
            place.control().clear_faults();
        }
    }

    // Tokens are of the simulator's making; they are had from the answers.
    let client = place.client();
    let reply = client.sign_on().await.unwrap();
    secrets.0.push(str::from_utf8(reply.answer().header.token.as_bytes()).unwrap().to_owned());
    texts.push(format!("{reply:?}"));
    for index in 0..3 {
        let reply = client.lookup(place.person(index), SubscriptionType::Set, DataType::Task).await;
        texts.push(format!("{reply:?}"));
    }
    let changed = client.change_password(&Password::parse(PASSWORD).unwrap(), &Password::parse(NEW).unwrap()).await;
    secrets.0.push(str::from_utf8(changed.as_ref().unwrap().answer().header.token.as_bytes()).unwrap().to_owned());
    texts.push(format!("{changed:?}"));
    texts.push(format!("{:?}", place.settings));

    let foreign = Place::with(|options| options.certificate = CertificateKind::Foreign);
    texts.push(format!("{:?}", foreign.look_up(&foreign.client()).await));

    let logged = log.text();
    for expected in ["answered", "failed", "repeats after a while", "alarm=true", "sign-on", "look-up", "duration_ms"] {
        assert!(logged.contains(expected), "{expected} is not logged");
    }
    secrets.check(&logged);
    assert!(texts.len() > 700, "{}", texts.len());
    for text in texts {
        secrets.check(&text);
    }
}
