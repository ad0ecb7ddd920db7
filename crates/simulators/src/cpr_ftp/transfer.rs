//! `LIST`, `NLST`, `MLSD`, `RETR`, `STOR`: everything that needs a data connection.

use std::fs;
use std::future::pending;
use std::io::{self, SeekFrom};
use std::mem::take;

use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};

use super::directory::Directory;
use super::fault::{CutOff, Fault, Stage};
use super::files::Found;
use super::line::Line;
use super::listing::{Form, listing};
use super::options::{Face, Recall};
use super::passive::let_go;
use super::session::{Next, Session};
use super::text::LineEnds;
use super::wire::Wire;

/// Bytes that are moved at a time.
const PIECE: usize = 1 << 17;

impl Session {
    /// The file that an argument means, if it is there.
    pub(super) fn find(&self, argument: &str) -> Option<(Directory, Found)> {
        let (directory, name) = self.face().file(self.directory, argument)?;
        let files = &self.shared.files;
        let found = match self.face() {
            Face::Posix => files.named(directory, &name),
            Face::Zos => files.named_somehow(directory, &name),
        };
        Some((directory, found?))
    }

    pub(super) fn no_such_file(&self, argument: &str) -> Next {
        match self.face() {
            Face::Posix => Next::reply(550, "No such file."),
            Face::Zos => Next::reply(550, format!("Data set {argument} not found.")),
        }
    }

    pub(super) async fn list(&mut self, form: Form, argument: &str, line: &mut Line) -> io::Result<Next> {
        let face = self.face();
        if face == Face::Zos && form == Form::Facts {
            return Ok(Next::reply(500, "Unknown command."));
        }
        // Options of `ls`, which servers of POSIX systems take.
        let wanted = argument.split_ascii_whitespace().find(|word| !word.starts_with('-'));
        let (directory, pattern) = match wanted {
            None => (self.directory, None),
            Some(wanted) => match (face.directory(self.directory, wanted), self.pattern(wanted)) {
                (Some(directory), _) => (directory, None),
                (None, Some((directory, pattern))) => (directory, Some(pattern)),
                (None, None) => return Ok(self.no_such_file(wanted)),
            },
        };
        let whole = wanted.is_some_and(|wanted| wanted.starts_with('\''));
        let lines = listing(&self.shared.files, face, form, directory, pattern.as_deref(), whole)?;
        if lines.is_empty() && face == Face::Zos {
            self.passive = None;
            return Ok(Next::reply(550, "No data sets found."));
        }
        let mut wire = match self.data("Here comes the listing.", line).await? {
            Ok(wire) => wire,
            Err(instead) => return Ok(instead),
        };
        if wire.write_all(lines.as_bytes()).await.is_err() || wire.shutdown().await.is_err() {
            return Ok(aborted());
        }
        let_go(wire);
        Ok(self.transferred("Listing is complete."))
    }

    /// Directory and pattern of an argument with stars.
    fn pattern(&self, argument: &str) -> Option<(Directory, String)> {
        match self.face() {
            Face::Posix => self.face().file(self.directory, argument),
            Face::Zos => Some(Face::zos_pattern(self.directory, argument)),
        }
    }

    pub(super) async fn retrieve(&mut self, argument: &str, line: &mut Line) -> io::Result<Next> {
        let from = take(&mut self.restart);
        let Some((directory, found)) = self.find(argument) else { return Ok(self.no_such_file(argument)) };
        if self.shared.faults.strike(Stage::Fetch).is_some() {
            return Ok(Next::reply(450, "File is busy, try again later."));
        }
        if let Some(not_yet) = self.recall(directory, &found.name).await {
            return Ok(not_yet);
        }
        if from > found.size {
            return Ok(Next::reply(554, "The file has fewer bytes."));
        }
        let mut file = File::open(&found.path).await?;
        file.seek(SeekFrom::Start(from)).await?;
        let mut wire = match self.data(&format!("Here come {} bytes.", found.size - from), line).await? {
            Ok(wire) => wire,
            Err(instead) => return Ok(instead),
        };
        let fault = self.shared.faults.strike(Stage::Sending);
        let most = match fault {
            Some(Fault::CutOff { after, .. } | Fault::Stall { after }) => after,
            _ => u64::MAX,
        };
        if send(&mut wire, file, self.text, most).await.is_err() {
            return Ok(aborted());
        }
        match fault {
            Some(Fault::Stall { .. }) => {
                stall(&mut wire, line).await;
                return Ok(Next::HangUp);
            }
            Some(Fault::CutOff { told: CutOff::Aborted, .. }) => {
                wire.hang_up().await?;
                let_go(wire);
                return Ok(aborted());
            }
            Some(Fault::CutOff { told: CutOff::Nothing, .. }) => {
                wire.hang_up().await?;
                let_go(wire);
                return Ok(Next::HangUp);
            }
            Some(Fault::NoCloseNotify) => wire.hang_up().await?,
            _ => {
                if wire.shutdown().await.is_err() {
                    return Ok(aborted());
                }
            }
        }
        let_go(wire);
        self.shared.record.write().fetched.push(format!("{}/{}", directory.name(), found.name));
        Ok(self.transferred("Transfer is complete."))
    }

