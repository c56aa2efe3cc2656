//! `beadle logbook checkpoint` and `prove`: what leaves the box, so that somebody else remembers.

use std::path::PathBuf;

use crate::logbook::Number;
use crate::verbs::door::{Door, ask};
use crate::verbs::{Failure, print, print_exact, unexpected};
use crate::wire::{Reply, Request};

#[derive(clap::Args, Debug)]
pub struct SealArgs {
    /// Into this file, beside the screen
    #[arg(long, short, value_name = "PATH")]
    output: Option<PathBuf>,
    /// Without the code to photograph
    #[arg(long)]
    no_code: bool,
    #[command(flatten)]
    door: Door,
}

#[derive(clap::Args, Debug)]
pub struct Args {
    /// The entry's number
    entry: Number,
    /// Into this file, beside the screen
    #[arg(long, short, value_name = "PATH")]
    output: Option<PathBuf>,
    #[command(flatten)]
    door: Door,
}

/// # Errors
/// The supervisor refuses, or the file cannot be written.
pub fn seal(args: &SealArgs) -> Result<(), Failure> {
    let text = text_of(&args.door, &Request::Checkpoint)?;
    keep(args.output.as_ref(), &text)?;
    print_exact(&text)?;
    if args.no_code { Ok(()) } else { print(&code(&text)?) }
}

/// # Errors
/// As [`seal`].
pub fn run(args: &Args) -> Result<(), Failure> {
    let text = text_of(&args.door, &Request::Prove { number: args.entry })?;
    keep(args.output.as_ref(), &text)?;
    print_exact(&text)
}

fn text_of(door: &Door, request: &Request) -> Result<String, Failure> {
    match ask(&mut door.dial()?, request)? {
        Reply::Text { text } => Ok(text),
        _ => Err(unexpected()),
    }
}

fn keep(path: Option<&PathBuf>, text: &str) -> Result<(), Failure> {
    let Some(path) = path else { return Ok(()) };
    std::fs::write(path, text)
        .map_err(|e| Failure::refused(format!("Writing {}: {e}", path.display())))
}

/// A QR code in half blocks: two of its modules in one character, light on dark.
///
/// # Errors
/// The text is too long for one.
pub fn code(text: &str) -> Result<String, Failure> {
    let code = qrcode::QrCode::new(text.as_bytes())
        .map_err(|e| Failure::refused(format!("The seal does not fit a code: {e}")))?;
    let renderer = code.render::<qrcode::render::unicode::Dense1x2>().quiet_zone(true).build();
    Ok(renderer)
}
