//! The service against simulators over real sockets.

#[cfg(test)]
mod bulk;
#[cfg(test)]
mod klient;
#[cfg(test)]
mod late_files;
#[cfg(test)]
mod parts;
#[cfg(test)]
mod passwords;
#[cfg(test)]
mod private;
#[cfg(test)]
mod sftp;
/// OpenSSH's server as the tests of the clients start it.
#[cfg(test)]
#[path = "../../../clients/tests/main/support/sshd.rs"]
#[allow(dead_code, reason = "keys that are not used here")]
mod sshd;
#[cfg(test)]
mod support;
#[cfg(test)]
mod whole_population;
