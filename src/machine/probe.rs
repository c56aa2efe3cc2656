//! Which file system begins here? Looks at one block; believes nothing of it but the name.

use super::order::Filing;

/// Enough for every mark below.
pub const BYTES: usize = 68 << 10;

/// Marks and where they stand. BitLocker To Go keeps a FAT's name in front and a GUID behind it.
const MARKS: &[(usize, &[u8], Filing)] = &[
    (3, b"-FVE-FS-", Filing::BitLocker),
    (424, &BITLOCKER_TO_GO, Filing::BitLocker),
    (3, b"EXFAT   ", Filing::ExFat),
    (3, b"NTFS    ", Filing::Ntfs),
    (82, b"FAT32   ", Filing::Fat),
    (54, b"FAT16   ", Filing::Fat),
    (54, b"FAT12   ", Filing::Fat),
    (0, b"LUKS\xba\xbe", Filing::Linux),
    (0, b"XFSB", Filing::Linux),
    (0, b"hsqs", Filing::Linux),
    (1_024, b"\xe2\xe1\xf5\xe0", Filing::Linux),
    (1_080, b"\x53\xef", Filing::Linux),
    (4_086, b"SWAPSPACE2", Filing::Linux),
    (536, b"LVM2 001", Filing::Linux),
    (4_096, b"\xfc\x4e\x2b\xa9", Filing::Linux),
    (65_600, b"_BHRfS_M", Filing::Linux),
    (0, b"verity\0\0", Filing::Linux),
];

/// 4967d63b-2e29-4ad8-8399-f6a339e3d001, as it lies on the disk.
const BITLOCKER_TO_GO: [u8; 16] = [
    0x3b, 0xd6, 0x67, 0x49, 0x29, 0x2e, 0xd8, 0x4a, 0x83, 0x99, 0xf6, 0xa3, 0x39, 0xe3, 0xd0, 0x01,
];

/// `front`: the first [`BYTES`] of a partition or disk, or fewer where it is smaller.
pub fn filing(front: &[u8]) -> Filing {
    let is = |at: usize, mark: &[u8]| front.get(at..at + mark.len()) == Some(mark);
    let found = MARKS.iter().find(|(at, mark, _)| is(*at, mark));
    found.map_or(Filing::Nothing, |(_, _, filing)| *filing)
}
