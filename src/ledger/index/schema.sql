-- The index of the logbook: a cache. Every row is made from an entry; see `ledger/index.rs`.

-- Kinds, registers, persons and purposes, by a number each.
CREATE TABLE word (
    id   INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE entry (
    number   INTEGER PRIMARY KEY,
    at       INTEGER NOT NULL,              -- microseconds since 1970, UTC
    kind     INTEGER NOT NULL,
    act      INTEGER NOT NULL,              -- 0 open, 1 note, 2 close, 3 correct
    record   INTEGER NOT NULL,              -- the first entry of its record
    register INTEGER NOT NULL,              -- that of the record; 0: none
    who      INTEGER,                       -- NULL: the machine, or a body that was destroyed
    purpose  INTEGER,
    state    INTEGER,                       -- of first entries: 1 open, 2 closed
    due      INTEGER,                       -- of first entries of open records
    CHECK (record <= number),
    CHECK ((state IS NOT NULL) = (record = number))
) STRICT;

CREATE INDEX entry_register ON entry (register, number);
CREATE INDEX entry_first ON entry (register, number) WHERE record = number;
CREATE INDEX entry_any_first ON entry (number) WHERE record = number;
CREATE INDEX entry_kind ON entry (kind, number);
CREATE INDEX entry_who ON entry (who, number);
CREATE INDEX entry_who_register ON entry (who, register, number);
CREATE INDEX entry_record ON entry (record, number);
CREATE INDEX entry_state ON entry (register, state, number) WHERE state IS NOT NULL;
CREATE INDEX entry_any_state ON entry (state, number) WHERE state IS NOT NULL;
CREATE INDEX entry_due ON entry (due) WHERE due IS NOT NULL;

-- Records that are open or wait for something, as far as they have been folded.
CREATE TABLE pending (
    record INTEGER PRIMARY KEY,
    folded TEXT NOT NULL
) STRICT;

-- Where the entries of a day lie. Numbers follow time but where a clock was set.
CREATE TABLE day (
    day   INTEGER PRIMARY KEY,              -- days since 1970, UTC
    first INTEGER NOT NULL,
    last  INTEGER NOT NULL
) STRICT;

-- How many there are, so that no page counts a million rows.
CREATE TABLE tally (
    register INTEGER NOT NULL,
    day      INTEGER NOT NULL,
    kind     INTEGER NOT NULL,
    entries  INTEGER NOT NULL,
    records  INTEGER NOT NULL,
    PRIMARY KEY (register, day, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE total (
    register INTEGER NOT NULL,
    kind     INTEGER NOT NULL,
    entries  INTEGER NOT NULL,
    records  INTEGER NOT NULL,
    PRIMARY KEY (register, kind)
) STRICT, WITHOUT ROWID;

-- What entries say. With `secure-delete` a forgotten text leaves no trace in the index.
CREATE VIRTUAL TABLE said USING fts5 (text, tokenize = 'unicode61 remove_diacritics 2');
INSERT INTO said (said, rank) VALUES ('secure-delete', 1);
