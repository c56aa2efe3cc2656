//! Keys to commands, in one table: help, the bottom row and the list in the README come from it.
//!
//! Every F key has a twin: keyboards of laptops and KVM switches lose F keys. Where somebody types,
//! letters are letters, and only rows of the form itself and keys that no text has are commands.

use super::key::Key;
use super::state::Screen;

/// Where a key means what it does. Several hold at once: a screen, its list, and what holds
/// anywhere.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    Anywhere,
    /// While no form and no page lies over the screen.
    Screens,
    List,
    Today,
    Live,
    Playback,
    Cases,
    Logbook,
    Site,
    Box,
    Search,
    /// A box without a file.
    Begin,
    Record,
    Check,
    /// One camera's pictures.
    Glance,
    Emergency,
    /// A page of text, help too.
    Page,
    Menu,
    Form,
    LogIn,
    /// The file, being edited.
    Edit,
    Plan,
    History,
    Keep,
}

/// What a key asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cmd {
    Quit,
    /// The recovery key from paper.
    PutKey,
    /// A footage disk, made or opened.
    NewDisk,
    /// The recovery key of this box.
    ShowKey,
    /// Its proof that it is on paper.
    OnPaper,
    /// The next version of the image, from a stick.
    Update,
    /// The machine is restarted.
    Reboot,
    Help,
    Redraw,
    Emergency,
    Report,
    /// Lock; or log in, or unlock, as things stand.
    Lock,
    LogOut,
    Show(Screen),
    NextScreen,
    PreviousScreen,
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
    Open,
    Back,
    NextPane,
    PreviousPane,
    /// The next camera that does not record.
    NextFault,
    DailyCheck,
    /// What a camera shows now.
    Picture,
    TakeReference,
    New,
    Search,
    Filter,
    OpenOnly,
    Hold,
    EndHold,
    Note,
    Close,
    Correct,
    Release,
    /// The first step of a case that is missing.
    NextStep,
    Export,
    StopExport,
    Receipt,
    /// A paper that belongs to what is shown.
    Print,
    /// The picture that is shown goes with a case.
    Still,
    Prove,
    Seal,
    Approve,
    Code,
    Suspend,
    Lift,
    Authenticator,
    DropFactor,
    /// A person's access is looked at.
    Review,
    Password,
    RemovePassword,
    /// Is the logbook as it should be?
    Verify,
    /// Of everything that is built in.
    Licences,
    Restart,
    PowerOff,
    Mark,
    Call999,
    NextField,
    PreviousField,
    /// The next field, or off it goes after the last one.
    Accept,
    Send,
    SecondPerson,
    Admin,
    SealedCode,
    Enrol,
    Found,
    Edit,
    /// The edits that have a form.
    Guides,
    History,
    Refuse,
    /// The network or storage that is tried stays.
    Keep,
    Undo,
    Redo,
    NextMatch,
    Findings,
    Complete,
    CutLine,
    PutLine,
    Explain,
    Diff,
    RollBack,
    /// One, four, nine, sixteen pictures.
    Mosaic,
    /// Pictures on the whole of the box's own screen, and back.
    Whole,
    PlayStop,
    Faster,
    Slower,
    Backwards,
    StepOn,
    StepBack,
    TypeTime,
    MarkIn,
    MarkOut,
    NextDay,
    PreviousDay,
    SpotCheck,
    Unmask,
    ZoomIn,
    ZoomOut,
    PanLeft,
    PanRight,
    PanUp,
    PanDown,
}

/// One row of the table.
pub struct Row {
    pub scope: Scope,
    /// As help and README show it.
    pub shown: &'static str,
    pub keys: &'static [Key],
    pub cmd: Cmd,
    pub help: &'static str,
    /// In the bottom row; empty: not there.
    pub foot: &'static str,
}

const fn row(
    scope: Scope,
    shown: &'static str,
    keys: &'static [Key],
    cmd: Cmd,
    foot: &'static str,
    help: &'static str,
) -> Row {
    Row { scope, shown, keys, cmd, help, foot }
}

