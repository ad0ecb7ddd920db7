//! Simulators of the registers, and the synthetic population that they serve.

pub mod population;
