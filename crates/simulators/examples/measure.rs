//! Measures how fast a population is generated: `cargo run --release --example measure -- 1000000`.

use std::io;
use std::time::Instant;

use kartotek_formats::dates::PartialDate;
use kartotek_simulators::population::{Population, PopulationOptions, Shape};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let persons = std::env::args().nth(1).map_or(Ok(100_000), |text| text.parse())?;
    let start = PartialDate::new(2026, 1, 5).ok_or("no such date")?;
    let population = Population::new(PopulationOptions { persons, seed: 1, start })?;
    let begun = Instant::now();
    let counts = match std::env::args().nth(2) {
        Some(path) => population.write_establishing(&Shape::default(), 123_456, &mut std::fs::File::create(path)?)?,
        None => population.write_establishing(&Shape::default(), 123_456, &mut io::sink())?,
    };
    println!("{counts:?} in {:?}", begun.elapsed());
    Ok(())
}
