//! Measures how fast a population is generated, and how fast its days happen:
//! `cargo run --release --example measure -- 1000000 5 [FOLDER]`.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::time::Instant;

use kartotek_simulators::population::{Counts, Population, PopulationOptions, Shape, file_name};

const TASK: u32 = 123_456;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let persons = arguments.next().map_or(Ok(100_000), |text| text.parse())?;
    let days = arguments.next().map_or(Ok(0), |text| text.parse())?;
    let folder = arguments.next();
    let begun = Instant::now();
    let mut population = Population::new(PopulationOptions::new(persons, 1))?;
    println!("made in {:?}", begun.elapsed());
    for day in 0..=days {
        let produced = population.calendar().production_date(day).ok_or("no such date")?;
        let mut to: Box<dyn Write> = match &folder {
            Some(folder) => Box::new(File::create(Path::new(folder).join(file_name(produced, TASK)))?),
            None => Box::new(io::sink()),
        };
        let begun = Instant::now();
        let counts = match day {
            0 => population.write_establishing(Shape::default(), TASK, &mut to)?,
            day => population.write_changes(day, Shape::default(), TASK, &mut to)?,
        };
        report(day, counts, begun);
    }
    Ok(())
}

fn report(day: u32, counts: Counts, begun: Instant) {
    let milliseconds = begun.elapsed().as_millis().max(1);
    let per_second = u128::from(counts.persons) * 1000 / milliseconds;
    let Counts { persons, records, bytes } = counts;
    println!(
        "day {day}: {persons} persons, {records} records, {bytes} bytes in {milliseconds} ms, {per_second} persons/s"
    );
}
