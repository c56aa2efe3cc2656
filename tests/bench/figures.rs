//! What the kernel counts: CPU of processes, their memory, bytes of a block device.

use std::fs;
use std::path::Path;
use std::time::Instant;

use sha2::{Digest as _, Sha256};

/// Nanoseconds of CPU of every thread that lives.
pub fn cpu_ns(pids: &[u32]) -> u64 {
    pids.iter().map(|pid| cpu_of(*pid)).sum()
}

fn cpu_of(pid: u32) -> u64 {
    let Ok(tasks) = fs::read_dir(format!("/proc/{pid}/task")) else {
        return 0;
    };
    let ns = |task: fs::DirEntry| {
        let text = fs::read_to_string(task.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<u64>().ok()
    };
    tasks.flatten().filter_map(ns).sum()
}

/// Each thread's name and nanoseconds, for the note under the table.
pub fn threads(pid: u32) -> Vec<(String, u64)> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    tasks
        .filter_map(|task| {
            let name = fs::read_to_string(task.path().join("comm")).ok()?.trim().to_string();
            let text = fs::read_to_string(task.path().join("schedstat")).ok()?;
            Some((name, text.split(' ').next()?.parse().ok()?))
        })
        .collect()
}

/// Proportional set size in bytes: private memory whole, shared pages by their share.
pub fn pss(pids: &[u32]) -> u64 {
    let of = |pid: &u32| {
        let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
        let line = text.lines().find(|l| l.starts_with("Pss:"))?;
        line.split_whitespace().nth(1)?.parse::<u64>().ok()
    };
    pids.iter().filter_map(of).sum::<u64>() * 1024
}

/// Bytes that a process handed to block devices, less what it took back.
pub fn write_bytes(pid: u32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/io")).unwrap_or_default();
    let line = text.lines().find_map(|l| l.strip_prefix("write_bytes: "));
    line.and_then(|n| n.trim().parse().ok()).unwrap_or(0)
}

/// Bytes written to a block device since it was made (`loop3`).
pub fn device_bytes(device: &str) -> u64 {
    let text = fs::read_to_string(format!("/sys/block/{device}/stat")).unwrap_or_default();
    text.split_whitespace().nth(6).and_then(|n| n.parse::<u64>().ok()).unwrap_or(0) * 512
}

/// Nanoseconds of CPU that one SHA-256 pass over a byte takes, with the code that Beadle uses.
pub fn sha256_ns_a_byte() -> f64 {
    let block = vec![0x5a_u8; 16 << 10];
    let began = cpu_of_this_thread();
    let mut sum = Sha256::new();
    for _ in 0..2_000 {
        sum.update(&block);
    }
    std::hint::black_box(sum.finalize());
    (cpu_of_this_thread() - began) as f64 / (2_000 * block.len()) as f64
}

fn cpu_of_this_thread() -> u64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0)
}

/// Bytes of all files below, as their sizes say.
pub fn sizes(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(meta) if meta.is_dir() => sizes(&entry.path()),
            Ok(meta) => meta.len(),
            Err(_) => 0,
        })
        .sum()
}

pub fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of.get(of.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Seconds since, for progress lines.
pub fn since(began: Instant) -> f64 {
    began.elapsed().as_secs_f64()
}
