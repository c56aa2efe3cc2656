//! Every bound in the program, with its unit in the name and its reason beside it.

use super::time::Span;

/// Ids of cameras, zones, people: a folder name that still fits a column of the console.
pub const NAME_CHARS_MAX: usize = 64;

/// `site.kdl`: 512 cameras at 40 lines of 60 bytes are 1.2 MB; three times that is certainly a
/// mistake.
pub const FILE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// The schema is four deep (cameras, camera, mask, point); deeper braces are a mistake, and bound
/// recursion.
pub const FILE_DEPTH_MAX: usize = 16;
/// Lines (nodes) of the file: 512 cameras at 40 lines, and three times that.
pub const FILE_NODES_MAX: usize = 60_000;
/// Values, settings and signs on one line; a list of 512 camera names still fits. The parser's time
/// grows with the square of it.
pub const FILE_VALUES_MAX: usize = 1_600;
/// Findings shown for one file; past that the reader has the wrong file.
pub const NOTES_MAX: usize = 200;
/// Cameras on one box: what two cores and one disk were measured to carry.
pub const CAMERAS_MAX: usize = 512;

/// A segment is about a minute: 1,440 files a camera-day, and a minute is the grain of holds and
/// deletion.
pub const SEGMENT_SPAN: Span = Span::secs(60);
/// A key frame that does not come: the segment goes on to this, then the stream counts as without
/// key frames.
pub const SEGMENT_SPAN_MAX: Span = Span::secs(300);
/// One tick cuts the fragments of every camera, writes and flushes them. 0.5 to 0.8 s keeps
/// "older than one second survives kill -9" with room for the write itself.
pub const TICK_SPAN: Span = Span::millis(600);
/// Every second tick is flushed: a unit is then durable 1.2 s after it came, at worst, and the
/// flush itself has 0.8 s of the two that a power cut may take. Flushing each tick would write 1.06
/// to 1.08 bytes for a byte of video.
pub const FLUSH_TICKS: u32 = 2;
/// A slow disk is flushed at least this often, whatever a flush takes; `status` states "safe up to
/// N s".
pub const TICK_SPAN_MAX: Span = Span::secs(10);
/// "Safe up to" is the worst of so many flushes, 19 seconds of a healthy disk: a cut may come
/// before the next figure does, and a figure that leaps is read by nobody.
pub const FLUSHES_STATED: usize = 16;
/// Access units waiting for one disk: 512 cameras x 2 Mbit/s are 128 MB/s, of which this holds 6 s;
/// of 64 cameras it holds 48 s, four times the longest tick. Used only while a disk stands still.
pub const DISK_QUEUE_BYTES_MAX: usize = 768 * 1024 * 1024;
/// One access unit: an 8K intra frame at visually lossless quality is under 16 MiB.
pub const UNIT_BYTES_MAX: usize = 32 * 1024 * 1024;

/// No frame for this long ends the attempt: 60 s of GOP at 1 fps still sends a frame a second.
pub const STALL_SPAN: Span = Span::secs(10);
/// Packets come, but no picture that can be understood: ten in a row at 1 fps, five key frames of
/// the usual 2 s. A line that damages that much needs somebody to look at it.
pub const UNDERSTOOD_SPAN: Span = Span::secs(10);
/// From connecting to the first key frame: the longest GOP that is promised to work (60 s) and a
/// little.
pub const FIRST_FRAME_SPAN: Span = Span::secs(75);
/// Retries double from one second to a minute, and start again after a good minute.
pub const BACKOFF_MIN: Span = Span::secs(1);
pub const BACKOFF_MAX: Span = Span::secs(60);
pub const BACKOFF_FORGET: Span = Span::secs(60);
/// A camera is shown as failed after this long without a frame; shorter flickers stay in the gap
/// record only.
pub const SHOW_FAILED_AFTER: Span = Span::secs(10);

/// The clock against the monotonic clock: more than this between two looks is a step (R7.8).
pub const CLOCK_STEP: Span = Span::millis(500);

/// An edit of the file never deletes footage sooner than this after it was accepted.
pub const EDIT_GRACE: Span = Span::hours(24);

/// A version with another network or storage is in force for so long; then the one before comes
/// back, unless somebody who still reaches the box keeps it.
pub const TRIAL_SPAN: Span = Span::secs(60);

