//! How records stand in an extract: splitting bytes into records, and checking the frame around them
//! (cpr-records.md section 1).

mod frame;
mod layout;
mod name;
mod product;

pub use frame::{Frame, FrameCheck, FrameError, FrameProblem, Task};
pub use layout::{Layout, MAX_RECORD, NotAnExtract, Split};
pub use name::{ExtractName, ExtractNameError};
pub use product::Product;
