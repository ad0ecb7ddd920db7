//! placeholder
#[derive(clap::Args)]
pub struct Bench {}
impl Bench {
    pub fn run(&self, _: &crate::cli::Global) -> Result<crate::exit::Exit, crate::exit::Failure> {
        Ok(crate::exit::Exit::Done)
    }
}