/// One line of the socket: a status of 512 cameras is about 200 kB; a file in a `plan` request is
/// at most FILE_BYTES_MAX, doubled by JSON's escapes.
pub const WIRE_LINE_BYTES_MAX: usize = 2 * FILE_BYTES_MAX + 64 * 1024;
/// Clients at once: consoles, scripts and a few forgotten ones.
pub const WIRE_CLIENTS_MAX: usize = 32;

/// A save is quiet for this long before it is read: editors write, rename and touch within 50 ms,
/// and with the reading and planning a saved file still takes effect within a second.
pub const WATCH_SETTLE_SPAN: Span = Span::millis(150);
/// The safety net where the file system tells nothing.
pub const WATCH_POLL_SPAN: Span = Span::secs(5);

/// Between two takes, time without footage from this on is a gap: half a second is what a rotation
/// with an uneven network may seem to lose and does not.
pub const GAP_SPAN_MIN: Span = Span::millis(500);
/// A gap is opened when nothing was durable for this long: three ticks, so that units still queued
/// are counted.
pub const GAP_SHOWS_AFTER: Span = Span::secs(2);

/// The supervisor looks at everything at least this often: hysteresis, disks and clocks need no
/// finer grain.
pub const TURN_SPAN_MAX: Span = Span::secs(1);
/// News waiting for the supervisor: three per camera and minute and one tick per disk are 600 a
/// minute at 200 cameras, so this is a standstill of more than an hour.
pub const EVENTS_QUEUED_MAX: usize = 65_536;
/// The status is published at most twice a second: faster than that nobody reads.
pub const STATUS_SPAN_MIN: Span = Span::millis(500);
/// SIGTERM closes every segment within this; what a dead disk keeps open is repaired at the next
/// start. 0.4 s of the two are left for the index, the runtime and the process itself.
pub const STOP_SPAN_MAX: Span = Span::millis(1_600);
/// Cameras that are told TEARDOWN answer at once or never.
pub const SETTLE_SPAN_MAX: Span = Span::millis(1_000);
/// Footage disks are looked at this often: a lost one moves its cameras within 10 s.
pub const DISK_LOOK_SPAN: Span = Span::secs(3);
/// A box without a file looks for one this often.
pub const BEGIN_LOOK_SPAN: Span = Span::secs(2);

/// A writer that has not ticked for this long hangs in the disk: the longest tick (10 s) with a
/// flush as long again, and half of that.
pub const DISK_HANG_SPAN: Span = Span::secs(30);

/// "Safe up to" from which a disk is called slow: twice the promise of two seconds after a power
/// cut.
pub const SLOW_SHOWS_FROM: Span = Span::secs(4);

/// Segments in one reply: at 250 bytes each a reply of 1 MB; the client asks on from where it was
/// cut.
pub const FOOTAGE_LISTED_MAX: usize = 4_000;
/// One hold: a year is more than any ceiling in use, and a slip in the date is likelier than a wish
/// for more.
pub const HOLD_SPAN_MAX: Span = Span::days(366);
/// A hold's reference and reason: two lines of a form.
pub const HOLD_WORDS_CHARS_MAX: usize = 200;