use Key::{Char as C, Ctrl, F};
use Scope as S;

/// In the order of the bottom row: what is done most comes first.
pub const ROWS: &[Row] = &[
    row(S::Begin, "k", &[C('k')], Cmd::PutKey, "recovery key", "type the recovery key from paper"),
    row(S::Begin, "Enter", &[Key::Enter], Cmd::Open, "look at it", "what the chosen file would do"),
    row(S::Begin, "Down j", &[Key::Down, C('j')], Cmd::Down, "", "the next file"),
    row(S::Begin, "Up", &[Key::Up], Cmd::Up, "", "the file before"),
    row(S::Begin, "z", &[C('z')], Cmd::Reboot, "", "restart the machine, with a reason"),
    row(S::Begin, "q", &[C('q')], Cmd::Quit, "", "leave"),
    row(S::Today, "c", &[C('c')], Cmd::DailyCheck, "daily check", "do the daily check"),
    row(S::Today, "n", &[C('n')], Cmd::NextFault, "next fault", "next camera with a fault"),
    row(S::Today, "s", &[C('s')], Cmd::SpotCheck, "", "does the camera work? 60 seconds"),
    row(S::Today, "p", &[C('p')], Cmd::Picture, "picture", "the chosen camera's picture now"),
    row(S::Today, "Right", &[Key::Right], Cmd::NextPane, "", "cameras, duties, alarms in turn"),
    row(S::Today, "Left", &[Key::Left], Cmd::PreviousPane, "", "the same, backwards"),
    row(S::Live, "Enter", &[Key::Enter], Cmd::Open, "one camera", "one camera with its health"),
    row(S::Live, "g", &[C('g')], Cmd::Mosaic, "1 4 9 16", "1, 4, 9 or 16 pictures at once"),
    row(
        S::Live,
        "PgDn Right",
        &[Key::PageDown, Key::Right, C(' ')],
        Cmd::PageDown,
        "next page",
        "the next page",
    ),
    row(S::Live, "PgUp Left", &[Key::PageUp, Key::Left, C('b')], Cmd::PageUp, "", "page before"),
    row(S::Live, "f", &[C('f')], Cmd::Whole, "", "fill the box's own screen; back again"),
    row(S::Live, "Down j", &[Key::Down, C('j')], Cmd::Down, "", "the next camera"),
    row(S::Live, "Up k", &[Key::Up, C('k')], Cmd::Up, "", "the camera before"),
    row(S::Live, "Home", &[Key::Home], Cmd::First, "", "the first camera"),
    row(S::Live, "End", &[Key::End], Cmd::Last, "", "the last camera"),
    row(S::Live, "Esc", &[Key::Esc, Key::Backspace], Cmd::Back, "put away", "all; put them away"),
    row(S::Playback, "Space", &[C(' ')], Cmd::PlayStop, "play", "play and stop"),
    row(S::Playback, "t", &[C('t')], Cmd::TypeTime, "time", "type a time: yesterday 14:35"),
    row(S::Playback, "[", &[C('[')], Cmd::MarkIn, "mark", "mark where it begins"),
    row(S::Playback, "]", &[C(']')], Cmd::MarkOut, "mark", "mark where it ends"),
    row(S::Playback, "h", &[C('h')], Cmd::Hold, "hold", "hold what is marked, for a case"),
    row(S::Playback, "i", &[C('i')], Cmd::Still, "still", "this picture goes with a case"),
    row(S::Playback, ">", &[C('>')], Cmd::Faster, "faster", "twice as fast, up to 32x"),
    row(S::Playback, "<", &[C('<')], Cmd::Slower, "", "half as fast, down to 1/4x"),
    row(S::Playback, "r", &[C('r')], Cmd::Backwards, "", "towards the past, and forwards again"),
    row(S::Playback, ".", &[C('.')], Cmd::StepOn, "", "a picture on"),
    row(S::Playback, ",", &[C(',')], Cmd::StepBack, "", "a picture back"),
    row(S::Playback, "Right", &[Key::Right], Cmd::NextPane, "", "10 seconds on"),
    row(S::Playback, "Left", &[Key::Left], Cmd::PreviousPane, "", "10 seconds back"),
    row(S::Playback, "PgDn", &[Key::PageDown], Cmd::PageDown, "", "a minute on"),
    row(S::Playback, "PgUp", &[Key::PageUp], Cmd::PageUp, "", "a minute back"),
    row(S::Playback, "Home", &[Key::Home], Cmd::First, "", "where the entry's time begins"),
    row(S::Playback, "End", &[Key::End], Cmd::Last, "", "where it ends"),
    row(S::Playback, "+", &[C('+')], Cmd::NextDay, "", "the same a day later: another entry"),
    row(S::Playback, "-", &[C('-')], Cmd::PreviousDay, "", "the same a day earlier"),
    row(S::Playback, "Enter", &[Key::Enter], Cmd::Open, "one or all", "one camera, or all again"),
    row(S::Playback, "Down j", &[Key::Down, C('j')], Cmd::Down, "", "the next camera"),
    row(S::Playback, "Up k", &[Key::Up, C('k')], Cmd::Up, "", "the camera before"),
    row(S::Playback, "f", &[C('f')], Cmd::Whole, "", "fill the box's own screen; back again"),
    row(S::Playback, "z", &[C('z')], Cmd::ZoomIn, "", "a part of the picture, larger"),
    row(S::Playback, "x", &[C('x')], Cmd::ZoomOut, "", "more of the picture"),
    row(S::Playback, "a", &[C('a')], Cmd::PanLeft, "", "the part further left"),
    row(S::Playback, "d", &[C('d')], Cmd::PanRight, "", "the part further right"),
    row(S::Playback, "w", &[C('w')], Cmd::PanUp, "", "the part further up"),
    row(S::Playback, "v", &[C('v')], Cmd::PanDown, "", "the part further down"),
    row(S::Playback, "n", &[C('n')], Cmd::New, "new", "other recordings: another entry"),
    row(S::Playback, "s", &[C('s')], Cmd::SpotCheck, "", "a spot check: does the camera work?"),
    row(S::Playback, "u", &[C('u')], Cmd::Unmask, "", "look behind the mask for a minute"),
    row(S::Playback, "e", &[C('e')], Cmd::Close, "end", "end, and say what was seen"),
    row(
        S::Playback,
        "Esc",
        &[Key::Esc, Key::Backspace],
        Cmd::Back,
        "put away",
        "all cameras; put them away",
    ),
    row(S::Cases, "n", &[C('n')], Cmd::New, "new", "a new request, incident or hold"),
    row(S::Cases, "h", &[C('h')], Cmd::Hold, "hold", "hold footage for the chosen case"),
    row(S::Cases, "e", &[C('e')], Cmd::EndHold, "end hold", "end the chosen hold"),
    row(S::Cases, "a", &[C('a')], Cmd::OpenOnly, "all or open", "all records, or the open ones"),
    row(S::Cases, "Right", &[Key::Right], Cmd::NextPane, "", "requests, incidents, holds in turn"),
    row(S::Cases, "Left", &[Key::Left], Cmd::PreviousPane, "", "the same, backwards"),
    row(S::Logbook, "n", &[C('n')], Cmd::New, "new entry", "write an entry"),
    row(S::Logbook, "/", &[C('/')], Cmd::Search, "search", "search as you type"),
    row(S::Logbook, "f", &[C('f')], Cmd::Filter, "filter", "by person, kind and time"),
    row(S::Logbook, "a", &[C('a')], Cmd::OpenOnly, "all or open", "all entries, or open records"),
    row(S::Logbook, "s", &[C('s')], Cmd::Seal, "seal", "the seal: to print, to photograph"),
    row(S::Logbook, "v", &[C('v')], Cmd::Verify, "proof", "look whether anything was changed"),
    row(S::Logbook, "Right", &[Key::Right], Cmd::NextPane, "", "the next register"),
    row(S::Logbook, "Left", &[Key::Left], Cmd::PreviousPane, "", "the register before"),
    row(S::Site, "e", &[C('e')], Cmd::Edit, "edit", "edit the file"),
    row(S::Site, "c", &[C('c')], Cmd::Guides, "usual edits", "cameras, people, terms by a form"),
    row(S::Site, "h", &[C('h')], Cmd::History, "history", "versions: compare them, roll back"),
    row(S::Site, "a", &[C('a')], Cmd::Approve, "approve", "approve the version that waits"),
    row(S::Site, "r", &[C('r')], Cmd::Refuse, "", "refuse the version that waits"),
    row(S::Site, "y", &[C('y')], Cmd::Keep, "", "keep the network and storage that are tried"),
    row(S::Edit, "F10 Ctrl-S", &[F(10), Ctrl('s')], Cmd::Send, "plan", "what it would change"),
    row(S::Edit, "Esc", &[Key::Esc], Cmd::Back, "leave", "leave the file as it is on disk"),
    row(S::Edit, "Tab", &[Key::Tab], Cmd::Complete, "complete", "what can be written here"),
    row(S::Edit, "Ctrl-N", &[Ctrl('n')], Cmd::NextFault, "next finding", "to the next finding"),
    row(S::Edit, "Ctrl-Z", &[Ctrl('z')], Cmd::Undo, "undo", "take the last change back"),
    row(S::Edit, "Ctrl-F", &[Ctrl('f')], Cmd::Search, "find", "look for words"),
    row(S::Edit, "Ctrl-D", &[Ctrl('d')], Cmd::Explain, "what is this", "all about this line"),
    row(S::Edit, "Ctrl-Y", &[Ctrl('y')], Cmd::Redo, "", "do again what was undone"),
    row(S::Edit, "Ctrl-G", &[Ctrl('g')], Cmd::NextMatch, "", "to the next place of the words"),
    row(S::Edit, "Ctrl-T", &[Ctrl('t')], Cmd::Findings, "", "the list of findings"),
    row(S::Edit, "Ctrl-K", &[Ctrl('k')], Cmd::CutLine, "", "cut the line"),
    row(S::Edit, "Ctrl-U", &[Ctrl('u')], Cmd::PutLine, "", "put the line that was cut here"),
    row(S::Edit, "Enter", &[Key::Enter], Cmd::Accept, "", "a new line; or what is offered"),
    row(S::Plan, "F10 Ctrl-S", &[F(10), Ctrl('s')], Cmd::Send, "apply", "save it"),
    row(S::History, "d", &[C('d')], Cmd::Diff, "compare with it", "compare others with this one"),
    row(S::History, "r", &[C('r')], Cmd::RollBack, "roll back", "plan the way back to this one"),
    row(S::Keep, "y", &[C('y')], Cmd::Keep, "keep", "keep the new network and storage"),
    row(S::Box, "e", &[C('e')], Cmd::Code, "enrol", "a code for the chosen person to enrol with"),
    row(S::Box, "s", &[C('s')], Cmd::Suspend, "suspend", "let the chosen person's rights rest"),
    row(S::Box, "u", &[C('u')], Cmd::Lift, "lift", "give rested rights back"),
    row(S::Box, "a", &[C('a')], Cmd::Authenticator, "authenticator", "your own second factor"),
    row(S::Box, "f", &[C('f')], Cmd::DropFactor, "", "take a lost authenticator away"),
    row(S::Box, "i", &[C('i')], Cmd::Review, "", "enter a review of the chosen person's access"),
    row(S::Box, "p", &[C('p')], Cmd::Password, "password", "set a camera's password"),
    row(S::Box, "d", &[C('d')], Cmd::RemovePassword, "", "remove the chosen password"),
    row(
        S::Box,
        "n",
        &[C('n')],
        Cmd::NewDisk,
        "",
        "a footage disk: make one, or open one of before",
    ),
    row(
        S::Box,
        "h",
        &[C('h')],
        Cmd::ShowKey,
        "",
        "the recovery key and the backup: show, to a stick, test",
    ),
    row(S::Box, "y", &[C('y')], Cmd::OnPaper, "", "prove that the recovery key is on paper"),
    row(S::Box, "t", &[C('t')], Cmd::Update, "", "the next version of the image, from a stick"),
    row(S::Box, "z", &[C('z')], Cmd::Reboot, "", "restart the machine, with a reason"),
    row(S::Box, "v", &[C('v')], Cmd::Verify, "proof", "look whether the logbook was changed"),
    row(S::Box, "c", &[C('c')], Cmd::Licences, "", "licences of everything that is built in"),
    row(S::Box, "w", &[C('w')], Cmd::Approve, "", "approve the version of the file that waits"),
    row(S::Box, "r", &[C('r')], Cmd::Restart, "restart", "restart Beadle, with a reason"),
    row(S::Box, "x", &[C('x')], Cmd::PowerOff, "", "stop for good, to switch the machine off"),
    row(
        S::Box,
        "Right",
        &[Key::Right],
        Cmd::NextPane,
        "",
        "disks, people, passwords, clock and logbook",
    ),
    row(S::Box, "Left", &[Key::Left], Cmd::PreviousPane, "", "the same, backwards"),
    row(
        S::Record,
        "Enter",
        &[Key::Enter],
        Cmd::NextStep,
        "next step",
        "do the next step of a case",
    ),
    row(S::Record, "n", &[C('n')], Cmd::Note, "add", "add to the record"),
    row(S::Record, "c", &[C('c')], Cmd::Close, "close", "end the record"),
    row(S::Record, "r", &[C('r')], Cmd::Correct, "put right", "put the chosen entry right"),
    row(S::Record, "h", &[C('h')], Cmd::Hold, "hold", "hold the footage that it is about"),
    row(S::Record, "e", &[C('e')], Cmd::Export, "", "footage leaves for a request"),
    row(S::Record, "s", &[C('s')], Cmd::StopExport, "", "break a copy off that is being written"),
    row(S::Record, "x", &[C('x')], Cmd::Release, "", "enter to whom it went, and how"),
    row(S::Record, "t", &[C('t')], Cmd::Receipt, "", "enter the signed receipt"),
    row(S::Record, "P", &[C('P')], Cmd::Print, "", "print the papers of a request"),
    row(S::Record, "p", &[C('p')], Cmd::Prove, "", "the proof that the entry stands"),
    row(S::Check, "Space", &[C(' ')], Cmd::Mark, "mark as bad", "mark a camera that is not good"),
    row(S::Check, "Enter", &[Key::Enter], Cmd::Open, "the others are good", "go on"),
    row(S::Check, "t", &[C('t')], Cmd::TakeReference, "take reference", "keep its picture as good"),
    row(S::Check, "Esc", &[Key::Esc], Cmd::Back, "back", "leave the check"),
    row(S::Glance, "Enter", &[Key::Enter], Cmd::Open, "go on", "judge the picture; back"),
    row(S::Glance, "Down j", &[Key::Down, C('j')], Cmd::Down, "next", "the next camera"),
    row(S::Glance, "Up k", &[Key::Up, C('k')], Cmd::Up, "", "the camera before"),
    row(S::Glance, "t", &[C('t')], Cmd::TakeReference, "take reference", "keep it as good"),
    row(S::Glance, "Esc", &[Key::Esc], Cmd::Back, "back", "back"),
    row(S::Emergency, "Enter", &[Key::Enter], Cmd::Call999, "enter the call", "enter the 999 call"),
    row(S::Emergency, "Esc", &[Key::Esc], Cmd::Back, "back", "back"),
    row(S::LogIn, "Ctrl-A", &[Ctrl('a')], Cmd::Admin, "admin account", "use the admin account"),
    row(
        S::LogIn,
        "Ctrl-N",
        &[Ctrl('n')],
        Cmd::Enrol,
        "one-time code",
        "enrol with a one-time code",
    ),
    row(S::LogIn, "Ctrl-G", &[Ctrl('g')], Cmd::SealedCode, "sealed code", "open a sealed code"),
    row(S::LogIn, "Ctrl-O", &[Ctrl('o')], Cmd::LogOut, "somebody else", "somebody else logs in"),
    row(S::LogIn, "Ctrl-F", &[Ctrl('f')], Cmd::Found, "", "the first two people of a new box"),
    row(S::Form, "Enter", &[Key::Enter], Cmd::Accept, "next", "next field; the last one sends"),
    row(S::Form, "F10 Ctrl-S", &[F(10), Ctrl('s')], Cmd::Send, "send", "send the form"),
    row(S::Form, "Tab Down", &[Key::Tab, Key::Down], Cmd::NextField, "", "next field"),
    row(S::Form, "Up", &[Key::Up, Key::BackTab], Cmd::PreviousField, "", "field before"),
    row(S::Form, "PgDn", &[Key::PageDown], Cmd::Last, "", "last field"),
    row(S::Form, "PgUp", &[Key::PageUp], Cmd::First, "", "first field"),
    row(S::Form, "Ctrl-W", &[Ctrl('w')], Cmd::SecondPerson, "", "a second person signs too"),
    row(S::Form, "Esc", &[Key::Esc], Cmd::Back, "leave", "leave the form"),
    row(S::Search, "Enter", &[Key::Enter], Cmd::Open, "keep", "keep what was found"),
    row(S::Search, "Esc", &[Key::Esc], Cmd::Back, "clear", "end the search"),
    row(S::Page, "Enter Esc", &[Key::Enter, Key::Esc], Cmd::Back, "back", "back"),
    row(S::Page, "Down j", &[Key::Down, C('j')], Cmd::Down, "", "a line down"),
    row(S::Page, "Up k", &[Key::Up, C('k')], Cmd::Up, "", "a line up"),
    row(S::Page, "PgDn Space", &[Key::PageDown, C(' ')], Cmd::PageDown, "page", "a page down"),
    row(S::Page, "PgUp b", &[Key::PageUp, C('b')], Cmd::PageUp, "", "a page up"),
    row(S::Menu, "Enter", &[Key::Enter], Cmd::Open, "choose", "choose"),
    row(S::Menu, "Esc", &[Key::Esc], Cmd::Back, "back", "back"),
    row(S::List, "Enter", &[Key::Enter], Cmd::Open, "open", "open what is chosen, do the duty"),
    row(S::List, "Down j", &[Key::Down, C('j')], Cmd::Down, "", "the next one"),
    row(S::List, "Up k", &[Key::Up, C('k')], Cmd::Up, "", "the one before"),
    row(S::List, "PgDn Space", &[Key::PageDown, C(' ')], Cmd::PageDown, "", "a page down"),
    row(S::List, "PgUp b", &[Key::PageUp, C('b')], Cmd::PageUp, "", "a page up"),
    row(S::List, "Home g", &[Key::Home, C('g')], Cmd::First, "", "the first"),
    row(S::List, "End G", &[Key::End, C('G')], Cmd::Last, "", "the last"),
    row(S::List, "Esc", &[Key::Esc, Key::Backspace], Cmd::Back, "", "back"),
    row(S::Screens, "1 F1", &[C('1'), F(1)], Cmd::Show(Screen::Today), "", "Today"),
    row(S::Screens, "2 F2", &[C('2'), F(2)], Cmd::Show(Screen::Live), "", "Live"),
    row(S::Screens, "3 F3", &[C('3'), F(3)], Cmd::Show(Screen::Playback), "", "Playback"),
    row(S::Screens, "4 F4", &[C('4'), F(4)], Cmd::Show(Screen::Cases), "", "Cases"),
    row(S::Screens, "5 F5", &[C('5'), F(5)], Cmd::Show(Screen::Logbook), "", "Logbook"),
    row(S::Screens, "6 F6", &[C('6'), F(6)], Cmd::Show(Screen::Site), "", "Site: the file"),
    row(S::Screens, "7 F7", &[C('7'), F(7)], Cmd::Show(Screen::Box), "", "Box: disks and people"),
    row(S::Screens, "Tab", &[Key::Tab], Cmd::NextScreen, "", "the next screen"),
    row(S::Screens, "Shift-Tab", &[Key::BackTab], Cmd::PreviousScreen, "", "the screen before"),
    row(S::Screens, "P", &[C('P')], Cmd::Print, "", "print what belongs to this screen"),
    row(S::Screens, "l F10", &[C('l'), F(10)], Cmd::Lock, "log in", "log in; lock the screen"),
    row(S::Screens, "o", &[C('o')], Cmd::LogOut, "", "log out"),
    row(
        S::Anywhere,
        "! F9",
        &[C('!'), F(9), Ctrl('e')],
        Cmd::Emergency,
        "emergency",
        "whom to ring",
    ),
    row(S::Anywhere, "m F8", &[C('m'), F(8), Ctrl('r')], Cmd::Report, "", "report misuse"),
    row(S::Anywhere, "? F12", &[C('?'), F(12)], Cmd::Help, "help", "this help"),
    row(S::Anywhere, "Ctrl-L", &[Ctrl('l')], Cmd::Redraw, "", "draw the screen anew"),
    row(S::Anywhere, "Ctrl-C", &[Ctrl('c')], Cmd::Quit, "", "leave at once"),
    row(S::Screens, "q", &[C('q')], Cmd::Quit, "leave", "leave the console"),
];

