//! Runs the program itself.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// `kartotek` in a folder of its own choosing, without settings from the outside.
pub fn kartotek(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kartotek"));
    command.current_dir(folder);
    for variable in
        ["KARTOTEK_DATABASE", "KARTOTEK_CONFIG", "KARTOTEK_LOG", "KARTOTEK_SECRET_KEY", "KARTOTEK_SECRET_KEY_OLD"]
    {
        command.env_remove(variable);
    }
    command
}

/// What a call did.
pub struct Ended {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// Runs a call to its end.
pub fn run(command: &mut Command) -> Ended {
    ended(command.output().unwrap())
}

fn ended(Output { status, stdout, stderr }: Output) -> Ended {
    Ended {
        code: status.code().expect("ended by itself"),
        stdout: String::from_utf8(stdout).unwrap(),
        stderr: String::from_utf8(stderr).unwrap(),
    }
}

/// Runs `kartotek` in a folder with these arguments and a text on standard input.
pub fn feed(folder: &Path, arguments: &[&str], input: &str) -> Ended {
    feed_to(kartotek(folder).args(arguments), input)
}

/// Runs a call to its end with a text on standard input.
pub fn feed_to(command: &mut Command, input: &str) -> Ended {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A call that refuses its arguments reads nothing.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    ended(child.wait_with_output().unwrap())
}

/// Runs `kartotek` in a folder with these arguments.
pub fn call(folder: &Path, arguments: &[&str]) -> Ended {
    run(kartotek(folder).args(arguments))
}

impl Ended {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).expect("one JSON document on stdout")
    }

    #[track_caller]
    pub fn says(&self, text: &str) -> &Self {
        assert!(self.stdout.contains(text), "expected {text:?} on stdout:\n{}", self.stdout);
        self
    }

    #[track_caller]
    pub fn complains(&self, text: &str) -> &Self {
        assert!(self.stderr.contains(text), "expected {text:?} on stderr:\n{}", self.stderr);
        self
    }

    #[track_caller]
    pub fn ends_with(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "exit code; stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }
}

/// Waits for something to have happened elsewhere.
#[track_caller]
pub fn until(mut has_happened: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !has_happened() {
        assert!(Instant::now() < deadline, "it did not happen within a minute");
        std::thread::sleep(Duration::from_millis(5));
    }
}
