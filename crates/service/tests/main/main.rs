//! The service against simulators over real sockets.

#[cfg(test)]
mod bulk;
#[cfg(test)]
mod klient;
#[cfg(test)]
mod late_files;
#[cfg(test)]
mod parts;
#[cfg(test)]
mod passwords;
#[cfg(test)]
mod private;
#[cfg(test)]
mod support;
#[cfg(test)]
mod whole_population;