    /// Brings a migrated file back, which takes its time or another try.
    async fn recall(&mut self, directory: Directory, name: &str) -> Option<Next> {
        let files = &self.shared.files;
        if !files.is_migrated(directory, name) {
            return None;
        }
        match self.shared.options.recall {
            Recall::Waits(time) => tokio::time::sleep(time).await,
            Recall::Refuses(times) => {
                if files.refuse_once_more(name, times) {
                    self.passive = None;
                    let name = self.face().full_name(directory, name);
                    return Some(Next::reply(550, format!("Data set {name} is migrated, recall is in progress.")));
                }
            }
        }
        files.recall(name);
        None
    }

    pub(super) async fn store(&mut self, argument: &str, line: &mut Line) -> io::Result<Next> {
        if take(&mut self.restart) > 0 {
            return Ok(Next::reply(504, "Files are stored whole."));
        }
        let Some((directory, mut name)) = self.face().file(self.directory, argument) else {
            return Ok(Next::reply(553, "That is no name of a file."));
        };
        if directory != Directory::Ind || name.starts_with('.') {
            return Ok(Next::reply(553, "Files are stored in ind only."));
        }
        let replaced = self.find(argument);
        if let Some((_, found)) = &replaced {
            // In the letters that it has already.
            name.clone_from(&found.name);
        }
        let mut wire = match self.data("Send the file.", line).await? {
            Ok(wire) => wire,
            Err(instead) => return Ok(instead),
        };
        let most = match self.shared.faults.strike(Stage::Receiving) {
            Some(Fault::CutUpload { after }) => after,
            _ => u64::MAX,
        };
        let unfinished = self.shared.files.unfinished();
        // An end without the close_notify of TLS could be anybody's, so it is an error here.
        let received = receive(&mut wire, File::create(&unfinished).await?, self.text, most).await;
        if !matches!(received, Ok(true)) {
            fs::remove_file(&unfinished)?;
            return Ok(aborted());
        }
        fs::rename(&unfinished, self.shared.files.path(directory, &name))?;
        {
            let mut happened = self.shared.record.write();
            let name = format!("{}/{name}", directory.name());
            if replaced.is_some() {
                happened.overwritten.push(name.clone());
            }
            happened.stored.push(name);
        }
        // The file is there, whether the client still hears this or not.
        let _heard = wire.shutdown().await;
        if self.shared.faults.strike(Stage::Stored).is_some() {
            return Ok(Next::HangUp);
        }
        Ok(self.transferred("Transfer is complete."))
    }

    fn transferred(&self, text: &str) -> Next {
        match self.shared.faults.strike(Stage::Transferred) {
            Some(_) => Next::HangUp,
            None => Next::reply(226, text),
        }
    }
}

fn aborted() -> Next {
    Next::reply(426, "Data connection was cut, transfer is aborted.")
}

/// Sends a file, or as many bytes of it.
async fn send(wire: &mut Wire, mut file: File, text: bool, most: u64) -> io::Result<()> {
    let (mut piece, mut converted, mut ends) = (vec![0; PIECE], Vec::new(), LineEnds::default());
    let mut left = most;
    while left > 0 {
        let read = file.read(&mut piece).await?;
        let mut bytes = piece.get(..read).unwrap_or_default();
        if bytes.is_empty() {
            break;
        }
        if text {
            converted.clear();
            ends.for_wire(bytes, &mut converted);
            bytes = &converted;
        }
        let sent = bytes.get(..usize::try_from(left).unwrap_or(usize::MAX)).unwrap_or(bytes);
        wire.write_all(sent).await?;
        left -= u64::try_from(sent.len()).unwrap_or(left);
    }
    wire.flush().await
}

/// Takes a file; false when so many bytes came that the fault of cutting it off strikes.
async fn receive(wire: &mut Wire, mut file: File, text: bool, most: u64) -> io::Result<bool> {
    let (mut piece, mut converted, mut ends) = (vec![0; PIECE], Vec::new(), LineEnds::default());
    let mut left = most;
    loop {
        let read = wire.read(&mut piece).await?;
        let mut bytes = piece.get(..read).unwrap_or_default();
        if bytes.is_empty() {
            break;
        }
        let fewer = left.checked_sub(u64::try_from(read).unwrap_or(u64::MAX));
        let Some(fewer) = fewer else { return Ok(false) };
        left = fewer;
        if text {
            converted.clear();
            ends.for_disk(bytes, &mut converted);
            bytes = &converted;
        }
        file.write_all(bytes).await?;
    }
    if text {
        file.write_all(ends.rest()).await?;
    }
    file.flush().await?;
    Ok(most == u64::MAX)
}

/// Does nothing until the client leaves one of the connections.
pub(super) async fn stall(wire: &mut Wire, line: &mut Line) {
    let data = async {
        let mut ignored = [0; 256];
        match wire.read(&mut ignored).await {
            Ok(0) | Err(_) => {}
            Ok(_) => pending().await,
        }
    };
    tokio::select! {
        () = data => {}
        () = line.abandoned() => {}
    }
}
