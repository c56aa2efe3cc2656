//! Retention: what goes sooner than before, camera by camera.

use super::Versions;
use crate::config::retention::WhenFull;

/// `target-days` serves forecasts alone, and a longer ceiling keeps more: neither shortens a thing.
/// A camera that leaves the file keeps the rules of the last version that named it.
pub(super) fn compare(v: &mut Versions<'_>) {
    for camera in &v.old.cameras.list {
        let Some(now) = v.new.camera(&camera.id.value) else { continue };
        let (was, is) = (v.old.keep(camera), v.new.keep(now));
        let title = &now.title.value;
        let floor = (was.min_days.value, is.min_days.value);
        let ceiling = (was.max_days.value, is.max_days.value);
        if floor.1 < floor.0 {
            let (was, is) = floor;
            v.shorten(format!("{title} is kept at least {is} days instead of {was}"));
        }
        if ceiling.1 < ceiling.0 {
            let (was, is) = ceiling;
            v.shorten(format!("{title} is kept at most {is} days instead of {was}"));
        }
    }
    let full = (v.old.retention.when_full.value, v.new.retention.when_full.value);
    if full == (WhenFull::Stop, WhenFull::Oldest) {
        v.shorten("a full disk deletes the oldest footage instead of stopping");
    }
    let years = (v.old.logbook.keep_years.value, v.new.logbook.keep_years.value);
    if years.1 < years.0 {
        v.weaken(format!("the logbook is kept {} years instead of {}", years.1, years.0));
    }
}
