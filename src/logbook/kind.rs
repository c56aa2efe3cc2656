//! The closed list of what can be entered. A new kind is a new line here, and a shape in `form`.

use serde::{Deserialize, Serialize};

use crate::config::registers::Register;

macro_rules! kinds {
    ($($(#[$meta:meta])* $variant:ident = $word:literal in $register:expr,)+) => {
        /// What an entry is about. Spelt as in files and on screens.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Kind { $($(#[$meta])* $variant,)+ }

        impl Kind {
            pub const ALL: &'static [Kind] = &[$(Kind::$variant,)+];

            /// As it is spelt in entries, on the command line and on screens.
            pub const fn as_str(self) -> &'static str {
                match self { $(Kind::$variant => $word,)+ }
            }

            /// The register that shows it; `None`: only the logbook as a whole does.
            pub const fn register(self) -> Option<Register> {
                match self { $(Kind::$variant => $register,)+ }
            }

            pub fn named(word: &str) -> Option<Kind> {
                Kind::ALL.iter().copied().find(|k| k.as_str() == word)
            }
        }

        impl std::fmt::Display for Kind {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

kinds! {
    // The machine's own (R4.6).
    /// The supervisor came up; says how the last run ended (stopped, crash, power).
    Started = "started" in None,
    Stopped = "stopped" in None,
    /// Each hour: root over the digests of the segments closed since the last one, what each disk
    /// holds, the TPM's counter where there is one (R5.4 to R5.6).
    Heartbeat = "heartbeat" in None,
    /// The clock was set, both readings (R7.8).
    ClockStep = "clock-step" in None,
    /// An alarm began (`Open`), and ended (`Close`).
    Alarm = "alarm" in Some(Register::Faults),
    /// One local day's deletions by retention, summed up (S0.19).
    DeletionDay = "deletion-day" in None,
    /// Footage younger than the floor was lost for want of space (S1.25).
    Shortfall = "shortfall" in Some(Register::Faults),
    /// A footage disk was adopted, lost, found foreign or replaced.
    Disk = "disk" in Some(Register::Maintenance),
    /// A copy of this logbook was restored, or copies differed (R5.4).
    Restored = "restored" in None,
    /// Entries that had to wait because the disk was full.
    Owed = "owed" in None,
    /// Bodies were destroyed by two people: which entries, why (R5.7).
    Forgotten = "forgotten" in Some(Register::Disposals),

    // The file (S4.17, S4.38, S4.48).
    /// A version of the file is in force: digest, diff, author.
    Change = "change" in Some(Register::Changes),
    /// A version waits for approval (`Open`), was approved by one (`Note`), came into force or was
    /// withdrawn (`Close`).
    Approval = "approval" in Some(Register::Changes),
    /// Somebody saves the file from a screen: which version, in place of which (S4.17).
    Edit = "edit" in Some(Register::Changes),
    /// A documented departure from a rule, with control and expiry (S4.58).
    Exception = "exception" in Some(Register::Changes),

    // People (S4.45, S4.59, S4.75).
    LogIn = "log-in" in None,
    LogInFailed = "log-in-failed" in None,
    LogOut = "log-out" in None,
    /// One person logged in at two places (S4.34).
    TwoSessions = "two-sessions" in Some(Register::PrivilegedAccess),
    /// A one-time code was issued to enrol a person, or used.
    Enrolment = "enrolment" in Some(Register::PrivilegedAccess),
    /// Access granted, changed, suspended (with its trigger) or given back (S4.45, S4.59).
    AccessGrant = "access-grant" in Some(Register::PrivilegedAccess),
    /// A look at who may do what (S4.44).
    AccessReview = "access-review" in Some(Register::Reviews),
    /// An admin session with its reason (S4.53).
    AdminSession = "admin-session" in Some(Register::PrivilegedAccess),
    /// A sealed code was printed, or used, and the review of its use (S4.42).
    BreakGlass = "break-glass" in Some(Register::PrivilegedAccess),
    /// A camera's password or another secret was set; never its value (S4.62).
    Secret = "secret" in Some(Register::PrivilegedAccess),
    /// Somebody was told of a change that affects them (S4.50).
    Told = "told" in Some(Register::Changes),
    /// A paper was signed: staff code, administrator's form (S4.25, S4.71), contractor (S1.23).
    Acceptance = "acceptance" in Some(Register::Acceptances),
    Training = "training" in Some(Register::Acceptances),
    /// A deed that was asked for and refused, with the reason.
    Refused = "refused" in Some(Register::PrivilegedAccess),
    /// Somebody looked at the whole logbook, at everybody's accounts, or at a report over them.
    Audit = "audit" in Some(Register::PrivilegedAccess),
    /// A report on one person's use of the system (S4.51, S4.52).
    PersonReport = "person-report" in Some(Register::PrivilegedAccess),

    // Looking at pictures (S0.18, S1.28 to S1.30, S1.40 to S1.43, S4.11 to S4.14).
    /// An allowance to view: to whom, cameras, window, until when; `Close` takes it back (S0.18).
    Permission = "permission" in Some(Register::Viewings),
    /// A recording or a made-up scene that may be shown for demonstration and training until a day;
    /// `Close` takes it back (S1.41, S4.88).
    Clip = "clip" in Some(Register::Viewings),
    Live = "live" in Some(Register::Viewings),
    /// Playback: `Open` before the first picture, `Close` with what was seen.
    Viewing = "viewing" in Some(Register::Viewings),
    SpotCheck = "spot-check" in Some(Register::Checks),
    Still = "still" in Some(Register::Viewings),
    LiftMask = "lift-mask" in Some(Register::Viewings),
    /// A motorised camera was directed at somebody (S1.14, S1.29).
    PtzDirection = "ptz-direction" in Some(Register::Viewings),
    /// Somebody was let in to the recorder (S4.13 to S4.15, S1.31); `Close` when they left.
    Visit = "visit" in Some(Register::Visits),
    /// A word given by mouth was confirmed by its giver (S4.12, K7).
    Confirmation = "confirmation" in Some(Register::Viewings),

    // Cases (S1.42 to S1.51, R1.7, R1.13).
    /// A request for footage: `Open` at intake, `Note` its decision, `Close` when all is done.
    Request = "request" in Some(Register::Releases),
    SubjectAccess = "subject-access" in Some(Register::SubjectAccess),
    Release = "release" in Some(Register::Releases),
    Export = "export" in Some(Register::Releases),
    Hold = "hold" in Some(Register::Holds),
    /// A carrier was returned, wiped, destroyed or handed over (S4.23, R6.1).
    Disposal = "disposal" in Some(Register::Disposals),
    /// A stick was formatted or wiped: `Open` before it begins, `Close` with how it ended (R6.1).
    Stick = "stick" in Some(Register::Disposals),
    /// A court wants the original drive (S1.48).
    OriginalDrive = "original-drive" in Some(Register::Releases),

    // Registers kept by hand.
    Incident = "incident" in Some(Register::Incidents),
    /// 999 was called (S1.35).
    Emergency = "emergency" in Some(Register::Incidents),
    Occurrence = "occurrence" in Some(Register::Occurrences),
    /// From report to repair (R4.26); passed to (S4.81).
    Fault = "fault" in Some(Register::Faults),
    Maintenance = "maintenance" in Some(Register::Maintenance),
    Complaint = "complaint" in Some(Register::Complaints),
    Breach = "breach" in Some(Register::Breaches),
    /// Misuse reported from any screen (S4.32, S4.56).
    Misuse = "misuse" in Some(Register::Breaches),
    Covert = "covert" in Some(Register::Covert),
    Meeting = "meeting" in Some(Register::Meetings),
    /// The code, the impact assessment, the yearly self-assessment (S1.6, R1.6, R1.15).
    Review = "review" in Some(Register::Reviews),

    // Duties done and missed.
    DailyCheck = "daily-check" in Some(Register::Checks),
    RandomCheck = "random-check" in Some(Register::Checks),
    /// The box picked what the next random check is about (S1.54).
    RandomPick = "random-pick" in None,
    ClockCheck = "clock-check" in Some(Register::Checks),
    SignCheck = "sign-check" in Some(Register::Checks),
    /// The yearly copy of the key, the checkpoint on paper, and other duties of the file.
    DutyDone = "duty-done" in Some(Register::Checks),
    /// A day or date passed without its duty (S1.26).
    DutyMissed = "duty-missed" in Some(Register::Checks),
}