/// Retention looks this often: what is past its ceiling is gone within the hour, with room for a
/// month of backlog.
pub const RETAIN_SPAN: Span = Span::mins(1);
/// Files unlinked by one order, once a tick: a month of 64 cameras (2.7 million) is gone in half an
/// hour.
pub const DELETED_AT_ONCE_MAX: usize = 1_000;
/// The oldest segments of one camera looked at in one round: 64 cameras are 6,400 rows, about 5 ms.
pub const LOT_SEGMENTS: usize = 100;
/// The same for a first look: what a camera gives in the minutes between two rounds, and the answer
/// itself in nearly all of them.
pub const LOT_SEGMENTS_FIRST: usize = 4;
/// Journals that have outlived their footage are looked for this often; one falls due a day.
pub const JOURNAL_PRUNE_SPAN: Span = Span::hours(1);
/// Journals stay at least so many days, whatever the ceilings: a week is what somebody asks about.
pub const JOURNAL_DAYS_MIN: i64 = 8;
/// Journals let go in one order: a year's in half a day, without a long standstill of the writer.
pub const JOURNALS_PRUNED_MAX: usize = 32;
/// Gaps of one camera looked at for what outlives its day's journal: a camera that comes and goes
/// every minute of a week.
pub const GAPS_CARRIED_MAX: usize = 10_000;
/// Sums of days of deletion kept when the day's journal went: a year and a month of them.
pub const DELETION_DAYS_KEPT: i64 = 400;
/// An attempt of which nothing comes for this long on a disk that works is given up, in case its
/// end was never told. Every attempt ends by itself before ([`FIRST_FRAME_SPAN`]).
pub const ATTEMPT_MUTE_MAX: Span = Span::mins(3);
/// After a step of the clock nothing is deleted for this long, so that somebody can see it and put
/// it right: half of the hour within which footage past its ceiling has to be gone.
pub const CLOCK_REST_SPAN: Span = Span::mins(30);
/// The same where the clock is further ahead of the newest footage than any holiday: a day, so that
/// somebody comes by.
pub const CLOCK_REST_FAR_SPAN: Span = Span::hours(24);
/// That far ahead: the box may be off for a month, and for the summer, and be right.
pub const CLOCK_FAR_SPAN: Span = Span::days(62);
/// A start that finds the newest footage older than this was off, or its clock is wrong: deletion
/// waits a little.
pub const CLOCK_AWAY_SPAN: Span = Span::days(1);
/// Held footage is compared with its copies this often, and after every change of a hold.
pub const COPY_LOOK_SPAN: Span = Span::mins(10);
/// Read and written at once while copying: a segment of 15 MB is 15 of them.
pub const COPY_READ_BYTES: usize = 1024 * 1024;
/// A file that could not be deleted is tried again after this; the others do not wait for it.
pub const STUCK_RETRY_SPAN: Span = Span::hours(1);
/// An index that failed is opened anew after this; one that failed again right after that is kept
/// in memory, and tried in its file again after an hour.
pub const INDEX_RETRY_SPAN: Span = Span::mins(1);
pub const INDEX_MEMORY_SPAN: Span = Span::hours(1);
/// Things that happened and that somebody should read are shown for this long.
pub const NOTICE_SPAN: Span = Span::days(2);
/// Camera-day folders compared in one turn of the supervisor: about 10 ms of INDEX lines.
pub const REBUILD_FOLDERS_A_TURN: usize = 4;
/// Segments a camera whose rows are written before recording starts: those that a crash left open
/// and their neighbours. 64 whole days would be 92,160 rows, seconds in which nothing is recorded.
pub const ADOPTED_AT_START_MAX: usize = 16;
/// Turns (of a second) in which every camera's figures are read once.
pub const FIGURES_TURNS: usize = 15;
/// A camera on the same site takes a connection within milliseconds; a lost SYN is sent again after
/// 1 s and 3 s.
pub const CONNECT_SPAN: Span = Span::secs(5);
/// Connect, DESCRIBE, SETUP and PLAY together: four answers at up to 2.5 s each from a camera that
/// has just restarted.
pub const PLAY_SPAN: Span = Span::secs(10);
/// Packets in a row that cannot be understood, without one whole picture between them: one damaged
/// picture of 1 MB is 800 packets, each of which is then refused.
pub const BAD_PACKETS_MAX: u32 = 1_000;
/// A GStreamer child watches for a stall itself; one that says nothing for this much longer hangs,
/// and is killed.
pub const CHILD_GRACE: Span = Span::secs(3);
/// Memory of one GStreamer child: 4K raw pictures are 12 MB each, and x264 keeps some 20 of them;
/// every thread's stack of 8 MB counts too. Twice that.
pub const CHILD_MEMORY_BYTES_MAX: u64 = 1024 * 1024 * 1024;
/// The first message to a GStreamer child: the words of a pipeline are at most a line or two.
pub const CHILD_JOB_BYTES_MAX: usize = 64 * 1024;
/// Parameter sets: real ones are below 300 bytes; a set's own length field ends at 64 KiB.
pub const PARAMS_BYTES_MAX: usize = 64 * 1024;
/// A client that does not take its reply this fast is dropped: a local socket holds 200 kB, and the
/// reader is on the same machine.
pub const WIRE_WRITE_SPAN: Span = Span::secs(5);
/// From the first byte of a request to its end: 8 MB over a local socket take 10 ms.
pub const WIRE_HALF_LINE_SPAN: Span = Span::secs(10);
/// A client that asks nothing and watches nothing gives its place to another.
pub const WIRE_IDLE_SPAN: Span = Span::mins(5);
/// How long the supervisor may think about one request; a plan over 4 million segments takes
/// seconds.
pub const WIRE_ANSWER_SPAN: Span = Span::secs(60);
/// A watcher gets a status no more often than this: twice a second is what an eye can follow.
pub const WIRE_WATCH_MIN: Span = Span::millis(500);
/// ... and no more seldom, changed or not, so that silence means death.
pub const WIRE_WATCH_MAX: Span = Span::secs(2);
/// Two beats missed and a little: then the console says that nobody answers.
pub const WIRE_SILENCE_SPAN: Span = Span::secs(5);
/// The console tries again this often, so that it is back before anybody reaches for the keyboard.
pub const CONSOLE_RETRY_MAX: Span = Span::secs(2);
/// Beats come but the status inside is this old: the supervisor's loop hangs.
pub const STATUS_STALE_SPAN: Span = Span::secs(15);

