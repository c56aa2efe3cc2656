//! The table of keys against itself.

use super::*;
use crate::console::state::chains;

#[test]
fn no_key_means_two_things_where_it_can_be_pressed() {
    for chain in chains() {
        let mut seen: Vec<(Key, Scope)> = Vec::new();
        for row in ROWS.iter().filter(|row| chain.contains(&row.scope)) {
            for key in row.keys {
                let twice = seen.iter().find(|(k, _)| k == key);
                // A check, a menu and an open record say themselves what Enter and Esc do.
                let nearer = matches!(key, Key::Enter | Key::Esc | Key::Char(' '))
                    && matches!(chain[0], S::Check | S::Menu | S::Record);
                assert!(twice.is_none() || nearer, "{key:?} is in {:?} and {twice:?}", row.scope);
                seen.push((*key, row.scope));
            }
        }
    }
}

#[test]
fn letters_are_letters_where_somebody_types() {
    let form = [S::LogIn, S::Form, S::Anywhere];
    assert_eq!(cmd(&form, C('!'), true), None);
    assert_eq!(cmd(&form, C('?'), true), None);
    assert_eq!(cmd(&form, F(9), true), Some(Cmd::Emergency));
    assert_eq!(cmd(&form, Ctrl('e'), true), Some(Cmd::Emergency));
    assert_eq!(cmd(&form, Key::Enter, true), Some(Cmd::Accept));
    let today = [S::Today, S::List, S::Screens, S::Anywhere];
    assert_eq!(cmd(&today, C('!'), false), Some(Cmd::Emergency));
    assert_eq!(cmd(&today, C('q'), false), Some(Cmd::Quit));
    assert_eq!(cmd(&[S::Page, S::Anywhere], C('q'), false), None);
}

#[test]
fn every_f_key_has_a_twin_and_every_row_a_chapter() {
    for row in ROWS {
        let f = row.keys.iter().any(|k| matches!(k, F(_)));
        assert!(!f || row.keys.len() > 1, "{}", row.shown);
        let chapters = CHAPTERS.iter().filter(|(_, scopes)| scopes.contains(&row.scope));
        let plain = matches!(row.scope, S::Page | S::Menu | S::Emergency);
        assert_eq!(chapters.count(), usize::from(!plain), "{}", row.shown);
    }
}
