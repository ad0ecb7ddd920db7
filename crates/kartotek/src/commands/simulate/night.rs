use std::path::{Path, PathBuf};

use anyhow::Context as _;
use kartotek_simulators::cpr_direkte::Control;
use kartotek_simulators::population::{Counts, Shape, SharedPopulation, file_name};

use crate::commands::generate;

/// Lets the next day begin at a simulated CPR Direkte, and writes the day's file of a task into a folder: what follows
/// from the subscriptions that were set online.
pub fn pass(
    control: &Control,
    population: &SharedPopulation,
    task: u32,
    folder: &Path,
) -> anyhow::Result<(PathBuf, Counts)> {
    let day = control.day() + 1;
    let produced =
        population.read().calendar().production_date(day).context("the calendar ends before the next day")?;
    let path = folder.join(file_name(produced, task));
    let counts = generate::write(&path, |file| control.write_batch(day, Shape::default(), task, file))?;
    control.set_day(day);
    Ok((path, counts))
}
