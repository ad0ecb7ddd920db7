//! curl, as it comes with the system.

use std::process::{Command, Output};

use kartotek_simulators::cpr_ftp::TlsMode;

use crate::place::{PASSWORD, Place, USER};

/// What curl ends by.
pub const PARTIAL_FILE: i32 = 18;
pub const TIMED_OUT: i32 = 28;
pub const COULD_NOT_LOG_ON: i32 = 67;
pub const NOT_FOUND: i32 = 78;
pub const BAD_CERTIFICATE: i32 = 60;

/// A path at the server, by curl with more options.
pub fn curl(place: &Place, path: &str, more: &[&str]) -> Output {
    let scheme = if place.options.tls == TlsMode::Implicit { "ftps" } else { "ftp" };
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--max-time", "20", "--user", &format!("{USER}:{PASSWORD}"), "--cacert"]);
    curl.arg(place.ca_file());
    if place.options.tls == TlsMode::Explicit {
        curl.arg("--ssl-reqd");
    }
    curl.args(more).arg(format!("{scheme}://localhost:{}/{path}", place.server.address().port()));
    curl.output().unwrap_or_else(|error| panic!("curl cannot be run ({error}); scripts/test installs it"))
}

/// What curl prints, when all is well.
pub fn fetched(place: &Place, path: &str, more: &[&str]) -> Vec<u8> {
    let output = curl(place, path, more);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// What curl ends by, when all is not.
pub fn refused(place: &Place, path: &str, more: &[&str]) -> i32 {
    let code = curl(place, path, more).status.code().unwrap();
    assert_ne!(code, 0, "{path} went well");
    code
}
