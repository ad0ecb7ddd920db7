//! A month of nights with CPR Batch: each day's file is at a simulated file server, `kartotek cpr-batch run` fetches and
//! imports it; on some nights something goes wrong at the server or in the file, and on some the program is ended by SIGKILL.
//! In the end the register is the one that importing all files in one undisturbed go leaves, in every row.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kartotek_simulators::authority::Authority;
use kartotek_simulators::cpr_ftp::{CutOff, Face, Fault, Options, Recall, Server, Times, TlsMode};
use kartotek_simulators::population::{Population, PopulationOptions, Shape, file_name};
use tempfile::TempDir;

use crate::support::{Dice, Kind, Register, Remains};

/// Working days.
const NIGHTS: u32 = 22;
const PERSONS: u32 = 4_000;
const TASK: u32 = 990_001;

#[test]
fn a_month_with_faults_and_kills_ends_like_an_undisturbed_import_on_sqlite() {
    Month::new(Kind::Sqlite, Face::Posix, TlsMode::Explicit, 1).live();
}

#[test]
fn a_month_at_a_mainframe_ends_like_an_undisturbed_import_on_sqlite() {
    Month::new(Kind::Sqlite, Face::Zos, TlsMode::Implicit, 2).live();
}

#[test]
fn a_month_with_faults_and_kills_ends_like_an_undisturbed_import_on_postgres() {
    Month::new(Kind::Postgres, Face::Posix, TlsMode::Implicit, 3).live();
}

struct Month {
    // Before the folder that it serves.
    server: Server,
    folder: TempDir,
    register: Register,
    /// The files of CPR, by day, as they should be.
    files: Vec<PathBuf>,
    face: Face,
    dice: Dice,
    told: Told,
}

/// What went wrong, for the printed summary and for the assertion that enough did.
#[derive(Default, Debug)]
struct Told {
    server_faults: u32,
    cut_files: u32,
    wrong_counts: u32,
    missing_days: u32,
    kills: u32,
    runs: u32,
}

