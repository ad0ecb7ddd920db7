//! One try of a property: a population, the files about it, and dice for everything else.

use std::path::{Path, PathBuf};

use kartotek_simulators::population::{Population, PopulationOptions, Shape};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tempfile::TempDir;

use super::Extract;

/// The numbers that a case is made from.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// Of the population.
    pub seed: u64,
    /// On the start date.
    pub persons: u32,
    /// In each day's changes; so many that most persons change more than once.
    pub changes_per_mille: u32,
    /// Change extracts.
    pub days: u32,
    /// Of everything else that is left to chance.
    pub dice: u64,
}

/// Tries a property on so many cases. They differ from run to run; `PROPTEST_RNG_SEED` makes them the same.
pub fn each_case(cases: u32, check: impl Fn(&Case)) {
    let numbers = (any::<u64>(), 60..=400_u32, 100..=400_u32, 2..=4_u32, any::<u64>());
    let strategy = numbers.prop_map(|(seed, persons, changes_per_mille, days, dice)| Case {
        seed,
        persons,
        changes_per_mille,
        days,
        dice,
    });
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 8, ..Config::default() };
    let outcome = TestRunner::new(config).run(&strategy, |case| {
        check(&case);
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

impl Case {
    pub fn population(&self) -> Population {
        let options = PopulationOptions {
            changes_per_mille: self.changes_per_mille,
            ..PopulationOptions::new(self.persons, self.seed)
        };
        Population::new(options).unwrap()
    }

    pub fn dice(&self) -> Dice {
        Dice(self.dice)
    }

    /// The establishing extract and the change extract of each day, in the order in which CPR produces them.
    pub fn extracts(&self) -> Vec<Extract> {
        let mut population = self.population();
        (0..=self.days).map(|day| extract(&mut population, day)).collect()
    }

    /// Everybody as of a day, produced on that day.
    pub fn status_extract(&self, day: u32) -> Extract {
        let mut bytes = Vec::new();
        self.population().write_status(day, Shape::default(), TASK, &mut bytes).unwrap();
        Extract::parse(&bytes)
    }

    /// The extracts as files of a new folder.
    pub fn files(&self) -> Files {
        Files::of(&self.extracts())
    }
}

const TASK: u32 = 990_001;

fn extract(population: &mut Population, day: u32) -> Extract {
    let mut bytes = Vec::new();
    match day {
        0 => population.write_establishing(Shape::default(), TASK, &mut bytes).unwrap(),
        _ => population.write_changes(day, Shape::default(), TASK, &mut bytes).unwrap(),
    };
    Extract::parse(&bytes)
}

/// Files in a folder that goes with them.
pub struct Files {
    folder: TempDir,
    pub paths: Vec<PathBuf>,
}

impl Default for Files {
    fn default() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), paths: Vec::new() }
    }
}

impl Files {
    /// A file of each extract.
    pub fn of(extracts: &[Extract]) -> Self {
        let mut files = Self::default();
        for extract in extracts {
            files.add(&extract.bytes());
        }
        files
    }

    pub fn add(&mut self, bytes: &[u8]) {
        let path = self.folder.path().join(format!("extract-{:02}", self.paths.len()));
        std::fs::write(&path, bytes).unwrap();
        self.paths.push(path);
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// SplitMix64: small, and the same everywhere.
#[derive(Debug, Clone)]
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Below `limit`, which is not 0.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.roll() % limit as u64).unwrap()
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}
