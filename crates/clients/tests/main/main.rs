//! The clients against servers on real sockets: CPR Direkte, FTP, SFTP.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

mod answers;
mod at_once;
mod certificates;
mod closed;
mod connecting;
mod decided;
mod error_numbers;
mod ftp_independent;
mod ftp_odd;
mod ftp_simulated;
mod giving_up;
mod password_change;
mod passwords;
mod secrecy;
mod sftp;
mod sftp_odd;
mod sign_on_rests;
mod smoke;
mod stopping;
mod support;
