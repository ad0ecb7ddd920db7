//! A connection and the runtime that drives it.

use std::cell::RefCell;
use std::collections::HashMap;

use kartotek_register::ports::{StoreError, StoreErrorKind};
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, NoTls, Row, Statement};

use super::error::{Failure, failed};

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Read,
    Write,
    /// Holding a lease.
    Hold,
}

impl Purpose {
    fn settings(self) -> &'static str {
        match self {
            Self::Read => "SET default_transaction_read_only = on",
            // Each statement of the writer looks for the keys of one batch, so going by the indexes is always right.
            // Left to itself, the planner, which knows little of a table that is being filled, reads all of it.
            Self::Write => {
                "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off;
                 SET enable_material = off"
            }
            // A holder whose machine died is to be missed within a minute, and one that has nothing to say is not.
            // Where the system knows no such times, or the connection is local, the server passes over them.
            Self::Hold => {
                "SET idle_session_timeout = 0; SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 5;
                 SET tcp_keepalives_count = 4; SET tcp_user_timeout = '40s'"
            }
        }
    }
}

/// For both: dates as text are ISO, notices stay away, and no statement is worth compiling. Pages that were written a
/// moment ago are in memory, so reading them in any order costs much the same. Plans are made anew for each batch: one
/// that was made while a table was small would go on reading the whole table when it has millions of rows.
const SETTINGS: &str = "SET datestyle = 'ISO, YMD'; SET timezone = 'UTC'; SET client_min_messages = 'warning';
                        SET jit = off; SET random_page_cost = 1.1; SET plan_cache_mode = force_custom_plan";

/// A connection that is opened again when it was lost. Calls block on a runtime of its own, which drives the
/// connection while they last: between them the connection has nothing to do.
pub(super) struct Session {
    config: Config,
    purpose: Purpose,
    runtime: Runtime,
    link: Link,
}

/// The connection with its prepared statements.
pub(super) struct Link {
    pub client: Client,
    statements: RefCell<HashMap<&'static str, Statement>>,
}

type Parameters<'a> = &'a [&'a (dyn ToSql + Sync)];

impl Session {
    pub fn open(config: &Config, purpose: Purpose) -> Result<Self, StoreError> {
        let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| {
            StoreError::new(StoreErrorKind::Unavailable, "start a runtime for the connection", error.to_string())
        })?;
        let mut config = config.clone();
        if config.get_application_name().is_none() {
            config.application_name("kartotek");
        }
        let link = connect(&runtime, &config, purpose)?;
        Ok(Self { config, purpose, runtime, link })
    }

    /// Connects again when the connection was lost, for example because the server was started anew.
    pub fn revive(&mut self) -> Result<(), StoreError> {
        if self.link.client.is_closed() {
            self.link = connect(&self.runtime, &self.config, self.purpose)?;
        }
        Ok(())
    }

    pub fn run<T>(
        &mut self,
        operation: &'static str,
        work: impl AsyncFnOnce(&mut Link) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        self.runtime.block_on(work(&mut self.link)).map_err(|failure| failed(operation, &failure))
    }
}

fn connect(runtime: &Runtime, config: &Config, purpose: Purpose) -> Result<Link, StoreError> {
    let connecting = async {
        let (client, connection) = config.connect(NoTls).await?;
        // It ends when the client is dropped; what goes wrong before that comes out of the client's calls.
        tokio::spawn(async { drop(connection.await) });
        client.batch_execute(SETTINGS).await?;
        client.batch_execute(purpose.settings()).await?;
        Ok(Link { client, statements: RefCell::default() })
    };
    runtime.block_on(connecting).map_err(|error: tokio_postgres::Error| {
        let error = failed("connect to PostgreSQL", &error.into());
        // Whatever the reason, nothing was asked of the database yet.
        StoreError { kind: StoreErrorKind::Unavailable, ..error }
    })
}

impl Link {
    /// A statement that is prepared once a connection.
    pub async fn prepare(&self, sql: &'static str) -> Result<Statement, Failure> {
        if let Some(statement) = self.statements.borrow().get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).await?;
        self.statements.borrow_mut().insert(sql, statement.clone());
        Ok(statement)
    }

    pub async fn query(&self, sql: &'static str, parameters: Parameters<'_>) -> Result<Vec<Row>, Failure> {
        let statement = self.prepare(sql).await?;
        Ok(self.client.query(&statement, parameters).await?)
    }

    /// The first row.
    pub async fn first(&self, sql: &'static str, parameters: Parameters<'_>) -> Result<Option<Row>, Failure> {
        Ok(self.query(sql, parameters).await?.into_iter().next())
    }

    /// The one row that there must be.
    pub async fn one(&self, sql: &'static str, parameters: Parameters<'_>) -> Result<Row, Failure> {
        self.first(sql, parameters).await?.ok_or(Failure::Missing)
    }

    pub async fn execute(&self, sql: &'static str, parameters: Parameters<'_>) -> Result<(), Failure> {
        let statement = self.prepare(sql).await?;
        self.client.execute(&statement, parameters).await?;
        Ok(())
    }
}
