use std::io::Write as _;

use clap::Args;
use serde_json::json;

use crate::cli::Global;
use crate::exit::{Exit, Failure};
use crate::output;
use crate::secrets::vault;

#[derive(Args)]
pub(super) struct RotateKey {}

impl RotateKey {
    #[expect(clippy::unused_self, reason = "a command like the others")]
    pub fn run(&self, global: &Global) -> Result<Exit, Failure> {
        let config = global.config()?;
        let rotated = vault(global, &config)?.rotate()?;
        if global.json {
            output::json(&json!({
                "key_id": rotated.key_id,
                "secrets": rotated.secrets,
                "keys_dropped": rotated.dropped,
                "finished_earlier": rotated.finished_earlier,
            }))?;
            return Ok(Exit::Done);
        }
        let mut out = std::io::stdout().lock();
        if rotated.finished_earlier {
            writeln!(out, "a rotation that was cut off is finished")?;
        }
        writeln!(out, "{} secrets sealed anew; all are sealed with key {} now", rotated.secrets, rotated.key_id)?;
        if rotated.dropped > 0 {
            writeln!(out, "{} old keys taken out of the key file", rotated.dropped)?;
        }
        Ok(Exit::Done)
    }
}
