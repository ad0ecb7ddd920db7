//! Runs the program itself.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// `kartotek` in a folder of its own choosing, without settings from the outside.
pub fn kartotek(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kartotek"));
    command.current_dir(folder).env_remove("KARTOTEK_DATABASE").env_remove("KARTOTEK_CONFIG");
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
    let Output { status, stdout, stderr } = command.output().unwrap();
    Ended {
        code: status.code().expect("ended by itself"),
        stdout: String::from_utf8(stdout).unwrap(),
        stderr: String::from_utf8(stderr).unwrap(),
    }
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
