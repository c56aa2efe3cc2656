//! Papers as pages, looked at with other people's programs: pdftotext, pdftoppm, zbarimg. Only with
//! the cargo feature `paper`; `just paper` runs it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use beadle::config::{self, Config};
use beadle::paper::{self, Format};
use beadle::signage::page::Document;
use beadle::signage::phrase::Reader;
use beadle::signage::sign::{self, Piece, Sheet};
use beadle::signage::{code, confidence, manual, notice, survey, upkeep};

const FILES: [(&str, &str); 4] = [
    ("demo", include_str!("../configs/demo.kdl")),
    ("clere", include_str!("../configs/clere.kdl")),
    ("john-colet", include_str!("../configs/john-colet.kdl")),
    ("st-thomas-more", include_str!("../configs/st-thomas-more.kdl")),
];

fn loaded(text: &str) -> Config {
    config::parse("site.kdl", text.as_bytes()).config.expect("the file loads")
}

/// Where the pages stay to be looked at: `BEADLE_PAGES`, else a folder that goes.
fn folder() -> (PathBuf, Option<tempfile::TempDir>) {
    if let Some(kept) = std::env::var_os("BEADLE_PAGES") {
        let kept = PathBuf::from(kept);
        std::fs::create_dir_all(&kept).unwrap();
        return (kept, None);
    }
    let own = tempfile::tempdir().unwrap();
    (own.path().to_path_buf(), Some(own))
}

fn papers(config: &Config) -> Vec<Document> {
    let keys = [("l F10", "log in; lock the screen"), ("? F12", "this help")];
    vec![
        code::code(config, Reader::Public),
        code::code(config, Reader::Staff),
        notice::notice(config),
        survey::dpia_appendix(config),
        survey::self_assessment(config, None, &config.site.zone),
        upkeep::commissioning(config, &[]),
        upkeep::maintenance(config, None, None),
        manual::manual(config, &keys),
        confidence::declaration(config),
        confidence::acceptances(config),
        sign::sign_walk(config, None),
        upkeep::seal_sheet(
            config,
            "beadle/abc\n1507\nroot=\n\n\u{2014} beadle/abc sig==\n",
            "today",
        ),
    ]
}

fn ran(program: &str, arguments: &[&str]) -> Vec<u8> {
    let out = Command::new(program).args(arguments).output();
    let out = out.unwrap_or_else(|e| panic!("{program}: {e}"));
    let why = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{program} {arguments:?}: {why}");
    out.stdout
}

/// The words of a PDF as another program finds them, without the places where words may break.
fn words(pdf: &Path) -> String {
    found(pdf, &[])
}

/// The same without the heads and feet of A4 pages, which stand between the parts of a sentence.
fn body(pdf: &Path, wide: bool) -> String {
    let high = if wide { "448" } else { "695" };
    found(pdf, &["-x", "0", "-y", "67", "-W", "842", "-H", high])
}

fn found(pdf: &Path, crop: &[&str]) -> String {
    let arguments = [&["-raw"], crop, &[pdf.to_str().unwrap(), "-"]].concat();
    let out = ran("pdftotext", &arguments);
    String::from_utf8(out)
        .unwrap()
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '\u{200b}')
        .collect()
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[test]
fn every_paper_of_every_school_is_a_pdf_that_holds_all_its_words() {
    let (folder, _own) = folder();
    for (school, file) in FILES {
        let config = loaded(file);
        for document in papers(&config) {
            let begun = Instant::now();
            let pdf = paper::document(&document, Format::Pdf).unwrap_or_else(|e| panic!("{e}"));
            assert!(begun.elapsed() < Duration::from_secs(60), "{}", document.name);
            let path = folder.join(format!("{school}-{}.pdf", document.name));
            std::fs::write(&path, &pdf[0]).unwrap();
            assert_eq!(pdf, paper::document(&document, Format::Pdf).unwrap(), "same bytes");
            let found = body(&path, document.landscape);
            for part in &document.parts {
                for text in texts(part) {
                    assert!(found.contains(&squeezed(&text)), "{school} {}: {text}", document.name);
                }
            }
            assert!(words(&path).contains(&squeezed(&document.ownership)));
            let about =
                String::from_utf8_lossy(&ran("pdfinfo", &[path.to_str().unwrap()])).to_string();
            assert!(about.contains("Tagged:          yes"), "{about}");
            assert!(!about.contains("CreationDate"), "{about}");
            let fonts = ran("pdffonts", &[path.to_str().unwrap()]);
            let fonts = String::from_utf8_lossy(&fonts).to_string();
            assert!(
                fonts
                    .lines()
                    .skip(2)
                    .all(|l| l.contains("LiberationSans") && l.contains("yes yes")),
                "{fonts}"
            );
        }
    }
}

