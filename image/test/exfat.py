"""Reads a stick with exFAT on it, as no kernel of a build machine does: enough to take every file off it."""

import struct


class Stick:
    def __init__(self, path):
        self.file = open(path, "rb")
        boot = self._at(0, 512)
        if boot[3:11] != b"EXFAT   ":
            table = struct.unpack("<I", boot[454:458])[0] * 512  # the first partition of a table
            self.base = table
            boot = self._at(table, 512)
        else:
            self.base = 0
        if boot[3:11] != b"EXFAT   ":
            raise ValueError("no exFAT here")
        fat, _, heap, _, root = struct.unpack("<IIIII", boot[80:100])
        self.sector = 1 << boot[108]
        self.cluster = self.sector << boot[109]
        self.fat, self.heap, self.root = fat * self.sector, heap * self.sector, root

    def _at(self, at, size):
        self.file.seek(at)
        return self.file.read(size)

    def _chain(self, first, size, contiguous):
        """The bytes of a file, or of a folder whose size nobody says (`None`)."""
        out, cluster = bytearray(), first
        while cluster >= 2 and cluster < 0xFFFFFFF7 and (size is None or len(out) < size):
            out += self._at(self.base + self.heap + (cluster - 2) * self.cluster, self.cluster)
            if contiguous:
                cluster += 1
            else:
                cluster = struct.unpack("<I", self._at(self.base + self.fat + cluster * 4, 4))[0]
        return bytes(out if size is None else out[:size])

    def files(self, folder=None, before=""):
        """Path and bytes of each file."""
        raw = self._chain(self.root, None, False) if folder is None else folder
        at = 0
        while at + 32 <= len(raw) and raw[at] != 0:
            if raw[at] != 0x85:
                at += 32
                continue
            count, attributes = raw[at + 1], struct.unpack("<H", raw[at + 4:at + 6])[0]
            stream = raw[at + 32:at + 64]
            length, name = stream[3], b""
            for n in range(2, count + 1):
                name += raw[at + n * 32 + 2:at + n * 32 + 32]
            path = before + name.decode("utf-16-le")[:length]
            first, size = struct.unpack("<I", stream[20:24])[0], struct.unpack("<Q", stream[24:32])[0]
            content = self._chain(first, size, bool(stream[1] & 2)) if size else b""
            if attributes & 0x10:
                yield from self.files(content, path + "/")
            else:
                yield path, content
            at += 32 * (count + 1)
