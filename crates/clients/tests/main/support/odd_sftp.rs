//! Files of a server for SFTP that answers as a test wants, well or badly.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use russh_sftp::protocol::{Attrs, Data, File, FileAttributes, Handle, Name, OpenFlags, Status, StatusCode};
use russh_sftp::server::Handler;

#[derive(Clone)]
pub struct OddFiles {
    /// The names in the answer to the first request for a part of the listing, the second, and so on; `None` is the end.
    pub names: Arc<dyn Fn(usize) -> Option<Vec<String>> + Send + Sync>,
    /// How many bytes are given, by the number of the request from 0 and how many were asked for.
    pub gives: fn(usize, u32) -> u32,
    /// What every file holds.
    pub content: Arc<Vec<u8>>,
    /// What is said about a file whose size is asked for.
    pub refusal: StatusCode,
    /// How many bytes were asked for each time.
    pub asked: Arc<Mutex<Vec<u32>>>,
    /// How many parts of the listing were asked for.
    pub listed: Arc<AtomicUsize>,
}

impl Default for OddFiles {
    fn default() -> Self {
        Self {
            names: Arc::new(|_| None),
            gives: |_, asked| asked,
            content: Arc::default(),
            refusal: StatusCode::NoSuchFile,
            asked: Arc::default(),
            listed: Arc::default(),
        }
    }
}

fn ok(id: u32) -> Status {
    Status { id, status_code: StatusCode::Ok, error_message: String::new(), language_tag: String::new() }
}

impl Handler for OddFiles {
    type Error = StatusCode;

    fn unimplemented(&self) -> StatusCode {
        StatusCode::OpUnsupported
    }

    async fn realpath(&mut self, id: u32, _: String) -> Result<Name, StatusCode> {
        Ok(Name { id, files: vec![File::dummy("/")] })
    }

    async fn stat(&mut self, id: u32, path: String) -> Result<Attrs, StatusCode> {
        if path != "/" {
            return Err(self.refusal);
        }
        let mut attrs = FileAttributes::empty();
        attrs.set_dir(true);
        Ok(Attrs { id, attrs })
    }

    async fn opendir(&mut self, id: u32, _: String) -> Result<Handle, StatusCode> {
        Ok(Handle { id, handle: "directory".to_owned() })
    }

    async fn readdir(&mut self, id: u32, _: String) -> Result<Name, StatusCode> {
        let names = (self.names)(self.listed.fetch_add(1, Ordering::SeqCst)).ok_or(StatusCode::Eof)?;
        let file = |filename| File { filename, longname: String::new(), attrs: FileAttributes::empty() };
        Ok(Name { id, files: names.into_iter().map(file).collect() })
    }

    async fn open(&mut self, id: u32, _: String, _: OpenFlags, _: FileAttributes) -> Result<Handle, StatusCode> {
        Ok(Handle { id, handle: "file".to_owned() })
    }

    async fn close(&mut self, id: u32, _: String) -> Result<Status, StatusCode> {
        Ok(ok(id))
    }

    async fn read(&mut self, id: u32, _: String, offset: u64, len: u32) -> Result<Data, StatusCode> {
        let number = {
            let mut asked = self.asked.lock().unwrap();
            asked.push(len);
            asked.len() - 1
        };
        let rest = usize::try_from(offset).ok().and_then(|offset| self.content.get(offset..)).unwrap_or_default();
        let gives = (self.gives)(number, len).min(len) as usize;
        let data = rest.get(..gives).unwrap_or(rest).to_vec();
        if data.is_empty() { Err(StatusCode::Eof) } else { Ok(Data { id, data }) }
    }
}