/// What a part says, as it stands on paper.
fn texts(part: &beadle::signage::Part) -> Vec<String> {
    use beadle::signage::Part;
    match part {
        Part::Heading(t) | Part::Text(t) | Part::Clause(t, _) => vec![t.clone()],
        Part::Points(all) | Part::Blanks(all) | Part::Signatures(all) => all.clone(),
        Part::Table { rows, .. } => rows.iter().flatten().cloned().collect(),
        Part::Facts(all) | Part::Checks(all) => {
            all.iter().flat_map(|(a, b)| [a.clone(), b.clone()]).collect()
        }
        _ => Vec::new(),
    }
}

#[test]
fn signs_have_letters_of_the_height_that_the_distance_asks_for() {
    let (folder, _own) = folder();
    for (school, file) in FILES {
        let config = loaded(file);
        for sign in &config.signage.signs {
            let sheet = sign::sheet(&config, sign, "Made from site.kdl").unwrap();
            let begun = Instant::now();
            let pdf = paper::sign(&sheet, Format::Pdf).unwrap_or_else(|e| panic!("{e}"));
            let took = begun.elapsed();
            println!("{school} {}: {} bytes in {took:?}", sheet.name, pdf[0].len());
            assert_eq!(pdf, paper::sign(&sheet, Format::Pdf).unwrap(), "same bytes");
            let path = folder.join(format!("{school}-{}.pdf", sheet.name));
            std::fs::write(&path, &pdf[0]).unwrap();
            let found = words(&path);
            for line in sheet.lines() {
                assert!(found.contains(&squeezed(&line.text)), "{}: {found}", line.text);
            }
            measure(&path, &sheet, sign.read_from_m.value);
            let decoded = decoded(&path, &folder);
            let wanted = sign::content(&config, sign).unwrap().code.unwrap();
            assert_eq!(decoded, wanted, "{school} {}", sheet.name);
            for format in [Format::Svg, Format::Png] {
                let page = paper::sign(&sheet, format).unwrap();
                assert_eq!(page.len(), 1);
                let ending = if format == Format::Svg { "svg" } else { "png" };
                std::fs::write(folder.join(format!("{school}-{}.{ending}", sheet.name)), &page[0])
                    .unwrap();
            }
        }
    }
}

/// Dots an inch at which ink is measured.
const DOTS: f64 = 150.0;

/// A page of a PDF as another program draws it: width, and one byte a dot.
fn drawn(pdf: &Path) -> (usize, Vec<u8>) {
    let out = ran("pdftoppm", &["-r", "150", "-gray", "-singlefile", pdf.to_str().unwrap()]);
    // P5, width, height, 255, then the dots.
    let mut fields = Vec::new();
    let mut at = 0;
    while fields.len() < 4 {
        let end = at + out[at..].iter().position(u8::is_ascii_whitespace).unwrap();
        fields.push(String::from_utf8_lossy(&out[at..end]).to_string());
        at = end + 1;
    }
    (fields[1].parse().unwrap(), out[at..].to_vec())
}

/// The ink of the headline's capitals, in mm, on the drawn page (R1.33).
fn measure(pdf: &Path, sheet: &Sheet, from: f64) {
    let (width, dots) = drawn(pdf);
    let wide_mm = width as f64 / DOTS * 25.4;
    assert!((wide_mm - sheet.width_mm).abs() < 0.5, "{wide_mm} mm wide");
    let line = sheet.lines().find(|l| l.part == Piece::Headline && l.text.starts_with("CCTV"));
    let line = line.expect("a headline");
    let dot = |mm: f64| (mm / 25.4 * DOTS) as usize;
    // The T of CCTV has no overshoot: look at the columns of the whole word's right half.
    let (top, bottom) =
        (dot(line.baseline - line.size_mm), dot(line.baseline + line.size_mm * 0.1));
    let (left, right) = (dot(line.x + line.size_mm * 1.5), dot(line.x + line.size_mm * 1.95));
    let inked = |y: &usize| dots[y * width + left..y * width + right].iter().any(|d| *d < 64);
    let rows: Vec<usize> = (top..bottom).filter(inked).collect();
    let high = (rows.last().unwrap() - rows[0] + 1) as f64 / DOTS * 25.4;
    println!("  capitals {high:.1} mm for {from} m");
    assert!(high >= 5.0 * from - 0.3, "{high} mm for {from} m");
    assert!((high - line.capital_mm()).abs() < 0.5, "{high} mm, not {}", line.capital_mm());
}

