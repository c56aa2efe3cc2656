//! `beadle print-work`: the process that makes a paper and brings it to a stick or a printer. Not
//! for people: the recorder starts it.

use std::collections::BTreeSet;
use std::io::BufRead;
use std::process::ExitCode;

use super::desk::Desk;
use super::{Format, Made, made};
use crate::export::carry::{Load, carry};
use crate::export::job::OnStick;
use crate::export::papers::{Onto, Order, Printed, limit_memory};
use crate::signage::list;
use crate::socket::dial::Client;
use crate::verbs::Failure;

/// An order on the standard input, one line on the standard output.
pub fn run() -> ExitCode {
    crate::verbs::keep_no_core();
    limit_memory();
    let mut line = String::new();
    let order = std::io::stdin().lock().read_line(&mut line).map_err(|e| e.to_string());
    let order = order.and_then(|_| {
        serde_json::from_str::<Order>(&line).map_err(|e| format!("this is no order: {e}"))
    });
    let said = match order.and_then(|order| carry_out(order).map_err(|f| f.text)) {
        Ok(text) => Printed::Done(text),
        Err(why) => Printed::Failed(why),
    };
    match serde_json::to_writer(std::io::stdout(), &said) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn carry_out(order: Order) -> Result<String, Failure> {
    let line = list::named(&order.paper)
        .ok_or_else(|| Failure::usage(format!("There is no \"{}\" to print.", order.paper)))?;
    let mut recorder = Client::connect(&order.socket)?;
    recorder.session = order.session.clone();
    let mut desk = Desk::with(&order.file, recorder)?;
    let format = if cfg!(feature = "paper") { Format::Pdf } else { Format::Html };
    let (papers, refused) = made(&mut desk, line, order.of.as_deref(), &[], format)?;
    if papers.is_empty() {
        return Err(Failure::refused(match refused.is_empty() {
            true => "There is nothing to print.".to_string(),
            false => refused.join(" "),
        }));
    }
    let mut said = match order.onto {
        Onto::Stick(stick) => {
            onto_stick(stick, order.phrase.as_ref().map(|p| &p.0), &desk, &papers, format)?
        }
        Onto::Printer { address } => onto_printer(&address, &desk, &papers)?,
    };
    refused.iter().for_each(|why| said += &format!(" NOT PRINTED: {why}"));
    Ok(said)
}

fn onto_stick(
    stick: OnStick,
    phrase: Option<&crate::base::secret::Secret>,
    desk: &Desk,
    papers: &[Made],
    format: Format,
) -> Result<String, Failure> {
    let name = stick.which.name.clone();
    let personal = papers.iter().any(|paper| paper.personal);
    if personal && phrase.is_none() && stick.key.is_none() {
        let text = "This paper holds personal data, and the stick would not be encrypted (S4.83).";
        return Err(Failure::refused(text));
    }
    let mut files = Vec::new();
    for paper in papers {
        let one = paper.files.len() == 1;
        for (n, file) in paper.files.iter().enumerate() {
            let page = if one { String::new() } else { format!("-{}", n + 1) };
            files.push((format!("{}{page}.{}", paper.name, format.ending()), file.clone()));
        }
    }
    let dice = |bytes: &mut [u8]| {
        use crate::base::fault::{Fault, FaultKind};
        let no = |e| Fault::new(FaultKind::Io, format!("the kernel gives no randomness: {e}"));
        getrandom::fill(bytes).map_err(no)
    };
    let stem = match papers {
        [only] => only.name.clone(),
        _ => format!("papers-{}", desk.now.as_secs()),
    };
    let load = Load { name: &stem, files: &files, date: desk.config.site.zone.dos_date(desk.now) };
    let phrase = phrase.filter(|_| personal);
    let written = carry(stick, phrase, &dice, &load).map_err(|f| Failure::refused(f.text))?;
    Ok(format!("On the stick {name}, read back: {}. It may be pulled out.", written.join(", ")))
}

/// Whatever can be printed is; the sentence names the rest.
fn onto_printer(address: &str, desk: &Desk, papers: &[Made]) -> Result<String, Failure> {
    let (mut said, mut lost) = (Vec::new(), Vec::new());
    for paper in papers {
        for file in &paper.files {
            match printed(address, &desk.config.site.name.value, paper, file) {
                Ok(text) => said.push(text),
                Err(why) => lost.push((&paper.name, why.text)),
            }
        }
    }
    if said.is_empty() {
        let whys: BTreeSet<String> = lost.into_iter().map(|(_, why)| why).collect();
        return Err(Failure::refused(whys.into_iter().collect::<Vec<_>>().join(" ")));
    }
    said.extend(lost.iter().map(|(name, why)| format!("NOT PRINTED: {name}: {why}")));
    Ok(said.join(" "))
}

#[cfg(feature = "paper")]
fn printed(address: &str, from: &str, paper: &Made, file: &[u8]) -> Result<String, Failure> {
    let job =
        crate::paper::printer::Job { from, name: &paper.name, pdf: file, media: &paper.media };
    let printed = crate::paper::printer::print(address, &job);
    printed.map_err(|flaw| Failure::refused(flaw.to_string()))
}

#[cfg(not(feature = "paper"))]
fn printed(_: &str, _: &str, paper: &Made, _: &[u8]) -> Result<String, Failure> {
    Err(Failure::refused(format!(
        "This recorder was built without its typesetter, so no {} comes out of it: take a stick.",
        paper.media
    )))
}
