//! A paper as one HTML page that needs nothing else: for the school's website.

use std::borrow::Cow;

use super::page::{Document, Part, picture_kind};
use super::pictogram;
use super::text::Numbers;

/// Small, readable on a telephone, in print and aloud; dark or light as the reader's screen is.
const STYLE: &str = "\
:root{color-scheme:light dark}body{font:1.05rem/1.55 'Liberation Sans',Arial,sans-serif;\
max-width:46rem;margin:2rem auto;padding:0 1rem}h1{font-size:1.7rem;line-height:1.25}\
h2{font-size:1.2rem;margin-top:2rem}.n{font-weight:bold;margin-right:.6em}\
.s{font-size:.8rem;opacity:.75;margin-left:.5em}table{border-collapse:collapse;width:100%}\
th,td{border:1px solid;padding:.3rem .5rem;text-align:left;vertical-align:top;\
overflow-wrap:anywhere}dt{font-weight:bold;margin-top:.4rem}dd{margin:0}\
footer{border-top:1px solid;margin-top:2.5rem;font-size:.85rem}svg,img{max-width:14rem}\
.sign{display:flex;gap:1rem;border-bottom:1px dotted;padding:1.6rem 0 .2rem}";

/// The whole page.
pub fn write(document: &Document) -> String {
    let (title, site) = (escaped(&document.title), escaped(&document.site));
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}: {site}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<header><p>{site}</p><h1>{title}</h1>\n"
    );
    if !document.subtitle.is_empty() {
        out += &format!("<p>{}</p>\n", escaped(&document.subtitle));
    }
    out += "</header>\n<main>\n";
    let mut numbers = Numbers::default();
    for part in &document.parts {
        out += &written(part, &mut numbers);
    }
    out += &format!("</main>\n<footer><p>{}</p>\n", escaped(&document.ownership));
    for line in &document.foot {
        out += &format!("<p>{}</p>\n", escaped(line));
    }
    out + "</footer>\n</body>\n</html>\n"
}

/// Letters that mean something to a browser, and control characters, which no page has.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            c if c.is_control() && c != '\n' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

fn each(items: &[String], before: &str, after: &str) -> String {
    items.iter().map(|item| format!("{before}{}{after}\n", escaped(item))).collect()
}

fn written(part: &Part, numbers: &mut Numbers) -> String {
    match part {
        Part::Heading(text) => format!("<h2>{}. {}</h2>\n", numbers.heading(), escaped(text)),
        Part::Clause(text, source) => format!(
            "<p><span class=\"n\">{}</span>{}<span class=\"s\">{}</span></p>\n",
            numbers.clause(),
            escaped(text),
            escaped(&source.shown())
        ),
        Part::Text(text) => format!("<p>{}</p>\n", escaped(text)),
        Part::Points(points) => format!("<ul>\n{}</ul>\n", each(points, "<li>", "</li>")),
        Part::Table { head, rows, .. } => table(head, rows),
        Part::Facts(facts) => {
            let said = |(name, fact): &(String, String)| {
                format!("<dt>{}</dt><dd>{}</dd>\n", escaped(name), escaped(fact))
            };
            format!("<dl>\n{}</dl>\n", facts.iter().map(said).collect::<String>())
        }
        Part::Blanks(names) => each(names, "<p class=\"sign\">", "</p>"),
        Part::Checks(checks) => {
            let said = |(what, known): &(String, String)| {
                let known = if known.is_empty() { String::new() } else { format!(" ({known})") };
                format!("<li>\u{2610} {}{}</li>\n", escaped(what), escaped(&known))
            };
            format!("<ul>\n{}</ul>\n", checks.iter().map(said).collect::<String>())
        }
        Part::Signatures(names) => each(names, "<p class=\"sign\">", "</p>"),
        Part::Code { text, caption } => {
            let drawn = pictogram::code(text).map(|c| c.svg).unwrap_or_default();
            format!("<figure>{drawn}<figcaption>{}</figcaption></figure>\n", escaped(caption))
        }
        Part::Picture { file, caption } => {
            use base64::Engine;
            let kind = picture_kind(file);
            let data = base64::engine::general_purpose::STANDARD.encode(file);
            let said = escaped(caption);
            format!(
                "<figure><img alt=\"{said}\" src=\"data:image/{kind};base64,{data}\">\
                 <figcaption>{said}</figcaption></figure>\n"
            )
        }
        Part::Exact(text) => format!("<pre>{}</pre>\n", escaped(text)),
        Part::NewPage => "<hr>\n".to_string(),
    }
}

fn table(head: &[Cow<'static, str>], rows: &[Vec<String>]) -> String {
    let head: String = head.iter().map(|h| format!("<th>{}</th>", escaped(h))).collect();
    let row = |cells: &Vec<String>| {
        let cells: String = cells.iter().map(|c| format!("<td>{}</td>", escaped(c))).collect();
        format!("<tr>{cells}</tr>\n")
    };
    let rows: String = rows.iter().map(row).collect();
    format!("<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n")
}