fn decoded(pdf: &Path, folder: &Path) -> String {
    let stem = folder.join("code");
    ran(
        "pdftoppm",
        &["-r", "100", "-png", "-singlefile", pdf.to_str().unwrap(), stem.to_str().unwrap()],
    );
    let png = stem.with_extension("png");
    let out = ran("zbarimg", &["--raw", "-q", "--nodbus", png.to_str().unwrap()]);
    String::from_utf8(out).unwrap().trim().to_string()
}

#[test]
fn long_names_forty_cameras_and_accents_stay_within_the_page() {
    let (folder, _own) = folder();
    let mut cameras = String::new();
    for n in 1..=40 {
        cameras += &format!(
            "camera \"cam-{n}\" \"Éclairage-extérieur-numéro-{n}-Llanfairpwllgwyngyllgogerychwyrndro\" \
             zone=\"entrance\" {{ stream \"rtsp://127.0.0.1:8554/cam{n}x\"; }}\n"
        );
    }
    let text = FILES[0]
        .1
        .replace("    camera \"front-gate\"", &format!("{cameras}    camera \"front-gate\""));
    let config = loaded(&text);
    for document in papers(&config) {
        let pdf = paper::document(&document, Format::Pdf).unwrap_or_else(|e| panic!("{e}"));
        let path = folder.join(format!("long-{}.pdf", document.name));
        std::fs::write(&path, &pdf[0]).unwrap();
        let boxes = ran("pdftotext", &["-bbox", path.to_str().unwrap(), "-"]);
        let boxes = String::from_utf8(boxes).unwrap();
        let wide = if document.landscape { 841.9 } else { 595.3 };
        let mut seen = 0;
        for line in boxes.lines().filter(|l| l.contains("<word")) {
            let value = |name: &str| -> f64 {
                let at = line.find(name).unwrap() + name.len() + 2;
                line[at..].split('"').next().unwrap().parse().unwrap()
            };
            seen += 1;
            assert!(
                value("xMin") >= 56.0 && value("xMax") <= wide - 55.0,
                "{}: {line}",
                document.name
            );
        }
        assert!(seen > 20, "{}", document.name);
    }
}

#[test]
fn a_letter_that_the_house_font_lacks_is_refused_by_name() {
    let text = FILES[0].1.replace("\"Front gate\"", "\"\u{4e2d}\"");
    let config = loaded(&text);
    let why = paper::document(&code::code(&config, Reader::Staff), Format::Pdf).unwrap_err();
    assert!(why.to_string().contains("U+4E2D"), "{why}");
}

const A4: &str = "iso_a4_210x297mm";

/// A printer of the lab: what it takes, and what it was sent.
struct Printer {
    address: String,
    jobs: std::sync::mpsc::Receiver<Vec<u8>>,
}

/// One request: its IPP part parsed, and the file behind it.
fn heard(stream: &mut std::net::TcpStream) -> (ipp::prelude::IppRequestResponse, Vec<u8>) {
    use std::io::Read;
    let (mut all, mut chunk) = (Vec::new(), [0; 65_536]);
    let end = loop {
        let n = stream.read(&mut chunk).unwrap();
        assert!(n > 0, "it hung up");
        all.extend_from_slice(&chunk[..n]);
        let Some(end) = all.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&all[..end]).to_ascii_lowercase();
        let length = head.lines().find_map(|l| l.strip_prefix("content-length: ")).unwrap();
        if all.len() >= end + 4 + length.trim().parse::<usize>().unwrap() {
            assert!(head.starts_with("post /ipp/print http/1.1"), "{head}");
            break end + 4;
        }
    };
    let reader = ipp::reader::IppReader::new(std::io::Cursor::new(all[end..].to_vec()));
    let mut request = ipp::parser::IppParser::new(reader).parse().unwrap();
    let mut file = Vec::new();
    request.payload_mut().read_to_end(&mut file).unwrap();
    (request, file)
}

