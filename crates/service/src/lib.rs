//! Sources of the register and the runs that take them in.

pub mod cpr_extract;
