//! Where a secret is read from.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read};
use std::path::Path;

use anyhow::{Context as _, anyhow, bail};
use console::Term;
use zeroize::Zeroizing;

use crate::exit::Failure;

/// More is no secret but a wrong file.
const LONGEST: u64 = 64 * 1024;

/// Reads a secret from the terminal, which does not show it, or from standard input. A line end behind it does not belong
/// to it.
pub fn read_secret(prompt: &str) -> anyhow::Result<Zeroizing<Vec<u8>>> {
    if io::stdin().is_terminal() {
        ask(prompt)
    } else {
        Ok(without_line_end(read_all(io::stdin().lock()).context("standard input")?))
    }
}

/// Reads a secret that is going to be kept: from a file, or as [`read_secret`] does, from the terminal twice, since nobody
/// sees what is typed.
pub fn read_new_secret(file: Option<&Path>) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let secret = match file.filter(|path| *path != Path::new("-")) {
        Some(path) => {
            let read = File::open(path).map_err(anyhow::Error::new).and_then(read_all);
            read.with_context(|| path.display().to_string()).map_err(Failure::unreachable)?
        }
        None if file.is_none() && io::stdin().is_terminal() => {
            let (first, second) = (read_secret("secret: "), read_secret("once more: "));
            let (first, second) = (first.map_err(Failure::refused)?, second.map_err(Failure::refused)?);
            if first != second {
                return Err(Failure::refused(anyhow!("the two are not the same; nothing was changed")));
            }
            first
        }
        None => read_all(io::stdin().lock()).context("standard input").map_err(Failure::unreachable)?,
    };
    let secret = without_line_end(secret);
    if secret.is_empty() {
        return Err(Failure::refused(anyhow!(
            "expected a secret, found nothing; `kartotek secret remove` forgets one"
        )));
    }
    if secret.len() as u64 > LONGEST {
        return Err(Failure::refused(anyhow!("expected a secret of at most {LONGEST} bytes, found more")));
    }
    Ok(secret)
}

fn read_all(from: impl Read) -> anyhow::Result<Zeroizing<Vec<u8>>> {
    let mut secret = Zeroizing::new(Vec::with_capacity(4096));
    // Two more than allowed, for a line end.
    from.take(LONGEST + 3).read_to_end(&mut secret)?;
    Ok(secret)
}

fn ask(prompt: &str) -> anyhow::Result<Zeroizing<Vec<u8>>> {
    let terminal = Term::stderr();
    if !terminal.is_term() {
        bail!("no terminal to ask on; give the secret by standard input");
    }
    eprint!("{prompt}");
    let line = Zeroizing::new(terminal.read_secure_line()?);
    Ok(Zeroizing::new(line.as_bytes().to_vec()))
}

fn without_line_end(mut secret: Zeroizing<Vec<u8>>) -> Zeroizing<Vec<u8>> {
    if secret.last() == Some(&b'\n') {
        secret.pop();
        if secret.last() == Some(&b'\r') {
            secret.pop();
        }
    }
    secret
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_end_does_not_belong_to_a_secret() {
        for (read, secret) in [
            ("abc", "abc"),
            ("abc\n", "abc"),
            ("abc\r\n", "abc"),
            ("abc\n\n", "abc\n"),
            (" a \t\n", " a \t"),
            ("\n", ""),
        ] {
            assert_eq!(*without_line_end(Zeroizing::new(read.into())), secret.as_bytes(), "{read:?}");
        }
    }
}
