use kartotek_formats::extract::Layout;
use kartotek_formats::identifiers::CprNumber;
use kartotek_formats::records::u12170::{R910Error, R997SubscriptionReceipt};
use kartotek_formats::records::{Record, read_type};
use kartotek_formats::subscription_file::SubscriptionLine;
use kartotek_register::contact::ContactId;
use kartotek_register::ports::{Message, Severity};

use crate::cpr_extract::stream::RawRecord;
use crate::subscriptions::receipts::Receipt;

/// Reads record 910 or 997, by which CPR answers what was ordered: what it says about a subscription, if it does, and a
/// message. CPR's text may repeat what was sent, so it stays out of the message.
pub(super) fn read(record: &RawRecord<'_>, layout: Layout) -> (Option<Receipt>, Message) {
    let record_type = read_type(record.bytes);
    let (receipt, code, text) = if record_type == Some(997) {
        (cancelled(record.bytes), "receipt-997", "CPR confirms that a subscription was deleted".to_owned())
    } else {
        let number = record.bytes.get(88..92).and_then(|digits| str::from_utf8(digits).ok());
        let number = number.filter(|digits| digits.bytes().all(|b| b.is_ascii_digit())).unwrap_or("unreadable");
        let text = format!("CPR refused a line that was sent to it, error number {number}");
        (refused(record.bytes), "error-910", text)
    };
    let person = receipt.as_ref().map(Receipt::number);
    let message = Message {
        severity: Severity::Remark,
        code: code.into(),
        line: (layout == Layout::Lines).then_some(record.line),
        byte: Some(record.offset),
        record: record_type,
        person: person.map(CprNumber::masked),
        subject: person.map(ContactId::person),
        contact: None,
        text,
    };
    (receipt, message)
}

fn cancelled(record: &[u8]) -> Option<Receipt> {
    R997SubscriptionReceipt::decode(record).ok().map(|receipt| Receipt::Cancelled { number: receipt.pnr })
}

/// Nothing when the line was none of key 06: the customer may send others.
fn refused(record: &[u8]) -> Option<Receipt> {
    let error = R910Error::decode(record).ok()?;
    let line = SubscriptionLine::decode_echo(error.inddata.as_bytes()).ok()?;
    Some(Receipt::refused(&line, error.fejlnr, &error.fejltxt_udtraek.to_str()))
}
