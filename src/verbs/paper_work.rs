//! `beadle paper-work`: the process that sets the papers of a package as pages. Not for people.

use std::process::ExitCode;

use crate::export::papers;
use crate::signage::Document;

/// Papers as JSON on the standard input, their files as JSON on the standard output.
pub fn run() -> ExitCode {
    super::keep_no_core();
    let served = papers::serve(std::io::stdin(), &mut std::io::stdout(), &set);
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

#[cfg(feature = "paper")]
fn set(paper: &Document) -> Result<Vec<u8>, String> {
    let files = crate::paper::document(paper, crate::paper::Format::Pdf);
    files.map_err(|flaw| flaw.to_string())?.pop().ok_or_else(|| "there is no page".into())
}

#[cfg(not(feature = "paper"))]
fn set(_: &Document) -> Result<Vec<u8>, String> {
    Err("this recorder was built without its typesetter".into())
}
