use kartotek_clients::file_transfer::{self, RemoteDirectory, Settings, TransferError};

/// How often something is tried that may be done twice.
const TRIES: u32 = 3;

/// Connects to the file server, and again when the connection broke.
pub struct Connector<'a> {
    connect: Box<dyn FnMut() -> Result<Box<dyn RemoteDirectory>, TransferError> + 'a>,
    connection: Option<Box<dyn RemoteDirectory>>,
}

impl<'a> Connector<'a> {
    /// To a server. Nobody is called yet.
    pub fn to(settings: Settings) -> Self {
        Self::new(move || file_transfer::connect(&settings))
    }

    /// With a way to connect. Nobody is called yet.
    pub fn new(connect: impl FnMut() -> Result<Box<dyn RemoteDirectory>, TransferError> + 'a) -> Self {
        Self { connect: Box::new(connect), connection: None }
    }

    /// Does something over the connection, which is made when there is none, and let go of when it broke.
    pub fn with<T>(
        &mut self,
        work: impl FnOnce(&mut dyn RemoteDirectory) -> Result<T, TransferError>,
    ) -> Result<T, TransferError> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => (self.connect)()?,
        };
        let done = work(connection.as_mut());
        if !done.as_ref().is_err_and(TransferError::breaks_connection) {
            self.connection = Some(connection);
        }
        done
    }

    /// As [`Connector::with`], and again over a new connection when it broke: for what may be done twice.
    pub fn again<T>(
        &mut self,
        mut work: impl FnMut(&mut dyn RemoteDirectory) -> Result<T, TransferError>,
    ) -> Result<T, TransferError> {
        for _ in 1..TRIES {
            match self.with(&mut work) {
                Err(error) if error.may_be_retried() && error.breaks_connection() => {}
                done => return done,
            }
        }
        self.with(work)
    }
}

impl Drop for Connector<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            connection.close();
        }
    }
}
