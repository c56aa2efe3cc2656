//! The machine's clock set by hand, on a box that no time server reaches (R7.8): the system's, and
//! the one that runs on a battery, so that the next start has it too.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::fd::AsRawFd;
use std::path::Path;

use crate::base::fault::{Fault, FaultKind};
use crate::base::time::Utc;

const BATTERY: &str = "/dev/rtc0";
/// `RTC_SET_TIME` of `linux/rtc.h`: write, 36 bytes, `p`, 10.
const SET_TIME: libc::c_ulong = 0x4024_700a;
/// Whoever types an earlier year has slipped: no Beadle is as old.
const EARLIEST: Utc = Utc(1_767_225_600_000_000); // 2026-01-01
const LATEST: Utc = Utc(4_102_444_800_000_000); // 2100-01-01

/// `struct rtc_time`.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Civil {
    sec: libc::c_int,
    min: libc::c_int,
    hour: libc::c_int,
    mday: libc::c_int,
    mon: libc::c_int,
    year: libc::c_int,
    wday: libc::c_int,
    yday: libc::c_int,
    isdst: libc::c_int,
}

/// # Errors
/// A moment that cannot be meant; the kernel refuses.
pub fn set(at: Utc) -> Result<(), Fault> {
    sensible(at)?;
    let micros = at.0.rem_euclid(1_000_000);
    let seconds = (at.0 - micros) / 1_000_000;
    // SAFETY: an all-zero `timespec` is a moment.
    let mut moment: libc::timespec = unsafe { std::mem::zeroed() };
    moment.tv_sec = seconds as libc::time_t;
    moment.tv_nsec = (micros * 1_000) as libc::c_long;
    // SAFETY: the pointer is to a whole `timespec` of ours.
    if unsafe { libc::clock_settime(libc::CLOCK_REALTIME, &moment) } != 0 {
        return Err(Fault::io("setting the clock", &std::io::Error::last_os_error()));
    }
    battery(Path::new(BATTERY), at)
}

fn sensible(at: Utc) -> Result<(), Fault> {
    match (EARLIEST..LATEST).contains(&at) {
        true => Ok(()),
        false => {
            let text = format!("{at} cannot be meant: it lies outside of the years 2026 to 2099");
            Err(Fault::new(FaultKind::Denied, text))
        }
    }
}

/// A machine without one has nothing to keep.
fn battery(device: &Path, at: Utc) -> Result<(), Fault> {
    let device = match OpenOptions::new().read(true).open(device) {
        Ok(device) => device,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(Fault::io("opening the clock that runs on a battery", &e)),
    };
    let civil = civil(at)?;
    // SAFETY: the descriptor is open, and the pointer is to a whole `rtc_time` of ours.
    if unsafe { libc::ioctl(device.as_raw_fd(), SET_TIME, &civil) } != 0 {
        let why = std::io::Error::last_os_error();
        return Err(Fault::io("setting the clock that runs on a battery", &why));
    }
    Ok(())
}

/// In UTC, as the battery's clock counts it.
fn civil(at: Utc) -> Result<Civil, Fault> {
    let seconds = at.0.div_euclid(1_000_000) as libc::time_t;
    // SAFETY: an all-zero `tm` is a moment.
    let mut tm: libc::tm = unsafe { std::mem::zeroed() };
    // SAFETY: both pointers are to whole values of ours, and the second outlives the call.
    if unsafe { libc::gmtime_r(&seconds, &mut tm) }.is_null() {
        return Err(Fault::new(FaultKind::Denied, format!("{at} has no date")));
    }
    Ok(Civil {
        sec: tm.tm_sec,
        min: tm.tm_min,
        hour: tm.tm_hour,
        mday: tm.tm_mday,
        mon: tm.tm_mon,
        year: tm.tm_year,
        wday: tm.tm_wday,
        yday: tm.tm_yday,
        isdst: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_becomes_what_the_battery_s_clock_takes() {
        assert_eq!(size_of::<Civil>(), 36, "as the number of the call says");
        let at: Utc = "2026-11-22T21:05:09Z".parse().unwrap();
        let civil = civil(at).unwrap();
        assert_eq!((civil.year, civil.mon, civil.mday), (126, 10, 22));
        assert_eq!((civil.hour, civil.min, civil.sec), (21, 5, 9));
        assert_eq!((civil.wday, civil.yday, civil.isdst), (0, 325, 0));
    }

    #[test]
    fn a_slip_of_the_finger_is_refused_before_anything_is_set() {
        for wrong in ["2025-12-31T23:59:59Z", "2100-01-01T00:00:00Z", "1970-01-01T00:00:00Z"] {
            let why = set(wrong.parse().unwrap()).unwrap_err();
            assert!(why.text.contains("cannot be meant"), "{wrong}: {why}");
        }
        assert_eq!(sensible("2026-11-22T21:05:09Z".parse().unwrap()), Ok(()));
        assert_eq!(battery(Path::new("/nonexistent/rtc0"), Utc(0)), Ok(()), "none is there");
    }
}
