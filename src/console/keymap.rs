//! Keys to commands, in one table; the help screen is made from the same table.
//!
//! Every F key has a twin: keyboards of laptops and KVM switches lose F keys.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::state::Pane;

/// What a key asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cmd {
    Quit,
    Help,
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
    /// The selected camera's details.
    Open,
    /// Out of details or help.
    Back,
    NextPane,
    PreviousPane,
    Show(Pane),
    /// The next camera that does not record.
    NextFault,
    Redraw,
}

/// One row of the table.
pub struct Key {
    /// As the help shows it.
    pub shown: &'static str,
    pub codes: &'static [KeyCode],
    pub cmd: Cmd,
    pub help: &'static str,
}

const fn key(shown: &'static str, codes: &'static [KeyCode], cmd: Cmd, help: &'static str) -> Key {
    Key { shown, codes, cmd, help }
}

use KeyCode as K;

pub const KEYS: &[Key] = &[
    key("1 F1", &[K::Char('1'), K::F(1)], Cmd::Show(Pane::Cameras), "cameras"),
    key("2 F2", &[K::Char('2'), K::F(2)], Cmd::Show(Pane::Disks), "disks and retention"),
    key("3 F3", &[K::Char('3'), K::F(3)], Cmd::Show(Pane::File), "findings of the file"),
    key("4 F4", &[K::Char('4'), K::F(4)], Cmd::Show(Pane::Alarms), "alarms, and what to do"),
    key("Tab", &[K::Tab, K::Right, K::Char('l')], Cmd::NextPane, "the next of these four"),
    key("Shift-Tab", &[K::BackTab, K::Left, K::Char('h')], Cmd::PreviousPane, "the one before"),
    key("Down j", &[K::Down, K::Char('j')], Cmd::Down, "next camera, or scroll down"),
    key("Up k", &[K::Up, K::Char('k')], Cmd::Up, "camera above, or scroll up"),
    key("PgDn Space", &[K::PageDown, K::Char(' ')], Cmd::PageDown, "a page down"),
    key("PgUp b", &[K::PageUp, K::Char('b')], Cmd::PageUp, "a page up"),
    key("Home g", &[K::Home, K::Char('g')], Cmd::First, "the first"),
    key("End G", &[K::End, K::Char('G')], Cmd::Last, "the last"),
    key("Enter", &[K::Enter], Cmd::Open, "details of the selected camera"),
    key("n", &[K::Char('n')], Cmd::NextFault, "next camera that is not recording"),
    key("Esc", &[K::Esc, K::Backspace], Cmd::Back, "back"),
    key("? F12", &[K::Char('?'), K::F(12)], Cmd::Help, "this help"),
    key("r", &[K::Char('r')], Cmd::Redraw, "draw the screen anew"),
    key("q", &[K::Char('q')], Cmd::Quit, "leave the console"),
];

/// The command of a key, if it has one. Ctrl-C leaves, Ctrl-L draws anew, as everywhere.
pub fn cmd(event: &KeyEvent) -> Option<Cmd> {
    if event.kind == KeyEventKind::Release {
        return None;
    }
    if event.modifiers.contains(KeyModifiers::CONTROL) {
        return match event.code {
            K::Char('c') => Some(Cmd::Quit),
            K::Char('l') => Some(Cmd::Redraw),
            _ => None,
        };
    }
    KEYS.iter().find(|key| key.codes.contains(&event.code)).map(|key| key.cmd)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_means_two_things() {
        let mut seen: Vec<KeyCode> = Vec::new();
        for code in KEYS.iter().flat_map(|key| key.codes) {
            assert!(!seen.contains(code), "{code:?} is twice in the table");
            seen.push(*code);
        }
    }

    #[test]
    fn keys_are_found() {
        let key = |code, modifiers| cmd(&KeyEvent::new(code, modifiers));
        assert_eq!(key(K::Char('q'), KeyModifiers::NONE), Some(Cmd::Quit));
        assert_eq!(key(K::Char('G'), KeyModifiers::SHIFT), Some(Cmd::Last));
        assert_eq!(key(K::Char('c'), KeyModifiers::CONTROL), Some(Cmd::Quit));
        assert_eq!(key(K::Char('c'), KeyModifiers::NONE), None);
        assert_eq!(key(K::Char('q'), KeyModifiers::CONTROL), None);
    }
}
