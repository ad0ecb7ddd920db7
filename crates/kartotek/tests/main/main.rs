//! CPR extracts from file to register, through the engine and through the program.

#[cfg(test)]
mod addresses;
#[cfg(test)]
mod architecture;
#[cfg(test)]
mod bad_records;
#[cfg(test)]
mod case;
#[cfg(test)]
mod cli;
#[cfg(test)]
mod completeness;
#[cfg(test)]
mod cpr_batch;
#[cfg(test)]
mod cpr_batch_sending;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod dry_run;
#[cfg(test)]
mod extended;
#[cfg(test)]
mod frame;
#[cfg(test)]
mod guardians;
#[cfg(test)]
mod interference;
#[cfg(test)]
mod klient;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod looking;
#[cfg(test)]
mod mapping_rows;
#[cfg(test)]
mod masking;
#[cfg(test)]
mod online;
#[cfg(test)]
mod password_kill;
#[cfg(test)]
mod protections;
#[cfg(test)]
mod relatives;
#[cfg(test)]
mod sample_persons;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod shapes;
#[cfg(test)]
mod simulate;
#[cfg(test)]
mod simulate_ftp;
#[cfg(test)]
mod sources;
#[cfg(test)]
mod stamps;
#[cfg(test)]
mod subscribe_online;
#[cfg(test)]
mod subscription;
#[cfg(test)]
mod support;
#[cfg(test)]
mod worked_cases;
