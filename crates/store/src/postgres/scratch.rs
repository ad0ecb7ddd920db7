use std::sync::atomic::{AtomicU32, Ordering};

use kartotek_register::ports::StoreError;
use tokio_postgres::Config;

use super::session::{Purpose, Session};

/// A database of its own on a server, dropped with the value: for benchmarks and tests.
pub struct ScratchDatabase {
    server: Config,
    config: Config,
    name: String,
}

static MADE: AtomicU32 = AtomicU32::new(0);

impl ScratchDatabase {
    /// Makes one on the server that `config` names; the user must be allowed to.
    pub fn create(config: &Config) -> Result<Self, StoreError> {
        let nth = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("kartotek_scratch_{}_{nth}", std::process::id());
        let mut session = Session::open(config, Purpose::Write)?;
        session.run("make a database", async |link| {
            Ok(link.client.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")).await?)
        })?;
        let mut scratch = config.clone();
        scratch.dbname(&name);
        Ok(Self { server: config.clone(), config: scratch, name })
    }

    /// How to connect to it.
    pub fn config(&self) -> &Config {
        &self.config
    }
}

impl Drop for ScratchDatabase {
    fn drop(&mut self) {
        // A database that is left behind is a nuisance, not a reason to fail what was measured or tested.
        if let Ok(mut session) = Session::open(&self.server, Purpose::Write) {
            let _ = session.run("drop a database", async |link| {
                let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
                Ok(link.client.batch_execute(&drop).await?)
            });
        }
    }
}