/// The command of a key where these scopes hold, the first before the others. `typing`: letters are
/// for the field, whatever else they mean.
pub fn cmd(scopes: &[Scope], key: Key, typing: bool) -> Option<Cmd> {
    if typing && key.types().is_some() {
        return None;
    }
    let found = |scope: &Scope| {
        ROWS.iter().find(|row| row.scope == *scope && row.keys.contains(&key)).map(|row| row.cmd)
    };
    scopes.iter().find_map(found)
}

/// Heads of the help and of the README, each with its scopes.
pub const CHAPTERS: &[(&str, &[Scope])] = &[
    ("Anywhere", &[S::Anywhere]),
    ("On every screen", &[S::Screens]),
    ("In lists", &[S::List]),
    ("A box without a file", &[S::Begin]),
    ("Today", &[S::Today]),
    ("Daily check", &[S::Check]),
    ("A picture", &[S::Glance]),
    ("Live", &[S::Live]),
    ("Playback", &[S::Playback]),
    ("Cases", &[S::Cases]),
    ("Logbook", &[S::Logbook, S::Search]),
    ("A record", &[S::Record]),
    ("Site", &[S::Site]),
    ("The file, edited", &[S::Edit]),
    ("A plan", &[S::Plan]),
    ("Versions", &[S::History]),
    ("Something is tried", &[S::Keep]),
    ("Box", &[S::Box]),
    ("Forms", &[S::Form]),
    ("Log-in", &[S::LogIn]),
];

/// The list of keys as the README has it.
pub fn markdown() -> String {
    let mut out = String::from("| where | key | what |\n| --- | --- | --- |\n");
    for (chapter, scopes) in CHAPTERS {
        let mut head = *chapter;
        for row in ROWS.iter().filter(|row| scopes.contains(&row.scope)) {
            out += &format!("| {head} | `{}` | {} |\n", row.shown, row.help);
            head = "";
        }
    }
    out
}

#[cfg(test)]
mod tests;
