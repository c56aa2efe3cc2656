//! What the fake disk keeps and loses.

use super::*;

#[test]
fn flushed_content_under_a_synced_name_survives_and_the_rest_may_tear() {
    let (mut torn, mut vanished) = (0, 0);
    for seed in 0..50 {
        let disk = FakeDisk::new(seed);
        disk.make_folder("a").unwrap();
        let mut kept = disk.create_new("a/kept").unwrap();
        kept.append(&[b"durable"]).unwrap();
        kept.flush().unwrap();
        disk.sync_folder("a").unwrap();
        kept.append(&[b"-and-not"]).unwrap();
        disk.create_new("a/unsynced").unwrap();
        disk.power_cut(seed);
        let bytes = disk.read_at("a/kept", 0, 99).unwrap();
        assert!(bytes.starts_with(b"durable"), "{bytes:?}");
        torn += u32::from(bytes != b"durable-and-not");
        vanished += u32::from(disk.size("a/unsynced").is_err());
        assert!(kept.append(&[b"x"]).is_err(), "a handle outlived the crash");
    }
    assert!(torn > 10 && vanished > 10 && vanished < 40, "{torn} {vanished}");
}

#[test]
fn a_kill_loses_nothing_and_a_full_disk_takes_what_fits() {
    let disk = FakeDisk::new(1);
    let mut file = disk.create_new("x").unwrap();
    disk.set_capacity(5);
    assert_eq!(file.append(&[b"1234", b"5678"]).unwrap_err().kind, FaultKind::Full);
    disk.kill();
    assert_eq!(disk.read_at("x", 0, 9).unwrap(), b"12345");
    assert_eq!(disk.room().unwrap().free, 0);
    disk.remove("x").unwrap();
    assert_eq!(disk.room().unwrap().free, 5);
}

#[test]
fn a_crash_comes_after_the_operation_asked_for() {
    for n in 0..4 {
        let disk = FakeDisk::new(n);
        disk.crash_after(n);
        let done = (0..4).take_while(|i| disk.replace(&format!("f{i}"), b"x").is_ok()).count();
        assert_eq!(done as u64, n);
        assert!(disk.has_crashed() && disk.list("").is_err());
        disk.power_cut(n);
        assert_eq!(disk.list("").unwrap().len() as u64, n);
    }
}
