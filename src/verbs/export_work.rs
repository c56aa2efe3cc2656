//! `beadle export-work`: the process that the recorder starts to write a package. Not for people.

use std::io::BufReader;
use std::process::ExitCode;

/// A job on the standard input, lines on the standard output.
pub fn run() -> ExitCode {
    let input = BufReader::new(std::io::stdin());
    let mut output = std::io::stdout();
    match crate::export::work::run(input, &mut output) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}