impl Month {
    fn new(kind: Kind, face: Face, tls: TlsMode, seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["cpr", "interim", "server"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let authority = Authority::new().unwrap();
        fs::write(folder.path().join("ca.pem"), authority.pem()).unwrap();
        fs::write(folder.path().join("password"), "Aa1-night").unwrap();
        let options = Options {
            tls,
            demand_session_reuse: true,
            recall: Recall::Waits(Duration::from_millis(20)),
            ..Options::new(face, "kartotek", "Aa1-night", folder.path().join("server"))
        };
        let server = Server::start(options, &authority).unwrap();
        let register = Register::new(kind);
        let files = files(&folder.path().join("cpr"), face, seed);
        let month = Self { server, folder, register, files, face, dice: Dice(seed), told: Told::default() };
        month.configure(tls);
        month
    }

    fn configure(&self, tls: TlsMode) {
        let site = format!("Site={}", self.server.address());
        let ssl = format!("SSL={}", if tls == TlsMode::Implicit { "implicit" } else { "explicit" });
        let directory = match self.face {
            Face::Posix => "Directory=ud",
            Face::Zos => "Directory='CPR.UD.'",
        };
        let settings = [
            site.as_str(),
            ssl.as_str(),
            "User name=kartotek",
            directory,
            "Local Directory=interim",
            "Rename prefix=x",
            "Certificate file=ca.pem",
            "Password",
            "--password-file",
            "password",
        ];
        let done = self.command().args(["cpr-batch", "set"]).args(settings).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    fn live(mut self) {
        let expected = self.undisturbed();
        // Roughly how long a night takes, for kills at any moment of it.
        let mut night = Duration::from_millis(300);
        let mut late: Vec<usize> = Vec::new();
        for day in 0..self.files.len() {
            // What was missing or broken the night before is put right.
            for day in std::mem::take(&mut late) {
                self.deliver(day);
            }
            self.deliver_or_not(day, &mut late);
            self.let_something_go_wrong();
            let began = Instant::now();
            if !self.run_with_kills(night) {
                night = began.elapsed();
            }
            self.server.control().clear_faults();
        }
        for day in late {
            self.deliver(day);
        }
        let last = self.run_to_the_end();
        assert_eq!(last, Some(0), "the last night has nothing to complain of");
        println!("{:?}", self.told);
        self.check(&expected);
    }

    /// Nothing is asked of the server that deletes or overwrites, and nothing is lost on either side.
    fn check(&self, expected: &Remains) {
        let happened = self.server.control().happened();
        assert_eq!((happened.deletions_tried, happened.overwritten.len()), (0, 0));
        let names = |folder: &str| -> Vec<String> {
            let entries = fs::read_dir(self.folder.path().join(folder)).unwrap();
            let mut names: Vec<_> =
                entries.map(|entry| entry.unwrap().file_name().into_string().unwrap().to_lowercase()).collect();
            names.sort();
            names
        };
        let (local, remote) = (names("interim"), names("server/ud"));
        for path in &self.files {
            let done = format!("x{}", path.file_name().unwrap().to_str().unwrap()).to_lowercase();
            assert!(local.contains(&done), "{done} is not in {local:?}");
            assert!(remote.contains(&done), "{done} is not in {remote:?}");
        }
        assert!(!local.iter().any(|name| name.contains(".part")), "{local:?}");
        let Told { server_faults, cut_files, wrong_counts, missing_days, kills, .. } = self.told;
        assert!(server_faults > 3 && kills > 5, "{:?}", self.told);
        assert!(cut_files > 0 && wrong_counts > 0 && missing_days > 0, "{:?}", self.told);
        Remains::of(&mut self.register.tables(), self.files.len()).assert_same(expected);
    }

    /// The same files, imported one after the other by a program that nobody disturbs.
    fn undisturbed(&self) -> Remains {
        let register = Register::new(self.register.kind());
        let mut command = Command::new(env!("CARGO_BIN_EXE_kartotek"));
        command.arg("--database").arg(register.address()).args(["import", "cpr"]).args(&self.files);
        let done = command.current_dir(self.folder.path()).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        Remains::of(&mut register.tables(), self.files.len())
    }

    /// Puts a day's file at the server as it should be.
    fn deliver(&self, day: usize) {
        let path = &self.files[day];
        self.put(path, &fs::read(path).unwrap());
    }

    /// Puts a day's file at the server, cut off, with a wrong count, or not at all; the next night it is put right. The first
    /// file is right: without it there is no register to compare with.
    fn deliver_or_not(&mut self, day: usize, late: &mut Vec<usize>) {
        let path = self.files[day].clone();
        let whole = fs::read(&path).unwrap();
        // Each kind of trouble at least once, and then by chance.
        let trouble = match day {
            0 => 9,
            3 => 0,
            7 => 1,
            12 => 2,
            _ => self.dice.below(10),
        };
        match trouble {
            0 => {
                self.told.cut_files += 1;
                let end = whole.len() / 4 + self.dice.below(whole.len() / 2);
                self.put(&path, &whole[..end]);
            }
            1 => {
                self.told.wrong_counts += 1;
                let at = whole.windows(13).rposition(|window| window == b"9999999999999").unwrap();
                let mut wrong = whole;
                wrong[at + 13..at + 21].copy_from_slice(b"00000001");
                self.put(&path, &wrong);
            }
            2 => self.told.missing_days += 1,
            _ => return self.put(&path, &whole),
        }
        late.push(day);
    }

    fn put(&self, path: &Path, bytes: &[u8]) {
        let name = path.file_name().unwrap().to_str().unwrap();
        fs::write(self.folder.path().join("server/ud").join(name), bytes).unwrap();
        if self.face == Face::Zos {
            self.server.control().migrate(name).unwrap();
        }
    }

    fn let_something_go_wrong(&mut self) {
        let after = self.dice.below(20_000) as u64;
        let fault = match self.dice.below(14) {
            0 => Fault::CutOff { after, told: CutOff::Aborted },
            1 => Fault::CutOff { after, told: CutOff::Nothing },
            2 => Fault::CutOff { after, told: CutOff::Complete },
            3 => Fault::DropControl,
            4 => Fault::DropAfterData,
            5 => Fault::NoCloseNotify,
            6 => Fault::RefuseRename,
            7 => Fault::RefuseRestart,
            8 => Fault::SessionLost,
            9 => Fault::TooManyUsers,
            _ => return,
        };
        self.told.server_faults += 1;
        let times = 1 + u32::try_from(self.dice.below(3)).unwrap();
        self.server.control().order(fault, Times::Next(times));
    }

    /// A night: runs, most of which are killed, and then one to its end. Returns whether one was killed.
    fn run_with_kills(&mut self, night: Duration) -> bool {
        let mut was_killed = false;
        for _ in 0..self.dice.below(3) {
            let mut child = self.start();
            self.told.runs += 1;
            let share = u32::try_from(self.dice.below(1_000)).unwrap();
            // To kill at a random moment is the point here; nothing waits for anything to become true.
            std::thread::sleep(night * share / 1_000);
            child.kill().unwrap();
            if child.wait().unwrap().code().is_none() {
                self.told.kills += 1;
                was_killed = true;
            }
        }
        self.run_to_the_end();
        was_killed
    }

    /// Runs to the end, and returns the exit code.
    fn run_to_the_end(&mut self) -> Option<i32> {
        self.told.runs += 1;
        let output = self.start().wait_with_output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(0 | 1 | 3)), "{}: {told}", output.status);
        output.status.code()
    }

    fn start(&self) -> Child {
        let mut command = self.command();
        command.args(["cpr-batch", "run"]).stdout(Stdio::null()).stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kartotek"));
        command.current_dir(self.folder.path()).arg("--database").arg(self.register.address()).stdin(Stdio::null());
        command
    }
}

/// The establishing extract and the change extract of each day, under the names that CPR gives them.
fn files(folder: &Path, face: Face, seed: u64) -> Vec<PathBuf> {
    let options = PopulationOptions { changes_per_mille: 20, ..PopulationOptions::new(PERSONS, seed) };
    let mut population = Population::new(options).unwrap();
    let mut files = Vec::new();
    for day in 0..=NIGHTS {
        let mut bytes = Vec::new();
        match day {
            0 => population.write_establishing(Shape::default(), TASK, &mut bytes).unwrap(),
            _ => population.write_changes(day, Shape::default(), TASK, &mut bytes).unwrap(),
        };
        let produced = population.calendar().production_date(day).unwrap();
        let name = file_name(produced, TASK);
        let path = folder.join(if face == Face::Zos { name.to_uppercase() } else { name });
        fs::write(&path, bytes).unwrap();
        files.push(path);
    }
    files
}
