//! The clocks of a recorder under test, in the test's hand: a library that stands before the C
//! library's clock adds what a file says. Needs a C compiler.

use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use beadle::base::time::Span;

pub struct Shift {
    library: PathBuf,
    file: PathBuf,
}

impl Shift {
    /// # Errors
    /// There is no compiler: why, for the line that says SKIPPED.
    pub fn make(folder: &Path) -> Result<Shift, String> {
        let (source, library) = (folder.join("shift.c"), folder.join("shift.so"));
        std::fs::write(&source, include_str!("shift.c")).map_err(|e| e.to_string())?;
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(&source);
        let made = compiler.output().map_err(|e| format!("cc cannot be run: {e}"))?;
        if !made.status.success() {
            return Err(String::from_utf8_lossy(&made.stderr).into_owned());
        }
        let shift = Shift { library, file: folder.join("shift") };
        shift.by(Span::ZERO, Span::ZERO);
        Ok(shift)
    }

    /// From now on the wall clock and the steady one show so much more than the machine's.
    pub fn by(&self, wall: Span, steady: Span) {
        let options = &mut std::fs::File::options();
        let file = options.create(true).truncate(false).write(true).open(&self.file).unwrap();
        let nanos = |span: Span| (span.0 * 1_000).to_ne_bytes();
        file.write_all_at(&[nanos(wall), nanos(steady)].concat(), 0).unwrap();
    }

    pub fn apply(&self, command: &mut Command) {
        command.env("LD_PRELOAD", &self.library).env("SHIFT_FILE", &self.file);
    }
}