/// Answers in chunks, as CUPS does.
fn printer(formats: &'static [&'static str], sheets: &'static [&'static str]) -> Printer {
    busy_printer(formats, sheets, 0)
}

/// So many jobs it refuses first, as one does that prints another.
fn busy_printer(
    formats: &'static [&'static str],
    sheets: &'static [&'static str],
    mut busy: usize,
) -> Printer {
    use ipp::prelude::*;
    use std::io::Write;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("ipp://{}/ipp/print", listener.local_addr().unwrap());
    let (sent, jobs) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let (request, file) = heard(&mut stream);
            let version = IppVersion::v1_1();
            let prints = request.header().operation_or_status == Operation::PrintJob as i16;
            let status = match prints && busy > 0 {
                true => StatusCode::ServerErrorBusy,
                false => StatusCode::SuccessfulOk,
            };
            let mut answer = IppRequestResponse::new_response(version, status, 1).unwrap();
            let mut say = |tag, name: &str, value| {
                let attribute = IppAttribute::with_name(name, value).unwrap();
                answer.attributes_mut().add(tag, attribute);
            };
            if status == StatusCode::ServerErrorBusy {
                busy -= 1;
            } else if prints {
                let job = request.attributes().first_of(DelimiterTag::JobAttributes).unwrap();
                assert_eq!(job.get("print-scaling").unwrap().value().to_string(), "none");
                say(DelimiterTag::JobAttributes, "job-id", IppValue::Integer(7));
                sent.send(file).unwrap();
            } else {
                let mime = |f: &&str| IppValue::new_mime_media_type(*f).unwrap();
                let word = |f: &&str| IppValue::new_keyword(*f).unwrap();
                let tag = DelimiterTag::PrinterAttributes;
                let all = IppValue::Array(formats.iter().map(mime).collect());
                say(tag, "document-format-supported", all);
                let all = IppValue::Array(sheets.iter().map(word).collect());
                say(tag, "media-supported", all);
            }
            let body = answer.to_bytes();
            let head = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\
                        Transfer-Encoding: chunked\r\n\r\n";
            let (one, two) = body.split_at(body.len() / 2);
            stream.write_all(head.as_bytes()).unwrap();
            for part in [one, two] {
                stream.write_all(format!("{:x}\r\n", part.len()).as_bytes()).unwrap();
                stream.write_all(part).unwrap();
                stream.write_all(b"\r\n").unwrap();
            }
            stream.write_all(b"0\r\n\r\n").unwrap();
        }
    });
    Printer { address, jobs }
}

#[test]
fn a_printer_gets_the_page_as_it_is_or_is_told_of() {
    use beadle::paper::printer::{Job, print};
    let config = loaded(FILES[0].1);
    let document = notice::notice(&config);
    let pdf = paper::document(&document, Format::Pdf).unwrap().remove(0);
    let job = |media| Job { from: "School", name: "privacy-notice", pdf: &pdf, media };
    let good = printer(&["application/pdf", "image/pwg-raster"], &[A4, "na_letter_8.5x11in"]);
    let said = print(&good.address, &job(A4)).unwrap();
    assert!(said.contains("took privacy-notice as its job 7"), "{said}");
    assert_eq!(good.jobs.recv_timeout(Duration::from_secs(10)).unwrap(), pdf);
    let busy = busy_printer(&["application/pdf"], &[A4], 1);
    assert!(print(&busy.address, &job(A4)).unwrap().contains("as its job 7"));
    assert_eq!(busy.jobs.recv_timeout(Duration::from_secs(10)).unwrap(), pdf);
    let why = print(&good.address, &job("iso_a3_297x420mm")).unwrap_err().to_string();
    assert!(why.contains("no sheets of A3"), "{why}");
    let raster = printer(&["image/pwg-raster"], &[A4]);
    let why = print(&raster.address, &job(A4)).unwrap_err().to_string();
    assert!(why.contains("takes no PDF, only image/pwg-raster"), "{why}");
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("ipp://{}/ipp/print", nobody.local_addr().unwrap());
    drop(nobody);
    let why = print(&address, &job(A4)).unwrap_err().to_string();
    assert!(why.contains("does not answer"), "{why}");
    // A printer of CUPS: `ippeveprinter -p 8631 -f application/pdf NAME`, and its address here.
    if let Ok(address) = std::env::var("BEADLE_PRINTER") {
        println!("{}", print(&address, &job(A4)).unwrap());
    }
}
