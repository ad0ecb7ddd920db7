//! CPR's file server as customers of extracts see it (cpr-batch-transfer.md section 2): FTP with TLS, over real sockets, about
//! the folders `ud` and `ind`. See docs/SYNTHETIC.md.
//!
//! | Part | Holds |
//! | --- | --- |
//! | `options`, `server` | starting and stopping |
//! | `session`, `line` | one client, and its commands and answers |
//! | `log_on`, `about`, `rename`, `transfer` | what the commands do |
//! | `passive`, `wire`, `text` | data connections, with and without TLS, and their line ends |
//! | `directory`, `names`, `files`, `listing` | which file a name means, and how it is shown by POSIX and by z/OS |
//! | `nightly` | the files that CPR makes, and what follows from the files that customers send in |
//! | `fault`, `fault_order` | what can go wrong on request, and how that is asked for in words |
//! | `control`, `record` | everything that a test does and sees while the server runs |

mod about;
mod control;
mod directory;
mod fault;
mod fault_order;
mod files;
mod line;
mod listing;
mod log_on;
mod names;
mod nightly;
mod options;
mod passive;
mod record;
mod rename;
mod server;
mod session;
mod text;
mod transfer;
mod wire;

pub use control::Control;
pub use directory::Directory;
pub use fault::{CutOff, Fault};
pub use fault_order::{FaultOrder, FaultOrderError};
pub use nightly::{
    Delivered, DeliveryFault, DeliveryOrder, DeliveryOrderError, Nightly, NightlyOptions, UnknownDeliveryFault,
};
pub use options::{Exchange, Face, Observer, Options, Recall, TlsMode};
pub use record::Happened;
pub use server::{Server, StartError};

pub use crate::times::Times;
