//! A headless Chromium that is driven over its own pipe: no driver, no library, no network.

use std::cell::Cell;
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::live::PATIENCE;

pub struct Browser {
    child: Child,
    says: File,
    hears: File,
    left: Vec<u8>,
    next: Cell<u64>,
    session: String,
    _folder: tempfile::TempDir,
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Browser {
    /// Opens a page; `None`, after a word, where there is no Chromium.
    pub fn open(page: &Path) -> Option<Browser> {
        let program = ["chromium", "chromium-browser", "google-chrome"].into_iter().find(|name| {
            let there = Command::new(name).arg("--version").stdout(Stdio::null()).status();
            there.is_ok_and(|status| status.success())
        });
        let Some(program) = program else {
            println!("SKIPPED: there is no Chromium here");
            return None;
        };
        let folder = tempfile::Builder::new().prefix("browser-").tempdir().unwrap();
        let pipe = |name: &str| {
            let path = folder.path().join(name);
            nix::unistd::mkfifo(&path, nix::sys::stat::Mode::from_bits_truncate(0o600)).unwrap();
            path
        };
        let (to, from) = (pipe("to"), pipe("from"));
        // Descriptors 3 and 4, as it wants them. Nothing lifts what a `file:` page may not do.
        let line = format!(
            "exec {program} --headless=new --no-sandbox --disable-gpu --no-first-run \
             --disable-dev-shm-usage --autoplay-policy=no-user-gesture-required \
             --window-size=1280,900 --user-data-dir={} --remote-debugging-pipe \
             3<'{}' 4>'{}'",
            folder.path().join("profile").display(),
            to.display(),
            from.display()
        );
        let mut command = Command::new("sh");
        command.args(["-c", &line]).stdin(Stdio::null()).stdout(Stdio::null());
        let child = command.stderr(Stdio::null()).spawn().unwrap();
        // Each end waits for the other, in the order of the shell's line.
        let says = File::options().write(true).open(&to).unwrap();
        let hears = File::options().read(true).open(&from).unwrap();
        let (left, next) = (Vec::new(), Cell::new(1));
        let session = String::new();
        let mut browser = Browser { child, says, hears, left, next, session, _folder: folder };
        let url = format!("file://{}", page.display());
        let target = browser.call("Target.createTarget", json!({ "url": url }));
        let id = target["targetId"].clone();
        let attach = json!({ "targetId": id, "flatten": true });
        let attached = browser.call("Target.attachToTarget", attach);
        browser.session = attached["sessionId"].as_str().unwrap().to_string();
        browser.call("Page.enable", json!({}));
        let there = "document.readyState === 'complete' && !!document.getElementById('folder')";
        browser.until("the page is there", there);
        Some(browser)
    }

    /// One command and its answer; events between are passed over.
    pub fn call(&mut self, method: &str, params: Value) -> Value {
        let id = self.next.replace(self.next.get() + 1);
        let mut message = json!({ "id": id, "method": method, "params": params });
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        let mut bytes = serde_json::to_vec(&message).unwrap();
        bytes.push(0);
        self.says.write_all(&bytes).expect("the browser listens");
        loop {
            let answer = self.hear();
            if answer["id"] == json!(id) {
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].clone();
            }
        }
    }

    fn hear(&mut self) -> Value {
        loop {
            if let Some(end) = self.left.iter().position(|b| *b == 0) {
                let message: Vec<u8> = self.left.drain(..=end).collect();
                return serde_json::from_slice(&message[..end]).unwrap();
            }
            let mut block = [0; 65_536];
            let n = self.hears.read(&mut block).unwrap();
            assert!(n > 0, "the browser is gone");
            self.left.extend_from_slice(&block[..n]);
        }
    }

    /// What an expression comes to; promises are waited for.
    pub fn eval(&mut self, text: &str) -> Value {
        let params = json!({ "expression": text, "awaitPromise": true, "returnByValue": true });
        let result = self.call("Runtime.evaluate", params);
        assert!(result["exceptionDetails"].is_null(), "{text}: {}", result["exceptionDetails"]);
        result["result"]["value"].clone()
    }

    /// Asks until it is so.
    pub fn until(&mut self, what: &str, text: &str) {
        let late = Instant::now() + PATIENCE;
        while self.eval(text) != json!(true) {
            assert!(Instant::now() < late, "never: {what}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// As a person presses it.
    pub fn press(&mut self, key: &str) {
        for kind in ["keyDown", "keyUp"] {
            self.call("Input.dispatchKeyEvent", json!({ "type": kind, "key": key }));
        }
    }

    /// As a person chooses a folder in the picker.
    pub fn choose(&mut self, folder: &Path) {
        let document = self.call("DOM.getDocument", json!({}));
        let root = document["root"]["nodeId"].clone();
        let find = json!({ "nodeId": root, "selector": "#folder" });
        let node = self.call("DOM.querySelector", find)["nodeId"].clone();
        let files = json!({ "nodeId": node, "files": [folder.to_str().unwrap()] });
        self.call("DOM.setFileInputFiles", files);
    }

    pub fn picture(&mut self, to: &Path) {
        use base64::Engine;
        let shot = self.call("Page.captureScreenshot", json!({ "format": "png" }));
        let text = shot["data"].as_str().unwrap();
        let bytes = base64::engine::general_purpose::STANDARD.decode(text).unwrap();
        std::fs::write(to, bytes).unwrap();
    }
}
