//! What CPR does at night: it reads what customers sent in, and puts the day's extract into `ud`.

mod delivery_fault;
mod sent_in;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use jiff::civil;
use jiff::tz::TimeZone;
use kartotek_formats::cpr_direkte::CustomerNumber;
use kartotek_formats::dates::PartialDate;
use kartotek_formats::subscription_file::TaskNumber;

use super::directory::Directory;
use super::files::Files;
use crate::cpr_direkte::Control as DirekteControl;
use crate::population::{Counts, Refusal, Selection, Shape, SharedPopulation, file_name};
use crate::subscriptions::Subscriptions;

pub use delivery_fault::{DeliveryFault, DeliveryOrder, DeliveryOrderError, UnknownDeliveryFault};

/// When the file of a day is there, in UTC.
const READY: (i8, i8) = (20, 7);

/// For whom files are made.
#[derive(Debug, Clone, Copy)]
pub struct NightlyOptions {
    /// The customer that subscription files must name.
    pub customer: CustomerNumber,
    /// The task of the files, in both directions.
    pub task: u32,
    /// How the records stand in the files.
    pub shape: Shape,
    /// The customer gets everybody's changes; those of the subscribed otherwise.
    pub everybody: bool,
}

impl NightlyOptions {
    /// For a customer who gets the changes of the subscribed, in files as CPR writes them.
    pub fn new(customer: CustomerNumber, task: u32) -> Self {
        Self { customer, task, shape: Shape::default(), everybody: false }
    }
}

/// Makes the files of the days. All methods can be called while the server of the folder runs.
pub struct Nightly {
    options: NightlyOptions,
    population: SharedPopulation,
    folder: PathBuf,
    subscriptions: Held,
    state: Mutex<State>,
}

/// Who holds the subscriptions.
enum Held {
    Here(Mutex<Subscriptions>),
    /// The simulator of CPR Direkte, so that it does not matter how a subscription was set.
    Online(DirekteControl),
}

#[derive(Default)]
struct State {
    /// Names of files that were read, in lower case.
    read: BTreeSet<String>,
    /// What was refused on a day; the file of a day stays the same however often it is made.
    refused: BTreeMap<u32, Vec<Refusal>>,
}

/// A file that was made.
#[derive(Debug, Clone)]
pub struct Delivered {
    /// Its name in `ud`.
    pub name: String,
    /// What CPR put into it, before any fault.
    pub counts: Counts,
    /// The files that were read before, for the first time.
    pub read: Vec<String>,
    /// Lines of them that were refused.
    pub refused: usize,
}

impl Nightly {
    /// Makes files for the folder of a server, which need not run yet. Nobody is subscribed, and no file is out.
    pub fn new(
        options: NightlyOptions,
        population: impl Into<SharedPopulation>,
        folder: impl Into<PathBuf>,
    ) -> io::Result<Self> {
        Self::with(options, population.into(), folder.into(), Held::Here(Mutex::new(Subscriptions::since(0))))
    }

    /// Makes files that follow from subscriptions set online too. The population is that of the simulator of CPR Direkte,
    /// and nobody else may make batch files of it.
    pub fn beside(
        options: NightlyOptions,
        population: impl Into<SharedPopulation>,
        folder: impl Into<PathBuf>,
        direkte: DirekteControl,
    ) -> io::Result<Self> {
        Self::with(options, population.into(), folder.into(), Held::Online(direkte))
    }

    fn with(
        options: NightlyOptions,
        population: SharedPopulation,
        folder: PathBuf,
        subscriptions: Held,
    ) -> io::Result<Self> {
        // Makes the folders.
        Files::new(&folder)?;
        Ok(Self { options, population, folder, subscriptions, state: Mutex::default() })
    }

    /// Puts the establishing extract into `ud`: everybody on the start date.
    pub fn establish(&self) -> io::Result<Delivered> {
        let (name, produced) = self.name(0)?;
        let Self { options, population, .. } = self;
        let path = self.being_made(&name);
        let counts = write(&path, |to| population.read().write_establishing(options.shape, options.task, to))?;
        self.put(&path, &name, produced)?;
        Ok(Delivered { name, counts, read: Vec::new(), refused: 0 })
    }

    /// Lets a day happen, 1 or later: reads the subscription files of that day that were not read yet, and puts the day's
    /// file into `ud`. A file that is there is replaced by the same one.
    pub fn produce(&self, day: u32) -> io::Result<Delivered> {
        self.produce_spoilt(day, &[])
    }

