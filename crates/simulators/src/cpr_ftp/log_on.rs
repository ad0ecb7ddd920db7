//! `USER`, `PASS`, and what secures the connections: `AUTH`, `PBSZ`, `PROT`.

use std::mem::replace;

use super::fault::Stage;
use super::line::{Line, Reply};
use super::options::TlsMode;
use super::session::{Next, Session, User};

/// So many wrong passwords, and the connection ends.
const REFUSALS: u32 = 3;

impl Session {
    pub(super) fn user(&mut self, user: &str, line: &Line) -> Next {
        if self.demands_tls() && !line.is_secure() {
            return Next::reply(530, "Nobody logs on without TLS: begin by AUTH TLS.");
        }
        self.user = User::Named(user.to_owned());
        Next::reply(331, "Send the password.")
    }

    pub(super) fn password(&mut self, password: &str) -> Next {
        let User::Named(user) = replace(&mut self.user, User::Unknown) else {
            return Next::reply(503, "USER comes before PASS.");
        };
        let options = &self.shared.options;
        let refused = self.shared.faults.strike(Stage::LoggingOn).is_some();
        if !refused && user == options.user && password == options.password.as_str() {
            self.user = User::LoggedOn;
            return Next::reply(230, "Logged on.");
        }
        self.refused_log_ons += 1;
        if self.refused_log_ons >= REFUSALS {
            return Next::End(Reply::new(421, "Too many wrong passwords."));
        }
        Next::reply(530, "User or password is wrong.")
    }

    pub(super) fn auth(&mut self, mechanism: &str, line: &Line) -> Next {
        if self.shared.tls.is_none() {
            return Next::reply(502, "TLS is not offered.");
        }
        if line.is_secure() {
            return Next::reply(503, "TLS is there already.");
        }
        if !["TLS", "TLS-C"].iter().any(|known| known.eq_ignore_ascii_case(mechanism)) {
            return Next::reply(504, "Expected AUTH TLS.");
        }
        Next::Secure(Reply::new(234, "Go on with TLS."))
    }

    pub(super) fn buffer_size(&mut self, line: &Line) -> Next {
        if !line.is_secure() {
            return Next::reply(503, "PBSZ comes after AUTH TLS.");
        }
        self.buffer_sized = true;
        Next::reply(200, "PBSZ=0")
    }

    pub(super) fn protection(&mut self, level: &str) -> Next {
        if !self.buffer_sized {
            return Next::reply(503, "PBSZ comes before PROT.");
        }
        match level.to_ascii_uppercase().as_str() {
            "P" => {
                self.private = true;
                Next::reply(200, "Data connections have TLS.")
            }
            "C" => Next::reply(534, "Data connections without TLS are not offered."),
            "S" | "E" => Next::reply(536, "Expected PROT P."),
            _ => Next::reply(504, "Expected PROT P."),
        }
    }

    pub(super) fn demands_tls(&self) -> bool {
        self.shared.options.tls != TlsMode::None
    }
}
