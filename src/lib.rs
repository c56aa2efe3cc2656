//! Beadle: a CCTV recorder for schools that keeps its own code of practice. This page is the map.
//!
//! One supervisor reads one file, `site.kdl`. It records the cameras that the file names, without
//! transcoding, keeps what the file says to keep, and destroys what it says to destroy. Everything
//! else looks on: the console, the other verbs and the player of evidence are clients of the
//! supervisor's socket or readers of its files, and can crash without a frame lost.
//!
//! # One frame, and one edit
//!
//! A frame: `ingest` takes it from the camera as an access unit, `segment` puts it into the open
//! file of its camera, one tick in 0.6 s makes it durable through `disk`, `store` indexes it,
//! `supervisor` publishes it through `socket`.
//!
//! An edit: `watch` wakes the supervisor, `config` turns the text into a site or into findings,
//! `reconcile` compares what is wanted with what is, and the supervisor carries out the steps, one
//! arm a step. Nothing is decided on the way.
//!
//! # Layers
//!
//! A module imports only lower layers, and within its layer only along an edge of this list.
//! `tests/tidy.rs` reads the table from here and fails on anything else.
//!
//! ```text
//! L0  base
//! L1  config footage access logbook duties reconcile network evidence signage wire
//! L2  disk store ledger accounts ingest segment export
//! L2  pipeline pictures watch socket machine paper simulate
//! L3  supervisor console verbs
//!
//! edge  config -> footage
//! edge  reconcile -> config
//! edge  reconcile -> footage
//! edge  network -> config
//! edge  wire -> footage
//! edge  wire -> logbook
//! edge  logbook -> config
//! edge  access -> config
//! edge  access -> logbook
//! edge  duties -> config
//! edge  duties -> logbook
//! edge  evidence -> footage
//! edge  evidence -> logbook
//! edge  signage -> config
//! edge  signage -> logbook
//! edge  signage -> wire
//! edge  store -> disk
//! edge  segment -> disk
//! edge  ledger -> disk
//! edge  ledger -> store
//! edge  machine -> disk
//! edge  accounts -> disk
//! edge  export -> disk
//! edge  export -> machine
//! edge  export -> segment
//! edge  export -> pictures
//! edge  pictures -> disk
//! edge  pictures -> segment
//! edge  verbs -> supervisor
//! edge  verbs -> console
//! edge  pipeline -> simulate
//! ```
//!
//! Layer 1 decides and layer 2 acts; layer 3 are the programs. A name of the table that is not in
//! the list of modules below is reserved: its place is settled, its code has not come.
//!
//! # Modules in reading order
//!
//! - [`base`]: time, clock, names, digests, limits and faults: the words that all others share.
//! - [`footage`]: what a recording is: segments, gaps, holds; what retention deletes and why.
//! - [`config`]: `site.kdl` in, a configuration or findings out, all of them at once; lint, diff.
//! - [`access`]: who is logged in, where, and until when.
//! - [`logbook`]: entries, their tree and its proofs; forms and registers.
//! - [`access`]: who may do what: a one-shot grant with its entry, or a reasoned refusal.
//! - [`duties`]: what somebody has to do: due, overdue, done, missed; from the file and the
//!   entries.
//! - [`reconcile`]: what is wanted against what is: the steps, in a fixed order.
//! - [`network`]: what the file says of the network, as texts for those who carry it out.
//! - [`evidence`]: the package for a court: its cut, its index, its proofs, and a check of it.
//! - [`signage`]: what goes on walls and into folders, as data: signs, notices, the code of
//!   practice, the papers of a case.
//! - [`wire`]: what the supervisor and its clients say to each other; the only serialised types.
//! - [`ledger`]: the logbook on disk: appended to, proved from, copied, restored.
//! - [`disk`]: the few file operations we use, in the order that survives a power cut; real and
//!   fake.
//! - [`accounts`]: how people prove who they are: passphrases, codes, throttling.
//! - [`segment`]: access units to durable files: the fMP4 writer and reader, group commit, repair.
//! - [`export`]: packages written, read back, and read for a check.
//! - [`machine`]: the small root service: sticks looked at, mounted, formatted; and its client.
//! - [`ingest`]: a camera to access units; one call is one attempt.
//! - [`pictures`]: coded pictures to raw ones, in children: thumbnails, live, playback, stills.
//! - [`socket`]: both ends of the supervisor's socket: bounded, slow clients dropped.
//! - `paper`: such data as pages: PDF, SVG, PNG; only with the cargo feature of that name.
//! - [`watch`]: notices that the file changed.
//! - [`supervisor`]: fold, plan, carry out, publish; the only hand on the state.
//! - `pipeline`: GStreamer; belongs to the program `beadle-pictures`, which a broken plugin may
//!   crash, and is no part of this library.
//!
//! # Invariants by absence
//!
//! 1. Layer 1 names no file, socket, thread, environment, clock or dice: time, disk and camera are
//!    arguments. It cannot fail for outside reasons, and the simulator runs weeks of it in seconds
//!    from one seed.
//! 2. `console` and `supervisor` never import each other; they share `wire` and nothing more.
//! 3. `store` knows no KDL, `config` no SQL, `ingest` no retention. `wire` types are made for the
//!    wire alone.
//! 4. What applies a step holds no policy, nor do `ingest` and `pipeline`: they do one thing and
//!    say how it went.
//! 5. No C code parses what a camera sends inside the supervisor, and `beadle` links no GStreamer
//!    or GLib.
//! 6. One writer for each fact: `segment` for the bytes of a disk, `store` for rows, `supervisor`
//!    for states. SQLite is a cache: everything in it is rebuilt from files beside the footage.
//! 7. No queue without a limit, no secret in `site.kdl`, no deletion while holds cannot be read.
//!
//! # Words
//!
//! camera, zone, access route, segment (one file, about a minute), fragment (at most a second of
//! it, the unit of durability), gap (time without footage, with its reason), hold (footage that
//! retention may not touch), person, role, deed, sign, duty, desired, observed, step, plan, note
//! (one finding about the file). Rows such as S1.25 or R7.4 are statements of school policies, law
//! and standards; `tests/rows.kdl` says each in a sentence, with the test that holds it.

pub mod base;

pub mod access;
pub mod config;
pub mod duties;
pub mod evidence;
pub mod footage;
pub mod logbook;
pub mod network;
pub mod reconcile;
pub mod signage;
pub mod wire;

pub mod accounts;
pub mod disk;
pub mod export;
pub mod ingest;
pub mod ledger;
pub mod machine;
#[cfg(feature = "paper")]
pub mod paper;
pub mod pictures;
pub mod segment;
#[cfg(feature = "simulate")]
pub mod simulate;
pub mod socket;
pub mod store;
pub mod watch;

pub mod console;
pub mod supervisor;
pub mod verbs;
