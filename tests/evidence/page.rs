//! `player.html` in a browser, opened from its folder as an officer opens it: it asks for the
//! folder, plays, steps, keeps cameras in step, shows the gap, and turns red at one byte.

use std::path::PathBuf;

use serde_json::json;

use crate::browser::Browser;
use crate::school::{School, copy};

/// Where a person can look at what it looked like: `PICTURES=/tmp/x`.
fn shot(browser: &mut Browser, name: &str) {
    if let Some(folder) = std::env::var_os("PICTURES") {
        browser.picture(&PathBuf::from(folder).join(name));
    }
}

#[test]
fn the_page_plays_steps_keeps_cameras_together_and_checks_every_file() {
    let school = School::recorded("plain");
    let package = school.package();
    let Some(mut browser) = Browser::open(&package.join("player.html")) else { return };
    assert_eq!(browser.eval("document.getElementById('main').hidden"), json!(true));
    shot(&mut browser, "1-asks.png");
    browser.choose(&package);
    browser.until("it is open", "!!beadle.manifest && beadle.cameras.length === 2");
    browser.until("it is checked", "!!beadle.checked");
    assert_eq!(browser.eval("beadle.checked"), json!([]));
    let verdict = browser.eval("document.getElementById('verdict').className");
    assert_eq!(verdict, json!("good"));
    plays(&mut browser);
    steps(&mut browser);
    shows_the_gap(&mut browser, &school);
    prints(&mut browser);
    turns_red(&package);
}

/// Both run, at the same moment of the day, and at another speed.
fn plays(browser: &mut Browser) {
    browser.eval("beadle.seek(Date.parse(beadle.manifest.cameras[1].clips[0].from) + 500, true)");
    let both = "beadle.cameras.every(c => c.clip && c.video.readyState >= 2)";
    browser.until("both have a picture", both);
    let begun = browser.eval("beadle.at").as_f64().unwrap();
    browser.press(" ");
    browser.until("it plays", &format!("beadle.playing && beadle.at > {begun} + 1000"));
    // In step: what each shows, on the clock that all share.
    let spread = "(() => { const t = beadle.cameras.filter(c => c.clip).map(c => \
                  Date.parse(c.clip.from) + c.video.currentTime * 1000); \
                  return t.length === 2 ? Math.max(...t) - Math.min(...t) : 9999 })()";
    browser.until("both cameras are in step", &format!("{spread} < 250"));
    println!("playing, the two cameras are {} ms apart", browser.eval(spread));
    shot(browser, "2-plays.png");
    browser.press(" ");
    assert_eq!(browser.eval("beadle.playing"), json!(false));
    for (key, speed) in [("+", 2.0), ("+", 4.0), ("-", 2.0), ("-", 1.0), ("-", 0.5), ("+", 1.0)] {
        browser.press(key);
        assert_eq!(browser.eval("beadle.speed").as_f64(), Some(speed));
    }
}

/// One press, one picture, both ways, in every camera that has one.
fn steps(browser: &mut Browser) {
    browser.eval("beadle.seek(Date.parse(beadle.manifest.cameras[1].clips[0].from) + 700, true)");
    let frames = "Promise.all(beadle.cameras.map(async c => \
                  beadle.frameAt(await beadle.frames(c.clip), c.video.currentTime)))";
    let before = browser.eval(frames);
    let first = |value: &serde_json::Value| value[0].as_i64().unwrap();
    for (key, by) in [("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), (",", 0), (",", -1)] {
        browser.press(key);
        browser.eval("beadle.busy");
        browser.until(
            "it stands still",
            "beadle.cameras.every(c => !c.clip || !c.video.seeking && c.video.readyState >= 2)",
        );
        let now = browser.eval(frames);
        assert_eq!(first(&now) - first(&before), by, "{key}: {before} to {now}");
        let apart = (now[1].as_i64().unwrap() - before[1].as_i64().unwrap() - by).abs();
        assert!(apart <= 1, "the other camera follows: {before} to {now}");
    }
    println!("stepping: from picture {before}, +1 +1 -1 -1 -1, each exactly one");
    // What the browser put on the screen is that picture, where it tells.
    let shown = "(() => { const c = beadle.cameras[0]; return c.shown === undefined ? 0 : \
                 Math.abs(c.shown - c.video.currentTime) })()";
    assert!(browser.eval(shown).as_f64().unwrap() < 0.2);
    let still = browser.eval("beadle.still()");
    assert!(still["name"].as_str().unwrap().starts_with("cam-1_"), "{still}");
    browser.press("m");
    assert_eq!(browser.eval("beadle.marks.length"), json!(1));
}

fn shows_the_gap(browser: &mut Browser, school: &School) {
    let manifest = School::manifest(&school.out.path().join(first_package(school)));
    let gap = &manifest.cameras[1].gaps[0];
    let middle = (gap.from.0 + gap.to.0) / 2 / 1_000;
    browser.eval(&format!("beadle.seek({middle}, true)"));
    let text = browser.eval(
        "beadle.cameras[1].cell.classList.contains('nothing') && beadle.cameras[1].gap.textContent",
    );
    println!("in the gap cam-2 says: {text}");
    assert!(text.as_str().is_some_and(|t| t.contains("No pictures: disabled")), "{text}");
    assert_eq!(browser.eval("beadle.cameras[0].cell.classList.contains('nothing')"), json!(false));
    shot(browser, "3-gap.png");
}

fn first_package(school: &School) -> String {
    let mut names: Vec<String> = std::fs::read_dir(school.out.path())
        .unwrap()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.starts_with("export-"))
        .collect();
    names.sort();
    names.remove(0)
}

fn prints(browser: &mut Browser) {
    browser.press("i");
    let text = browser.eval("document.getElementById('about').innerText");
    let text = text.as_str().unwrap();
    for says in ["Owner and copyright", "The school", "tamsin", "odessa", "CR-77-2026", "SHA256:"] {
        assert!(text.contains(says), "{says} is not in the manifest as shown: {text}");
    }
    shot(browser, "4-manifest.png");
}

/// One bit of one picture.
fn turns_red(package: &std::path::Path) {
    let spoilt = copy(package, "spoilt");
    let clip = School::manifest(package).cameras[0].clips[0].file.clone();
    let mut bytes = std::fs::read(spoilt.join(&clip)).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(spoilt.join(&clip), bytes).unwrap();
    let Some(mut browser) = Browser::open(&spoilt.join("player.html")) else { return };
    browser.choose(&spoilt);
    browser.until("it is checked", "!!beadle.checked");
    assert_eq!(browser.eval("beadle.checked"), json!([clip]));
    assert_eq!(browser.eval("document.getElementById('verdict').className"), json!("bad"));
    let says = browser.eval("document.getElementById('verdict').textContent");
    println!("one bit changed: {says}");
    shot(&mut browser, "5-red.png");
}
