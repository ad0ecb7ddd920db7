//! Copies committed pages from the write-ahead log into the file while the writer goes on.

use std::path::Path;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use rusqlite::Connection;

/// A thread with a connection of its own that copies after commits. The writer would do the same between its
/// transactions, but there it would wait for the disk. It ends with the value.
pub(super) struct Checkpointer {
    commits: Option<SyncSender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpointer {
    /// Starts the thread. The writer's own copying stays as it is when no further connection or thread can be had.
    pub fn start(path: &Path, writer: &Connection) -> Self {
        let idle = Self { commits: None, thread: None };
        let Ok(connection) = Connection::open(path) else { return idle };
        let (commits, received) = sync_channel(1);
        let work = move || {
            for () in received {
                // What is not copied this time is copied the next; errors of the disk show in the writer's own calls.
                let _ = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
            }
        };
        let Ok(thread) = std::thread::Builder::new().name("checkpointer".into()).spawn(work) else { return idle };
        // Should the thread fall behind, the writer copies after all, so that the log stays bounded.
        let _ = writer.pragma_update(None, "wal_autocheckpoint", 4 * super::LOG_PAGES);
        Self { commits: Some(commits), thread: Some(thread) }
    }

    /// Says that something was committed. A copying under way is not waited for.
    pub fn committed(&self) {
        if let Some(commits) = &self.commits {
            match commits.try_send(()) {
                Ok(()) | Err(TrySendError::Full(()) | TrySendError::Disconnected(())) => {}
            }
        }
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.commits = None;
        if let Some(thread) = self.thread.take() {
            // A panic there is SQLite's; nothing of it belongs to whoever drops the store.
            let _ = thread.join();
        }
    }
}