/// A camera's password: cameras take 8 to 64 characters; four times that is certainly a mistake.
pub const SECRET_BYTES_MAX: usize = 256;

/// A request to the simulated cameras: clients send a few hundred bytes.
pub const SIM_REQUEST_BYTES_MAX: usize = 16 * 1024;
/// A client that takes nothing for this long is dropped; cameras' send buffers hold two to four
/// seconds.
pub const SIM_CLIENT_STALL: Span = Span::secs(3);
/// Pictures in one film: an hour at one a second, a minute at 60.
pub const SIM_PICTURES_MAX: usize = 3_600;
/// Clients of the simulator's control socket at once: a script, a person, and what they forgot.
pub const SIM_CONTROL_CLIENTS_MAX: usize = 8;

/// Pictures that may overtake one another: the decoded picture buffer of H.264 and H.265 holds 16.
pub const REORDER_DEPTH_MAX: usize = 16;
/// Pictures in a row that each come before the last: a pyramid of B-frames over a group of 32 goes
/// down five steps. More is a clock that runs backwards.
pub const FALLS_MAX: u32 = 5;
/// Pictures in a row with rising times after which a clock that ran backwards is believed again:
/// four seconds at 15 fps.
pub const TRUST_AFTER: u32 = 60;
/// A camera that says nothing for this long in the middle of a stream has a gap there: as between
/// two segments, less is a seam.
pub const PAUSE_SPAN_MIN: Span = Span::secs(2);
/// A camera's time that runs back by more than this was set, not reordered: 16 frames at 15 fps (or
/// four frame times, where those are longer).
pub const TIME_BACK_MAX: Span = Span::secs(1);
/// A camera's time that runs ahead of the arrivals by more than this was set: bursts after a stall
/// stay below.
pub const TIME_AHEAD_MAX: Span = Span::secs(10);
/// Part of the footage that is missing around a jump of time or a loss is told from this on; below
/// it is jitter.
pub const HOLE_SPAN_MIN: Span = Span::millis(200);
/// A disk or file that failed is tried again after this.
pub const DISK_RETRY_SPAN: Span = Span::secs(3);
/// Journal lines that wait for a disk that fails: a day of holds and gap reasons of 512 cameras at
/// one a minute is 737,280; but a disk that is down that long has told so, and the lines are
/// repeated by the rebuild.
pub const JOURNAL_LINES_MAX: usize = 100_000;
/// `moov`, `moof` or one of our own boxes: a fragment of 10 s at 120 fps takes 20 kB; a parameter
/// set 64 kB.
pub const BOX_BYTES_MAX: u64 = 1024 * 1024;

/// Below this a disk is truly full: a minute of 64 cameras at 2 Mbit/s is 960 MB, and retention
/// looks more often than once a minute. Half of `keep-free` where that is less.
pub const DISK_RESERVE_BYTES_MAX: u64 = 1024 * 1024 * 1024;
/// Between two segments less than this is a seam (a key frame waited for), more is a gap.
pub const SEAM_SPAN_MAX: Span = Span::secs(2);
/// No segment is longer; a window is searched this far before its beginning. SEGMENT_SPAN_MAX is a
/// twelfth of it.
pub const SEGMENT_LOOKBACK: Span = Span::hours(1);
/// One line of a journal: the longest (a segment with two names of 64 characters) has about 450
/// bytes.
pub const JOURNAL_LINE_BYTES_MAX: usize = 4096;
/// Journals are read in pieces of this size, so that a day of 512 cameras (180 MB) is never in
/// memory whole.
pub const JOURNAL_READ_BYTES: usize = 256 * 1024;
/// The file of holds: 10,000 holds at 600 bytes are 6 MB; more is not a school.
pub const HOLDS_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Camera names that one index can remember, removed ones included: twelve bits of a page mark.
pub const INDEX_CAMERAS_MAX: i64 = 4095;

