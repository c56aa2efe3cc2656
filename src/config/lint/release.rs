//! Rules about what leaves the box, and about the box itself.

use super::{Known, Out};
use crate::config::Config;
use crate::config::disclosure::Medium;
use crate::config::duties::DutyKind;

/// FAT32 and some police portals end here: one byte less than 4 GiB (R2.26).
const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024 * 1024 - 1;

/// No personal data on unencrypted sticks (S4.27, K8).
pub(super) fn medium(config: &Config, _: Known, out: &mut Out) {
    let medium = &config.disclosure.medium;
    if let (Medium::Plain, Some(place)) = (medium.value, medium.place()) {
        out.warn(
            place,
            "copies leave the school unencrypted, without an exception each time",
            "write medium=\"encrypted\"; a plain copy is then an exception with its reason",
        );
    }
}

/// A file of 4 GB and more does not fit every carrier or portal (R2.26).
pub(super) fn split(config: &Config, _: Known, out: &mut Out) {
    let split = &config.disclosure.split;
    if let (true, Some(place)) = (split.value.0 > FILE_BYTES_MAX, split.place()) {
        out.advise(
            place,
            format!(
                "files of {} do not fit a FAT32 stick, and some portals refuse them",
                split.value
            ),
            "write split=\"4GB\" or less",
        );
    }
}

/// The system is looked after every year (S4.7, R2.5).
pub(super) fn maintenance(config: &Config, _: Known, out: &mut Out) {
    let written = |d: &&crate::config::duties::Duty| d.kind.value == DutyKind::Maintenance;
    match config.duties.iter().find(written) {
        Some(duty) if duty.due.is_some() => {}
        Some(duty) if duty.kind.place().is_some() => out.advise(
            duty.kind.place().unwrap_or_default(),
            "maintenance has no date",
            "add due=\"2027-07-01\": the next visit; later ones follow by themselves",
        ),
        _ => out.advise(
            config.site.name.place,
            "no yearly maintenance is planned",
            "add `maintenance every=\"year\" due=\"...\"` to duties",
        ),
    }
}
