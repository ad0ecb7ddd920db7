//! CPR Direkte, the online service of CPR: requests of 35 or 39 characters, answers with a header of 28
//! (cpr-direkte.md sections 2-5). Everything is ISO-8859-1; positions count from 1.
//!
//! Both sides of the conversation are here: what a client writes a server can read, and the other way round.

mod answer;
mod body;
mod error_number;
mod identity;
mod password;
mod request;

pub use answer::{Answer, AnswerError, AnswerHeader, AnswerTo, Received};
pub use body::{Body, BodyError, BodyRecord};
pub use error_number::{Advice, ErrorNumber, Explanation, Who};
pub use identity::{CustomerNumber, IdentityError, Token, TransactionCode, UserId};
pub use password::{Password, PasswordError, PasswordRule};
pub use request::{DataType, Logon, Lookup, Request, RequestError, SubscriptionType};
