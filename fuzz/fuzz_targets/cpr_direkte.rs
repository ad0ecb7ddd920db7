//! The messages of CPR Direkte: a request that decodes encodes to the same bytes, an answer's header too, and the data are
//! walked within their bounds. Never a panic.
#![no_main]

use kartotek_formats::cpr_direkte::{Answer, AnswerHeader, AnswerTo, Body, Received, Request, TransactionCode};
use kartotek_formats::identifiers::CprNumber;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    request(bytes);
    answer(bytes);
    body(bytes);
    // Few inputs look like requests; these differ from one by the input.
    for template in [b"OFF4,013290WU34    aB34-xyz        ".as_slice(), b"PRIV,013216TOKEN123WU34    000707614285"] {
        let differences = bytes.iter().copied().chain(std::iter::repeat(0));
        let mut varied: Vec<_> = template.iter().zip(differences).map(|(byte, difference)| byte ^ difference).collect();
        varied.extend(bytes.iter().skip(template.len()));
        request(&varied);
    }
    // Seeds are records; behind a header they are an answer.
    let framed =
        [b"013206TOKEN123WUADIR3400".as_slice(), format!("{:04}", 28 + bytes.len()).as_bytes(), bytes].concat();
    answer(&framed);
});

fn request(bytes: &[u8]) {
    let Ok(request) = Request::decode(bytes) else { return };
    let encoded = match &request {
        Request::Logon(logon) => logon.encode(),
        Request::Lookup(lookup) => lookup.encode(),
    };
    assert_eq!(&**encoded, bytes);
    assert_eq!(Request::length(bytes), Some(bytes.len()));
}

fn answer(bytes: &[u8]) {
    for to in [AnswerTo::Logon, AnswerTo::Lookup] {
        let received = Answer::received(bytes, to);
        let Ok(answer) = Answer::decode(bytes, to) else { continue };
        match received.unwrap() {
            Received::TooLittle { .. } => panic!("decoded all the same"),
            Received::Decided { .. } => assert!(to == AnswerTo::Logon || !answer.header.error.is_success()),
            Received::Until { length } => assert_eq!(AnswerHeader::LENGTH + answer.data.len(), length),
        }
        let mut encoded = Vec::new();
        answer.header.encode(&mut encoded);
        let again = AnswerHeader::decode(&encoded).unwrap();
        assert_eq!(again, answer.header);
        body(answer.data);
    }
}

fn body(data: &[u8]) {
    // Whoever the first record behind 000 is about was asked for.
    let Some(asked) = data.get(38..48).and_then(|digits| CprNumber::from_digits(digits).ok()) else { return };
    for transaction in [TransactionCode::Off4, TransactionCode::Priv] {
        let Ok(body) = Body::decode(data, transaction, asked) else { continue };
        let mut end = 35;
        for record in &body.records {
            assert_eq!(record.offset, end);
            assert_eq!(data.get(end..end + record.bytes.len()), Some(record.bytes));
            end += record.bytes.len();
        }
        assert_eq!(end + 21, data.len());
    }
}
