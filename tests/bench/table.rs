//! The table, ready to be pasted into the README.

use std::fs::read_to_string;

use super::place::run;

pub struct Table {
    rows: Vec<[String; 4]>,
    notes: Vec<String>,
}

impl Table {
    pub fn new() -> Table {
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        let text = read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = text.lines().find_map(|l| l.strip_prefix("model name")?.split(": ").nth(1));
        let kernel = read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let day =
            run(std::process::Command::new("date").arg("+%Y-%m-%d %H:%M")).unwrap_or_default();
        let machine = format!(
            "{cores} cores of {}, Linux {}, {}; cameras 1080p15, 2 Mbit/s, H.264, over TCP.",
            model.unwrap_or("an unknown processor"),
            kernel.trim(),
            day.trim()
        );
        Table { rows: Vec::new(), notes: vec![machine] }
    }

    pub fn row(&mut self, what: &str, target: &str, measured: String, met: bool) {
        let verdict = if met { "met" } else { "missed" };
        eprintln!("{what}: {measured} ({target}: {verdict})");
        self.rows.push([what.into(), target.into(), measured, verdict.into()]);
    }

    /// A figure beside ours; not a number where the peer was not measured.
    pub fn peer(&mut self, what: &str, figure: f64, unit: &str) {
        if figure.is_finite() {
            self.rows.push([what.into(), String::new(), format!("{figure:.2}{unit}"), "".into()]);
        }
    }

    pub fn note(&mut self, words: String) {
        self.notes.push(words);
    }

    pub fn print(&self) {
        let load = read_to_string("/proc/loadavg").unwrap_or_default();
        let load: Vec<&str> = load.split(' ').take(3).collect();
        let heads = ["what", "target", "measured", "verdict"].map(String::from);
        let rules = ["---", "---", "---", "---"].map(String::from);
        for row in [&heads, &rules].into_iter().chain(&self.rows) {
            println!("| {} |", row.join(" | "));
        }
        println!();
        for note in &self.notes {
            println!("- {note}");
        }
        println!("- Load average at the end: {}.", load.join(" "));
    }
}
