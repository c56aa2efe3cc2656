-- The footage index. A cache: every row can be made again from files (see the head of
-- `store/mod.rs`). Times are microseconds since 1970-01-01T00:00Z; 52 bits of them (to the year
-- 2112) fit a page mark.

-- Names become small numbers, so that a segment's row is about 70 bytes instead of 180. Never
-- deleted.
CREATE TABLE camera (
  id INTEGER PRIMARY KEY CHECK (id BETWEEN 1 AND 4095),
  name TEXT NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 64)
) STRICT;

CREATE TABLE disk (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

-- One row a file. Stored in the order in which it is read (one camera through time), so that there
-- is one tree and no second index: 4 million rows are 300 MB. A path that follows from camera and
-- start (`front-gate/2026-11-21/084100Z.mp4`) is stored as '': with it the rows would take twice
-- the room.
CREATE TABLE segment (
  camera INTEGER NOT NULL REFERENCES camera,
  start INTEGER NOT NULL CHECK (start >= 0 AND start < 1 << 52),
  disk INTEGER NOT NULL REFERENCES disk,
  path TEXT NOT NULL,
  span INTEGER NOT NULL CHECK (span >= 0),
  frames INTEGER NOT NULL CHECK (frames >= 0),
  bytes INTEGER NOT NULL CHECK (bytes >= 0),
  codec INTEGER NOT NULL CHECK (codec IN (4, 5)),               -- H.264, H.265
  digest BLOB CHECK (digest IS NULL OR length(digest) = 32),    -- NULL while the segment is open
  PRIMARY KEY (camera, start, disk, path)
) STRICT, WITHOUT ROWID;

-- Files whose name does not follow from their start; hardly any.
CREATE UNIQUE INDEX segment_odd ON segment (disk, path) WHERE path <> '';
-- What a crash left open; at most one row a camera.
CREATE INDEX segment_open ON segment (camera) WHERE digest IS NULL;

-- Sums of the closed segments per hour of UTC, kept in the transaction that changes a segment.
-- Hours and not local days, because the site's zone may change and clock changes make days of 23
-- and 25 hours.
CREATE TABLE hour (
  camera INTEGER NOT NULL REFERENCES camera,
  hour INTEGER NOT NULL,                                         -- hours since 1970
  disk INTEGER NOT NULL REFERENCES disk,
  covered INTEGER NOT NULL,                                      -- microseconds of footage
  bytes INTEGER NOT NULL,
  segments INTEGER NOT NULL,                                     -- that begin in it
  PRIMARY KEY (camera, hour, disk)
) STRICT, WITHOUT ROWID;

-- Time without footage. An open gap ends at the end of time, so that one range finds both.
CREATE TABLE gap (
  camera INTEGER NOT NULL REFERENCES camera,
  start INTEGER NOT NULL,
  end INTEGER NOT NULL CHECK (end >= start),
  reason TEXT NOT NULL,
  PRIMARY KEY (camera, start)
) STRICT, WITHOUT ROWID;
CREATE INDEX gap_by_end ON gap (camera, end);

-- A camera's clock minus ours (R7.4).
CREATE TABLE clock_offset (
  camera INTEGER NOT NULL REFERENCES camera,
  at INTEGER NOT NULL,
  millis INTEGER NOT NULL,
  PRIMARY KEY (camera, at)
) STRICT, WITHOUT ROWID;

-- Holds, ended ones too (S1.49): the body is the JSON of the file of holds.
CREATE TABLE hold (
  id TEXT PRIMARY KEY,
  version INTEGER NOT NULL CHECK (version >= 1),
  body TEXT NOT NULL
) STRICT;

-- One row per local day of deletion.
CREATE TABLE deletion (
  day TEXT PRIMARY KEY,
  segments INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  ceiling INTEGER NOT NULL,
  space INTEGER NOT NULL,
  shortfall INTEGER NOT NULL
) STRICT;

-- Up to here retention deleted what was not held: missing footage before it is no gap.
CREATE TABLE trimmed (
  camera INTEGER PRIMARY KEY REFERENCES camera,
  until INTEGER NOT NULL
) STRICT;

-- 'whole': every folder was compared once. 'holds': the holds here are all there are.
CREATE TABLE fact (name TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT;
