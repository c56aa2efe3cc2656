//! What `beadle` links: the C library and nothing that parses what a camera sends. GStreamer and
//! GLib belong to `beadle-pictures`, so that a broken plugin never stops a recorder, and so that
//! `beadle` runs on any Linux PC.

use std::process::Command;

/// `libgcc_s` unwinds the stack when Rust code panics; the loader's own name comes with libc.
const ALLOWED: [&str; 4] = ["libc.so.", "libm.so.", "libgcc_s.so.", "ld-linux"];

/// The libraries that a program's dynamic section names.
fn needed(program: &str) -> Vec<String> {
    let output = Command::new("readelf").args(["--dynamic", "--wide", program]).output();
    let output = output.expect("readelf is missing: apt-get install binutils");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let name = |line: &str| Some(line.split_once('[')?.1.split_once(']')?.0.to_string());
    text.lines().filter(|line| line.contains("(NEEDED)")).filter_map(name).collect()
}

#[test]
fn beadle_links_the_c_library_alone() {
    let needed = needed(env!("CARGO_BIN_EXE_beadle"));
    assert!(needed.iter().any(|name| name.starts_with("libc.so.")), "{needed:?}");
    let strange = |name: &&String| !ALLOWED.iter().any(|allowed| name.starts_with(allowed));
    let strange: Vec<_> = needed.iter().filter(strange).collect();
    assert!(strange.is_empty(), "beadle links {strange:?}");
}

#[cfg(feature = "pictures")]
#[test]
fn the_other_program_is_where_gstreamer_is() {
    let needed = needed(env!("CARGO_BIN_EXE_beadle-pictures"));
    assert!(needed.iter().any(|name| name.starts_with("libgstreamer-")), "{needed:?}");
}