/// A body in the logbook: a form of two pages is 6 kB; ten times that belongs into a file.
pub const LOGBOOK_BODY_BYTES_MAX: usize = 64 * 1024;
/// A chunk file of 4,096 records: 3 MB as they are, and with each of them as long as it may be.
pub const LOGBOOK_CHUNK_BYTES_MAX: usize = 4_096 * (LOGBOOK_BODY_BYTES_MAX + 1_024);
/// Kept for entries on a full disk: at 700 bytes each and 24 heartbeats and 500 other entries a
/// day, 16 MiB are 45 days.
pub const LOGBOOK_RESERVE_BYTES: u64 = 16 * 1024 * 1024;
/// Given up at once: 1,500 entries, so that who else fills the disk does not get all of it.
pub const LOGBOOK_RESERVE_SLICE_BYTES: u64 = 1024 * 1024;
/// Drafts in memory while the logbook's disk is full or fails: at 500 a day 20 days, and 5 MB.
pub const LOGBOOK_OWED_MAX: usize = 10_000;
/// ... of which this many are written at once when it is back: 0.5 MB, one flush.
pub const LOGBOOK_OWED_AT_ONCE: usize = 1_000;
/// The list of bodies being destroyed: a million numbers of seven digits.
pub const LOGBOOK_FORGETTING_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Records copied to a footage disk in one turn: 0.7 MB, 100 ms on a slow disk; a million
/// entries are copied in 17 minutes.
pub const LOGBOOK_COPIED_AT_ONCE: usize = 1_000;
/// One item that is copied beside the logbook: the file of people, or a version of the file with
/// its record, which is no longer than the file itself.
pub const KEPT_BYTES_MAX: usize = PEOPLE_BYTES_MAX + 1024 * 1024;
/// Accepted versions of which a footage disk has copies, the newest: an edit a day for eleven
/// years; at 20 kB each they are 80 MB.
pub const KEPT_VERSIONS_MAX: usize = 4_096;
/// How often the passwords are compared with their copies: one small file is read for it.
pub const KEPT_LOOK_SPAN: Span = Span::secs(1);
/// A copy that failed is tried again after this; meanwhile its lag is shown.
pub const KEPT_RETRY_SPAN: Span = Span::secs(30);
/// A copy that is behind for longer is told: a turn or two is how copying works.
pub const KEPT_LAG_SPAN: Span = Span::mins(1);

/// Sessions at once: as many as clients of the socket; a school has a handful of stations.
pub const SESSIONS_MAX: usize = WIRE_CLIENTS_MAX;
/// Sessions of one person at once: two stations, each with the everyday and the admin account. Past
/// that the one left alone longest ends, so that nobody can lock the others out.
pub const SESSIONS_A_PERSON_MAX: usize = 4;
/// A session that a script keeps in a file: a morning's work, and worthless in the evening.
pub const SCRIPT_SESSION_SPAN: Span = Span::hours(4);
/// A locked screen that nobody came back to: a working day with its evening.
pub const SESSION_LOCKED_SPAN_MAX: Span = Span::hours(12);

