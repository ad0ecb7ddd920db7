//! The formats as a caller sees them.

#[cfg(test)]
mod field_errors;
#[cfg(test)]
mod plausible;
#[cfg(test)]
mod private_extract;
#[cfg(test)]
mod public_extract;
#[cfg(test)]
mod records;
