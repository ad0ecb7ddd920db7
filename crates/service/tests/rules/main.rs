//! Cases and subscriptions through the service, on a register in memory and at times of the test's choosing.

#[cfg(test)]
mod cases;
#[cfg(test)]
mod crashes;
#[cfg(test)]
mod csv;
#[cfg(test)]
mod direkte;
#[cfg(test)]
mod files;
#[cfg(test)]
mod life;
#[cfg(test)]
mod receipts;
#[cfg(test)]
mod reconcile;
#[cfg(test)]
mod support;