/// A one-time code is read out or handed over, and used within a week that may have a holiday in
/// it.
pub const CODE_SPAN: Span = Span::days(7);
/// Passphrases that one code may be tried with before it is void: enough for slips, too few to ask
/// which passphrases others use.
pub const CODE_TRIES_MAX: u32 = 10;
/// Two people, each choosing a passphrase twice and reading a page about it.
pub const FOUNDING_SPAN: Span = Span::mins(30);
/// Passphrases looked at or waiting at once: at 0.3 s each the last one waits 2.4 s. More is no
/// school at nine in the morning.
pub const TRIALS_MAX: usize = 8;
/// Wrong log-ins of one account before it has to wait: slips of a cold hand. Then 30 s, doubling,
/// to at most a quarter of an hour: 96 guesses a day, 35,000 a year.
pub const TRIES_FREE: u32 = 4;
pub const TRIES_WAIT: Span = Span::secs(30);
pub const TRIES_WAIT_MAX: Span = Span::mins(15);
/// The same for one station, whoever is named: people share it, so it forgives more and waits less.
pub const STATION_TRIES_FREE: u32 = 10;
pub const STATION_TRIES_WAIT: Span = Span::secs(5);
pub const STATION_TRIES_WAIT_MAX: Span = Span::mins(1);
/// Wrong log-ins are forgotten after a day without another.
pub const TRIES_FORGET: Span = Span::hours(24);
/// Stations remembered for that, names out of the file included; the one quiet longest goes first.
pub const TRIES_STATIONS_MAX: usize = 64;
/// A passphrase: twice the longest minimum; more is a pasted text.
pub const PASSPHRASE_CHARS_MAX: usize = 128;
/// Accounts of somebody who went out of the file: a slip of an editor is put right within a month.
pub const ABSENT_SPAN: Span = Span::days(30);
/// Notices that wait for one person's log-in; a year of weekly changes.
pub const NOTICES_MAX: usize = 50;
/// The file of people: 200 people with two accounts at 700 bytes, and fifty notices of 200 bytes
/// each, are 2.3 MB.
pub const PEOPLE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// One line of a form: a reference, a name, a reason; two lines of an 80-column screen and a bit.
pub const FORM_LINE_CHARS_MAX: usize = 200;
/// A text of a form: a page of A4; what is longer is a paper of its own, with a reference.
pub const FORM_TEXT_CHARS_MAX: usize = 3_000;
/// Lines of a list: 512 cameras fit.
pub const FORM_LIST_MAX: usize = 600;
/// Between two heartbeats of the logbook (R5.4).
pub const HEARTBEAT_SPAN: Span = Span::hours(1);
/// Codes that ran out and people who left are looked for so often.
pub const SWEEP_SPAN: Span = Span::hours(1);
/// Segments in one heartbeat: 512 cameras in an hour, twice over.
pub const HEARTBEAT_SEGMENTS_MAX: usize = 65_536;
/// Entries on one page over the socket: what fits a line of it at a kilobyte each.
pub const LOGBOOK_PAGE_MAX: usize = 200;
/// A right that nobody used for that long is named at the review (S4.46): two terms and a holiday.
pub const UNUSED_RIGHT_SPAN: Span = Span::days(240);
/// A TPM opens or seals within a second; ten mean that it hangs, and the supervisor waits for it.
pub const SEAL_SPAN_MAX: Span = Span::secs(10);
/// A TPM that did not open the secrets is asked again after this.
pub const UNSEAL_RETRY_SPAN: Span = Span::mins(1);

/// A raw picture's side: more than any screen of a station shows, and a picture of it is 50 MB.
pub const PICTURE_SIDE_MAX: u16 = 4_096;
/// Channels of one child: a camera each.
pub const PICTURES_CHANNELS_MAX: usize = CAMERAS_MAX;
/// How one channel's pictures look: 100 masks of 100 corners, and two texts.
pub const LOOK_BYTES_MAX: usize = 64 * 1024;
/// Messages waiting for one decoding thread; whoever feeds keeps fewer units under way.
pub const PICTURES_QUEUED_MAX: usize = 64;
/// Memory of a child that shows: nine decoders of 4K with sixteen pictures of 12 MB each.
pub const PICTURES_MEMORY_BYTES_MAX: u64 = 2 * 1024 * 1024 * 1024;
/// From a key frame to the next: 60 s at 16 Mbit/s.
pub const GROUP_BYTES_MAX: usize = 120 * 1024 * 1024;
/// Cameras in one viewing of recordings.
pub const SEATS_MAX: usize = 9;
/// Live cameras on one screen: beyond nine by their key frames alone.
pub const LIVE_SEATS_MAX: usize = 16;
/// Pictures and wishes waiting for one player: with those under way this is what a camera with
/// reordered pictures gives at once.
pub const PLAYER_INPUTS_MAX: usize = 32;
/// A reference still: 4K as JPEG with hardly any loss is 5 MB.
pub const REFERENCE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Viewings at once: each is a child with up to nine decoders; a school has a handful of stations.
pub const VIEWINGS_MAX: usize = 8;