    /// As [`Nightly::produce`], with something wrong with what is put into `ud`.
    pub fn produce_spoilt(&self, day: u32, faults: &[DeliveryFault]) -> io::Result<Delivered> {
        let (name, produced) = self.name(day)?;
        self.population.write().advance_to(day);
        let (read, selection) = {
            let mut state = self.state();
            let read = self.read_sent_in(&mut state, day, produced)?;
            (read, self.selection(&state, day))
        };
        let Self { options, population, .. } = self;
        let path = self.being_made(&name);
        let counts =
            write(&path, |to| population.read().write_selected(day, &selection, options.shape, options.task, to))?;
        for fault in faults {
            fault.spoil(&path)?;
        }
        for also in faults.iter().filter_map(DeliveryFault::also_as) {
            let copy = self.being_made(also);
            fs::copy(&path, &copy)?;
            self.put(&copy, also, produced)?;
        }
        if faults.contains(&DeliveryFault::Missing) {
            fs::remove_file(&path)?;
        } else {
            self.put(&path, &name, produced)?;
        }
        Ok(Delivered { name, counts, read, refused: selection.refused.len() })
    }

    /// Reads what was sent in for a day; returns the names of the files.
    fn read_sent_in(&self, state: &mut State, day: u32, produced: PartialDate) -> io::Result<Vec<String>> {
        let task = TaskNumber::from_number(u64::from(self.options.task)).unwrap_or_default();
        let files = sent_in::files(&self.folder.join(Directory::Ind.name()), produced, task)?;
        let mut read = Vec::new();
        for (name, content) in files {
            if state.read.insert(name.to_ascii_lowercase()) {
                let refused = self.obey(&content, day, produced);
                state.refused.entry(day).or_default().extend(refused);
                read.push(name);
            }
        }
        Ok(read)
    }

    /// Does what a file says; returns what is refused.
    fn obey(&self, content: &[u8], day: u32, today: PartialDate) -> Vec<Refusal> {
        let population = self.population.read();
        let mut subscriptions = self.subscriptions();
        sent_in::lines(content)
            .filter_map(|line| {
                let order = sent_in::order(line, self.options.customer, |number| {
                    (population.index_of(number).is_some(), subscriptions.is_subscribed(number))
                });
                match order {
                    Ok(line) => {
                        let set = sent_in::sets(&line);
                        subscriptions.order(line.number, set, line.key_constant, day, Some(today));
                        None
                    }
                    Err((number, text)) => Some(Refusal { line: line.to_vec(), number, text }),
                }
            })
            .collect()
    }

    fn selection(&self, state: &State, day: u32) -> Selection {
        let population = self.population.read();
        let mut selection = self.subscriptions().told_on(day, |number| population.index_of(number));
        if self.options.everybody {
            selection.subscribed.extend(population.changed_on(day));
        }
        selection.refused = state.refused.get(&day).cloned().unwrap_or_default();
        selection
    }

    fn name(&self, day: u32) -> io::Result<(String, PartialDate)> {
        let produced = self.population.read().calendar().production_date(day);
        let produced = produced.ok_or_else(|| io::Error::other("the calendar ends before that day"))?;
        Ok((file_name(produced, self.options.task), produced))
    }

    /// Where a file is until it is whole.
    fn being_made(&self, name: &str) -> PathBuf {
        Files::unfinished_in(&self.folder, name)
    }

    /// Gives a file its name in `ud`, and the time at which CPR would have.
    fn put(&self, path: &Path, name: &str, produced: PartialDate) -> io::Result<()> {
        if let Some(time) = ready(produced) {
            File::options().append(true).open(path)?.set_modified(time)?;
        }
        fs::rename(path, self.folder.join(Directory::Ud.name()).join(name))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn subscriptions(&self) -> MutexGuard<'_, Subscriptions> {
        match &self.subscriptions {
            Held::Here(subscriptions) => subscriptions.lock().unwrap_or_else(PoisonError::into_inner),
            Held::Online(direkte) => direkte.subscriptions(),
        }
    }
}

fn write(path: &Path, content: impl FnOnce(&mut BufWriter<File>) -> io::Result<Counts>) -> io::Result<Counts> {
    let mut to = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let counts = content(&mut to)?;
    to.flush()?;
    Ok(counts)
}

fn ready(produced: PartialDate) -> Option<SystemTime> {
    let year = i16::try_from(produced.year()).ok()?;
    let [month, day] = [produced.month(), produced.day()].map(|part| i8::try_from(part).ok());
    let time = civil::DateTime::new(year, month?, day?, READY.0, READY.1, 0, 0).ok()?;
    Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp().into())
}
