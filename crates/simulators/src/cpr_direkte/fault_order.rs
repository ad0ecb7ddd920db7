use std::str::FromStr;

use super::fault::{Fault, Scope, UnknownFault};
use crate::times::Times;

/// A fault, what it strikes and how often, as an operator asks for it: `[logon:|lookup:]NAME[*N]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultOrder {
    /// The fault, by one of [`Fault::NAMES`].
    pub fault: Fault,
    /// Everything unless said.
    pub scope: Scope,
    /// Without end unless said.
    pub times: Times,
}

/// Why a text orders no fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FaultOrderError {
    /// Something else before the colon.
    #[error("expected `logon:` or `lookup:` before the name of a fault")]
    Scope,
    /// The name.
    #[error(transparent)]
    Name(#[from] UnknownFault),
    /// No number after the star, or zero.
    #[error("expected how often, a number from 1, after `*`")]
    Times,
    /// A fault of the connection.
    #[error("expected no `logon:` or `lookup:`: the fault strikes before it is known what is asked")]
    Unasked,
    /// A fault of the other kind of request.
    #[error(
        "expected a fault that can strike what was named: short-logon is about sign-ons, and wrong-count, \
             unknown-record and another-person are about look-ups"
    )]
    NeverStrikes,
}

impl FromStr for FaultOrder {
    type Err = FaultOrderError;

    fn from_str(text: &str) -> Result<Self, FaultOrderError> {
        let (scope, rest) = match text.split_once(':') {
            None => (Scope::Everything, text),
            Some(("logon", rest)) => (Scope::Logons, rest),
            Some(("lookup", rest)) => (Scope::Lookups, rest),
            Some(_) => return Err(FaultOrderError::Scope),
        };
        let (name, times) = match rest.split_once('*') {
            None => (rest, Times::UntilCleared),
            Some((name, times)) => {
                let times = times.parse().ok().filter(|times| *times > 0).ok_or(FaultOrderError::Times)?;
                (name, Times::Next(times))
            }
        };
        let fault: Fault = name.parse()?;
        if scope != Scope::Everything && fault.strikes_unasked() {
            return Err(FaultOrderError::Unasked);
        }
        let (own, all) = (fault.scope(), Scope::Everything);
        if own != all && scope != all && own != scope {
            return Err(FaultOrderError::NeverStrikes);
        }
        Ok(Self { fault, scope, times })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_says_what_and_whom_and_how_often() {
        let order = |text: &str| text.parse::<FaultOrder>().map(|own| (own.fault, own.scope, own.times));
        let unknown = "error-05".parse::<Fault>().unwrap();
        assert_eq!(order("error-05"), Ok((unknown.clone(), Scope::Everything, Times::UntilCleared)));
        assert_eq!(order("lookup:error-05"), Ok((unknown.clone(), Scope::Lookups, Times::UntilCleared)));
        assert_eq!(order("logon:error-05*3"), Ok((unknown, Scope::Logons, Times::Next(3))));
        assert_eq!(order("close-in-handshake*1"), Ok((Fault::CloseInHandshake, Scope::Everything, Times::Next(1))));
        assert_eq!(order("short-logon"), Ok((Fault::ShortLogon, Scope::Everything, Times::UntilCleared)));
        assert_eq!(order("lookup:wrong-count"), Ok((Fault::WrongCount, Scope::Lookups, Times::UntilCleared)));
    }

    #[test]
    fn what_orders_nothing_is_refused_with_the_reason() {
        for (text, reason) in [
            ("gremlins", "expected one of error-NN"),
            ("", "expected one of error-NN"),
            ("lookups:error-05", "`logon:` or `lookup:`"),
            ("error-05*", "a number from 1"),
            ("error-05*0", "a number from 1"),
            ("error-05*x", "a number from 1"),
            ("lookup:close-at-accept", "before it is known"),
            ("lookup:short-logon", "can strike what was named"),
            ("logon:wrong-count*2", "can strike what was named"),
        ] {
            let error = text.parse::<FaultOrder>().unwrap_err().to_string();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}
