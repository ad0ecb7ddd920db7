//! `kartotek cpr password`, killed at any moment: CPR's password is always one of those that are kept.

use std::process::Stdio;
use std::time::Duration;

use kartotek_simulators::cpr_direkte::{Fault, Scope, Times};

use crate::support::direkte::Direkte;

#[test]
fn a_process_killed_at_any_moment_never_locks_the_user_out() {
    let direkte = Direkte::new();
    // How long a change takes here, so that the kills spread over all of it.
    let began = std::time::Instant::now();
    direkte.call(&["cpr", "password"]).ends_with(0);
    let whole = began.elapsed();
    let mut changed = 0;
    for round in 0..16_u32 {
        let before = direkte.simulator.control().password();
        // Half of them wait for the answer when they are killed.
        if round % 2 == 0 {
            direkte.simulator.control().fault(Fault::Late(Duration::from_millis(300)), Scope::Logons, Times::Next(1));
        }
        let mut child =
            direkte.command(&["cpr", "password"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Not a wait for something to happen, but the moment of the kill.
        std::thread::sleep(whole * (round + 1) / 16);
        let _ = child.kill();
        child.wait().unwrap();
        direkte.simulator.control().clear_faults();
        direkte.call(&["cpr", "test"]).ends_with(0);
        changed += u32::from(direkte.simulator.control().password() != before);
    }
    eprintln!("{changed} of 16 changes had reached CPR");
    assert_eq!(direkte.simulator.control().violations(), []);
}
