//! A lease is an advisory lock on a connection of its own. The server takes it away when the connection ends, so that
//! nobody has to clear anything away. It must be a connection to the server itself: a pooler that lends connections for one
//! transaction each gives the lock to whoever comes next.

use std::time::Duration;

use kartotek_register::ports::{Lease, LeaseTaken, StoreError, StoreErrorKind};
use tokio_postgres::Config;

use super::error::Failure;
use super::session::{Link, Purpose, Session};

/// Keys of leases have this in their upper half and a hash of the name in the lower. The writer's place and the migration
/// have keys that begin with "kart" (`transaction.rs`, `migrate.rs`), so no lease meets them. Advisory locks belong to one
/// database, whose name the key therefore does not need.
const LEASES: i64 = i64::from_be_bytes(*b"leas\0\0\0\0");

/// The server cuts an `application_name` off behind so many bytes.
const LONGEST_NAME: usize = 63;

/// After so long without an answer from the server, the connection counts as lost.
const PATIENCE: Duration = Duration::from_secs(40);

/// How long giving a lease back may take; a server that does not answer takes it back by itself.
const FAREWELL: Duration = Duration::from_secs(5);

/// How often to try while the lease is held by a session that is gone when one looks who it is.
const TRIES: u32 = 3;

fn key(name: &str) -> i64 {
    // FNV-1a, which is not going to change.
    let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    LEASES | i64::from(hash)
}

pub(super) fn take(config: &Config, name: &str, holder: &str) -> Result<LeaseTaken, StoreError> {
    let mut config = config.clone();
    config
        .application_name(holder.get(..holder.floor_char_boundary(LONGEST_NAME)).unwrap_or_default())
        .keepalives(true)
        .keepalives_idle(Duration::from_secs(20))
        .keepalives_interval(Duration::from_secs(5))
        .keepalives_retries(4)
        .tcp_user_timeout(PATIENCE);
    let mut session = Session::open(&config, Purpose::Hold)?;
    let key = key(name);
    let held = session.run("take the lease", async |link| {
        for _ in 0..TRIES {
            if link.one("SELECT pg_try_advisory_lock($1)", &[&key]).await?.try_get(0)? {
                return Ok(None);
            }
            if let Some(by) = holder_of(link, key).await? {
                return Ok(Some(by));
            }
        }
        Ok(Some("a session of the database that cannot be seen".to_owned()))
    })?;
    Ok(match held {
        Some(by) => LeaseTaken::Held { by },
        None => LeaseTaken::Taken(Box::new(SessionLease { session, key })),
    })
}

/// Who has it, as far as our role may see: where from and since when, the server tells to the same role and to monitors.
async fn holder_of(link: &Link, key: i64) -> Result<Option<String>, Failure> {
    let sql = r#"SELECT a.application_name, a.pid, host(a.client_addr),
                        to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
                 FROM pg_locks AS l JOIN pg_stat_activity AS a ON a.pid = l.pid
                 WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
                   AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                   AND l.classid = ($1::bigint >> 32)::oid AND l.objid = ($1::bigint & 4294967295)::oid"#;
    let Some(row) = link.first(sql, &[&key]).await? else { return Ok(None) };
    let (name, session): (Option<&str>, i32) = (row.try_get(0)?, row.try_get(1)?);
    let (address, since): (Option<&str>, Option<&str>) = (row.try_get(2)?, row.try_get(3)?);
    let mut by = format!("{} (session {session} of the database", name.unwrap_or("somebody"));
    if let Some(address) = address {
        by.push_str(", from ");
        by.push_str(address);
    }
    if let Some(since) = since {
        by.push_str(", since ");
        by.push_str(since);
    }
    by.push(')');
    Ok(Some(by))
}

/// The session is never revived: a new connection would not have the lock.
struct SessionLease {
    session: Session,
    key: i64,
}

impl Lease for SessionLease {
    fn check(&mut self) -> Result<(), StoreError> {
        let what = "keep the lease";
        let answered = self.session.run(what, async |link| {
            let asking = link.client.batch_execute("SELECT 1");
            Ok(match tokio::time::timeout(PATIENCE, asking).await {
                Ok(answer) => answer.map(|()| true)?,
                Err(_) => false,
            })
        });
        // Whatever the server says, a session that cannot answer holds nothing.
        let lost = match answered {
            Ok(true) => return Ok(()),
            Ok(false) => format!("no answer from the database in {} seconds", PATIENCE.as_secs()),
            Err(error) => error.message,
        };
        Err(StoreError::new(StoreErrorKind::Unavailable, what, lost))
    }
}

impl Drop for SessionLease {
    fn drop(&mut self) {
        // The end of the connection gives the lease back too, but only once the server has seen it.
        let key = self.key;
        drop(self.session.run("give the lease back", async |link| {
            let unlock = format!("SELECT pg_advisory_unlock({key})");
            let unlock = link.client.batch_execute(&unlock);
            Ok(tokio::time::timeout(FAREWELL, unlock).await.unwrap_or(Ok(()))?)
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_of_leases_stay_as_they_are_and_clear_of_the_others() {
        assert_eq!(key(""), 0x6c65_6173_811c_9dc5);
        assert_eq!(key("a"), 0x6c65_6173_e40c_292c);
        assert_ne!(key("cpr-batch"), key("cpr-batch2"));
        assert_ne!(i64::from_be_bytes(*b"kartotek") >> 32, LEASES >> 32);
    }
}
